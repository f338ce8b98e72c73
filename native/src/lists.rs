//! Items of lists: those of a list of texts, or of numbers, become one value, until one is another.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use crate::document::{Document, Node};
use crate::reading::{Value, LARGE};

/// Integers up to this are exact as floats.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// An item of the list at a place.
pub struct Item<'a> {
    pub document: &'a mut Document,
    pub list: usize,
}

impl<'a> Item<'a> {
    /// The item as a value of its own, and those before it, which were of one kind.
    fn apart<E: Error>(self) -> Result<Value<'a>, E> {
        let document = self.document;
        let nothing = Node::List { after: 0, len: 0 };
        match std::mem::replace(&mut document.nodes[self.list], nothing) {
            Node::Texts { begin, .. } => {
                let json = document.text.split_off(begin as usize) + "]";
                let texts: Vec<String> = serde_json::from_str(&json).map_err(E::custom)?;
                for text in texts {
                    Value(&mut *document).visit_str(&text)?;
                }
            }
            Node::Numbers { begin, .. } => {
                let numbers = document.numbers.split_off(begin as usize);
                let are_integers = document.are_integers.split_off(begin as usize);
                document.nodes.extend(numbers.into_iter().zip(are_integers).map(number_node));
            }
            _ => {}
        }
        Ok(Value(document))
    }

    fn is_first(&self) -> bool {
        self.document.nodes.len() == self.list + 1
            && matches!(self.document.nodes[self.list], Node::List { .. })
    }

    fn number<E: Error>(self, value: f64, is_integer: bool) -> Result<(), E> {
        let document = self.document;
        let begin = document.numbers.len() as u32;
        document.numbers.push(value);
        document.are_integers.push(is_integer);
        if let Node::List { .. } = document.nodes[self.list] {
            document.nodes[self.list] = Node::Numbers { begin, len: 0 };
        }
        Ok(())
    }

    fn text<E: Error>(self, value: &str, push: impl Fn(&str, &mut String)) -> Result<(), E> {
        let is_first = self.is_first();
        if !is_first && !matches!(self.document.nodes[self.list], Node::Texts { .. }) {
            return self.apart()?.visit_str(value);
        }
        let document = self.document;
        if is_first {
            let begin = document.text.len() as u32;
            document.nodes[self.list] = Node::Texts { begin, end: 0, len: 0 };
        }
        document.text.push(if is_first { '[' } else { ',' });
        push(value, &mut document.text);
        Ok(())
    }

    fn holds_numbers(&self) -> bool {
        matches!(self.document.nodes[self.list], Node::Numbers { .. }) || self.is_first()
    }
}

/// A number of a list as a value of its own.
fn number_node((value, is_integer): (f64, bool)) -> Node {
    if is_integer {
        Node::Integer(value as i64)
    } else {
        Node::Float(value)
    }
}

impl<'de> DeserializeSeed<'de> for Item<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Item<'_> {
    type Value = ();

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.apart()?.visit_unit()
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        self.apart()?.visit_bool(value)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<(), E> {
        let float = value as f64;
        if self.holds_numbers() && float.abs() < EXACT {
            return self.number(float, true);
        }
        self.apart()?.visit_i64(value)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<(), E> {
        match i64::try_from(value) {
            Ok(value) => self.visit_i64(value),
            Err(_) => Err(E::custom("more than 63 bits")),
        }
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<(), E> {
        if self.holds_numbers() && value.abs() < LARGE {
            return self.number(value, false);
        }
        self.apart()?.visit_f64(value)
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<(), E> {
        self.text(value, push_json)
    }

    /// One that stands in the document as it is: nothing in it is escaped, nor need be.
    fn visit_borrowed_str<E: Error>(self, value: &'de str) -> Result<(), E> {
        self.text(value, |value, to| {
            to.push('"');
            to.push_str(value);
            to.push('"');
        })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<(), A::Error> {
        self.apart()?.visit_seq(items)
    }

    fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<(), A::Error> {
        self.apart()?.visit_map(fields)
    }
}

/// Write a text as orjson does: nothing is escaped that need not be.
fn push_json(value: &str, to: &mut String) {
    to.push('"');
    for letter in value.chars() {
        match letter {
            '"' => to.push_str("\\\""),
            '\\' => to.push_str("\\\\"),
            '\n' => to.push_str("\\n"),
            '\t' => to.push_str("\\t"),
            '\r' => to.push_str("\\r"),
            '\u{8}' => to.push_str("\\b"),
            '\u{c}' => to.push_str("\\f"),
            '\0'..='\u{1f}' => to.push_str(&format!("\\u{:04x}", letter as u32)),
            _ => to.push(letter),
        }
    }
    to.push('"');
}
