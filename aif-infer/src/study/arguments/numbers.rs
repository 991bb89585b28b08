//! Numbers on the command line, each within bounds that have a reason.

use std::ops::RangeInclusive;

/// The most draws of a chain or an approximation: more digits than any estimate has.
pub(super) const DRAWS: RangeInclusive<usize> = 0..=100_000_000;

/// Reads a whole number between two bounds.
pub(super) fn whole(
    range: RangeInclusive<usize>,
    why: &'static str,
) -> impl Fn(&str) -> Result<usize, String> + Clone + Send + Sync + 'static {
    move |text| {
        let number = text.parse::<usize>().ok().filter(|number| range.contains(number));
        number.ok_or_else(|| format!("expected a whole number from {} to {} ({why})", range.start(), range.end()))
    }
}

/// Reads a number between two bounds.
pub(super) fn real(
    range: RangeInclusive<f64>,
    why: &'static str,
) -> impl Fn(&str) -> Result<f64, String> + Clone + Send + Sync + 'static {
    move |text| {
        let number = text.parse::<f64>().ok().filter(|number| range.contains(number));
        number.ok_or_else(|| format!("expected a number from {} to {} ({why})", range.start(), range.end()))
    }
}

#[cfg(test)]
mod tests {
    use super::{real, whole};

    #[test]
    fn what_is_out_of_bounds_is_told_them_and_why() {
        let read = whole(1..=20, "twenty will do");
        assert_eq!((read("1"), read("20")), (Ok(1), Ok(20)));
        for text in ["0", "21", "-1", "1.5", "", "99999999999999999999999"] {
            assert_eq!(read(text).unwrap_err(), "expected a whole number from 1 to 20 (twenty will do)", "{text}");
        }
        let read = real(0.0..=1.0, "a share");
        assert_eq!(read("0.5"), Ok(0.5));
        assert!(["nan", "inf", "-0.1", "1e9", "x"].iter().all(|text| read(text).is_err()));
    }
}
