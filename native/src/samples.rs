//! Texts with a number for each token, of many objects at once.

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList};

use crate::document::{Document, Node};

/// Of each object its texts, its numbers, and how many they are.
pub type Columns<'py> = (Bound<'py, PyList>, Bound<'py, PyList>, Vec<u32>);

/// The same of one object.
pub type Sample<'py> = (Bound<'py, PyBytes>, Bound<'py, PyBytes>, u32);

/// See `Array.samples`.
pub fn of<'py>(
    py: Python<'py>,
    document: &Document,
    at: usize,
    texts: &str,
    numbers: &str,
) -> PyResult<Option<Columns<'py>>> {
    let (json, values, mut lengths) = (PyList::empty(py), PyList::empty(py), Vec::new());
    for item in document.items(at) {
        let Some((text, measured, len)) = one(py, document, item, texts, numbers)? else {
            return Ok(None);
        };
        json.append(text)?;
        values.append(measured)?;
        lengths.push(len);
    }
    Ok(Some((json, values, lengths)))
}

/// See `Object.sample`.
pub fn one<'py>(
    py: Python<'py>,
    document: &Document,
    at: usize,
    texts: &str,
    numbers: &str,
) -> PyResult<Option<Sample<'py>>> {
    let (Some(listed), Some(measured)) = (document.field(at, texts), document.field(at, numbers))
    else {
        return Ok(None);
    };
    match (document.nodes[listed], document.nodes[measured]) {
        (Node::Texts { begin, end, len }, Node::Numbers { begin: first, len: count })
            if len == count =>
        {
            let json = PyBytes::new(py, document.text(begin, end).as_bytes());
            Ok(Some((json, bytes_of(py, document.numbers(first, count))?, len)))
        }
        _ => Ok(None),
    }
}

/// The numbers, eight bytes each, as this machine has them.
pub fn bytes_of<'py>(py: Python<'py>, numbers: &[f64]) -> PyResult<Bound<'py, PyBytes>> {
    PyBytes::new_with(py, 8 * numbers.len(), |to| {
        for (eight, number) in to.chunks_exact_mut(8).zip(numbers) {
            eight.copy_from_slice(&number.to_ne_bytes());
        }
        Ok(())
    })
}
