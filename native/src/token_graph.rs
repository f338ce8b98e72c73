//! A drawn token graph: nodes by depth, and which of them stands before which.

use std::collections::HashSet;

/// Nodes that edges over several depths may add to one graph: beyond it, others judge.
const MOST_GAPS: usize = 1 << 16;

/// A graph. Its drawn nodes are followed by those of gaps, which accept any token.
pub struct TokenGraph {
    /// Numbers of the drawn nodes' texts.
    pub texts: Vec<u32>,
    /// How full their colours are.
    pub shares: Vec<f64>,
    /// Of every node: 0 for the activating token, -1, -2 … going back.
    pub positions: Vec<i32>,
    /// From nodes to those for the token before it, by places, each pair once: those from a node come
    /// after all that lead to it.
    pub edges: Vec<(u32, u32)>,
}

impl TokenGraph {
    /// Whether the node at a place is one of a gap.
    pub fn is_gap(&self, at: usize) -> bool {
        at >= self.texts.len()
    }

    /// How many nodes are ones of gaps.
    pub fn n_gaps(&self) -> usize {
        self.positions.len() - self.texts.len()
    }
}

/// Of each node its position, where `begins` says with which node each depth begins, and the end.
///
/// The first depth that has nodes is that of the activating ones. None if they are no such places.
pub fn positions(begins: &[usize], n_nodes: usize) -> Option<Vec<i32>> {
    if begins.is_empty() {
        return (n_nodes == 0).then(Vec::new);
    }
    if begins[0] != 0 || begins[begins.len() - 1] != n_nodes {
        return None;
    }
    let mut found = Vec::with_capacity(n_nodes);
    let mut first = None;
    for (depth, pair) in begins.windows(2).enumerate() {
        let depth = i32::try_from(depth).ok()?;
        let count = pair[1].checked_sub(pair[0])?;
        if count > 0 {
            let position = *first.get_or_insert(depth) - depth;
            found.resize(found.len() + count, position);
        }
    }
    Some(found)
}

/// The same edges, each once, with a node wherever one leaves positions out: those are added.
///
/// None if one does not lead back, or too many nodes would be added.
pub fn without_gaps(drawn: Vec<(u32, u32)>, positions: &mut Vec<i32>) -> Option<Vec<(u32, u32)>> {
    // as these come in the order of the nodes from which they lead, and those stand in that of depths
    let drawn = each_once(drawn);
    let steps = |(later, earlier): &(u32, u32)| {
        Some(
            i64::from(*positions.get(*later as usize)?)
                - i64::from(*positions.get(*earlier as usize)?),
        )
    };
    let lengths = drawn.iter().map(steps).collect::<Option<Vec<_>>>()?;
    if lengths.iter().any(|length| *length < 1) {
        return None;
    }
    if lengths.iter().all(|length| *length == 1) {
        return Some(drawn);
    }
    let mut edges = Vec::with_capacity(drawn.len());
    let n_drawn = positions.len();
    for ((later, earlier), length) in drawn.into_iter().zip(lengths) {
        let mut from = later;
        for _ in 1..length {
            if positions.len() - n_drawn == MOST_GAPS {
                return None;
            }
            let gap = u32::try_from(positions.len()).ok()?;
            positions.push(positions[from as usize] - 1);
            edges.push((from, gap));
            from = gap;
        }
        edges.push((from, earlier));
    }
    Some(edges)
}

/// The same pairs, each where it first stands.
fn each_once(mut pairs: Vec<(u32, u32)>) -> Vec<(u32, u32)> {
    if !pairs.is_sorted_by(|one, next| one < next) {
        let mut seen = HashSet::with_capacity(pairs.len());
        pairs.retain(|pair| seen.insert(*pair));
    }
    pairs
}
