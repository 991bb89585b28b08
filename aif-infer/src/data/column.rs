//! One column of labels or numbers: read cell by cell, each value that it holds once.

use std::borrow::Cow;
use std::fmt::Write as _;

use rustc_hash::FxHashMap;

use super::DataOptions;
use super::error::{Complaint, listed, quoted, times};
use super::labels::LabelReader;
use super::raw::Row;
use super::schema::{Cells, ColumnSpec};
use super::source::Source;
use super::values::ValueMap;

/// More values of one column than these are not told apart.
const MOST_VALUES: usize = 10_000;

/// What a cell says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Said {
    Missing,
    Number(f64),
    Wrong,
}

/// A value that a column holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Value {
    /// The cell; of numbers that were not told apart, from where to where they go.
    pub cell: String,
    /// What it stands for, if anything; empty where it is missing.
    pub meaning: Option<String>,
    /// In how many rows.
    pub count: u64,
}

/// A value that was read, how often, and where first.
struct Seen {
    cell: Box<str>,
    said: Said,
    count: u64,
    line: u64,
}

/// One column of labels or numbers, with its place in the table.
pub(super) struct Column {
    pub source: Source,
    /// The table's name for it, and the model's.
    pub name: String,
    own: &'static str,
    cells: Cells,
    labels: Option<LabelReader>,
    map: Option<ValueMap>,
    seen: Vec<Seen>,
    /// Where each value stands among those: by code, and by text.
    by_code: Vec<Option<u32>>,
    by_text: FxHashMap<Box<str>, u32>,
    /// Numbers that were not told apart: how many, the least and the greatest; and wrong cells.
    numbers: (u64, f64, f64),
    more_wrong: u64,
}

impl Column {
    /// Finds a column by the name that it has in the table.
    ///
    /// # Errors
    /// Every complaint about its name, its values or its base.
    pub fn find(header: &[String], spec: &ColumnSpec, options: &DataOptions) -> Result<Self, Vec<Complaint>> {
        let name = options.column(spec.name);
        let source = Source::find(header, name).map_err(|mut complaint| {
            if name == spec.name {
                complaint.expected += &format!(" (or --column {name}=NAME)");
            }
            vec![complaint]
        })?;
        let of_column = |known: &String| known == spec.name || known == name;
        let yes_or_no = matches!(spec.cells, Cells::YesOrNo(_));
        let own = options.own_base(spec.name);
        // Yes and no are 1 and 0 whatever the indices of other columns count from.
        let otherwise = if yes_or_no { 0 } else { options.index_base };
        let labels = spec.cells.labels().map(|labels| LabelReader::new(labels, own, otherwise));
        let mut complaints = Vec::new();
        if let (Some(base), None) = (own, &labels) {
            let found = format!("--index-base {}={base}", spec.name);
            complaints.push(Complaint::new(0, "", found, format!("a column of labels, not of numbers: {}", quoted(name))));
        }
        let map = options.values.iter().find(|(known, _)| of_column(known)).map(|(_, map)| map.clone());
        for (from, to) in map.iter().flat_map(|map| &map.0) {
            let fits = match &labels {
                _ if options.is_missing(to) => true,
                Some(labels) => labels.label(to).is_some(),
                None => options.number(to).is_some(),
            };
            if !fits {
                let expected = labels.as_ref().map_or("a number".into(), |labels| labels.expected(false));
                complaints.push(Complaint::new(0, "", format!("--values {}={from}:{to}", spec.name), expected));
            }
        }
        if !complaints.is_empty() {
            return Err(complaints);
        }
        Ok(Column {
            source,
            name: name.to_owned(),
            own: spec.name,
            cells: spec.cells,
            labels,
            map,
            seen: Vec::new(),
            by_code: Vec::new(),
            by_text: FxHashMap::default(),
            numbers: (0, f64::INFINITY, f64::NEG_INFINITY),
            more_wrong: 0,
        })
    }

