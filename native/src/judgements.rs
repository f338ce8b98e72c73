//! Delphi's judgements: whether a latent fires in a text, as it was told and in truth.

use compact_str::CompactString;

use crate::columns::{Lists, Texts};
use crate::digester::Digester;
use crate::document::{Document, Node};

/// Above all distances that say something.
const MOST: f64 = 2_147_483_648.0;
const FIELDS: [&str; 8] = [
    "str_tokens",
    "activations",
    "activating",
    "prediction",
    "probability",
    "distance",
    "highlighted",
    "ground_truth", // which a row of the older dialect has
];

/// The judgements of a file.
#[derive(Default)]
pub struct Judged {
    pub rows: Vec<Row>,
    /// Of each row its tokens, as a JSON list.
    pub texts: Texts,
    /// Of each row the digest of its tokens.
    pub digests: Vec<CompactString>,
    /// Of each row its tokens' activations.
    pub activations: Lists<f64>,
}

/// What is judged of a text.
#[derive(Clone, Copy)]
pub struct Row {
    pub activating: bool,
    pub prediction: Option<bool>,
    pub probability: Option<f64>,
    pub distance: Option<i64>,
    pub highlighted: bool,
}

impl Judged {
    fn read(&mut self, document: &Document, item: usize, digester: &Digester) -> Option<()> {
        let [texts, numbers, activating, prediction, probability, distance, highlighted, truth] =
            document.values(item, FIELDS).map(|at| at.map(|at| document.nodes[at]));
        let (Node::Texts { begin, end, len }, Node::Numbers { begin: first, len: count }) =
            (texts?, numbers?)
        else {
            return None;
        };
        if len != count || told(truth).is_some() {
            return None;
        }
        self.rows.push(Row {
            activating: boolean(activating?)?,
            prediction: maybe(prediction, boolean)?,
            probability: maybe(probability, float)?,
            distance: decile(distance?)?,
            highlighted: maybe(highlighted, boolean)?.unwrap_or(false),
        });
        let text = document.text(begin, end).as_bytes();
        self.digests.push(digester.digest(text));
        self.texts.push_list(text);
        self.activations.push_list(document.numbers(first, count));
        Some(())
    }
}

/// The judgements of a document as delphi writes it now; None if anything in it is otherwise.
pub fn read(document: &Document, digester: &Digester) -> Option<Judged> {
    let Node::List { len, .. } = document.nodes[0] else {
        return None;
    };
    let mut judged = Judged { rows: Vec::with_capacity(len as usize), ..Judged::default() };
    for item in document.items(0) {
        judged.read(document, item, digester)?;
    }
    Some(judged)
}

/// Places of so many rows in the order of their ids, which end in 1, 10, 2, 3.
pub fn by_id(count: usize) -> Vec<usize> {
    let mut named: Vec<_> =
        (0..count).map(|at| (CompactString::from((at + 1).to_string()), at)).collect();
    named.sort_unstable();
    named.into_iter().map(|(_, at)| at).collect()
}

/// What is there, and not null.
fn told(node: Option<Node>) -> Option<Node> {
    node.filter(|node| !matches!(node, Node::Null))
}

/// Nothing where nothing is told; None if what is told is otherwise than expected.
fn maybe<T>(node: Option<Node>, expected: impl Fn(Node) -> Option<T>) -> Option<Option<T>> {
    told(node).map_or(Some(None), |node| expected(node).map(Some))
}

fn boolean(node: Node) -> Option<bool> {
    match node {
        Node::Bool(value) => Some(value),
        _ => None,
    }
}

fn float(node: Node) -> Option<f64> {
    match node {
        Node::Float(value) => Some(value),
        _ => None,
    }
}

/// What a distance says: -1 and what is no small whole number say nothing. None if it is no number.
fn decile(node: Node) -> Option<Option<i64>> {
    let distance = match node {
        Node::Integer(value) => value as f64,
        Node::Float(value) => value,
        _ => return None,
    };
    let says = (0.0..MOST).contains(&distance) && distance.fract() == 0.0;
    Some(says.then_some(distance as i64))
}
