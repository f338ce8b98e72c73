//! Token graphs by columns: the rows of all their tables, each in the order of its keys.

use std::collections::HashMap;

use pyo3::prelude::*;

use crate::columns::{Columns, Sparse, Texts};
use crate::token_graph::TokenGraph;
use crate::token_rows::{Found, Tokens};
use crate::unconnected::n_unconnected;
use crate::vocabulary::{Vocabulary, LOST};

/// Kinds of nodes, by their codes.
const ACTIVATING: u8 = 0;
const CONTEXT: u8 = 1;
const IGNORE: u8 = 2;

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
    // of nodes
    graphs: Texts,
    nodes: Texts,
    kinds: Vec<u8>,
    positions: Vec<i64>,
    activations: Sparse<f64>,
    importances: Sparse<f64>,
    // of activating nodes
    first_graphs: Texts,
    first_nodes: Texts,
    // of edges
    later: Texts,
    earlier: Texts,
    // of tokens that nodes accept
    accepting: Texts,
    accepted: Vec<u32>,
    /// These tokens, each once, in their order: rows have places among them.
    tokens: Texts,
    // of tokens by neuron
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
    /// to fill it.
    pub fn fill(&mut self, graphs: &[Named<'_>], vocabulary: &Vocabulary, least: Least) {
        self.clear();
        let most = graphs.iter().map(|one| one.graph.positions.len()).max().unwrap_or(0);
        let numbers: Vec<_> = (0..most).map(|number| format!("#{number}")).collect();
        let mut orders = Orders::default();
        let mut order: Vec<_> = graphs.iter().collect();
        order.sort_unstable_by_key(|one| one.id);
        for one in order {
            self.add_nodes(one, vocabulary, least, &numbers, orders.of(one.graph.positions.len()));
        }
        let mut order: Vec<_> = (0..).zip(graphs).collect();
        order.sort_unstable_by_key(|(_, one)| one.neuron);
        for (place, one) in order {
            self.add_tokens(place, one.graph, vocabulary, least);
        }
        for one in graphs {
            self.add_counts(one.graph, vocabulary);
        }
        self.keep_accepted(vocabulary);
    }

    /// Have rows tell tokens by their places among those that nodes accept, not in the vocabulary.
    fn keep_accepted(&mut self, vocabulary: &Vocabulary) {
        let mut places = vec![LOST; vocabulary.tokens.len()];
        self.accepted.iter().for_each(|token| places[*token as usize] = 0);
        let kept = places.iter_mut().zip(&vocabulary.tokens).filter(|(place, _)| **place != LOST);
        for (new, (place, token)) in (0..).zip(kept) {
            *place = new;
            self.tokens.push(token, "");
        }
        let rows = [&mut self.accepted, self.fires.tokens(), self.context.tokens()];
        for token in rows.into_iter().flatten() {
            *token = places[*token as usize];
        }
    }

    fn clear(&mut self) {
        let texts = [
            &mut self.graphs,
            &mut self.nodes,
            &mut self.first_graphs,
            &mut self.first_nodes,
            &mut self.later,
            &mut self.earlier,
            &mut self.accepting,
            &mut self.tokens,
        ];
        texts.into_iter().for_each(Texts::clear);
        [&mut self.activations, &mut self.importances].into_iter().for_each(Sparse::clear);
        self.kinds.clear();
        self.accepted.clear();
        self.fires.clear();
        self.context.clear();
        let integers = [
            &mut self.positions,
            &mut self.n_nodes,
            &mut self.n_gaps,
            &mut self.n_named,
            &mut self.n_unconnected,
        ];
        integers.into_iter().for_each(Vec::clear);
    }

    fn add_nodes(
        &mut self,
        one: &Named<'_>,
        vocabulary: &Vocabulary,
        least: Least,
        numbers: &[String],
        order: &Order,
    ) {
        let graph = one.graph;
        // what their ids end with
        let number = |at: usize| numbers[at].as_str();
        for at in order.nodes.iter().map(|at| *at as usize) {
            let (position, is_gap) = (graph.positions[at], graph.is_gap(at));
            self.graphs.push(one.id, "");
            self.nodes.push(one.id, number(at));
            self.positions.push(i64::from(position));
            let share = shown(graph, at, least);
            let is_first = position == 0;
            self.activations.push(share.filter(|_| is_first));
            self.importances.push(share.filter(|_| !is_first));
            self.kinds.push(if is_first {
                self.first_graphs.push(one.id, "");
                self.first_nodes.push(one.id, number(at));
                ACTIVATING
            } else if is_gap {
                IGNORE
            } else {
                CONTEXT
            });
            if let Some(token) = token(graph, at, vocabulary) {
                self.accepting.push(one.id, number(at));
                self.accepted.push(token);
            }
        }
        let place = |at: u32| order.places[at as usize];
        let mut edges = graph.edges.clone();
        edges.sort_unstable_by_key(|(later, earlier)| (place(*later), place(*earlier)));
        for (later, earlier) in edges {
            self.later.push(one.id, number(later as usize));
            self.earlier.push(one.id, number(earlier as usize));
        }
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

    /// Add all columns.
    pub fn put(&self, to: &Columns<'_>) -> PyResult<()> {
        to.lists("graphs", &self.graphs)?;
        to.lists("nodes", &self.nodes)?;
        to.numbers("kinds", &self.kinds)?;
        to.numbers("positions", &self.positions)?;
        to.sparse("activations", &self.activations)?;
        to.sparse("importances", &self.importances)?;
        to.lists("first_graphs", &self.first_graphs)?;
        to.lists("first_nodes", &self.first_nodes)?;
        to.lists("later", &self.later)?;
        to.lists("earlier", &self.earlier)?;
        to.lists("accepting", &self.accepting)?;
        to.numbers("accepted", &self.accepted)?;
        to.lists("tokens", &self.tokens)?;
        self.fires.put(to, "fires")?;
        self.context.put(to, "context")?;
        to.numbers("n_nodes", &self.n_nodes)?;
        to.numbers("n_gaps", &self.n_gaps)?;
        to.numbers("n_named", &self.n_named)?;
        to.numbers("n_unconnected", &self.n_unconnected)
    }
}

/// The token that a node accepts; None if it accepts any, or has lost its own.
fn token(graph: &TokenGraph, at: usize, vocabulary: &Vocabulary) -> Option<u32> {
    let token = vocabulary.places[*graph.texts.get(at)? as usize];
    (token != LOST).then_some(token)
}

/// What a node's share of a full colour stands for, where white is the least, the full colour 1, to
/// four places, halves to even; None of a gap.
fn shown(graph: &TokenGraph, at: usize, least: Least) -> Option<f64> {
    let white = if graph.positions[at] == 0 { least.activation } else { least.importance };
    let inside = graph.shares.get(at)?.clamp(0.0, 1.0);
    let found = inside * (1.0 - white) + white;
    let scaled = found * 1e4;
    Some(if scaled == scaled.floor() { found } else { scaled.round_ties_even() / 1e4 })
}

/// Nodes of a graph in the order of their numbers as texts, and the place of each in that.
struct Order {
    nodes: Vec<u32>,
    places: Vec<u32>,
}

/// The same of graphs by the number of their nodes, which many have in common.
#[derive(Default)]
struct Orders(HashMap<usize, Order>);

impl Orders {
    fn of(&mut self, n_nodes: usize) -> &Order {
        self.0.entry(n_nodes).or_insert_with(|| {
            let mut nodes: Vec<_> = (0..n_nodes as u32).collect();
            nodes.sort_by_cached_key(ToString::to_string);
            let mut places = vec![0; n_nodes];
            for (place, node) in (0..).zip(&nodes) {
                places[*node as usize] = place;
            }
            Order { nodes, places }
        })
    }
}
