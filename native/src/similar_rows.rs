//! Rows of the neurons that others are similar to, in the order of their keys.

use std::fmt::Write;

use pyo3::prelude::*;

use crate::answers::Similar;
use crate::columns::{Columns, Sparse, Texts};

/// A neuron, and those that are similar to it, each once.
pub struct Compared<'a> {
    pub neuron: &'a str,
    pub layer: i64,
    pub similar: &'a [Similar],
}

/// Rows.
#[derive(Default)]
pub struct Rows {
    neurons: Texts,
    others: Texts,
    similarities: Vec<f64>,
    ranks: Vec<i64>,
    cross_layer_ranks: Sparse<i64>,
}

impl Rows {
    /// The rows of a model's neurons, each once: the most similar come first, equals in the order of
    /// their ids.
    pub fn of(mut compared: Vec<Compared<'_>>, model: &str) -> Self {
        let mut rows = Self::default();
        compared.sort_unstable_by_key(|one| one.neuron);
        for one in &compared {
            rows.add(one, model);
        }
        rows
    }

    fn add(&mut self, one: &Compared<'_>, model: &str) {
        let mut others = Texts::default();
        let mut id = String::new();
        for other in one.similar {
            id.clear();
            write!(id, "{model}/{}/{}", other.layer, other.neuron).expect("there is memory");
            others.push(&id, "");
        }
        let mut by_id: Vec<_> = (0..one.similar.len()).collect();
        by_id.sort_unstable_by_key(|at| others.list(*at));
        let mut order = by_id.clone();
        let similarity = |at: usize| one.similar[at].similarity + 0.0; // 0, if it is -0
        order.sort_by(|at, other| similarity(*other).total_cmp(&similarity(*at)));
        let mut ranks = vec![(0, None); order.len()];
        let mut n_across = 0;
        for (rank, at) in (1..).zip(order) {
            let is_across = one.similar[at].layer != one.layer;
            n_across += i64::from(is_across);
            ranks[at] = (rank, is_across.then_some(n_across));
        }
        for at in by_id {
            let (rank, cross_layer_rank) = ranks[at];
            self.neurons.push(one.neuron, "");
            self.others.push_list(others.list(at));
            self.similarities.push(similarity(at));
            self.ranks.push(rank);
            self.cross_layer_ranks.push(cross_layer_rank);
        }
    }

    /// Add all columns.
    pub fn put(&self, to: &Columns<'_>) -> PyResult<()> {
        to.lists("neurons", &self.neurons)?;
        to.lists("others", &self.others)?;
        to.numbers("similarities", &self.similarities)?;
        to.numbers("ranks", &self.ranks)?;
        to.sparse("cross_layer_ranks", &self.cross_layer_ranks)
    }
}
