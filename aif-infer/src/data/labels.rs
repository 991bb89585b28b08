//! Cells that name a value of a domain: a label, in any case, or an index.

use aif_runtime::model::Labels;
use rustc_hash::FxHashMap;

use super::error::listed;

/// Reads the cells of one column as values of a domain.
pub(super) struct LabelReader {
    pub labels: Labels,
    by_label: FxHashMap<String, usize>,
    pub base: usize,
    /// Whether labels are whole numbers that are not their own indices (options counted from 1): then a number is a label, and no index.
    pub numbered: bool,
}

/// `CamelCase`, `snake_case` and `UPPER CASE` of one label are one.
fn normal(label: &str) -> String {
    label.chars().filter(|c| !matches!(c, '_' | ' ' | '-')).flat_map(char::to_lowercase).collect()
}

impl LabelReader {
    /// The reader of a column; `counted` says where its indices count from, if anybody said so.
    pub fn new(labels: Labels, counted: Option<usize>, otherwise: usize) -> Self {
        // A label as declared comes first; its other forms count where no other label has the same.
        let mut by_label: FxHashMap<String, usize> = labels.all().enumerate().map(|(i, label)| (label.into_owned(), i)).collect();
        let mut forms: FxHashMap<String, Vec<usize>> = FxHashMap::default();
        labels.all().enumerate().for_each(|(i, label)| forms.entry(normal(&label)).or_default().push(i));
        for (form, of) in forms {
            if let [i] = of[..] {
                by_label.entry(form).or_insert(i);
            }
        }
        let number = |label: &str| label.parse::<i64>().ok();
        let whole = labels.all().all(|label| number(&label).is_some_and(|n| n.to_string() == label));
        let own = labels.all().enumerate().all(|(i, label)| number(&label) == Some(i as i64));
        let numbered = counted.is_none() && whole && !own;
        LabelReader { labels, by_label, base: counted.unwrap_or(otherwise), numbered }
    }

    /// Whether a cell is the label of a value, whatever else it may stand for.
    pub fn is_label(&self, cell: &str) -> bool {
        self.by_label.contains_key(cell)
    }

    /// The index of the value with a label.
    pub fn label(&self, cell: &str) -> Option<usize> {
        self.by_label.get(cell).or_else(|| self.by_label.get(&normal(cell))).copied()
    }

    /// The index of the value that a cell names, `number` being the whole number that it is.
    pub fn read(&self, cell: &str, number: Option<i64>) -> Option<usize> {
        match number {
            Some(number) if self.numbered => self.by_label.get(&number.to_string()).copied(),
            Some(number) => {
                let index = usize::try_from(number).ok().and_then(|n| n.checked_sub(self.base));
                index.filter(|&i| i < self.labels.count)
            }
            None => self.label(cell),
        }
    }

    /// What was expected: a label, or an index where indices are understood.
    pub fn expected(&self, indices: bool) -> String {
        let labels = listed(self.labels.all());
        if indices && !self.numbered {
            let (first, last) = (self.base, self.labels.count + self.base - 1);
            format!("an index from {first} to {last}, or one of {labels}")
        } else {
            format!("one of {labels}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_read_in_any_case_and_indices_by_their_base() {
        let reader = LabelReader::new(Labels::of::<bool>(), Some(1), 0);
        assert_eq!(reader.read("TRUE", None), Some(1));
        assert_eq!(reader.read("1", Some(1)), Some(0));
        assert_eq!((reader.read("0", Some(0)), reader.read("perhaps", None)), (None, None));
        assert!(reader.expected(true).starts_with("an index from 1 to 2, or one of `false`"));
        assert_eq!(normal("snake_case"), normal("SnakeCase"));
    }
}
