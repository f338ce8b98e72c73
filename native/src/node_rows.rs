//! Token graphs by columns: rows of their nodes, in the order of their ids.

use std::collections::HashMap;

use pyo3::prelude::*;

use crate::columns::{Columns, Sparse, Texts};
use crate::graph_rows::{shown, token, Least, Named};
use crate::vocabulary::Vocabulary;

/// Kinds of nodes, by their codes.
const ACTIVATING: u8 = 0;
const CONTEXT: u8 = 1;
const IGNORE: u8 = 2;

/// Rows.
#[derive(Default)]
pub struct NodeRows {
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
    pub accepted: Vec<u32>,
}

impl NodeRows {
    /// The rows of graphs, in place of others.
    pub fn fill(&mut self, graphs: &[Named<'_>], vocabulary: &Vocabulary, least: Least) {
        self.clear();
        let most = graphs.iter().map(|one| one.graph.positions.len()).max().unwrap_or(0);
        let numbers: Vec<_> = (0..most).map(|number| format!("#{number}")).collect();
        let mut orders = Orders::default();
        let mut order: Vec<_> = graphs.iter().collect();
        order.sort_unstable_by_key(|one| one.id);
        for one in order {
            self.add(one, vocabulary, least, &numbers, orders.of(one.graph.positions.len()));
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
        ];
        texts.into_iter().for_each(Texts::clear);
        [&mut self.activations, &mut self.importances].into_iter().for_each(Sparse::clear);
        self.kinds.clear();
        self.positions.clear();
        self.accepted.clear();
    }

    fn add(
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
        to.numbers("accepted", &self.accepted)
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
