//! Numbers of a file: what may be one, what is a distribution, how they are written so that they read back the same.

use crate::model::Column;

/// How far the sum of a column may be from one for its rounding: files have three digits and more.
const ROUNDING: f64 = 2e-3;

/// What is nearer to one is one: the sum of numbers that are exact.
const EXACT: f64 = 1e-9;

/// Takes a column as a distribution: where its sum is one but for the digits that a file leaves out, it is divided by it. Else what is wrong.
pub(crate) fn distribution(column: &mut Column) -> Result<(), String> {
    if let Some((_, p)) = column.iter().find(|(_, p)| !(p.is_finite() && *p >= 0.0 && *p <= 1.0 + ROUNDING)) {
        return Err(format!("{} is no probability: expected a number from 0 to 1", short(*p)));
    }
    let sum: f64 = column.iter().map(|(_, p)| p).sum();
    if (sum - 1.0).abs() > ROUNDING {
        return Err(format!("sums to {}, expected 1", rounded(sum)));
    }
    if (sum - 1.0).abs() > EXACT {
        column.iter_mut().for_each(|(_, p)| *p /= sum);
    }
    Ok(())
}

/// The same of a list with its zeros.
pub(crate) fn listed(list: &[f64]) -> Result<Vec<f64>, String> {
    let mut column = sparse(list);
    distribution(&mut column)?;
    let mut dense = vec![0.0; list.len()];
    column.into_iter().for_each(|(i, p)| dense[i as usize] = p);
    Ok(dense)
}

/// Counts are at least 0, and one is more.
pub(crate) fn counts(list: &[f64]) -> Result<(), String> {
    if let Some(bad) = list.iter().find(|c| !(c.is_finite() && **c >= 0.0)) {
        return Err(format!("{} is no count: expected a number of at least 0", short(*bad)));
    }
    if list.iter().all(|&c| c == 0.0) { Err("has no count above 0".into()) } else { Ok(()) }
}

/// A list without its zeros.
pub(crate) fn sparse(list: &[f64]) -> Column {
    list.iter().enumerate().filter(|(_, p)| **p != 0.0).map(|(i, &p)| (i as u32, p)).collect()
}

/// The shortest text that reads back the same, as files have it: `1`, `0.85`, `1e-7`.
pub(crate) fn short(x: f64) -> String {
    if x == 0.0 { "0".into() } else { literal(x).trim_end_matches(".0").into() }
}

/// The shortest literal of Rust that reads back the same: `1.0`, `0.85`, `1e-7`.
pub(crate) fn literal(x: f64) -> String {
    if x == 0.0 { "0.0".into() } else { format!("{x:?}") }
}

/// To six digits, for messages.
fn rounded(x: f64) -> String {
    short((x * 1e6).round() / 1e6)
}

/// A finite number from its text.
pub(crate) fn parse(text: &str) -> Option<f64> {
    let plain = text.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | '-' | '.' | 'e' | 'E'));
    text.parse().ok().filter(|x: &f64| plain && x.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_back_the_same() {
        for x in [0.1 + 0.2, 1.0, 1e-300, 0.85, -100.0, 1.0 / 3.0, 1e22] {
            assert_eq!(short(x).parse::<f64>().unwrap().to_bits(), x.to_bits());
            assert_eq!(parse(&short(x)).unwrap().to_bits(), x.to_bits());
        }
        assert_eq!((parse("inf"), parse("nan"), parse("1e999"), parse("0x1")), (None, None, None, None));
    }

    #[test]
    fn what_files_round_is_made_a_distribution_once() {
        let mut column = sparse(&[0.333, 0.333, 0.333]);
        distribution(&mut column).unwrap();
        let again = column.clone();
        distribution(&mut column).unwrap();
        assert_eq!(column, again);
        assert!(distribution(&mut sparse(&[0.9, 0.2])).unwrap_err().contains("sums to 1.1"));
        assert!(distribution(&mut sparse(&[1.5, -0.5])).unwrap_err().contains("no probability"));
    }
}
