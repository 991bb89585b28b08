//! Messages put together by the compiler, so that a compile error can state a count.

/// Whether two texts are one: for constants, in which `==` is not to be had.
pub(crate) const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut i = 0;
    while i < a.len() && i < b.len() && a[i] == b[i] {
        i += 1;
    }
    i == a.len() && i == b.len()
}

/// A short text built in a constant.
#[derive(Clone, Copy)]
pub struct ConstText {
    bytes: [u8; 256],
    len: usize,
}

impl ConstText {
    /// An empty text.
    pub const fn new() -> Self {
        ConstText { bytes: [0; 256], len: 0 }
    }

    /// The text with `more` after it, cut at 256 bytes.
    pub const fn text(mut self, more: &str) -> Self {
        let more = more.as_bytes();
        let mut i = 0;
        while i < more.len() && self.len < self.bytes.len() {
            self.bytes[self.len] = more[i];
            self.len += 1;
            i += 1;
        }
        self
    }

    /// The text with a number after it.
    pub const fn number(mut self, number: usize) -> Self {
        let (mut digits, mut n, mut count) = ([0u8; 20], number, 0);
        while count == 0 || n > 0 {
            digits[count] = b'0' + (n % 10) as u8;
            n /= 10;
            count += 1;
        }
        while count > 0 && self.len < self.bytes.len() {
            count -= 1;
            self.bytes[self.len] = digits[count];
            self.len += 1;
        }
        self
    }

    /// The text itself.
    pub const fn as_str(&self) -> &str {
        match core::str::from_utf8(self.bytes.split_at(self.len).0) {
            Ok(text) => text,
            Err(_) => "the model is too large",
        }
    }
}

impl Default for ConstText {
    fn default() -> Self {
        ConstText::new()
    }
}
