//! Changes of bytes and of texts.

use rand::Rng;
use rand_chacha::ChaCha8Rng;

/// Words that something may depend on.
const WORDS: [&str; 40] = [
    "",
    "0",
    "1",
    "-1",
    "nan",
    "NaN",
    "inf",
    "-inf",
    "1e308",
    "1e-308",
    "18446744073709551615",
    "4294967296",
    "9223372036854775807",
    "0x10",
    "1.5",
    "n/a",
    "NA",
    "null",
    "true",
    "{}",
    "[]",
    "\"",
    "'",
    ",",
    "\t",
    ";",
    "\n",
    "\r\n",
    "\u{feff}",
    "\u{0}",
    "=1+1",
    "@x",
    "Centre",
    "Left",
    "Reward",
    "subject",
    "block",
    "step",
    "scored",
    "ü",
];

/// A number below another.
pub fn below(n: usize, rng: &mut ChaCha8Rng) -> usize {
    if n == 0 { 0 } else { (rng.next_u64() % n as u64) as usize }
}

/// One of several.
pub fn one<'a, T>(of: &'a [T], rng: &mut ChaCha8Rng) -> &'a T {
    &of[below(of.len(), rng)]
}

/// Some bytes with a few changes: flipped, cut, repeated, written over, or taken from elsewhere.
pub fn bytes(content: &[u8], other: &[u8], rng: &mut ChaCha8Rng) -> Vec<u8> {
    let mut all = content.to_vec();
    for _ in 0..1 + below(4, rng) {
        let (at, len) = (below(all.len(), rng), 1 + below(12, rng));
        let to = (at + len).min(all.len());
        match below(8, rng) {
            0 if !all.is_empty() => all[at] ^= 1 << below(8, rng),
            1 => all.truncate(at),
            2 => drop(all.drain(at..to)),
            3 => all.iter_mut().skip(at).take(len).for_each(|b| *b = rng.next_u32() as u8),
            4 => {
                let copied = all[at..to].to_vec();
                drop(all.splice(at..at, copied));
            }
            5 if !other.is_empty() => {
                let from = below(other.len(), rng);
                let part = other[from..(from + 40).min(other.len())].to_vec();
                drop(all.splice(at..to, part));
            }
            6 => drop(all.splice(at..to, vec![*one(&[0u8, 0x7f, 0x80, 0xff], rng); len])),
            _ => drop(all.splice(at..to, one(&WORDS, rng).bytes().collect::<Vec<u8>>())),
        }
    }
    all
}

/// A text with a few of its words changed: what stands between separators is replaced, doubled, dropped or changed with its neighbour.
pub fn words(content: &str, rng: &mut ChaCha8Rng) -> Vec<u8> {
    let separator = |c: char| ",\t\n;:{}[]\" ".contains(c);
    let mut parts: Vec<String> = content.split_inclusive(separator).map(String::from).collect();
    for _ in 0..1 + below(3, rng) / 2 {
        if parts.is_empty() {
            break;
        }
        let at = below(parts.len(), rng);
        match below(5, rng) {
            0 => drop(parts.remove(at)),
            1 => parts.insert(at, parts[at].clone()),
            2 => {
                let other = below(parts.len(), rng);
                parts.swap(at, other);
            }
            other => {
                let end: String = parts[at].chars().next_back().filter(|c| separator(*c)).into_iter().collect();
                // A word of its own may stand there; others most often may not.
                let word = if other == 3 { parts[below(parts.len(), rng)].clone() } else { (*one(&WORDS, rng)).to_string() };
                parts[at] = format!("{}{end}", word.trim_end_matches(separator));
            }
        }
    }
    parts.concat().into_bytes()
}

/// Either of both.
pub fn text(content: &[u8], other: &[u8], rng: &mut ChaCha8Rng) -> Vec<u8> {
    match std::str::from_utf8(content) {
        Ok(content) if below(6, rng) > 0 => words(content, rng),
        _ => bytes(content, other, rng),
    }
}
