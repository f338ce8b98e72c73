//! Texts with a number for each token, of many objects at once.

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList, PyString};

use crate::columns::bytes_of;
use crate::document::{Document, Node};

/// Of each object its texts, its numbers, how many they are, and its texts' digest.
pub type Columns<'py> =
    (Bound<'py, PyList>, Bound<'py, PyList>, Vec<u32>, Option<Bound<'py, PyList>>);

/// The same of one object.
pub type Sample<'py> =
    (Bound<'py, PyBytes>, Bound<'py, PyBytes>, u32, Option<Bound<'py, PyString>>);

/// See `Array.samples`.
pub fn of<'py>(
    py: Python<'py>,
    document: &Document,
    at: usize,
    texts: &str,
    numbers: &str,
) -> PyResult<Option<Columns<'py>>> {
    let (mut json, mut values, mut lengths) = (Vec::new(), Vec::new(), Vec::new());
    let mut digests = Vec::new();
    for item in document.items(at) {
        let Some((text, measured, len, digest)) = one(py, document, item, texts, numbers)? else {
            return Ok(None);
        };
        json.push(text);
        values.push(measured);
        lengths.push(len);
        digests.extend(digest);
    }
    let are_told = !digests.is_empty() && digests.len() == json.len();
    let digests = are_told.then(|| PyList::new(py, digests)).transpose()?;
    Ok(Some((PyList::new(py, json)?, PyList::new(py, values)?, lengths, digests)))
}

/// See `Object.sample`.
pub fn one<'py>(
    py: Python<'py>,
    document: &Document,
    at: usize,
    texts: &str,
    numbers: &str,
) -> PyResult<Option<Sample<'py>>> {
    let [Some(listed), Some(measured)] = document.values(at, [texts, numbers]) else {
        return Ok(None);
    };
    match (document.nodes[listed], document.nodes[measured]) {
        (Node::Texts { begin, end, len }, Node::Numbers { begin: first, len: count })
            if len == count =>
        {
            let json = PyBytes::new(py, document.text(begin, end).as_bytes());
            let values = bytes_of(py, document.numbers(first, count));
            let digest = document.digest_of(listed).map(|digest| PyString::new(py, digest));
            Ok(Some((json, values, len, digest)))
        }
        _ => Ok(None),
    }
}
