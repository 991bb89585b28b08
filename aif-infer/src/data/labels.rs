//! Cells that name a value of a domain: a label, in any case, or an index.

use aif_runtime::model::Labels;
use rustc_hash::FxHashMap;

use super::error::{listed, quoted};

/// Reads the cells of one column as values of a domain.
pub(super) struct LabelReader {
    pub labels: Labels,
    by_label: FxHashMap<String, usize>,
    base: usize,
    /// How many cells were indices, and whether all were, and none was the first.
    indices: usize,
    only_indices: bool,
    seen_first: bool,
}

/// `CamelCase`, `snake_case` and `UPPER CASE` of one label are one.
fn normal(label: &str) -> String {
    label.chars().filter(|c| !matches!(c, '_' | ' ' | '-')).flat_map(char::to_lowercase).collect()
}

impl LabelReader {
    pub fn new(labels: Labels, base: usize) -> Self {
        // A label as declared comes first; its other forms count where no other label has the same.
        let mut by_label: FxHashMap<String, usize> = labels.all().enumerate().map(|(i, label)| (label.into_owned(), i)).collect();
        let forms: Vec<String> = labels.all().map(|label| normal(&label)).collect();
        for (i, form) in forms.iter().enumerate() {
            if forms.iter().filter(|other| *other == form).count() == 1 {
                by_label.entry(form.clone()).or_insert(i);
            }
        }
        LabelReader { labels, by_label, base, indices: 0, only_indices: true, seen_first: false }
    }

    /// Whether a cell is the label of a value, whatever else it may stand for.
    pub fn is_label(&self, cell: &str) -> bool {
        self.by_label.contains_key(cell)
    }

    /// The index of the value that a cell names; what was expected where it names none.
    pub fn read(&mut self, cell: &str) -> Result<usize, String> {
        // Programs that know missing cells write whole numbers as 1.0.
        let whole = |x: f64| (x.fract() == 0.0 && x.abs() < 1e15).then_some(x as i64);
        if let Some(number) = cell.parse::<i64>().ok().or_else(|| cell.parse::<f64>().ok().and_then(whole)) {
            // Labels that are numbers, but not their own indices, are meant where they stand: options counted from 1.
            let named = self.by_label.get(&number.to_string()).filter(|index| index.to_string() != number.to_string());
            if let Some(&index) = named {
                return Ok(index);
            }
            let index = usize::try_from(number).ok().and_then(|n| n.checked_sub(self.base));
            return match index.filter(|&i| i < self.labels.count) {
                Some(index) => {
                    self.indices += 1;
                    self.seen_first |= number == 0;
                    Ok(index)
                }
                None => Err(format!(
                    "an index from {} to {}, or one of {}",
                    self.base,
                    self.labels.count + self.base - 1,
                    listed(self.labels.all())
                )),
            };
        }
        self.only_indices = false;
        let found = self.by_label.get(cell).or_else(|| self.by_label.get(&normal(cell)));
        found.copied().ok_or_else(|| format!("one of {}", listed(self.labels.all())))
    }

    /// A warning where indices are counted from 0 but never are 0.
    pub fn warning(&self, column: &str) -> Option<String> {
        (self.only_indices && self.indices > 0 && !self.seen_first && self.base == 0).then(|| {
            format!("column {} holds whole numbers but never 0: if its indices count from 1, say --index-base 1", quoted(column))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_read_in_any_case_and_indices_by_their_base() {
        let mut reader = LabelReader::new(Labels::of::<bool>(), 1);
        assert_eq!(reader.read("TRUE"), Ok(1));
        assert_eq!(reader.read("1"), Ok(0));
        assert!(reader.read("0").is_err());
        assert!(reader.read("perhaps").unwrap_err().contains("`false`"));
        assert_eq!(normal("snake_case"), normal("SnakeCase"));
    }
}
