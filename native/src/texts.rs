//! What stands in lists of texts.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, SeqAccess, Visitor};

/// Ends of items so far, four bytes each, and the items, joined.
type Items = (Vec<u8>, String);

/// See the module's function.
pub fn items<T: AsRef<[u8]>>(lists: &[T]) -> Option<Items> {
    let mut found: Items = (0_i32.to_ne_bytes().to_vec(), String::new());
    for list in lists {
        let text = std::str::from_utf8(list.as_ref()).ok()?;
        let mut reader = serde_json::Deserializer::from_str(text);
        List(&mut found).deserialize(&mut reader).ok()?;
        reader.end().ok()?;
    }
    Some(found)
}

struct List<'a>(&'a mut Items);

struct Item<'a>(&'a mut Items);

impl<'de> DeserializeSeed<'de> for List<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for List<'_> {
    type Value = ();

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("a list of texts")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while items.next_element_seed(Item(&mut *self.0))?.is_some() {}
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Item<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_str(self)
    }
}

impl Visitor<'_> for Item<'_> {
    type Value = ();

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("a text")
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<(), E> {
        let (ends, joined) = self.0;
        joined.push_str(value);
        let end = i32::try_from(joined.len()).map_err(E::custom)?;
        ends.extend_from_slice(&end.to_ne_bytes());
        Ok(())
    }
}
