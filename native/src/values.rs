//! Values of a document as Python sees them: objects and lists stay in it, others become Python's.

use std::collections::HashSet;
use std::sync::Arc;

use pyo3::exceptions::{PyIndexError, PyKeyError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyIterator, PyList, PyString, PyTuple};

use crate::columns::bytes_of;
use crate::document::{Document, Node};
use crate::samples;

/// A JSON object, of whose fields that stand in it twice the last counts.
#[pyclass(frozen, mapping, module = "neurocypher_native")]
pub struct Object {
    document: Arc<Document>,
    at: usize,
}

/// A JSON list.
#[pyclass(frozen, sequence, module = "neurocypher_native")]
pub struct Array {
    document: Arc<Document>,
    at: usize,
}

#[pymethods]
impl Object {
    fn __len__(&self) -> usize {
        self.names().len()
    }

    fn __contains__(&self, name: &str) -> bool {
        self.document.field(self.at, name).is_some()
    }

    fn __getitem__<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyAny>> {
        match self.document.field(self.at, name) {
            Some(at) => value(py, &self.document, at),
            None => Err(PyKeyError::new_err(name.to_owned())),
        }
    }

    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyIterator>> {
        PyTuple::new(py, self.names())?.try_iter()
    }

    /// The field's value, or what is given for it if it is not there.
    #[pyo3(signature = (name, default=None))]
    fn get<'py>(
        &self,
        py: Python<'py>,
        name: &str,
        default: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        match self.document.field(self.at, name) {
            Some(at) => value(py, &self.document, at),
            None => Ok(default.unwrap_or_else(|| py.None().into_bound(py))),
        }
    }

    /// A field's list of texts as JSON without spaces; another field's list of as many numbers, eight
    /// bytes each; how many they are, at least one; and the digest of the texts, None if it was not
    /// asked for. None if one of them is something else.
    fn sample<'py>(
        &self,
        py: Python<'py>,
        texts: &str,
        numbers: &str,
    ) -> PyResult<Option<samples::Sample<'py>>> {
        samples::one(py, &self.document, self.at, texts, numbers)
    }

    /// A dict, with all that is in it.
    fn as_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        whole(py, &self.document, self.at)
    }
}

impl Object {
    /// Each name once, where it first stands.
    fn names(&self) -> Vec<&str> {
        let mut seen = HashSet::new();
        self.document
            .fields(self.at)
            .map(|(name, _)| name)
            .filter(|name| seen.insert(*name))
            .collect()
    }
}

#[pymethods]
impl Array {
    fn __len__(&self) -> usize {
        match self.document.nodes[self.at] {
            Node::Texts { len, .. } | Node::Numbers { len, .. } | Node::List { len, .. } => {
                len as usize
            }
            _ => 0,
        }
    }

    /// The item at a place, counted from 0.
    fn __getitem__<'py>(&self, py: Python<'py>, place: isize) -> PyResult<Bound<'py, PyAny>> {
        let place = usize::try_from(place).unwrap_or(usize::MAX);
        if place >= self.__len__() {
            return Err(PyIndexError::new_err("no item stands there"));
        }
        match self.document.items(self.at).nth(place) {
            Some(at) => value(py, &self.document, at),
            None => self.as_list(py)?.get_item(place),
        }
    }

    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyIterator>> {
        if !matches!(self.document.nodes[self.at], Node::List { .. }) {
            return self.as_list(py)?.try_iter();
        }
        let found = PyList::empty(py);
        for at in self.document.items(self.at) {
            found.append(value(py, &self.document, at)?)?;
        }
        found.try_iter()
    }

    /// A list, with all that is in it.
    fn as_list<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        whole(py, &self.document, self.at)
    }

    /// A list of texts as JSON without spaces. A TypeError if it is none.
    #[getter]
    fn mini<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        match self.document.nodes[self.at] {
            Node::Texts { begin, end, .. } => {
                Ok(PyBytes::new(py, self.document.text(begin, end).as_bytes()))
            }
            _ => Err(PyTypeError::new_err("an item is no text, or there is none")),
        }
    }

    /// All items, eight bytes each. A TypeError if one is no number, or an integer beyond 2^53.
    fn as_buffer<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        match self.document.nodes[self.at] {
            Node::Numbers { begin, len } => Ok(bytes_of(py, self.document.numbers(begin, len))),
            Node::List { len: 0, .. } => Ok(PyBytes::new(py, b"")),
            _ => Err(PyTypeError::new_err("an item is no number")),
        }
    }

    /// Of the items, which are objects, what `Object.sample` gives of each, in four lists; None if
    /// it gives None of one.
    fn samples<'py>(
        &self,
        py: Python<'py>,
        texts: &str,
        numbers: &str,
    ) -> PyResult<Option<samples::Columns<'py>>> {
        match self.document.nodes[self.at] {
            Node::List { .. } => samples::of(py, &self.document, self.at, texts, numbers),
            _ => Ok(None),
        }
    }

    /// Of each field the values in all items, None where it is absent; None for one that is absent in
    /// all, and None if an item is no object.
    fn columns<'py>(
        &self,
        py: Python<'py>,
        names: Vec<String>,
    ) -> PyResult<Option<Vec<Option<Bound<'py, PyList>>>>> {
        let nodes = &self.document.nodes;
        let items: Vec<_> = self.document.items(self.at).collect();
        let are_objects = items.iter().all(|item| matches!(nodes[*item], Node::Object { .. }));
        if !are_objects || !matches!(nodes[self.at], Node::List { .. }) {
            return Ok(None);
        }
        let names: Vec<_> = names.iter().map(String::as_str).collect();
        let mut places = vec![vec![None; items.len()]; names.len()];
        for (row, item) in items.into_iter().enumerate() {
            for (name, at) in self.document.fields_called(item, &names) {
                places[name][row] = Some(at);
            }
        }
        places.into_iter().map(|places| self.column(py, places)).collect::<PyResult<_>>().map(Some)
    }
}

