//! DeepDecipher's answers about neurons: a token graph, and similar neurons.

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess};

use crate::document::Document;
use crate::json_objects::{Fields, Items, List, ListOrNull, Number, Object, Partial, Text};
use crate::names::Names;
use crate::reading;
use crate::token_graph::{positions, without_gaps, TokenGraph};

/// Beyond any neuron's place.
const LARGE: u64 = 1 << 62;

/// What an answer says.
pub struct Answer {
    pub graph: TokenGraph,
    pub similar: Vec<Similar>,
}

/// A similar neuron.
#[derive(Clone, Copy)]
pub struct Similar {
    pub layer: i64,
    pub neuron: i64,
    pub similarity: f64,
}

/// What an answer is read into, whose memory the next one takes.
#[derive(Default)]
pub struct Drawn {
    /// With which node each depth begins, and the end.
    begins: Vec<usize>,
    text: String,
    /// Where the texts of nodes end in it.
    ends: Vec<usize>,
    shares: Vec<f64>,
    edges: Vec<(u32, u32)>,
    similar: Vec<Similar>,
    others: Document,
}

impl Drawn {
    fn clear(&mut self) {
        self.begins.clear();
        self.text.clear();
        self.ends.clear();
        self.shares.clear();
        self.edges.clear();
        self.similar.clear();
        self.others.clear();
    }

    /// The numbers that were read.
    fn numbers(&self) -> impl Iterator<Item = f64> + '_ {
        self.shares.iter().copied().chain(self.similar.iter().map(|one| one.similarity))
    }

    /// Whether a neuron is similar twice.
    fn has_twice(&self) -> bool {
        let mut places: Vec<_> = self.similar.iter().map(|one| (one.layer, one.neuron)).collect();
        places.sort_unstable();
        places.windows(2).any(|pair| pair[0] == pair[1])
    }
}

/// An answer as it mostly is; None if it has no graph, or anything in it is otherwise.
pub fn read(data: &[u8], drawn: &mut Drawn, texts: &mut Names) -> Option<Answer> {
    drawn.clear();
    reading::read_as(data, Whole(drawn)).ok()?;
    let has_negative_zero =
        drawn.numbers().any(reading::is_negative_zero) || reading::has_negative_zero(&drawn.others);
    if (has_negative_zero && reading::has_integer_negative_zero(data)) || drawn.has_twice() {
        return None;
    }
    let mut positions = positions(&drawn.begins, drawn.shares.len())?;
    let edges = without_gaps(drawn.edges.clone(), &mut positions)?;
    // known from here on, that none of what is left to others is
    let mut begin = 0;
    let numbers = drawn.ends.iter().map(|end| {
        let text = &drawn.text[begin..*end];
        begin = *end;
        texts.number(text)
    });
    let graph =
        TokenGraph { texts: numbers.collect(), shares: drawn.shares.clone(), positions, edges };
    Some(Answer { graph, similar: drawn.similar.clone() })
}

struct Whole<'a>(&'a mut Drawn);

impl<'de> DeserializeSeed<'de> for Whole<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        match Partial(self).deserialize(from)? & 1 {
            0 => Err(D::Error::custom("there is no graph")),
            _ => Ok(()),
        }
    }
}

impl Fields for Whole<'_> {
    const NAMES: &'static [&'static str] = &["graph", "similar"];

    fn read<'de, A: MapAccess<'de>>(&mut self, name: usize, from: &mut A) -> Result<(), A::Error> {
        match name {
            0 => from.next_value_seed(Object(Graph(self.0))),
            _ => from.next_value_seed(ListOrNull(Others(self.0))),
        }
    }

    fn others(&mut self) -> &mut Document {
        &mut self.0.others
    }
}

struct Graph<'a>(&'a mut Drawn);

