//! Seals: what is stored carries the run that it belongs to and a checksum of its content and name, so that nothing else is taken for it.

use std::fmt;
use std::io::{self, Read, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// A SHA-256 of some bytes; the one of a run's description is its name among runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// Of some bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Digest(Sha256::digest(bytes).into())
    }

    /// Of what a file holds.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn of_file(path: &Path) -> io::Result<Self> {
        let mut file = std::fs::File::open(path)?;
        let (mut hash, mut bytes) = (Sha256::new(), vec![0; 1 << 16]);
        loop {
            match file.read(&mut bytes)? {
                0 => return Ok(Digest(hash.finalize().into())),
                count => hash.update(&bytes[..count]),
            }
        }
    }

    /// From the 64 hexadecimal digits that it is written as.
    pub fn parse(text: &str) -> Option<Self> {
        let mut digest = Digest::default();
        if text.len() != 64 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        for (i, byte) in digest.0.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * i..2 * i + 2], 16).ok()?;
        }
        Some(digest)
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(to, "{byte:02x}"))
    }
}

/// Passes on what is written, and works out its digest.
pub struct Digesting<W> {
    to: W,
    hash: Sha256,
}

impl<W: Write> Digesting<W> {
    /// Nothing is written yet.
    pub fn new(to: W) -> Self {
        Digesting { to, hash: Sha256::new() }
    }

    /// What it was written to, and the digest of all that was written.
    pub fn finish(self) -> (W, Digest) {
        (self.to, Digest(self.hash.finalize().into()))
    }
}

impl<W: Write> Write for Digesting<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.to.write(bytes)?;
        self.hash.update(&bytes[..count]);
        Ok(count)
    }
    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// What a sealed file begins with.
const BEGIN: &[u8; 8] = b"aifseal1";

/// The bytes of a seal: before the content and behind it.
const BEFORE: usize = 8 + 32;
const BEHIND: usize = 32;

/// Writes some content with its seal. The name is in the checksum, so that one part of a run is not taken for another.
///
/// # Errors
/// As writing does.
pub fn seal_to(
    run: &Digest,
    name: &str,
    to: &mut dyn Write,
    content: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    to.write_all(BEGIN)?;
    to.write_all(&run.0)?;
    let mut digesting = Digesting::new(to);
    digesting.hash.update(run.0);
    digesting.hash.update((name.len() as u64).to_le_bytes());
    digesting.hash.update(name);
    content(&mut digesting)?;
    let (to, digest) = digesting.finish();
    to.write_all(&digest.0)
}

/// Some content with its seal.
pub fn sealed(run: &Digest, name: &str, content: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(BEFORE + content.len() + BEHIND);
    // Writing to memory cannot fail.
    let _ = seal_to(run, name, &mut bytes, |to| to.write_all(content));
    bytes
}

/// The content of what was sealed under a run and a name.
///
/// # Errors
/// When it is not sealed, belongs to another run, or is not what was sealed.
pub fn unsealed<'b>(run: &Digest, name: &str, bytes: &'b [u8]) -> Result<&'b [u8], String> {
    let sealed = bytes.len() >= BEFORE + BEHIND && bytes.starts_with(BEGIN);
    if !sealed {
        return Err("is no stored part of a fit, or was broken off".into());
    }
    let (before, rest) = bytes.split_at(BEFORE);
    let (content, behind) = rest.split_at(rest.len() - BEHIND);
    if before[BEGIN.len()..] != run.0 {
        return Err("belongs to another run".into());
    }
    let mut hash = Sha256::new();
    hash.update(run.0);
    hash.update((name.len() as u64).to_le_bytes());
    hash.update(name);
    hash.update(content);
    if hash.finalize()[..] != *behind {
        return Err("is damaged, or stands in another part's place: its checksum is not that of its content".into());
    }
    Ok(content)
}

#[cfg(test)]
mod tests {
    use super::{Digest, sealed, unsealed};

    #[test]
    fn digests_are_sha_256() {
        let known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(Digest::of(b"abc").to_string(), known);
        assert_eq!(Digest::parse(known), Some(Digest::of(b"abc")));
        assert!(Digest::parse("ba").is_none() && Digest::parse(&"ä".repeat(32)).is_none());
    }

    #[test]
    fn what_is_changed_anywhere_is_refused() {
        let (run, other) = (Digest::of(b"a run"), Digest::of(b"another"));
        let whole = sealed(&run, "chain-0-1", b"content");
        assert_eq!(unsealed(&run, "chain-0-1", &whole), Ok(&b"content"[..]));
        assert!(unsealed(&run, "chain-0-2", &whole).unwrap_err().contains("another part's place"));
        assert!(unsealed(&other, "chain-0-1", &whole).unwrap_err().contains("another run"));
        for at in 0..whole.len() {
            let mut changed = whole.clone();
            changed[at] ^= 0x10;
            assert!(unsealed(&run, "chain-0-1", &changed).is_err(), "byte {at}");
            assert!(unsealed(&run, "chain-0-1", &whole[..at]).is_err(), "{at} bytes");
        }
    }
}