    /// The number in a cell: an index, or the number itself. What is wrong is told by [`Column::complaint`].
    pub fn read(&mut self, row: &Row<'_>, options: &DataOptions) -> Said {
        let code = self.source.code(row);
        if let Some(at) = code.and_then(|code| self.by_code.get(code).copied().flatten()) {
            return self.again(at);
        }
        let text = self.source.text(row, options);
        if code.is_none() {
            if let Some(&at) = self.by_text.get(&*text) {
                return self.again(at);
            }
            if self.labels.is_none()
                && let Said::Number(x) = self.said(&text, options)
            {
                let (count, least, most) = self.numbers;
                self.numbers = (count + 1, least.min(x), most.max(x));
                return Said::Number(x);
            }
        }
        let said = self.said(&text, options);
        if self.seen.len() == MOST_VALUES {
            self.more_wrong += u64::from(said == Said::Wrong);
            return said;
        }
        let at = self.seen.len() as u32;
        self.seen.push(Seen { cell: (&*text).into(), said, count: 1, line: row.line });
        match code {
            None => {
                self.by_text.insert(Cow::into_owned(text).into(), at);
            }
            Some(code) => {
                self.by_code.resize(self.by_code.len().max(code + 1), None);
                self.by_code[code] = Some(at);
            }
        }
        said
    }

    fn again(&mut self, at: u32) -> Said {
        let seen = &mut self.seen[at as usize];
        seen.count += 1;
        seen.said
    }

    /// What a cell says.
    fn said(&self, cell: &str, options: &DataOptions) -> Said {
        let number = options.number(cell);
        let of = |found: Option<f64>| found.map_or(Said::Wrong, Said::Number);
        if let Some(to) = self.map.as_ref().and_then(|map| map.get(cell, number)) {
            return match &self.labels {
                Some(labels) => match labels.label(to) {
                    None if options.is_missing(to) => Said::Missing,
                    index => of(index.map(|i| i as f64)),
                },
                None if options.is_missing(to) => Said::Missing,
                None => of(options.number(to)),
            };
        }
        let declared = self.labels.as_ref().is_some_and(|labels| labels.is_label(cell));
        if options.is_missing(cell) && (!declared || options.missing.as_deref() == Some(cell)) {
            return Said::Missing;
        }
        match &self.labels {
            // What is won is no index, and numbers that have a meaning are none.
            Some(_) if number.is_some() && !self.indices() => Said::Wrong,
            Some(labels) => of(labels.read(cell, options.whole(cell)).map(|i| i as f64)),
            None => of(number.filter(|x| self.cells.refuses(*x).is_none())),
        }
    }

    /// Whether whole numbers are indices.
    fn indices(&self) -> bool {
        self.map.is_none() && matches!(self.source, Source::One(_))
    }

    /// What the cells of this column could not be, if some could not.
    pub fn complaint(&self, options: &DataOptions) -> Option<Complaint> {
        let mut wrong: Vec<&Seen> = self.seen.iter().filter(|s| s.said == Said::Wrong).collect();
        wrong.sort_by_key(|s| s.line);
        let first = wrong.first()?;
        let rows = wrong.iter().map(|s| s.count).sum::<u64>() + self.more_wrong;
        let mut found: Vec<String> = wrong.iter().take(6).map(|s| format!("{} {}", quoted(&s.cell), times(s.count))).collect();
        match (wrong.len().saturating_sub(6), rows) {
            (0, 1) => found = vec![quoted(&first.cell)],
            (0, _) => {}
            (more, _) => found.push(format!("{more} others")),
        }
        let any = |what: &dyn Fn(&str) -> bool| wrong.iter().any(|s| what(&s.cell));
        let all = |what: &dyn Fn(&str) -> bool| wrong.iter().all(|s| what(&s.cell));
        let number = |cell: &str| options.number(cell).is_some();
        let expected = match &self.labels {
            // One label is rather misspelt.
            Some(labels) if rows == 1 && !any(&number) => labels.expected(false),
            Some(labels) => labels.expected(any(&number) && self.indices()) + &self.remedy(&wrong, options),
            None => {
                let comma = |cell: &str| cell.contains(',') && cell.replace(',', ".").parse::<f64>().is_ok();
                let point = |cell: &str| cell.parse::<f64>().is_ok();
                let refused = |s: &&Seen| options.number(&s.cell).and_then(|x| self.cells.refuses(x));
                let mut expected = String::from(wrong.iter().find_map(refused).unwrap_or("a number"));
                match options.decimal_comma {
                    false if all(&comma) => expected += " (or --decimal ,)",
                    true if all(&point) => expected += " with a decimal comma (or no --decimal ,)",
                    _ => {}
                }
                expected
            }
        };
        Some(Complaint::new(first.line, quoted(&self.name), found.join(", "), expected))
    }

