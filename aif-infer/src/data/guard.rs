//! Cells that a spreadsheet would run as a formula.

/// Whether a spreadsheet would take a cell for a formula: `=1+1`, `@SUM(..)`, `+a`, `-a`; numbers are none.
fn runs(cell: &str) -> bool {
    match cell.as_bytes().first() {
        Some(b'=' | b'@' | b'\t' | b'\r') => true,
        Some(b'+' | b'-') => cell.len() > 1 && cell.parse::<f64>().is_err(),
        _ => false,
    }
}

/// Whether a cell is written otherwise than it is, so that it does not run.
pub(crate) fn is_formula(cell: &str) -> bool {
    runs(cell.trim_start_matches('\''))
}

/// A cell as it is written: what would run has an apostrophe before it, and one more where it has some already.
pub(crate) fn guarded(cell: String) -> String {
    if is_formula(&cell) { format!("'{cell}") } else { cell }
}

/// A cell as it was before it was written.
pub(super) fn unguarded(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| runs(rest.trim_start_matches('\''))).unwrap_or(cell)
}

#[cfg(test)]
mod tests {
    use super::{guarded, unguarded};

    #[test]
    fn what_is_written_is_read_and_runs_nowhere() {
        for cell in ["=1+1", "+x", "-2+3", "@a", "'=1", "''@a", "'", "-", "+1e3", "-1.5", "-inf", "NaN", "a=b", "'quoted'", ""] {
            let written = guarded(cell.to_string());
            assert_eq!(unguarded(&written), cell);
            assert!(!super::runs(&written), "{written}");
        }
        assert_eq!(guarded("-1.5".into()), "-1.5");
        assert_eq!(guarded("=1+1".into()), "'=1+1");
        // A table that nobody guarded is read as it is.
        assert_eq!(unguarded("=1+1"), "=1+1");
    }
}
