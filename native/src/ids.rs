//! A set of ids, most of which are short: they stand in it itself, not somewhere else each.

use std::collections::HashSet;

use compact_str::CompactString;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedStr;

/// A set of texts.
#[pyclass(module = "neurocypher_native")]
#[derive(Default)]
pub struct IdSet(HashSet<CompactString>);

#[pymethods]
impl IdSet {
    #[new]
    fn new() -> Self {
        Self::default()
    }

    fn __len__(&self) -> usize {
        self.0.len()
    }

    fn __contains__(&self, id: &str) -> bool {
        self.0.contains(id)
    }

    /// The first place of each that is not in the set.
    fn new_places(&self, ids: Vec<PyBackedStr>) -> Vec<usize> {
        let mut found = Vec::new();
        let mut seen: HashSet<&str> = HashSet::new();
        for (place, id) in ids.iter().enumerate() {
            let id: &str = id;
            if !self.0.contains(id) && seen.insert(id) {
                found.push(place);
            }
        }
        found
    }

    /// Add some.
    fn update(&mut self, ids: Vec<PyBackedStr>) {
        self.0.extend(ids.iter().map(|id| CompactString::from(&**id)));
    }

    /// Take some out, where they are in it.
    fn difference_update(&mut self, ids: Vec<PyBackedStr>) {
        for id in &ids {
            self.0.remove(&**id);
        }
    }

    /// Take all out.
    fn clear(&mut self) {
        self.0.clear();
    }
}
