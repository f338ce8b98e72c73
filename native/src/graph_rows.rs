//! Token graphs by columns: the rows of all their tables, each in the order of its keys.

use std::thread;

use pyo3::prelude::*;

use crate::columns::{Columns, Texts};
use crate::node_rows::NodeRows;
use crate::token_graph::TokenGraph;
use crate::token_rows::{Found, Tokens};
use crate::unconnected::n_unconnected;
use crate::vocabulary::{Vocabulary, LOST};

/// A token graph, and the ids that it goes by.
pub struct Named<'a> {
    pub graph: &'a TokenGraph,
    pub id: &'a str,
    pub neuron: &'a str,
}

/// What a white node stands for.
#[derive(Clone, Copy)]
pub struct Least {
    pub activation: f64,
    pub importance: f64,
}

/// Rows.
#[derive(Default)]
pub struct Rows {
    nodes: NodeRows,
    others: OtherRows,
    /// The tokens that nodes accept, each once, in their order: rows have places among them.
    tokens: Texts,
}

/// Rows of tokens by neuron, and of graphs.
#[derive(Default)]
struct OtherRows {
    fires: Tokens,
    context: Tokens,
    // of graphs, in the order in which they are given
    n_nodes: Vec<i64>,
    n_gaps: Vec<i64>,
    n_named: Vec<i64>,
    n_unconnected: Vec<i64>,
}

impl Rows {
    /// The rows of graphs, in place of others, whose memory they take: to get more takes as long as
    /// to fill it. Those of nodes are made beside the others.
    pub fn fill(&mut self, graphs: &[Named<'_>], vocabulary: &Vocabulary, least: Least) {
        let Self { nodes, others, .. } = self;
        thread::scope(|threads| {
            threads.spawn(|| nodes.fill(graphs, vocabulary, least));
            others.fill(graphs, vocabulary, least);
        });
        self.keep_accepted(vocabulary);
    }

    /// Have rows tell tokens by their places among those that nodes accept, not in the vocabulary.
    fn keep_accepted(&mut self, vocabulary: &Vocabulary) {
        let mut places = vec![LOST; vocabulary.tokens.len()];
        self.nodes.accepted.iter().for_each(|token| places[*token as usize] = 0);
        let kept = places.iter_mut().zip(&vocabulary.tokens).filter(|(place, _)| **place != LOST);
        self.tokens.clear();
        for (new, (place, token)) in (0..).zip(kept) {
            *place = new;
            self.tokens.push(token, "");
        }
        let OtherRows { fires, context, .. } = &mut self.others;
        let rows = [&mut self.nodes.accepted, fires.tokens(), context.tokens()];
        for token in rows.into_iter().flatten() {
            *token = places[*token as usize];
        }
    }

    /// Add all columns.
    pub fn put(&self, to: &Columns<'_>) -> PyResult<()> {
        self.nodes.put(to)?;
        to.lists("tokens", &self.tokens)?;
        self.others.put(to)
    }
}

impl OtherRows {
    fn fill(&mut self, graphs: &[Named<'_>], vocabulary: &Vocabulary, least: Least) {
        self.clear();
        let mut order: Vec<_> = (0..).zip(graphs).collect();
        order.sort_unstable_by_key(|(_, one)| one.neuron);
        for (neuron, one) in order {
            self.add_tokens(neuron, one.graph, vocabulary, least);
        }
        for one in graphs {
            self.add_counts(one.graph, vocabulary);
        }
    }

    fn clear(&mut self) {
        self.fires.clear();
        self.context.clear();
        let integers =
            [&mut self.n_nodes, &mut self.n_gaps, &mut self.n_named, &mut self.n_unconnected];
        integers.into_iter().for_each(Vec::clear);
    }

    fn add_tokens(
        &mut self,
        neuron: u32,
        graph: &TokenGraph,
        vocabulary: &Vocabulary,
        least: Least,
    ) {
        let (mut fires, mut context) = (Vec::new(), Vec::new());
        for (at, position) in graph.positions.iter().enumerate() {
            let found = (token(graph, at, vocabulary), shown(graph, at, least));
            if let (Some(token), Some(share)) = found {
                let to = if *position == 0 { &mut fires } else { &mut context };
                to.push(Found { token, share, distance: -i64::from(*position) });
            }
        }
        self.fires.add(neuron, fires);
        self.context.add(neuron, context);
    }

    fn add_counts(&mut self, graph: &TokenGraph, vocabulary: &Vocabulary) {
        let n_nodes = graph.positions.len();
        let named: Vec<_> = (0..n_nodes).map(|at| token(graph, at, vocabulary)).collect();
        self.n_nodes.push(n_nodes as i64);
        self.n_gaps.push(graph.n_gaps() as i64);
        self.n_named.push(named.iter().flatten().count() as i64);
        self.n_unconnected.push(n_unconnected(graph, &named).map_or(-1, |count| count as i64));
    }

    fn put(&self, to: &Columns<'_>) -> PyResult<()> {
        self.fires.put(to, "fires")?;
        self.context.put(to, "context")?;
        to.numbers("n_nodes", &self.n_nodes)?;
        to.numbers("n_gaps", &self.n_gaps)?;
        to.numbers("n_named", &self.n_named)?;
        to.numbers("n_unconnected", &self.n_unconnected)
    }
}

/// The token that a node accepts; None if it accepts any, or has lost its own.
pub fn token(graph: &TokenGraph, at: usize, vocabulary: &Vocabulary) -> Option<u32> {
    let token = vocabulary.places[*graph.texts.get(at)? as usize];
    (token != LOST).then_some(token)
}

/// What a node's share of a full colour stands for, where white is the least, the full colour 1, to
/// four places, halves to even; None of a gap.
pub fn shown(graph: &TokenGraph, at: usize, least: Least) -> Option<f64> {
    let white = if graph.positions[at] == 0 { least.activation } else { least.importance };
    let inside = graph.shares.get(at)?.clamp(0.0, 1.0);
    let found = inside * (1.0 - white) + white;
    let scaled = found * 1e4;
    Some(if scaled == scaled.floor() { found } else { scaled.round_ties_even() / 1e4 })
}
