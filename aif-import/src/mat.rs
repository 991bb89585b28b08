//! MATLAB's `.mat` of version 5, as `save(.., '-v6')` and SciPy's `savemat` write it (not compressed), read as the members that `jsonencode` would write.
//!
//! Structures are objects, cells lists, texts texts; arrays are lists in lists, the first index outermost, and vectors are flat, whichever way they lie.
//! Source: The MathWorks, "MAT-File Format" (level 5).

use crate::json::{Json, Node};
use crate::mistakes::quoted;

/// How deep cells and structures may stand in each other.
const DEEPEST: usize = 32;
/// The most numbers of an array.
const MOST: usize = 1 << 26;

const CELL: u8 = 1;
const STRUCTURE: u8 = 2;
const TEXT: u8 = 4;
const NUMBERS: std::ops::RangeInclusive<u8> = 6..=15;

fn broken() -> String {
    "this is no whole file of MATLAB's version 5".into()
}

/// The variables of a file, as an object; of a single structure its members.
pub fn read(bytes: &[u8]) -> Result<Node, String> {
    let head = bytes.get(..128).ok_or_else(broken)?;
    if head.starts_with(b"MATLAB 7.3") || head[124..126] == [0, 2] {
        return Err("this is of version 7.3 (HDF5): save it by `save('mdp.mat', 'MDP', '-v6')`".into());
    }
    if &head[126..128] != b"IM" {
        return Err(
            "this is no file of MATLAB's version 5, the least byte first: save it by `save('mdp.mat', 'MDP', '-v6')`".into()
        );
    }
    let mut rest = Elements(&bytes[128..]);
    let mut members = Vec::new();
    while let Some((kind, own)) = rest.next()? {
        match kind {
            14 => members.push(variable(own, 0)?),
            15 => return Err("this is compressed: save it by `save('mdp.mat', 'MDP', '-v6')`".into()),
            _ => return Err(broken()),
        }
    }
    match &mut members[..] {
        [(name, only)] if matches!(only.value, Json::Table(_)) && !name.eq_ignore_ascii_case("label") => {
            Ok(std::mem::replace(only, Node::without_line(Json::Null)))
        }
        [] => Err("there is no variable in it: expected a structure".into()),
        _ => Ok(Node::without_line(Json::Table(members))),
    }
}

/// Elements, one after the other: a kind, and bytes.
struct Elements<'a>(&'a [u8]);

impl<'a> Elements<'a> {
    fn next(&mut self) -> Result<Option<(u32, &'a [u8])>, String> {
        if self.0.is_empty() {
            return Ok(None);
        }
        let word = |at: usize| -> Option<u32> { Some(u32::from_le_bytes(self.0.get(at..at + 4)?.try_into().ok()?)) };
        let first = word(0).ok_or_else(broken)?;
        // A small one has its length and its bytes in its first eight.
        let (kind, start, length, whole) = match first >> 16 {
            0 => {
                let length = word(4).ok_or_else(broken)? as usize;
                (first, 8, length, 8 + if first == 15 { length } else { length.div_ceil(8) * 8 })
            }
            length => (first & 0xffff, 4, length as usize, 8),
        };
        if start == 4 && length > 4 {
            return Err(broken());
        }
        let own = self.0.get(start..start + length).ok_or_else(broken)?;
        self.0 = self.0.get(whole..).unwrap_or_default();
        Ok(Some((kind, own)))
    }

    fn need(&mut self) -> Result<(u32, &'a [u8]), String> {
        self.next()?.ok_or_else(broken)
    }
}

