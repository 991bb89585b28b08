//! numpy's `.npz`: a zip archive of arrays `.npy`, stored as `numpy.savez` stores them, read as the members that JSON would have.
//!
//! `A_0`, `A_1`, .. are the arrays of `A`; `A` alone is the only one, and so for the other tables and their dependencies.
//! Sources: PKWARE's "ZIP file format specification" (local headers, central directory), numpy's "NPY format, version 1.0".

use crate::json::{Json, Node};
use crate::mistakes::quoted;

/// An array as lists in lists.
type Found = (String, Node);

/// A number of so many bytes, the least first.
fn number(bytes: &[u8], at: usize, size: usize) -> Option<usize> {
    let own = bytes.get(at..at.checked_add(size)?)?;
    own.iter().rev().try_fold(0usize, |n, b| n.checked_mul(256)?.checked_add(usize::from(*b)))
}

/// The members of the archive, as an object of JSON.
pub fn read(bytes: &[u8]) -> Result<Node, String> {
    let mut members: Vec<(String, Vec<Option<Node>>, bool)> = Vec::new();
    for (name, array) in archive(bytes)? {
        let place = name.rsplit_once('_').and_then(|(list, i)| Some((list, i.parse::<usize>().ok()?)));
        let (list, at) = place.map_or((name.as_str(), None), |(list, i)| (list, Some(i)));
        if at.is_some_and(|i| i > 4096) {
            return Err(format!("the array {} counts too far: expected at most 4096", quoted(&name)));
        }
        let member = match members.iter().position(|(known, _, alone)| known == list && *alone == at.is_none()) {
            Some(i) => i,
            None => {
                members.push((list.into(), Vec::new(), at.is_none()));
                members.len() - 1
            }
        };
        let to = &mut members[member].1;
        let at = at.unwrap_or(0);
        to.resize(to.len().max(at + 1), None);
        to[at] = Some(array);
    }
    let mut all = Vec::new();
    for (name, arrays, alone) in members {
        let missing = arrays.iter().position(Option::is_none);
        if let Some(i) = missing {
            return Err(format!("there is no array `{name}_{i}`, but one after it: expected all of them"));
        }
        let mut arrays: Vec<Node> = arrays.into_iter().flatten().collect();
        let value = if alone { arrays.remove(0) } else { Node::without_line(Json::List(arrays)) };
        all.push((name, value));
    }
    Ok(Node::without_line(Json::Table(all)))
}

/// The arrays of an archive, by the central directory at its end.
fn archive(bytes: &[u8]) -> Result<Vec<Found>, String> {
    const NO_ZIP: &str = "this is no zip archive: expected a file that `numpy.savez` wrote";
    let end =
        (0..bytes.len().saturating_sub(21)).rev().take(70_000).find(|&i| bytes[i..].starts_with(b"PK\x05\x06")).ok_or(NO_ZIP)?;
    let count = number(bytes, end + 10, 2).ok_or(NO_ZIP)?;
    let mut at = number(bytes, end + 16, 4).ok_or(NO_ZIP)?;
    let mut found = Vec::new();
    for _ in 0..count {
        let broken = || "the archive's directory is broken: expected as `numpy.savez` writes it".to_owned();
        if !bytes.get(at..).is_some_and(|rest| rest.starts_with(b"PK\x01\x02")) {
            return Err(broken());
        }
        let part = |offset: usize, size: usize| number(bytes, at + offset, size).ok_or_else(broken);
        let (method, packed, length) = (part(10, 2)?, part(20, 4)?, part(28, 2)?);
        let (extra, comment, local) = (part(30, 2)?, part(32, 2)?, part(42, 4)?);
        let name = bytes.get(at + 46..at + 46 + length).ok_or_else(broken)?;
        let name = String::from_utf8_lossy(name).trim_end_matches(".npy").to_owned();
        if method != 0 {
            return Err(format!("the array {} is compressed: expected `numpy.savez`, not `savez_compressed`", quoted(&name)));
        }
        let skipped = number(bytes, local + 26, 2).zip(number(bytes, local + 28, 2)).ok_or_else(broken)?;
        let start = local + 30 + skipped.0 + skipped.1;
        let own = start.checked_add(packed).and_then(|end| bytes.get(start..end)).ok_or_else(broken)?;
        let array = array(own).map_err(|wrong| format!("the array {} {wrong}", quoted(&name)))?;
        if found.iter().any(|(known, _): &Found| *known == name) {
            return Err(format!("the array {} is there twice", quoted(&name)));
        }
        found.push((name, array));
        at += 46 + length + extra + comment;
    }
    Ok(found)
}

