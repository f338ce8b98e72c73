//! The tokens that texts of nodes mean, in the order of their texts.

use compact_str::CompactString;

/// What is said of a text whose token is lost.
pub const LOST: u32 = u32::MAX;

/// Tokens.
#[derive(Default)]
pub struct Vocabulary {
    /// Each once, in their order.
    pub tokens: Vec<CompactString>,
    /// Of each text, by its number, the place of its token among these, or `LOST`.
    pub places: Vec<u32>,
}

impl Vocabulary {
    /// That of the tokens of texts by their numbers.
    pub fn of(meant: &[Option<CompactString>]) -> Self {
        let mut tokens: Vec<_> = meant.iter().flatten().cloned().collect();
        tokens.sort_unstable();
        tokens.dedup();
        let place = |token: &CompactString| tokens.partition_point(|other| other < token) as u32;
        let places = meant.iter().map(|token| token.as_ref().map_or(LOST, place)).collect();
        Self { tokens, places }
    }
}
