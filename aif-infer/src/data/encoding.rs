//! Files whose text is not UTF-8, read as if it were.

use std::io::{self, Read};

use serde::Deserialize;

/// How the characters of a file are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum Encoding {
    /// UTF-8.
    #[default]
    Utf8,
    /// One byte a character, as western European spreadsheets write: Windows-1252, which agrees with Latin-1 on all letters.
    Latin1,
    /// Two bytes or four, in the order that the file's mark says; the lower byte first where there is none.
    Utf16,
}

/// What Windows-1252 has from 128 to 159, where Latin-1 has control characters; what neither has stays as it is.
const WINDOWS: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘', '’', '“', '”',
    '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// Passes on in UTF-8 what it reads in another encoding.
pub(super) struct Decoded<R> {
    from: R,
    encoding: Encoding,
    /// What is decoded, and how much of it is passed on.
    ready: Vec<u8>,
    passed: usize,
    /// Bytes of a character that is not complete yet.
    rest: Vec<u8>,
    /// Whether the higher byte comes first, once it is known.
    high_first: Option<bool>,
}

impl<R: Read> Decoded<R> {
    pub fn new(from: R, encoding: Encoding) -> Self {
        Decoded { from, encoding, ready: Vec::new(), passed: 0, rest: Vec::new(), high_first: None }
    }

    fn take(&mut self, character: char) {
        let mut bytes = [0; 4];
        self.ready.extend_from_slice(character.encode_utf8(&mut bytes).as_bytes());
    }

    /// Decodes what has come, but for a character that is not complete, unless this is the end.
    fn decode(&mut self, bytes: &[u8], end: bool) {
        if self.encoding == Encoding::Latin1 {
            for &byte in bytes {
                let windows = usize::from(byte).checked_sub(128).and_then(|at| WINDOWS.get(at));
                self.take(windows.copied().unwrap_or(char::from(byte)));
            }
            return;
        }
        self.rest.extend_from_slice(bytes);
        if self.high_first.is_none() && self.rest.len() >= 2 {
            self.high_first = Some(self.rest[..2] == [0xFE, 0xFF]);
        }
        let unit = |pair: &[u8]| match self.high_first {
            Some(true) => u16::from_be_bytes([pair[0], pair[1]]),
            _ => u16::from_le_bytes([pair[0], pair[1]]),
        };
        let mut units: Vec<u16> = self.rest.chunks_exact(2).map(unit).collect();
        // The first half of a pair waits for the second.
        let waits = !end && units.last().is_some_and(|u| (0xD800..0xDC00).contains(u));
        if waits {
            units.pop();
        }
        self.rest.drain(..units.len() * 2);
        if end && !self.rest.is_empty() {
            units.push(0xFFFD);
            self.rest.clear();
        }
        let text: String = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
        self.ready.extend_from_slice(text.as_bytes());
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        if self.encoding == Encoding::Utf8 {
            return self.from.read(to);
        }
        while self.passed == self.ready.len() {
            (self.passed, self.ready) = (0, std::mem::take(&mut self.ready));
            self.ready.clear();
            let mut bytes = [0; 1 << 13];
            let count = self.from.read(&mut bytes)?;
            self.decode(&bytes[..count], count == 0);
            if count == 0 && self.ready.is_empty() {
                return Ok(0);
            }
        }
        let count = to.len().min(self.ready.len() - self.passed);
        to[..count].copy_from_slice(&self.ready[self.passed..self.passed + count]);
        self.passed += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads one byte at a time, so that characters come in pieces.
    struct Slow<'b>(&'b [u8]);

    impl Read for Slow<'_> {
        fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
            let count = self.0.len().min(1).min(to.len());
            to[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    fn decoded(bytes: &[u8], encoding: Encoding) -> String {
        let mut text = String::new();
        Decoded::new(Slow(bytes), encoding).read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn other_encodings_are_read() {
        assert_eq!(decoded(b"m\xE4nnlich \x80", Encoding::Latin1), "männlich €");
        let wide = |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
        assert_eq!(decoded(&wide("\u{feff}tür 🦀"), Encoding::Utf16), "\u{feff}tür 🦀");
        let high: Vec<u8> = "\u{feff}tür 🦀".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(decoded(&high, Encoding::Utf16), "\u{feff}tür 🦀");
        assert_eq!(decoded(b"a\0b", Encoding::Utf16), "a\u{fffd}");
    }
}