/// An array with its name.
fn variable(bytes: &[u8], depth: usize) -> Result<(String, Node), String> {
    if bytes.is_empty() {
        return Ok((String::new(), Node::without_line(Json::Null)));
    }
    if depth > DEEPEST {
        return Err(format!("cells stand in cells, over {DEEPEST} deep"));
    }
    let mut parts = Elements(bytes);
    let flags = parts.need()?.1;
    let class = *flags.first().ok_or_else(broken)?;
    let shape: Option<Vec<usize>> = numbers(parts.need()?)?.iter().map(|d| (*d >= 0.0).then_some(*d as usize)).collect();
    let shape = shape.filter(|shape| shape.len() >= 2).ok_or_else(broken)?;
    let count = shape.iter().try_fold(1usize, |n, d| n.checked_mul(*d)).filter(|n| *n <= MOST);
    let count = count.ok_or("an array has too many numbers")?;
    let name = String::from_utf8_lossy(parts.need()?.1).into_owned();
    let of = |text: String| format!("{}: {text}", if name.is_empty() { "an array".into() } else { quoted(&name) });
    if flags.get(1).is_some_and(|flags| flags & 8 != 0) {
        return Err(of("these numbers are complex: expected real ones".into()));
    }
    let value = match class {
        CELL => {
            let cells: Result<Vec<Node>, String> = (0..count).map(|_| Ok(variable(matrix(&mut parts)?, depth + 1)?.1)).collect();
            nested(&cells?, &shape)
        }
        STRUCTURE => structure(&mut parts, count, depth)?,
        TEXT => {
            let (kind, own) = parts.need()?;
            let text = match kind {
                4 => String::from_utf16_lossy(&own.chunks_exact(2).map(|b| u16::from_le_bytes([b[0], b[1]])).collect::<Vec<_>>()),
                _ => String::from_utf8_lossy(own).into_owned(),
            };
            Node::without_line(Json::Text(text))
        }
        class if NUMBERS.contains(&class) => {
            let found = if count == 0 { Vec::new() } else { numbers(parts.need()?)? };
            if found.len() != count {
                return Err(of(format!("{} numbers, expected {count} for its shape", found.len())));
            }
            if let Some(bad) = found.iter().find(|x| !x.is_finite()) {
                return Err(of(format!("it has {bad}: expected finite numbers")));
            }
            let found: Vec<Node> = found.into_iter().map(|x| Node::without_line(Json::Number(x))).collect();
            nested(&found, &shape)
        }
        5 => return Err(of("it is sparse: expected `full(..)` of it".into())),
        _ => return Err(of("it is an object or a function: expected numbers, texts, cells and structures".into())),
    };
    Ok((name, value))
}

fn matrix<'a>(parts: &mut Elements<'a>) -> Result<&'a [u8], String> {
    match parts.need()? {
        (14, own) => Ok(own),
        _ => Err(broken()),
    }
}

/// A structure, or a list of several.
fn structure(parts: &mut Elements<'_>, count: usize, depth: usize) -> Result<Node, String> {
    let length = numbers(parts.need()?)?.first().map(|n| *n as usize).filter(|n| *n > 0).ok_or_else(broken)?;
    let text = |own: &[u8]| String::from_utf8_lossy(own.split(|b| *b == 0).next().unwrap_or_default()).into_owned();
    let names: Vec<String> = parts.need()?.1.chunks(length).map(text).collect();
    let mut all = Vec::new();
    for _ in 0..count {
        // Each has at least one element for every name, so that a count without them ends here.
        let members = names.iter().map(|name| Ok((name.clone(), variable(matrix(parts)?, depth + 1)?.1)));
        all.push(Node::without_line(Json::Table(members.collect::<Result<_, String>>()?)));
        if names.is_empty() {
            break;
        }
    }
    Ok(if all.len() == 1 { all.remove(0) } else { Node::without_line(Json::List(all)) })
}

/// Numbers of any kind.
fn numbers((kind, own): (u32, &[u8])) -> Result<Vec<f64>, String> {
    macro_rules! of {
        ($kind:ty) => {
            own.chunks_exact(size_of::<$kind>())
                .map(|b| <$kind>::from_le_bytes(b.try_into().unwrap_or_default()) as f64)
                .collect()
        };
    }
    Ok(match kind {
        1 => of!(i8),
        2 => of!(u8),
        3 => of!(i16),
        4 => of!(u16),
        5 => of!(i32),
        6 => of!(u32),
        7 => of!(f32),
        9 => of!(f64),
        12 => of!(i64),
        13 => of!(u64),
        _ => return Err(broken()),
    })
}

/// Lists in lists of what lies column by column; flat where it is a vector, the thing itself where it is one number.
fn nested(all: &[Node], shape: &[usize]) -> Node {
    if let [1, n] | [n, 1] = *shape {
        let number = n == 1 && matches!(all.first(), Some(Node { value: Json::Number(_), .. }));
        return if number { all[0].clone() } else { Node::without_line(Json::List(all.to_vec())) };
    }
    lists(all, shape, 0, 1)
}

fn lists(all: &[Node], shape: &[usize], at: usize, stride: usize) -> Node {
    let [count, inner @ ..] = shape else { return all.get(at).cloned().unwrap_or_else(|| Node::without_line(Json::Null)) };
    if all.is_empty() {
        return Node::without_line(Json::List(Vec::new()));
    }
    Node::without_line(Json::List((0..*count).map(|i| lists(all, inner, at + i * stride, stride * count)).collect()))
}
