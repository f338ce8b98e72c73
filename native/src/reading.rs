//! From JSON to a document, in one pass.

use std::fmt;

use memchr::memmem;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use crate::document::{Document, Node};
use crate::lists::Item;

/// From here on an integer has more than 64 bits, and no float tells that it is none.
pub const LARGE: f64 = 9_223_372_036_854_775_808.0;

/// The document. An error if it is no JSON, or one that only the interpreter's parsers judge: it has
/// numbers that are too large, an integer -0, or more nesting than any format.
pub fn read(data: &[u8]) -> Result<Document, serde_json::Error> {
    let mut document = Document::default();
    read_into(data, &mut document)?;
    Ok(document)
}

/// The same, in place of another document, whose memory it takes.
pub fn read_into(data: &[u8], document: &mut Document) -> Result<(), serde_json::Error> {
    document.clear();
    read_value(data, document)
}

/// The list of the values of several documents. An error as of `read`, in any of them.
pub fn read_several<T: AsRef<[u8]>>(several: &[T]) -> Result<Document, serde_json::Error> {
    check_size(several.iter().map(|data| data.as_ref().len()).sum())?;
    let mut document = Document::default();
    document.nodes.push(Node::Null);
    for data in several {
        read_value(data.as_ref(), &mut document)?;
    }
    let (after, len) = (document.nodes.len() as u32, several.len() as u32);
    document.nodes[0] = Node::List { after, len };
    Ok(document)
}

/// An error if places in a document of so many bytes need more than 32 bits.
fn check_size(n_bytes: usize) -> Result<(), serde_json::Error> {
    u32::try_from(n_bytes).map(|_| ()).map_err(Error::custom)
}

fn read_value(data: &[u8], document: &mut Document) -> Result<(), serde_json::Error> {
    let (nodes, numbers) = (document.nodes.len(), document.numbers.len());
    read_as(data, Value(&mut *document))?;
    if are_negative_zeros(&document.nodes[nodes..], &document.numbers[numbers..])
        && has_integer_negative_zero(data)
    {
        return Err(Error::custom("an integer -0"));
    }
    Ok(())
}

/// Read a value so. An error if it is no JSON, or not such a value.
pub fn read_as<'de, S: DeserializeSeed<'de>>(
    data: &'de [u8],
    seed: S,
) -> Result<S::Value, serde_json::Error> {
    check_size(data.len())?;
    // looked at once: of many short texts that takes a tenth of the time
    let text = std::str::from_utf8(data).map_err(Error::custom)?;
    let mut reader = serde_json::Deserializer::from_str(text);
    let found = seed.deserialize(&mut reader)?;
    reader.end()?;
    Ok(found)
}

/// Whether a number is -0, which the library gives for an integer, too.
pub fn has_negative_zero(document: &Document) -> bool {
    are_negative_zeros(&document.nodes, &document.numbers)
}

fn are_negative_zeros(nodes: &[Node], numbers: &[f64]) -> bool {
    numbers.iter().copied().any(is_negative_zero)
        || nodes.iter().any(|node| matches!(node, Node::Float(number) if is_negative_zero(*number)))
}

/// Whether it is -0, not 0.
pub fn is_negative_zero(number: f64) -> bool {
    number.to_bits() == (-0.0_f64).to_bits()
}

/// Whether an integer -0 stands in a document, if only in a text.
pub fn has_integer_negative_zero(data: &[u8]) -> bool {
    memmem::find_iter(data, b"-0")
        .any(|at| !matches!(data.get(at + 2), Some(b'.' | b'e' | b'E' | b'0'..=b'9')))
}

/// Where a list's only kind of item is texts, or numbers, it is one node; so is any other value.
pub struct Value<'a>(pub &'a mut Document);

impl Value<'_> {
    fn push<E>(self, node: Node) -> Result<(), E> {
        self.0.nodes.push(node);
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Value<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Value<'_> {
    type Value = ();

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.push(Node::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        self.push(Node::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<(), E> {
        self.push(Node::Integer(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<(), E> {
        match i64::try_from(value) {
            Ok(value) => self.push(Node::Integer(value)),
            Err(_) => Err(E::custom("more than 63 bits")),
        }
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<(), E> {
        if value.abs() >= LARGE {
            return Err(E::custom("may be an integer of more than 64 bits"));
        }
        self.push(Node::Float(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<(), E> {
        let begin = self.0.text.len() as u32;
        self.0.text.push_str(value);
        let end = self.0.text.len() as u32;
        self.push(Node::Text { begin, end })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let document = self.0;
        let list = document.nodes.len();
        let text = document.text.len() as u32;
        document.nodes.push(Node::List { after: 0, len: 0 });
        let mut count = 0;
        while items.next_element_seed(Item { document: &mut *document, list })?.is_some() {
            count += 1;
        }
        let after = document.nodes.len() as u32;
        document.nodes[list] = match document.nodes[list] {
            Node::Texts { .. } => {
                document.text.push(']');
                Node::Texts { begin: text, end: document.text.len() as u32, len: count }
            }
            Node::Numbers { begin, .. } => Node::Numbers { begin, len: count },
            _ => Node::List { after, len: count },
        };
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<(), A::Error> {
        let document = self.0;
        let object = document.nodes.len();
        document.nodes.push(Node::Null);
        let mut len = 0;
        while fields.next_key_seed(Value(&mut *document))?.is_some() {
            fields.next_value_seed(Value(&mut *document))?;
            len += 1;
        }
        let after = document.nodes.len() as u32;
        document.nodes[object] = Node::Object { after, len };
        Ok(())
    }
}
