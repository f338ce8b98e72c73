//! Many of DeepDecipher's answers: read in one thread, and made rows of in another.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use compact_str::CompactString;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedStr;
use pyo3::types::PyDict;

use crate::answers::{self, Answer, Drawn};
use crate::columns::Columns;
use crate::files;
use crate::graph_rows::{Least, Named, Rows};
use crate::names::Names;
use crate::similar_rows::{self, Compared};
use crate::vocabulary::Vocabulary;

/// Answers of some files.
#[pyclass(frozen, module = "neurocypher_native")]
pub struct Answers {
    found: Vec<Option<Arc<Answer>>>,
    /// Texts of nodes that stand in none read before.
    #[pyo3(get)]
    new_texts: Vec<String>,
    /// Layers and places of similar neurons, likewise.
    #[pyo3(get)]
    new_similar: Vec<(i64, i64)>,
}

#[pymethods]
impl Answers {
    /// How many rows are made of each file, roughly; None if it has no answer as they mostly are.
    fn sizes(&self) -> Vec<Option<usize>> {
        let size = |answer: &Arc<Answer>| {
            let graph = &answer.graph;
            4 * graph.positions.len() + graph.edges.len() + answer.similar.len() + 2
        };
        self.found.iter().map(|answer| answer.as_ref().map(size)).collect()
    }
}

/// Reads answers, and knows what their nodes' texts mean.
#[pyclass(frozen, module = "neurocypher_native")]
#[derive(Default)]
pub struct GraphReader {
    read: Mutex<Read>,
    meant: Mutex<Meant>,
    rows: Mutex<Rows>,
}

#[derive(Default)]
struct Read {
    texts: Names,
    similar: HashSet<(i64, i64)>,
}

#[derive(Default)]
struct Meant {
    tokens: Vec<Option<CompactString>>,
    vocabulary: Arc<Vocabulary>,
}

#[pymethods]
impl GraphReader {
    #[new]
    fn new() -> Self {
        Self::default()
    }

    /// The answers in some files, read without the interpreter's lock, as of `parse_files`.
    fn read(&self, py: Python<'_>, paths: Vec<PathBuf>, most_bytes: u64) -> Answers {
        py.detach(|| self.read_files(&paths, most_bytes))
    }

    /// Say which tokens texts mean that are new, None of one that is lost: in their order.
    fn name(&self, tokens: Vec<Option<PyBackedStr>>) {
        let mut meant = lock(&self.meant);
        meant
            .tokens
            .extend(tokens.into_iter().map(|token| token.map(|text| CompactString::from(&*text))));
    }

    /// Rows of the neurons of a model that are similar to those of some answers, by their places among
    /// the files, with the ids of their neurons and the numbers of their layers, made without the
    /// interpreter's lock.
    fn similar<'py>(
        &self,
        py: Python<'py>,
        answers: Vec<(PyRef<'py, Answers>, usize)>,
        neurons: Vec<PyBackedStr>,
        layers: Vec<i64>,
        model: PyBackedStr,
    ) -> PyResult<Bound<'py, PyDict>> {
        let found = chosen(&answers)?;
        drop(answers);
        check_lengths(&found, &[neurons.len(), layers.len()])?;
        let rows = py.detach(|| {
            let each = found.iter().zip(neurons.iter().zip(&layers));
            let compared = each.map(|(answer, (neuron, layer))| Compared {
                neuron,
                layer: *layer,
                similar: &answer.similar,
            });
            similar_rows::Rows::of(compared.collect(), &model)
        });
        let columns = Columns(PyDict::new(py));
        rows.put(&columns)?;
        Ok(columns.0)
    }

    /// Rows of the graphs of some answers, by their places among the files, with these ids, made
    /// without the interpreter's lock. `least` are what a white node stands for.
    fn rows<'py>(
        &self,
        py: Python<'py>,
        answers: Vec<(PyRef<'py, Answers>, usize)>,
        graphs: Vec<PyBackedStr>,
        neurons: Vec<PyBackedStr>,
        least: (f64, f64),
    ) -> PyResult<Bound<'py, PyDict>> {
        let found = chosen(&answers)?;
        drop(answers);
        check_lengths(&found, &[graphs.len(), neurons.len()])?;
        let mut rows = std::mem::take(&mut *lock(&self.rows));
        let rows = py.detach(move || {
            let named: Vec<_> = found
                .iter()
                .zip(graphs.iter().zip(&neurons))
                .map(|(answer, (id, neuron))| Named { graph: &answer.graph, id, neuron })
                .collect();
            let least = Least { activation: least.0, importance: least.1 };
            let vocabulary = self.vocabulary();
            let largest = named.iter().flat_map(|one| &one.graph.texts).max();
            largest.is_none_or(|text| (*text as usize) < vocabulary.places.len()).then(|| {
                rows.fill(&named, &vocabulary, least);
                rows
            })
        });
        let rows = rows.ok_or_else(|| PyValueError::new_err("not all texts have been named"))?;
        let columns = Columns(PyDict::new(py));
        rows.put(&columns)?;
        *lock(&self.rows) = rows;
        Ok(columns.0)
    }
}

impl GraphReader {
    fn read_files(&self, paths: &[PathBuf], most_bytes: u64) -> Answers {
        let mut read = lock(&self.read);
        let Read { texts, similar } = &mut *read;
        let n_texts = texts.len();
        let mut drawn = Drawn::default();
        let found = files::each(paths, most_bytes, |data| {
            answers::read(data, &mut drawn, texts).map(Arc::new)
        });
        let all = found.iter().flatten().flat_map(|answer| &answer.similar);
        let new_similar =
            all.map(|one| (one.layer, one.neuron)).filter(|place| similar.insert(*place)).collect();
        let new_texts = texts.since(n_texts).iter().map(ToString::to_string).collect();
        Answers { found, new_texts, new_similar }
    }

    fn vocabulary(&self) -> Arc<Vocabulary> {
        let mut meant = lock(&self.meant);
        if meant.vocabulary.places.len() != meant.tokens.len() {
            meant.vocabulary = Arc::new(Vocabulary::of(&meant.tokens));
        }
        Arc::clone(&meant.vocabulary)
    }
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A ValueError unless there is one of each kind for each answer.
fn check_lengths(answers: &[Arc<Answer>], lengths: &[usize]) -> PyResult<()> {
    if lengths.iter().any(|length| *length != answers.len()) {
        let message = format!("{lengths:?} things that are said of {} answers", answers.len());
        return Err(PyValueError::new_err(message));
    }
    Ok(())
}

/// The answers at places. A ValueError if there is none at one of them.
fn chosen(answers: &[(PyRef<'_, Answers>, usize)]) -> PyResult<Vec<Arc<Answer>>> {
    answers
        .iter()
        .map(|(some, at)| match some.found.get(*at) {
            Some(Some(answer)) => Ok(Arc::clone(answer)),
            _ => Err(PyValueError::new_err(format!("no answer stands at {at}"))),
        })
        .collect()
}
