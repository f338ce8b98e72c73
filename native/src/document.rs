//! A parsed document: its values one after another, each container before all that is in it.
//!
//! A list of texts, and a list of numbers, is one value: what most of published files consists of.

use std::ops::Range;

use compact_str::CompactString;

use crate::digester::Digester;

/// A value of a document. Places are those of its arenas.
#[derive(Clone, Copy, Debug)]
pub enum Node {
    Null,
    Bool(bool),
    Integer(i64),
    Float(f64),
    /// A text.
    Text {
        begin: u32,
        end: u32,
    },
    /// A list of texts, at least one, as JSON without spaces.
    Texts {
        begin: u32,
        end: u32,
        len: u32,
    },
    /// A list of numbers, at least one.
    Numbers {
        begin: u32,
        len: u32,
    },
    /// Any other list; `after` is where the value stands that follows all that is in it.
    List {
        after: u32,
        len: u32,
    },
    /// An object: its keys, each a text, and their values by turns.
    Object {
        after: u32,
        len: u32,
    },
}

/// A document, of fewer than 2^32 bytes.
#[derive(Debug, Default)]
pub struct Document {
    pub nodes: Vec<Node>,
    /// Texts, and lists of texts as JSON.
    pub text: String,
    /// Items of lists of numbers …
    pub numbers: Vec<f64>,
    /// … and whether each was written as an integer.
    pub are_integers: Vec<bool>,
    /// The places of lists of texts, and their digests, if these were asked for.
    digests: Vec<(u32, CompactString)>,
}

impl Document {
    /// Take all out.
    pub fn clear(&mut self) {
        self.nodes.clear();
        self.text.clear();
        self.numbers.clear();
        self.are_integers.clear();
        self.digests.clear();
    }

    /// Find out the digest of each list of texts, if it is said how.
    pub fn digest(&mut self, how: Option<&Digester>) {
        let Some(how) = how else {
            return;
        };
        for (at, node) in self.nodes.iter().enumerate() {
            if let Node::Texts { begin, end, .. } = *node {
                self.digests.push((at as u32, how.digest(self.text(begin, end).as_bytes())));
            }
        }
    }

    /// The digest of the list of texts at a place, if it was asked for.
    pub fn digest_of(&self, at: usize) -> Option<&str> {
        let found = self.digests.binary_search_by_key(&at, |(place, _)| *place as usize).ok()?;
        Some(&self.digests[found].1)
    }

    /// Where the value that follows the one at a place stands.
    fn after(&self, at: usize) -> usize {
        match self.nodes[at] {
            Node::List { after, .. } | Node::Object { after, .. } => after as usize,
            _ => at + 1,
        }
    }

    /// The text between two places.
    pub fn text(&self, begin: u32, end: u32) -> &str {
        &self.text[begin as usize..end as usize]
    }

    /// The numbers of a list, which begins at a place.
    pub fn numbers(&self, begin: u32, len: u32) -> &[f64] {
        &self.numbers[span(begin, len)]
    }

    /// Which of these were written as integers.
    pub fn are_integers(&self, begin: u32, len: u32) -> &[bool] {
        &self.are_integers[span(begin, len)]
    }

    /// The places of the items of a list that is neither of texts nor of numbers.
    pub fn items(&self, at: usize) -> impl Iterator<Item = usize> + '_ {
        let len = match self.nodes[at] {
            Node::List { len, .. } => len,
            _ => 0,
        };
        self.following(at, len)
    }

    /// Of an object the keys and the places of their values, as they stand.
    pub fn fields(&self, at: usize) -> impl Iterator<Item = (&str, usize)> + '_ {
        let len = match self.nodes[at] {
            Node::Object { len, .. } => len,
            _ => 0,
        };
        let mut places = self.following(at, 2 * len);
        std::iter::from_fn(move || {
            let (key, value) = (places.next()?, places.next()?);
            match self.nodes[key] {
                Node::Text { begin, end } => Some((self.text(begin, end), value)),
                _ => None,
            }
        })
    }

    /// Of an object the fields that are called so, by the places of their names: in one pass.
    pub fn fields_called<'a>(
        &'a self,
        at: usize,
        names: &'a [&str],
    ) -> impl Iterator<Item = (usize, usize)> + 'a {
        self.fields(at).flat_map(move |(key, value)| {
            let names = names.iter().enumerate();
            names.filter(move |(_, name)| **name == key).map(move |(place, _)| (place, value))
        })
    }

    /// The places of the values of fields with different names: of the last one, if a field stands in
    /// the object twice.
    pub fn values<const N: usize>(&self, at: usize, names: [&str; N]) -> [Option<usize>; N] {
        let mut found = [None; N];
        for (key, value) in self.fields(at) {
            if let Some(name) = names.iter().position(|name| *name == key) {
                found[name] = Some(value);
            }
        }
        found
    }

    /// The place of a field's value: of the last one, if it stands in the object twice.
    pub fn field(&self, at: usize, name: &str) -> Option<usize> {
        let [found] = self.values(at, [name]);
        found
    }

    fn following(&self, at: usize, count: u32) -> impl Iterator<Item = usize> + '_ {
        let mut next = at + 1;
        (0..count).map(move |_| {
            let this = next;
            next = self.after(this);
            this
        })
    }
}

fn span(begin: u32, len: u32) -> Range<usize> {
    begin as usize..(begin + len) as usize
}