impl Array {
    /// A field's values, which stand at places; None if there is none.
    fn column<'py>(
        &self,
        py: Python<'py>,
        places: Vec<Option<usize>>,
    ) -> PyResult<Option<Bound<'py, PyList>>> {
        if places.iter().all(Option::is_none) {
            return Ok(None);
        }
        let values = places.into_iter().map(|place| match place {
            Some(at) => value(py, &self.document, at),
            None => Ok(py.None().into_bound(py)),
        });
        Ok(Some(PyList::new(py, values.collect::<PyResult<Vec<_>>>()?)?))
    }
}

/// The value at a place: an object or a list as one of the document's.
pub fn value<'py>(
    py: Python<'py>,
    document: &Arc<Document>,
    at: usize,
) -> PyResult<Bound<'py, PyAny>> {
    match document.nodes[at] {
        Node::Object { .. } => {
            let document = Arc::clone(document);
            Ok(Bound::new(py, Object { document, at })?.into_any())
        }
        Node::Texts { .. } | Node::Numbers { .. } | Node::List { .. } => {
            let document = Arc::clone(document);
            Ok(Bound::new(py, Array { document, at })?.into_any())
        }
        _ => whole(py, document, at),
    }
}

/// The value at a place, as Python's own.
fn whole<'py>(py: Python<'py>, document: &Document, at: usize) -> PyResult<Bound<'py, PyAny>> {
    match document.nodes[at] {
        Node::Null => Ok(py.None().into_bound(py)),
        Node::Bool(value) => Ok(value.into_pyobject(py)?.to_owned().into_any()),
        Node::Integer(value) => Ok(value.into_pyobject(py)?.into_any()),
        Node::Float(value) => Ok(value.into_pyobject(py)?.into_any()),
        Node::Text { begin, end } => Ok(PyString::new(py, document.text(begin, end)).into_any()),
        Node::Texts { begin, end, .. } => {
            let texts: Vec<String> = serde_json::from_str(document.text(begin, end))
                .map_err(|error| PyValueError::new_err(error.to_string()))?;
            Ok(PyList::new(py, texts)?.into_any())
        }
        Node::Numbers { begin, len } => {
            let found = PyList::empty(py);
            let are_integers = document.are_integers(begin, len).iter().copied();
            let numbers = document.numbers(begin, len).iter().copied();
            for (number, is_integer) in numbers.zip(are_integers) {
                if is_integer {
                    found.append(number as i64)?;
                } else {
                    found.append(number)?;
                }
            }
            Ok(found.into_any())
        }
        Node::List { .. } => {
            let found = PyList::empty(py);
            for at in document.items(at) {
                found.append(whole(py, document, at)?)?;
            }
            Ok(found.into_any())
        }
        Node::Object { .. } => {
            let found = PyDict::new(py);
            for (name, at) in document.fields(at) {
                found.set_item(name, whole(py, document, at)?)?;
            }
            Ok(found.into_any())
        }
    }
}