/// One array.
fn array(bytes: &[u8]) -> Result<Node, String> {
    let no_array = || "is no array: expected numpy's format .npy".to_owned();
    if !bytes.starts_with(b"\x93NUMPY") {
        return Err(no_array());
    }
    let wide = if bytes.get(6) == Some(&1) { 2 } else { 4 };
    let length = number(bytes, 8, wide).ok_or_else(no_array)?;
    let header = bytes.get(8 + wide..8 + wide + length).ok_or_else(no_array)?;
    let header = String::from_utf8_lossy(header);
    let after = |key: &str| header.split_once(&format!("'{key}':")).map(|(_, rest)| rest.trim_start());
    let kind = after("descr").and_then(|rest| rest.strip_prefix('\'')?.split('\'').next()).ok_or_else(no_array)?;
    let columns_first = after("fortran_order").is_some_and(|rest| rest.starts_with("True"));
    let inside = after("shape").and_then(|rest| rest.strip_prefix('(')?.split(')').next()).ok_or_else(no_array)?;
    let shape: Option<Vec<usize>> = inside.split(',').map(str::trim).filter(|n| !n.is_empty()).map(|n| n.parse().ok()).collect();
    let shape = shape.ok_or_else(no_array)?;
    let count = shape.iter().try_fold(1usize, |n, d| n.checked_mul(*d)).filter(|n| *n > 0 && *n <= 1 << 26);
    let count = count.ok_or("has no numbers, or too many")?;
    let data = &bytes[8 + wide + length..];
    let value: fn(&[u8]) -> f64 = match kind {
        "<f8" => |b| f64::from_le_bytes(b.try_into().unwrap_or_default()),
        "<f4" => |b| f64::from(f32::from_le_bytes(b.try_into().unwrap_or_default())),
        "<i8" => |b| i64::from_le_bytes(b.try_into().unwrap_or_default()) as f64,
        "<i4" => |b| f64::from(i32::from_le_bytes(b.try_into().unwrap_or_default())),
        "|b1" | "|u1" => |b| f64::from(b[0]),
        other => {
            return Err(format!("has numbers of the kind {}: expected float64, float32, int64, int32 or bool", quoted(other)));
        }
    };
    let size = kind[2..].parse().unwrap_or(1);
    if data.len() != count * size {
        return Err(format!("has {} bytes, expected {} for its shape", data.len(), count * size));
    }
    let numbers: Vec<f64> = data.chunks_exact(size).map(value).collect();
    if let Some(bad) = numbers.iter().find(|x| !x.is_finite()) {
        return Err(format!("has {bad}: expected finite numbers"));
    }
    Ok(nested(&numbers, &shape, 0, 1, columns_first))
}

/// Lists in lists: the numbers from `at` on, of which those of this dimension are `stride` apart where the first index runs fastest.
fn nested(numbers: &[f64], shape: &[usize], at: usize, stride: usize, columns_first: bool) -> Node {
    let [count, inner @ ..] = shape else { return Node::without_line(Json::Number(numbers[at])) };
    let step = if columns_first { stride } else { inner.iter().product() };
    Node::without_line(Json::List(
        (0..*count).map(|i| nested(numbers, inner, at + i * step, stride * count, columns_first)).collect(),
    ))
}
