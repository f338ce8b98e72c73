//! Documents of files.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

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
    let found = fs::metadata(path).ok()?; // before it is opened: a pipe would wait for who writes to it
    let length = found.len();
    if !found.is_file() || length > most {
        return None;
    }
    let file = File::open(path).ok()?;
    data.clear();
    data.reserve(usize::try_from(length).ok()?);
    // one that grows meanwhile is left to those who read what they find
    (file.take(length + 1).read_to_end(data).ok()? as u64 == length).then_some(length)
}
