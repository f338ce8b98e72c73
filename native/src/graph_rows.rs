//! Token graphs by columns: the rows of all their tables, each in the order of its keys.

use std::collections::HashMap;

use pyo3::prelude::*;

use crate::columns::{Columns, Shares, Texts};
use crate::token_graph::TokenGraph;
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
    activations: Shares,
    importances: Shares,
    // of activating nodes
    first_graphs: Texts,
    first_nodes: Texts,
    // of edges
    later: Texts,
    earlier: Texts,
    // of tokens that nodes accept
    accepting: Texts,
    accepted: Texts,
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
    /// The rows of graphs.
    pub fn of(graphs: &[Named<'_>], vocabulary: &Vocabulary, least: Least) -> Self {
        let mut rows = Self::default();
        let numbers = Numbers::up_to(graphs.iter().map(|one| one.graph.positions.len()).max());
        let mut orders = Orders::default();
        let mut order: Vec<_> = graphs.iter().collect();
        order.sort_unstable_by_key(|one| one.id);
        for one in order {
            rows.add_nodes(one, vocabulary, least, &numbers, orders.of(one.graph.positions.len()));
        }
        let mut order: Vec<_> = graphs.iter().collect();
        order.sort_unstable_by_key(|one| one.neuron);
        for one in order {
            rows.add_tokens(one, vocabulary, least);
        }
        for one in graphs {
            rows.add_counts(one.graph, vocabulary);
        }
        rows
    }

    fn add_nodes(
        &mut self,
        one: &Named<'_>,
        vocabulary: &Vocabulary,
        least: Least,
        numbers: &Numbers,
        order: &Order,
    ) {
        let graph = one.graph;
        let number = |at: usize| numbers.texts[at].as_str();
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
                self.accepted.push(&vocabulary.tokens[token as usize], "");
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

    fn add_tokens(&mut self, one: &Named<'_>, vocabulary: &Vocabulary, least: Least) {
        let graph = one.graph;
        let (mut fires, mut context) = (Vec::new(), Vec::new());
        for (at, position) in graph.positions.iter().enumerate() {
            let found = (token(graph, at, vocabulary), shown(graph, at, least));
            if let (Some(token), Some(share)) = found {
                let to = if *position == 0 { &mut fires } else { &mut context };
                to.push(Found { token, share, distance: -i64::from(*position) });
            }
        }
        self.fires.add(one.neuron, fires, vocabulary);
        self.context.add(one.neuron, context, vocabulary);
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
        to.texts("graphs", &self.graphs)?;
        to.texts("nodes", &self.nodes)?;
        to.numbers("kinds", &self.kinds)?;
        to.numbers("positions", &self.positions)?;
        to.shares("activations", &self.activations)?;
        to.shares("importances", &self.importances)?;
        to.texts("first_graphs", &self.first_graphs)?;
        to.texts("first_nodes", &self.first_nodes)?;
        to.texts("later", &self.later)?;
        to.texts("earlier", &self.earlier)?;
        to.texts("accepting", &self.accepting)?;
        to.texts("accepted", &self.accepted)?;
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

/// A token that a node accepts, or those of several nodes of a neuron.
struct Found {
    token: u32,
    share: f64,
    distance: i64,
}

/// Tokens of neurons, each once for a neuron.
#[derive(Default)]
struct Tokens {
    neurons: Texts,
    tokens: Texts,
    shares: Shares,
    distances: Vec<i64>,
    ranks: Vec<i64>,
}

impl Tokens {
    /// Add those of a neuron, with the largest share and the least distance, by which they are ranked.
    fn add(&mut self, neuron: &str, mut found: Vec<Found>, vocabulary: &Vocabulary) {
        found.sort_unstable_by_key(|one| one.token);
        found.dedup_by(|next, kept| {
            let is_same = next.token == kept.token;
            if is_same {
                kept.share = kept.share.max(next.share);
                kept.distance = kept.distance.min(next.distance);
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
            self.neurons.push(neuron, "");
            self.tokens.push(&vocabulary.tokens[one.token as usize], "");
            self.shares.push(Some(one.share));
            self.distances.push(one.distance);
        }
    }

    fn put(&self, to: &Columns<'_>, name: &str) -> PyResult<()> {
        to.texts(&format!("{name}_neurons"), &self.neurons)?;
        to.texts(&format!("{name}_tokens"), &self.tokens)?;
        to.shares(&format!("{name}_shares"), &self.shares)?;
        to.numbers(&format!("{name}_distances"), &self.distances)?;
        to.numbers(&format!("{name}_ranks"), &self.ranks)
    }
}

/// What ids of nodes end with, by their numbers.
struct Numbers {
    texts: Vec<String>,
}

impl Numbers {
    fn up_to(count: Option<usize>) -> Self {
        let texts = (0..count.unwrap_or(0)).map(|number| format!("#{number}")).collect();
        Self { texts }
    }
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
