//! Columns of rows, as Arrow lays them out in memory.

use pyo3::exceptions::PyOverflowError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};

/// A column of texts.
#[derive(Default)]
pub struct Texts {
    bytes: Vec<u8>,
    /// Where each ends.
    ends: Vec<u32>,
}

impl Texts {
    /// Add one, of two parts.
    pub fn push(&mut self, begin: &str, end: &str) {
        self.bytes.extend_from_slice(begin.as_bytes());
        self.bytes.extend_from_slice(end.as_bytes());
        self.ends.push(self.bytes.len() as u32);
    }

    fn set(&self, py: Python<'_>, to: &Bound<'_, PyDict>, name: &str) -> PyResult<()> {
        if i32::try_from(self.bytes.len()).is_err() {
            return Err(PyOverflowError::new_err(format!("{name} holds more than 2 GB of text")));
        }
        let begins = std::iter::once(0).chain(self.ends.iter().copied());
        let begins = bytes(py, self.ends.len() + 1, begins.map(u32::to_ne_bytes))?;
        to.set_item(name, (begins, PyBytes::new(py, &self.bytes)))
    }
}

/// A column of numbers, some of which may be missing.
#[derive(Default)]
pub struct Shares {
    numbers: Vec<f64>,
    /// A bit for each: whether it is there.
    are_there: Vec<u8>,
}

impl Shares {
    /// Add one.
    pub fn push(&mut self, number: Option<f64>) {
        let at = self.numbers.len();
        if at % 8 == 0 {
            self.are_there.push(0);
        }
        self.are_there[at / 8] |= u8::from(number.is_some()) << (at % 8);
        self.numbers.push(number.unwrap_or(0.0));
    }
}

/// Columns by their names.
pub struct Columns<'py>(pub Bound<'py, PyDict>);

impl Columns<'_> {
    /// Add texts: where each begins and the last one ends, four bytes each, and all of them, joined.
    pub fn texts(&self, name: &str, column: &Texts) -> PyResult<()> {
        column.set(self.0.py(), &self.0, name)
    }

    /// Add numbers: a bit for each whether it is there, and the numbers, eight bytes each.
    pub fn shares(&self, name: &str, column: &Shares) -> PyResult<()> {
        let py = self.0.py();
        let are_there = PyBytes::new(py, &column.are_there);
        let numbers = column.numbers.iter().map(|number| number.to_ne_bytes());
        self.0.set_item(name, (are_there, bytes(py, column.numbers.len(), numbers)?))
    }

    /// Add integers, eight bytes each.
    pub fn integers(&self, name: &str, column: &[i64]) -> PyResult<()> {
        let integers = column.iter().map(|integer| integer.to_ne_bytes());
        self.0.set_item(name, bytes(self.0.py(), column.len(), integers)?)
    }

    /// Add numbers, eight bytes each.
    pub fn floats(&self, name: &str, column: &[f64]) -> PyResult<()> {
        let numbers = column.iter().map(|number| number.to_ne_bytes());
        self.0.set_item(name, bytes(self.0.py(), column.len(), numbers)?)
    }

    /// Add small numbers, a byte each.
    pub fn codes(&self, name: &str, column: &[u8]) -> PyResult<()> {
        self.0.set_item(name, PyBytes::new(self.0.py(), column))
    }
}

fn bytes<const N: usize>(
    py: Python<'_>,
    count: usize,
    items: impl Iterator<Item = [u8; N]>,
) -> PyResult<Bound<'_, PyBytes>> {
    PyBytes::new_with(py, N * count, |to| {
        for (place, item) in to.chunks_exact_mut(N).zip(items) {
            place.copy_from_slice(&item);
        }
        Ok(())
    })
}
