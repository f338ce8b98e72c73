//! Columns of rows, as Arrow lays them out in memory.

use bytemuck::NoUninit;
use pyo3::exceptions::PyOverflowError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};

/// A column of lists.
pub struct Lists<T> {
    items: Vec<T>,
    /// Where each begins, and the last one ends.
    places: Vec<u32>,
}

/// A column of texts.
pub type Texts = Lists<u8>;

impl<T> Default for Lists<T> {
    fn default() -> Self {
        Self { items: Vec::new(), places: vec![0] }
    }
}

impl<T: NoUninit> Lists<T> {
    /// Take all out.
    pub fn clear(&mut self) {
        self.items.clear();
        self.places.truncate(1);
    }

    /// Add one.
    pub fn push_list(&mut self, items: &[T]) {
        self.items.extend_from_slice(items);
        self.places.push(self.items.len() as u32);
    }

    /// The one at a place.
    pub fn list(&self, at: usize) -> &[T] {
        &self.items[self.places[at] as usize..self.places[at + 1] as usize]
    }
}

impl Texts {
    /// Add one, of two parts.
    pub fn push(&mut self, begin: &str, end: &str) {
        self.items.extend_from_slice(begin.as_bytes());
        self.push_list(end.as_bytes());
    }
}

/// A column of truths: a bit for each.
#[derive(Default)]
pub struct Bits {
    bytes: Vec<u8>,
    len: usize,
}

impl Bits {
    /// Take all out.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.len = 0;
    }

    /// Add one.
    pub fn push(&mut self, is_true: bool) {
        if self.len % 8 == 0 {
            self.bytes.push(0);
        }
        self.bytes[self.len / 8] |= u8::from(is_true) << (self.len % 8);
        self.len += 1;
    }
}

/// A column of numbers, some of which may be missing.
#[derive(Default)]
pub struct Sparse<T> {
    numbers: Vec<T>,
    are_there: Bits,
}

impl<T: Default> Sparse<T> {
    /// Take all out.
    pub fn clear(&mut self) {
        self.numbers.clear();
        self.are_there.clear();
    }

    /// Add one.
    pub fn push(&mut self, number: Option<T>) {
        self.are_there.push(number.is_some());
        self.numbers.push(number.unwrap_or_default());
    }
}

/// Columns by their names.
pub struct Columns<'py>(pub Bound<'py, PyDict>);

impl Columns<'_> {
    /// Add lists, or texts: where each begins and the last one ends, four bytes each, and all items,
    /// joined. An OverflowError if these are too many for that.
    pub fn lists<T: NoUninit>(&self, name: &str, column: &Lists<T>) -> PyResult<()> {
        if i32::try_from(column.items.len()).is_err() {
            return Err(PyOverflowError::new_err(format!("{name} holds more than 2^31 items")));
        }
        let py = self.0.py();
        self.0.set_item(name, (bytes_of(py, &column.places), bytes_of(py, &column.items)))
    }

    /// Add numbers: a bit for each whether it is there, and the numbers, eight bytes each.
    pub fn sparse<T: NoUninit>(&self, name: &str, column: &Sparse<T>) -> PyResult<()> {
        let py = self.0.py();
        let are_there = bytes_of(py, &column.are_there.bytes);
        self.0.set_item(name, (are_there, bytes_of(py, &column.numbers)))
    }

    /// Add truths, a bit each.
    pub fn bits(&self, name: &str, column: &Bits) -> PyResult<()> {
        self.numbers(name, &column.bytes)
    }

    /// Add numbers, as many bytes each as they have.
    pub fn numbers<T: NoUninit>(&self, name: &str, column: &[T]) -> PyResult<()> {
        self.0.set_item(name, bytes_of(self.0.py(), column))
    }
}

/// The numbers as this machine has them.
pub fn bytes_of<'py, T: NoUninit>(py: Python<'py>, numbers: &[T]) -> Bound<'py, PyBytes> {
    PyBytes::new(py, bytemuck::cast_slice(numbers))
}