impl Fields for Graph<'_> {
    const NAMES: &'static [&'static str] = &["subgraph_indices", "graph"];

    fn read<'de, A: MapAccess<'de>>(&mut self, name: usize, from: &mut A) -> Result<(), A::Error> {
        match name {
            0 => from.next_value_seed(List(Begins(self.0))),
            _ => from.next_value_seed(List(Nodes(self.0))),
        }
    }

    fn others(&mut self) -> &mut Document {
        &mut self.0.others
    }
}

struct Begins<'a>(&'a mut Drawn);

impl Items for Begins<'_> {
    fn read<'de, A: SeqAccess<'de>>(&mut self, from: &mut A) -> Result<bool, A::Error> {
        let place: Option<usize> = from.next_element()?;
        self.0.begins.extend(place);
        Ok(place.is_some())
    }
}

struct Nodes<'a>(&'a mut Drawn);

impl Items for Nodes<'_> {
    fn read<'de, A: SeqAccess<'de>>(&mut self, from: &mut A) -> Result<bool, A::Error> {
        let own = u32::try_from(self.0.shares.len()).map_err(A::Error::custom)?;
        Ok(from.next_element_seed(Object(Node { drawn: &mut *self.0, own }))?.is_some())
    }
}

struct Node<'a> {
    drawn: &'a mut Drawn,
    /// How many stand before it.
    own: u32,
}

impl Fields for Node<'_> {
    const NAMES: &'static [&'static str] = &["token", "required", "importance"];

    fn read<'de, A: MapAccess<'de>>(&mut self, name: usize, from: &mut A) -> Result<(), A::Error> {
        let drawn = &mut *self.drawn;
        match name {
            0 => {
                from.next_value_seed(Text(&mut drawn.text))?;
                drawn.ends.push(drawn.text.len());
                Ok(())
            }
            1 => from.next_value_seed(List(Required { edges: &mut drawn.edges, of: self.own })),
            _ => {
                drawn.shares.push(from.next_value_seed(Number)?);
                Ok(())
            }
        }
    }

    fn others(&mut self) -> &mut Document {
        &mut self.drawn.others
    }
}

/// The nodes that one requires before it.
struct Required<'a> {
    edges: &'a mut Vec<(u32, u32)>,
    of: u32,
}

impl Items for Required<'_> {
    fn read<'de, A: SeqAccess<'de>>(&mut self, from: &mut A) -> Result<bool, A::Error> {
        let place = from.next_element()?;
        self.edges.extend(place.map(|place| (self.of, place)));
        Ok(place.is_some())
    }
}

struct Others<'a>(&'a mut Drawn);

impl Items for Others<'_> {
    fn read<'de, A: SeqAccess<'de>>(&mut self, from: &mut A) -> Result<bool, A::Error> {
        let blank = Similar { layer: 0, neuron: 0, similarity: 0.0 };
        let other = Other { similar: blank, others: &mut self.0.others };
        let found = from.next_element_seed(other)?;
        self.0.similar.extend(found);
        Ok(found.is_some())
    }
}

struct Other<'a> {
    similar: Similar,
    others: &'a mut Document,
}

impl<'de> DeserializeSeed<'de> for Other<'_> {
    type Value = Similar;

    fn deserialize<D: Deserializer<'de>>(mut self, from: D) -> Result<Similar, D::Error> {
        Object(&mut self).deserialize(from)?;
        Ok(self.similar)
    }
}

impl Fields for &mut Other<'_> {
    const NAMES: &'static [&'static str] = &["layer", "neuron", "similarity"];

    fn read<'de, A: MapAccess<'de>>(&mut self, name: usize, from: &mut A) -> Result<(), A::Error> {
        if name == 2 {
            self.similar.similarity = from.next_value_seed(Number)?;
            return Ok(());
        }
        let place: u64 = from.next_value()?;
        if place >= LARGE {
            return Err(A::Error::custom("beyond any neuron's place"));
        }
        match name {
            0 => self.similar.layer = place as i64,
            _ => self.similar.neuron = place as i64,
        }
        Ok(())
    }

    fn others(&mut self) -> &mut Document {
        self.others
    }
}
