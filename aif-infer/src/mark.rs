//! Marks by which equal things are known.

/// A mark by which equal texts are known: a 64-bit FNV-1a hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark(pub u64);

impl Default for Mark {
    fn default() -> Self {
        Mark(0xcbf2_9ce4_8422_2325)
    }
}

impl Mark {
    /// Takes in a text.
    pub fn add(&mut self, text: &str) {
        for byte in text.bytes().chain([0x1f]) {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}