    /// How to say what the values of this column stand for.
    fn remedy(&self, wrong: &[&Seen], options: &DataOptions) -> String {
        let Some(labels) = &self.labels else { return String::new() };
        let mut values: Vec<&Seen> = self.seen.iter().filter(|s| s.said != Said::Missing).collect();
        let whole = |s: &&Seen| options.whole(&s.cell);
        values
            .sort_by(|a, b| options.number(&a.cell).unwrap_or(f64::MAX).total_cmp(&options.number(&b.cell).unwrap_or(f64::MAX)));
        let mut text = String::new();
        if values.len() > wrong.len() && values.len() <= 12 {
            let held: Vec<String> = values.iter().map(|s| format!("{} {}", quoted(&s.cell), times(s.count))).collect();
            let _ = write!(text, "; the column holds {}", held.join(", "));
        }
        let within = |base: usize| {
            let fits = |s: &&Seen| whole(s).is_some_and(|n| n >= base as i64 && n < (base + labels.labels.count) as i64);
            self.indices() && values.iter().all(fits)
        };
        let guess = if labels.numbered { 0 } else { 1 };
        if (labels.numbered || labels.base == 0) && within(guess) {
            let _ = write!(text, "; if its indices count from {guess}: --index-base {}={guess}", self.own);
        }
        // Once one number has a meaning, no number is an index.
        let numbers = wrong.iter().any(|s| options.number(&s.cell).is_some());
        let named = |s: &&&Seen| s.said == Said::Wrong || (numbers && options.number(&s.cell).is_some());
        let cells: Vec<&str> = values.iter().filter(named).map(|s| &*s.cell).collect();
        if cells.iter().any(|cell| cell.contains(',')) {
            return text;
        }
        let each: Vec<String> = cells.iter().take(6).map(|cell| format!("{cell}:LABEL")).collect();
        let more = if cells.len() > 6 { ",.." } else { "" };
        let given: Vec<String> = self.map.iter().flat_map(|map| &map.0).map(|(from, to)| format!("{from}:{to}")).collect();
        let all = given.into_iter().chain(each).collect::<Vec<_>>().join(",");
        let signs = if cells.len() > 6 && numbers { " (+ and - stand for all numbers above and below 0)" } else { "" };
        let _ = write!(text, "; to say what they stand for: --values {}={all}{more}{signs}", self.own);
        text
    }

    /// A warning where indices may be counted from elsewhere: they are counted from 0, but never are 0.
    pub fn warning(&self, options: &DataOptions) -> Option<String> {
        let labels = self.labels.as_ref().filter(|_| !matches!(self.cells, Cells::YesOrNo(_)))?;
        if self.seen.iter().any(|s| s.said == Said::Wrong) {
            return None;
        }
        let mut numbers = self.seen.iter().filter(|s| s.said != Said::Missing).map(|s| options.whole(&s.cell)).peekable();
        numbers.peek()?;
        let suspicious = labels.base == 0 && !labels.numbered && self.indices() && numbers.all(|n| n.is_some_and(|n| n != 0));
        suspicious.then(|| {
            let (name, own) = (quoted(&self.name), self.own);
            format!("column {name} holds whole numbers but never 0: if its indices count from 1, say --index-base {own}=1")
        })
    }

    /// The values that it holds.
    pub fn values(&self) -> Vec<Value> {
        let meaning = |said: Said| match said {
            Said::Missing => Some(String::new()),
            Said::Number(x) => {
                Some(self.labels.as_ref().map_or_else(|| x.to_string(), |l| l.labels.label(x as usize).into_owned()))
            }
            Said::Wrong => None,
        };
        let value = |s: &Seen| Value { cell: s.cell.to_string(), meaning: meaning(s.said), count: s.count };
        let mut values: Vec<Value> = self.seen.iter().map(value).collect();
        let (count, least, most) = self.numbers;
        if count > 0 {
            values.push(Value { cell: format!("{least} to {most}"), meaning: Some("a number".into()), count });
        }
        if self.more_wrong > 0 {
            values.push(Value { cell: "others".into(), meaning: None, count: self.more_wrong });
        }
        values
    }

    /// What names the two columns that its cells come from.
    pub fn remark(&self, header: &[String]) -> Option<String> {
        let places: Vec<usize> = self.source.places().collect();
        let [a, b] = places[..] else { return None };
        let both = listed([&header[a], &header[b]]);
        let what = match self.source {
            Source::Net(..) => "what was won less what was lost, its sign apart",
            _ => "the cells of two columns side by side",
        };
        Some(format!("{} is {what}: {both}", quoted(self.own)))
    }
}
