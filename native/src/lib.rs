//! Published JSON read in place: what is asked for becomes Python's, in columns where there are many.

mod answers;
mod columns;
mod digester;
mod document;
mod files;
mod graph_reader;
mod graph_rows;
mod ids;
mod json_objects;
mod judged_files;
mod judgements;
mod lists;
mod names;
mod node_rows;
mod ranks;
mod reading;
mod samples;
mod similar_rows;
mod texts;
mod token_graph;
mod token_rows;
mod unconnected;
mod values;
mod vocabulary;

use std::path::PathBuf;
use std::sync::Arc;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::{PyBytes, PyList};

use crate::digester::Digester;
use crate::document::Document;

/// Counted up whenever what is offered changes: who asks for another does not use this.
const INTERFACE: u32 = 5;

/// What digests begin with, and how many hexadecimal digits they have.
type Digests = Option<(PyBackedBytes, usize)>;

fn digester(digests: Digests) -> Option<Digester> {
    digests.map(|(begin, n_digits)| Digester::new(&begin, n_digits))
}

/// The value of a JSON document, parsed without the interpreter's lock.
///
/// A ValueError if it is none, or one that only the interpreter's parsers judge.
#[pyfunction]
fn parse<'py>(py: Python<'py>, data: &[u8]) -> PyResult<Bound<'py, PyAny>> {
    let found = py.detach(|| reading::read(data));
    value_of(py, found)
}

/// The value of a document. A ValueError if there is none.
fn value_of(py: Python<'_>, found: serde_json::Result<Document>) -> PyResult<Bound<'_, PyAny>> {
    let document = found.map_err(|error| PyValueError::new_err(error.to_string()))?;
    values::value(py, &Arc::new(document), 0)
}

/// The list of the values of JSON documents, as of `parse`. A ValueError as there, at any of them.
#[pyfunction]
#[pyo3(signature = (several, digests=None))]
fn parse_several<'py>(
    py: Python<'py>,
    several: Vec<PyBackedBytes>,
    digests: Digests,
) -> PyResult<Bound<'py, PyAny>> {
    let digester = digester(digests);
    let found = py.detach(|| {
        let mut document = reading::read_several(&several)?;
        document.digest(digester.as_ref());
        Ok(document)
    });
    value_of(py, found)
}

/// The values of the JSON documents in some files, read and parsed without the interpreter's lock.
///
/// None for a file that cannot be read, is none, or is null, and for one that would make those that
/// were read more than `most_bytes`. The digests of lists of texts are found out too, if it is said
/// what they begin with, and how many digits they have.
#[pyfunction]
#[pyo3(signature = (paths, most_bytes, digests=None))]
fn parse_files<'py>(
    py: Python<'py>,
    paths: Vec<PathBuf>,
    most_bytes: u64,
    digests: Digests,
) -> PyResult<Vec<Bound<'py, PyAny>>> {
    let digester = digester(digests);
    let read = |data: &[u8]| {
        let mut document = reading::read(data).ok()?;
        document.digest(digester.as_ref());
        Some(document)
    };
    let found = py.detach(|| files::each(&paths, most_bytes, read));
    found
        .into_iter()
        .map(|document| match document {
            Some(document) => values::value(py, &Arc::new(document), 0),
            None => Ok(py.None().into_bound(py)),
        })
        .collect()
}

/// Of each text, which is a JSON list, the first hexadecimal digits of the SHA-256 of `begin` and
/// all of it but its first byte.
#[pyfunction]
fn digests<'py>(
    py: Python<'py>,
    begin: &[u8],
    texts: Vec<Bound<'py, PyBytes>>,
    n_digits: usize,
) -> PyResult<Bound<'py, PyList>> {
    let digester = Digester::new(begin, n_digits);
    let found = PyList::empty(py);
    for text in texts {
        found.append(digester.digest(text.as_bytes()).as_str())?;
    }
    Ok(found)
}

/// The items of JSON lists of texts, one after another: where each begins and the last one ends,
/// four bytes each, and all of them, joined. None if one is no list of texts, or they are too many.
#[pyfunction]
fn items<'py>(
    py: Python<'py>,
    lists: Vec<PyBackedBytes>,
) -> Option<(Bound<'py, PyBytes>, Bound<'py, PyBytes>)> {
    let (ends, joined) = py.detach(|| texts::items(&lists))?;
    Some((PyBytes::new(py, &ends), PyBytes::new(py, joined.as_bytes())))
}

#[pymodule]
fn neurocypher_native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("INTERFACE", INTERFACE)?;
    module.add_class::<values::Object>()?;
    module.add_class::<values::Array>()?;
    module.add_class::<ids::IdSet>()?;
    module.add_class::<graph_reader::Answers>()?;
    module.add_class::<graph_reader::GraphReader>()?;
    module.add_class::<judged_files::Judgements>()?;
    module.add_function(wrap_pyfunction!(files::sizes, module)?)?;
    module.add_function(wrap_pyfunction!(judged_files::read_judgements, module)?)?;
    module.add_function(wrap_pyfunction!(judged_files::judgement_rows, module)?)?;
    module.add_function(wrap_pyfunction!(ranks::ranks, module)?)?;
    module.add_function(wrap_pyfunction!(parse, module)?)?;
    module.add_function(wrap_pyfunction!(parse_several, module)?)?;
    module.add_function(wrap_pyfunction!(parse_files, module)?)?;
    module.add_function(wrap_pyfunction!(digests, module)?)?;
    module.add_function(wrap_pyfunction!(items, module)?)
}
