//! Documents of files.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::thread;

use pyo3::prelude::*;

/// Which ask for the sizes of files: a disk, and the system, take some at once.
const MOST_THREADS: usize = 4;

/// What is made of the content of each file; None if it cannot be read, nothing is made of it, or it
/// goes beyond `most_bytes` in all.
pub fn each<T>(
    paths: &[PathBuf],
    most_bytes: u64,
    mut make: impl FnMut(&[u8]) -> Option<T>,
) -> Vec<Option<T>> {
    let mut left = most_bytes;
    let mut data = Vec::new();
    paths
        .iter()
        .map(|path| {
            left -= content(path, left, &mut data)?;
            make(&data)
        })
        .collect()
}

/// Read all bytes of a file, and how many they are; None if there are more than `most`.
fn content(path: &Path, most: u64, data: &mut Vec<u8>) -> Option<u64> {
    let mut file = opened(path)?;
    let found = file.metadata().ok()?;
    if !found.is_file() || found.len() > most {
        return None;
    }
    let length = usize::try_from(found.len()).ok()?;
    // room for one more: a file that grows meanwhile is left to those who read what they find
    data.resize(length + 1, 0);
    let mut n_read = 0;
    while n_read < length {
        match file.read(&mut data[n_read..]).ok()? {
            0 => return None,
            count => n_read += count,
        }
    }
    data.truncate(length);
    (n_read == length).then_some(found.len())
}

/// A file that is open for reading: a pipe, too, without waiting for who writes to it.
fn opened(path: &Path) -> Option<File> {
    let mut how = File::options();
    how.read(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut how, libc::O_NONBLOCK);
    how.open(path).ok()
}

/// Bytes of files, without the interpreter's lock; None of what has none.
#[pyfunction]
pub fn sizes(py: Python<'_>, paths: Vec<PathBuf>) -> Vec<Option<u64>> {
    py.detach(|| {
        let mut found = vec![None; paths.len()];
        let several = thread::available_parallelism().map_or(1, usize::from).min(MOST_THREADS);
        let part = paths.len().div_ceil(several).max(1);
        thread::scope(|threads| {
            for (paths, found) in paths.chunks(part).zip(found.chunks_mut(part)) {
                threads.spawn(move || {
                    for (path, size) in paths.iter().zip(found) {
                        *size = fs::metadata(path).ok().map(|known| known.len());
                    }
                });
            }
        });
        found
    })
}
