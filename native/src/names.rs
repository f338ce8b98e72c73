//! Texts by number, each once.

use std::collections::HashMap;

use compact_str::CompactString;

/// Texts, numbered from 0 as they come.
#[derive(Default)]
pub struct Names {
    numbers: HashMap<CompactString, u32>,
    texts: Vec<CompactString>,
}

impl Names {
    /// The number of a text, which is a new one if it is new.
    pub fn number(&mut self, text: &str) -> u32 {
        if let Some(number) = self.numbers.get(text) {
            return *number;
        }
        let (number, text) = (self.texts.len() as u32, CompactString::from(text));
        self.texts.push(text.clone());
        self.numbers.insert(text, number);
        number
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// The texts from a number on.
    pub fn since(&self, number: usize) -> &[CompactString] {
        &self.texts[number..]
    }
}
