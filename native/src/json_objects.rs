//! Objects and lists of JSON whose fields are known: read one after another, no document is made.
//!
//! They are read as strictly as documents are: what is not expected is an error, and left to others.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use crate::document::Document;
use crate::reading::{Value, LARGE};

/// An object's fields.
pub trait Fields {
    /// Of those that are read.
    const NAMES: &'static [&'static str];

    /// Read the value of the one with a name, by its place among these.
    fn read<'de, A: MapAccess<'de>>(&mut self, name: usize, from: &mut A) -> Result<(), A::Error>;

    /// Where all others are read into.
    fn others(&mut self) -> &mut Document;
}

/// An object that has all fields, each once.
pub struct Object<F>(pub F);

impl<'de, F: Fields> DeserializeSeed<'de> for Object<F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        let found = Partial(self.0).deserialize(from)?;
        if found.count_ones() as usize != F::NAMES.len() {
            return Err(D::Error::custom("a field is missing"));
        }
        Ok(())
    }
}

/// The same of one that may have only some: gives a bit for each that it has.
pub struct Partial<F>(pub F);

impl<'de, F: Fields> DeserializeSeed<'de> for Partial<F> {
    type Value = u32;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<u32, D::Error> {
        from.deserialize_map(self)
    }
}

impl<'de, F: Fields> Visitor<'de> for Partial<F> {
    type Value = u32;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "an object with {}", F::NAMES.join(", "))
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut fields: A) -> Result<u32, A::Error> {
        let mut found = 0;
        while let Some(name) = fields.next_key_seed(Name(F::NAMES))? {
            let Some(name) = name else {
                fields.next_value_seed(Value(self.0.others()))?;
                continue;
            };
            if found & (1 << name) != 0 {
                return Err(A::Error::custom("a field stands in an object twice"));
            }
            found |= 1 << name;
            self.0.read(name, &mut fields)?;
        }
        Ok(found)
    }
}

/// A field's name: its place among others, None if it is none of them.
struct Name(&'static [&'static str]);

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_str(self)
    }
}

impl Visitor<'_> for Name {
    type Value = Option<usize>;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("a name")
    }

    fn visit_str<E>(self, value: &str) -> Result<Self::Value, E> {
        Ok(self.0.iter().position(|name| *name == value))
    }
}

/// A list's items.
pub trait Items {
    /// Read the next one; false if there is none.
    fn read<'de, A: SeqAccess<'de>>(&mut self, from: &mut A) -> Result<bool, A::Error>;
}

/// A list.
pub struct List<I>(pub I);

impl<'de, I: Items> DeserializeSeed<'de> for List<I> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_seq(self)
    }
}

impl<'de, I: Items> Visitor<'de> for List<I> {
    type Value = ();

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<(), A::Error> {
        while self.0.read(&mut items)? {}
        Ok(())
    }
}

/// A list, or null, which is as one without items.
pub struct ListOrNull<I>(pub I);

impl<'de, I: Items> DeserializeSeed<'de> for ListOrNull<I> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_option(self)
    }
}

impl<'de, I: Items> Visitor<'de> for ListOrNull<I> {
    type Value = ();

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("a list, or null")
    }

    fn visit_none<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_some<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        List(self.0).deserialize(from)
    }
}

/// A text, added to others.
pub struct Text<'a>(pub &'a mut String);

impl<'de> DeserializeSeed<'de> for Text<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_str(self)
    }
}

impl Visitor<'_> for Text<'_> {
    type Value = ();

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("a text")
    }

    fn visit_str<E>(self, value: &str) -> Result<(), E> {
        self.0.push_str(value);
        Ok(())
    }
}

/// A number.
pub struct Number;

impl<'de> DeserializeSeed<'de> for Number {
    type Value = f64;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<f64, D::Error> {
        from.deserialize_f64(self)
    }
}

impl Visitor<'_> for Number {
    type Value = f64;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("a number")
    }

    fn visit_i64<E>(self, value: i64) -> Result<f64, E> {
        Ok(value as f64)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<f64, E> {
        match i64::try_from(value) {
            Ok(value) => Ok(value as f64),
            Err(_) => Err(E::custom("more than 63 bits")),
        }
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<f64, E> {
        if value.abs() >= LARGE {
            return Err(E::custom("may be an integer of more than 64 bits"));
        }
        Ok(value)
    }
}
