//! Short hashes of lists of texts, by which a text is known.

use compact_str::CompactString;
use sha2::{Digest, Sha256};

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// The first hexadecimal digits of the SHA-256 of a beginning, and of all of a JSON list but its first
/// byte.
pub struct Digester {
    begun: Sha256,
    n_digits: usize,
}

impl Digester {
    pub fn new(begin: &[u8], n_digits: usize) -> Self {
        Self { begun: Sha256::new_with_prefix(begin), n_digits }
    }

    pub fn digest(&self, list: &[u8]) -> CompactString {
        let mut hash = self.begun.clone();
        hash.update(list.get(1..).unwrap_or_default());
        let halves = hash.finalize().into_iter().flat_map(|byte| [byte >> 4, byte & 15]);
        halves.map(|half| char::from(DIGITS[usize::from(half)])).take(self.n_digits).collect()
    }
}
