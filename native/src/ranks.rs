//! Places among equals, which only many rows together can tell.

use std::cmp::Ordering;

use bytemuck::allocation::pod_collect_to_vec;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::PyBytes;

use crate::columns::bytes_of;

/// Of each row the place among those of its group, from 1, eight bytes each: the largest value first,
/// equals as they stand. Groups are numbers below `count`, four bytes each, values eight. Found out
/// without the interpreter's lock. None if a value is no number, a ValueError if a group is too large.
#[pyfunction]
pub fn ranks<'py>(
    py: Python<'py>,
    groups: PyBackedBytes,
    values: PyBackedBytes,
    count: usize,
) -> PyResult<Option<Bound<'py, PyBytes>>> {
    let found = py.detach(|| {
        let groups: Vec<u32> = pod_collect_to_vec(&groups);
        let values: Vec<f64> = pod_collect_to_vec(&values);
        let are_below = groups.iter().all(|group| (*group as usize) < count);
        let are_right = are_below && groups.len() == values.len();
        are_right.then(|| of(&groups, &values, count))
    });
    let found = found.ok_or_else(|| {
        PyValueError::new_err(format!("groups are not below {count}, or not as many as values"))
    })?;
    Ok(found.map(|ranks| bytes_of(py, &ranks)))
}

fn of(groups: &[u32], values: &[f64], count: usize) -> Option<Vec<i64>> {
    if values.iter().any(|value| value.is_nan()) {
        return None;
    }
    let mut ends = vec![0; count];
    groups.iter().for_each(|group| ends[*group as usize] += 1);
    let mut end = 0;
    for own in &mut ends {
        end += *own;
        *own = end;
    }
    // from the last row on each is put before those of its group that were put already
    let mut rows = vec![0; groups.len()];
    let mut begins = ends.clone();
    for (row, group) in groups.iter().enumerate().rev() {
        let begin = &mut begins[*group as usize];
        *begin -= 1;
        rows[*begin] = row;
    }
    let mut ranks = vec![0; groups.len()];
    for (begin, end) in begins.into_iter().zip(ends) {
        let rows = &mut rows[begin..end];
        rows.sort_by(|one, other| {
            values[*other].partial_cmp(&values[*one]).unwrap_or(Ordering::Equal)
        });
        (1..).zip(rows).for_each(|(rank, row)| ranks[*row] = rank);
    }
    Some(ranks)
}
