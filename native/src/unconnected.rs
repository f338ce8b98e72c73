//! Activating nodes of a token graph that are unconnected: see `cypher.motifs` in the Python package.

use crate::token_graph::TokenGraph;

/// How many activating nodes are unconnected: no token is named both by the node, or a node that
/// leads back from it, and by another activating node, or one that leads back from that. None if
/// there is no activating node.
///
/// `named` are the tokens of nodes. A node has a bit for each activating node that it leads back from.
pub fn n_unconnected(graph: &TokenGraph, named: &[Option<u32>]) -> Option<usize> {
    let positions = &graph.positions;
    let n_roots = positions.iter().filter(|position| **position == 0).count();
    if n_roots == 0 {
        return None;
    }
    let n_words = n_roots.div_ceil(64);
    let mut behind = vec![0_u64; positions.len() * n_words];
    let roots = positions.iter().enumerate().filter(|(_, position)| **position == 0);
    for (bit, (node, _)) in roots.enumerate() {
        behind[node * n_words + bit / 64] |= 1 << (bit % 64);
    }
    for (later, earlier) in &graph.edges {
        let (later, earlier) = (*later as usize * n_words, *earlier as usize * n_words);
        for word in 0..n_words {
            behind[earlier + word] |= behind[later + word];
        }
    }
    let mut nodes: Vec<_> =
        named.iter().enumerate().filter_map(|(node, token)| Some(((*token)?, node))).collect();
    nodes.sort_unstable();
    let mut connected = vec![0_u64; n_words];
    let mut together = vec![0_u64; n_words];
    for same in nodes.chunk_by(|one, other| one.0 == other.0) {
        together.fill(0);
        for (_, node) in same {
            for word in 0..n_words {
                together[word] |= behind[node * n_words + word];
            }
        }
        if count(&together) > 1 {
            connected.iter_mut().zip(&together).for_each(|(to, word)| *to |= word);
        }
    }
    Some(n_roots - count(&connected))
}

fn count(words: &[u64]) -> usize {
    words.iter().map(|word| word.count_ones() as usize).sum()
}
