//! Documents of files.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::digester::Digester;
use crate::document::Document;
use crate::reading;

/// The document in each file; None if there is none in it, or it goes beyond `most_bytes` in all.
pub fn read(
    paths: &[PathBuf],
    most_bytes: u64,
    digester: Option<&Digester>,
) -> Vec<Option<Document>> {
    let mut left = most_bytes;
    let mut data = Vec::new();
    paths
        .iter()
        .map(|path| {
            let length = content(path, left, &mut data)?;
            left -= length;
            let mut document = reading::read(&data).ok()?;
            document.digest(digester);
            Some(document)
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
