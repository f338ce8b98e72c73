//! Delphi's judgements in many files: read in one thread, and made rows of in another.

use std::path::PathBuf;
use std::sync::Arc;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::pybacked::{PyBackedBytes, PyBackedStr};
use pyo3::types::{PyBytes, PyDict, PyList};

use crate::columns::{Bits, Columns, Lists, Sparse, Texts};
use crate::digester::Digester;
use crate::document::Document;
use crate::judgements::{self, Judged};
use crate::{files, reading};

/// Judgements of some files.
#[pyclass(frozen, module = "neurocypher_native")]
pub struct Judgements(Vec<Option<Arc<Judged>>>);

#[pymethods]
impl Judgements {
    /// Of the texts of a file the digests, the tokens as JSON without spaces, and how many these are.
    /// A ValueError if it is none of those that were read.
    fn texts<'py>(
        &self,
        py: Python<'py>,
        at: usize,
    ) -> PyResult<(Bound<'py, PyList>, Bound<'py, PyList>, Vec<usize>)> {
        let judged = self.at(at)?;
        let digests = PyList::new(py, judged.digests.iter().map(|digest| digest.as_str()))?;
        let rows = 0..judged.rows.len();
        let json = rows.clone().map(|row| PyBytes::new(py, judged.texts.list(row)));
        let json = PyList::new(py, json.collect::<Vec<_>>())?;
        Ok((digests, json, rows.map(|row| judged.activations.list(row).len()).collect()))
    }

    /// How many judgements a file has; of those that could be read how many there are, in how many
    /// the latent fires, in how many it was said to, and in how many both. None if it is none of
    /// those that were read.
    fn counts(&self, at: usize) -> Option<(usize, usize, usize, usize, usize)> {
        let judged = self.at(at).ok()?;
        let read = judged.rows.iter().filter_map(|row| Some((row.activating, row.prediction?)));
        let count = |what: fn(bool, bool) -> bool| {
            read.clone().filter(|(fires, said)| what(*fires, *said)).count()
        };
        Some((
            judged.rows.len(),
            count(|_, _| true),
            count(|fires, _| fires),
            count(|_, said| said),
            count(|fires, said| fires && said),
        ))
    }

    /// Of each judgement of a file that tells a probability, this, and whether the latent fires. A
    /// ValueError if it is none of those that were read.
    fn likely(&self, at: usize) -> PyResult<Vec<(f64, bool)>> {
        let rows = self.at(at)?.rows.iter();
        Ok(rows.filter_map(|row| Some((row.probability?, row.activating))).collect())
    }
}

impl Judgements {
    fn at(&self, at: usize) -> PyResult<&Arc<Judged>> {
        match self.0.get(at) {
            Some(Some(judged)) => Ok(judged),
            _ => Err(PyValueError::new_err(format!("no judgements stand at {at}"))),
        }
    }
}

/// The judgements in some files, read without the interpreter's lock, as of `parse_files`.
#[pyfunction]
pub fn read_judgements(
    py: Python<'_>,
    paths: Vec<PathBuf>,
    most_bytes: u64,
    digests: (PyBackedBytes, usize),
) -> Judgements {
    let digester = Digester::new(&digests.0, digests.1);
    py.detach(|| {
        let mut document = Document::default();
        Judgements(files::each(&paths, most_bytes, |data| {
            reading::read_into(data, &mut document).ok()?;
            judgements::read(&document, &digester).map(Arc::new)
        }))
    })
}

/// Rows of the judgements of some files, by their places, whose ids begin so, made without the
/// interpreter's lock; those of each file in the order of their ids.
#[pyfunction]
pub fn judgement_rows<'py>(
    py: Python<'py>,
    judged: Vec<(PyRef<'py, Judgements>, usize)>,
    begins: Vec<PyBackedStr>,
) -> PyResult<Bound<'py, PyDict>> {
    let found: PyResult<Vec<_>> =
        judged.iter().map(|(some, at)| some.at(*at).map(Arc::clone)).collect();
    let found = found?;
    drop(judged);
    if begins.len() != found.len() {
        let message = format!("{} beginnings of ids, of {} files", begins.len(), found.len());
        return Err(PyValueError::new_err(message));
    }
    let rows = py.detach(move || {
        let mut rows = Rows::default();
        for (judged, begin) in found.iter().zip(&begins) {
            rows.add(judged, begin);
        }
        rows
    });
    let columns = Columns(PyDict::new(py));
    rows.put(&columns)?;
    Ok(columns.0)
}

/// What judgements become, by columns.
#[derive(Default)]
struct Rows {
    counts: Vec<i64>,
    ids: Texts,
    numbers: Vec<i64>,
    activating: Bits,
    are_told: Bits,
    predictions: Bits,
    probabilities: Sparse<f64>,
    distances: Sparse<i64>,
    highlighted: Bits,
    activations: Lists<f64>,
    targets: Texts,
    /// Places of as many rows as the file before had, in the order of their ids.
    order: Vec<usize>,
}

impl Rows {
    fn add(&mut self, judged: &Judged, begin: &str) {
        if self.order.len() != judged.rows.len() {
            self.order = judgements::by_id(judged.rows.len());
        }
        self.counts.push(judged.rows.len() as i64);
        for at in &self.order {
            let row = judged.rows[*at];
            self.ids.push(begin, &(at + 1).to_string());
            self.numbers.push(*at as i64 + 1);
            self.activating.push(row.activating);
            self.are_told.push(row.prediction.is_some());
            self.predictions.push(row.prediction.unwrap_or(false));
            self.probabilities.push(row.probability);
            self.distances.push(row.distance);
            self.highlighted.push(row.highlighted);
            self.activations.push_list(judged.activations.list(*at));
            self.targets.push(&judged.digests[*at], "");
        }
    }

    fn put(&self, to: &Columns) -> PyResult<()> {
        to.numbers("counts", &self.counts)?;
        to.lists("ids", &self.ids)?;
        to.numbers("numbers", &self.numbers)?;
        to.bits("activating", &self.activating)?;
        to.bits("are_told", &self.are_told)?;
        to.bits("predictions", &self.predictions)?;
        to.sparse("probabilities", &self.probabilities)?;
        to.sparse("distances", &self.distances)?;
        to.bits("highlighted", &self.highlighted)?;
        to.lists("activations", &self.activations)?;
        to.lists("targets", &self.targets)
    }
}
