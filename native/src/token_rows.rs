//! Rows of the tokens that neurons fire on, or are conditioned on.

use pyo3::prelude::*;

use crate::columns::{Columns, Sparse};

/// A token that a node accepts, or those of several nodes of a neuron.
pub struct Found {
    pub token: u32,
    pub share: f64,
    pub distance: i64,
}

/// Tokens of neurons, each once for a neuron; both by their places.
#[derive(Default)]
pub struct Tokens {
    neurons: Vec<u32>,
    tokens: Vec<u32>,
    shares: Sparse<f64>,
    distances: Vec<i64>,
    ranks: Vec<i64>,
}

impl Tokens {
    /// Add those of a neuron, with the largest share and the least distance, by which they are ranked.
    pub fn add(&mut self, neuron: u32, mut found: Vec<Found>) {
        found.sort_by_key(|one| one.token); // of equals that with the least distance comes first
        found.dedup_by(|next, kept| {
            let is_same = next.token == kept.token;
            if is_same {
                kept.share = kept.share.max(next.share);
            }
            is_same
        });
        let mut order: Vec<_> = (0..found.len()).collect();
        order.sort_by(|one, other| {
            let (one, other) = (&found[*one], &found[*other]);
            let by_share = other.share.total_cmp(&one.share);
            by_share.then(one.distance.cmp(&other.distance))
        });
        let first = self.ranks.len();
        self.ranks.resize(first + found.len(), 0);
        for (rank, at) in (1..).zip(order) {
            self.ranks[first + at] = rank;
        }
        for one in found {
            self.neurons.push(neuron);
            self.tokens.push(one.token);
            self.shares.push(Some(one.share));
            self.distances.push(one.distance);
        }
    }

    /// The token of each row.
    pub fn tokens(&mut self) -> &mut Vec<u32> {
        &mut self.tokens
    }

    /// Take all out.
    pub fn clear(&mut self) {
        self.neurons.clear();
        self.tokens.clear();
        self.shares.clear();
        self.distances.clear();
        self.ranks.clear();
    }

    /// Add all columns, whose names begin alike.
    pub fn put(&self, to: &Columns<'_>, name: &str) -> PyResult<()> {
        to.numbers(&format!("{name}_neurons"), &self.neurons)?;
        to.numbers(&format!("{name}_tokens"), &self.tokens)?;
        to.sparse(&format!("{name}_shares"), &self.shares)?;
        to.numbers(&format!("{name}_distances"), &self.distances)?;
        to.numbers(&format!("{name}_ranks"), &self.ranks)
    }
}
