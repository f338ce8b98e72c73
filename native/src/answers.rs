//! DeepDecipher's answers about neurons: a token graph, and similar neurons.

use std::collections::HashSet;

use crate::document::{Document, Node};
use crate::names::Names;
use crate::token_graph::{positions, without_gaps, TokenGraph};

/// Beyond any neuron's place.
const LARGE: i64 = 1 << 62;

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

/// An answer as it mostly is; None if it has no graph, or anything in it is otherwise.
pub fn read(document: &Document, texts: &mut Names) -> Option<Answer> {
    let graph = document.field(0, "graph")?;
    let begins = listed(document, document.field(graph, "subgraph_indices")?)?;
    let begins: Vec<_> = begins.iter().map(|begin| *begin as usize).collect();
    let drawn = items(document, document.field(graph, "graph")?)?;
    let mut nodes = Nodes::with_capacity(drawn.size_hint().0);
    for (at, item) in drawn.enumerate() {
        nodes.read(document, item, u32::try_from(at).ok()?)?;
    }
    let similar = match document.field(0, "similar") {
        Some(at) if !matches!(document.nodes[at], Node::Null) => similar(document, at)?,
        _ => Vec::new(),
    };
    let mut positions = positions(&begins, nodes.shares.len())?;
    let edges = without_gaps(nodes.edges, &mut positions)?;
    // known from here on, that none of what is left to others is
    let texts = nodes.texts.iter().map(|(begin, end)| texts.number(document.text(*begin, *end)));
    let graph = TokenGraph { texts: texts.collect(), shares: nodes.shares, positions, edges };
    Some(Answer { graph, similar })
}

/// What the nodes of a graph are read into.
struct Nodes {
    /// Where their texts stand.
    texts: Vec<(u32, u32)>,
    shares: Vec<f64>,
    edges: Vec<(u32, u32)>,
}

impl Nodes {
    fn with_capacity(count: usize) -> Self {
        Self {
            texts: Vec::with_capacity(count),
            shares: Vec::with_capacity(count),
            edges: Vec::with_capacity(count),
        }
    }

    fn read(&mut self, document: &Document, item: usize, own: u32) -> Option<()> {
        let [text, share, required] = document.values(item, ["token", "importance", "required"]);
        let Node::Text { begin, end } = document.nodes[text?] else {
            return None;
        };
        self.texts.push((begin, end));
        self.shares.push(number(document.nodes[share?])?);
        for place in listed(document, required?)? {
            if *place > f64::from(u32::MAX) {
                return None;
            }
            self.edges.push((own, *place as u32));
        }
        Some(())
    }
}

fn similar(document: &Document, at: usize) -> Option<Vec<Similar>> {
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    for item in items(document, at)? {
        let [layer, neuron, similarity] = document.values(item, ["layer", "neuron", "similarity"]);
        let (layer, neuron) = (place(document.nodes[layer?])?, place(document.nodes[neuron?])?);
        if !seen.insert((layer, neuron)) {
            return None;
        }
        found.push(Similar { layer, neuron, similarity: number(document.nodes[similarity?])? });
    }
    Some(found)
}

/// The places of the items of a list; of one that is no object no field is found.
fn items(document: &Document, at: usize) -> Option<impl Iterator<Item = usize> + '_> {
    matches!(document.nodes[at], Node::List { .. }).then(|| document.items(at))
}

/// The items of a list, each a place counted from 0: exact as floats.
fn listed(document: &Document, at: usize) -> Option<&[f64]> {
    match document.nodes[at] {
        Node::List { len: 0, .. } => Some(&[]),
        Node::Numbers { begin, len } => {
            let are_places = document.are_integers(begin, len).iter().all(|is_integer| *is_integer);
            let numbers = document.numbers(begin, len);
            (are_places && numbers.iter().all(|number| *number >= 0.0)).then_some(numbers)
        }
        _ => None,
    }
}

fn place(node: Node) -> Option<i64> {
    match node {
        Node::Integer(value) if (0..LARGE).contains(&value) => Some(value),
        _ => None,
    }
}

fn number(node: Node) -> Option<f64> {
    match node {
        Node::Integer(value) => Some(value as f64),
        Node::Float(value) => Some(value),
        _ => None,
    }
}
