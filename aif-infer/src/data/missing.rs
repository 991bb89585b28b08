//! What is done about actions that are missing before the end of their block, row after row.

use super::columns::Columns;
use super::error::{Complaint, Complaints, listed, quoted};
use super::labels::LabelReader;
use super::schema::{ColumnSpec, Schema};
use super::{DataOptions, MissingAction};
use crate::record::{RecordedRow, Seen};

/// What the rule for missing actions left out.
#[derive(Clone, Copy, Debug, Default)]
pub struct LeftOut {
    /// Responses that could be scored, in all.
    pub responses: usize,
    /// Those of them that came after a block had ended.
    pub ended: usize,
    /// Blocks that ended early.
    pub blocks: usize,
    /// Trials that did not happen.
    pub skipped: usize,
    /// What was recorded beside actions that are missing, and so is not scored.
    pub beside: usize,
}

impl LeftOut {
    /// What is to be said of it.
    pub fn remark(&self) -> Option<String> {
        if self.ended > 0 {
            return Some(format!(
                "--missing-action end-block: {} of {} responses come after a missing action in their block, and are left out ({} blocks end early)",
                self.ended, self.responses, self.blocks
            ));
        }
        if self.beside > 0 {
            return Some(format!(
                "--missing-action stay: {} of {} responses stand beside a missing action, and are not scored",
                self.beside, self.responses
            ));
        }
        let skipped = self.skipped;
        (skipped > 0).then(|| {
            let were = if skipped == 1 {
                "row without an action is taken for one that"
            } else {
                "rows without an action are taken for ones that"
            };
            format!("--missing-action skip: {skipped} {were} did not happen ({} responses are left)", self.responses)
        })
    }

    pub fn add(&mut self, other: LeftOut) {
        self.responses += other.responses;
        self.ended += other.ended;
        self.blocks += other.blocks;
        self.skipped += other.skipped;
        self.beside += other.beside;
    }
}

/// Applies the rule for missing actions to every row of a block but the last.
pub(super) struct Settle<'s> {
    schema: &'s Schema,
    options: &'s DataOptions,
    /// Of each action the value that it has where it is missing.
    stay: Vec<Option<usize>>,
    pub left_out: LeftOut,
    /// The row that has come last, and its line: it may be the last of its block.
    held: Option<(RecordedRow, u64)>,
    /// What was seen at rows that did not happen.
    seen: Option<Seen>,
    ended: bool,
}

/// How many of the responses of a row are scored.
fn scored(schema: &Schema, row: &RecordedRow) -> usize {
    if row.scored { schema.answered(row).into_iter().filter(|answered| *answered).count() } else { 0 }
}

impl<'s> Settle<'s> {
    pub fn new(schema: &'s Schema, options: &'s DataOptions) -> Self {
        let stay = match &options.missing_action {
            MissingAction::Stay(label) => {
                let whole = options.whole(label);
                let read = |spec: &ColumnSpec| {
                    let reader = |labels| LabelReader::new(labels, options.own_base(spec.name), options.index_base);
                    spec.cells.labels().map(reader)?.read(label, whole)
                };
                schema.responses.iter().map(read).collect()
            }
            _ => Vec::new(),
        };
        let left_out = LeftOut::default();
        Settle { schema, options, stay, left_out, held: None, seen: None, ended: false }
    }

    /// The first action that is missing. What moves no hidden state may be missing: it is not scored, and nothing depends on it.
    fn missing_in(&self, row: &RecordedRow) -> Option<usize> {
        row.responses.iter().zip(&self.schema.responses).position(|(value, spec)| value.is_none() && spec.matters)
    }

    /// Takes one more row of the block that is open; what is settled goes to `on`.
    pub fn row(
        &mut self,
        row: RecordedRow,
        line: u64,
        (columns, complaints): (&Columns, &mut Complaints),
        on: &mut dyn FnMut(RecordedRow),
    ) {
        self.left_out.responses += scored(self.schema, &row);
        let Some((mut before, at)) = self.held.replace((row, line)) else { return };
        if self.ended {
            self.left_out.ended += scored(self.schema, &before);
            return;
        }
        let Some(missing) = self.missing_in(&before) else { return self.pass(before, on) };
        match &self.options.missing_action {
            MissingAction::Marginalise => self.pass(before, on),
            MissingAction::EndBlock => {
                self.ended = true;
                self.left_out.blocks += 1;
                self.pass(before, on);
            }
            MissingAction::Skip => {
                self.left_out.skipped += 1;
                self.left_out.responses -= scored(self.schema, &before);
                // What was seen before it is seen before the next choice, unless something else is.
                if !before.is_unseen() {
                    self.seen = Some(before.take_seen());
                }
            }
            MissingAction::Error => {
                complaints.again("no action", missing, || {
                    let name = quoted(columns.responses[missing].as_ref().map_or("", |c| &c.name));
                    let expected = "an action (or --missing-action skip, marginalise, end-block or stay=LABEL)";
                    Complaint::new(at, name, "no action before the end of the block", expected)
                });
                self.pass(before, on);
            }
            MissingAction::Stay(label) => {
                self.left_out.beside += scored(self.schema, &before);
                before.scored = false;
                for (a, (value, stay)) in before.responses.iter_mut().zip(&self.stay).enumerate() {
                    let spec = &self.schema.responses[a];
                    // An action that is never missing needs no such value.
                    if value.is_none() && stay.is_none() && spec.matters {
                        complaints.again("no such action", a, || {
                            let labels = listed(spec.cells.labels().iter().flat_map(|l| l.all().collect::<Vec<_>>()));
                            let found = format!("--missing-action stay={label}");
                            Complaint::new(0, "", found, format!("a value of `{}`: one of {labels}", spec.name))
                        });
                    }
                    // What is recorded beside an action is left as it is.
                    let stay = stay.filter(|_| self.schema.is_action(a));
                    *value = value.or(stay.map(|index| index as f64));
                }
                self.pass(before, on);
            }
        }
    }

    /// The block has ended.
    pub fn end(&mut self, on: &mut dyn FnMut(RecordedRow)) {
        if let Some((last, _)) = self.held.take() {
            if self.ended {
                self.left_out.ended += scored(self.schema, &last);
            } else {
                self.pass(last, on);
            }
        }
        (self.seen, self.ended) = (None, false);
    }

    fn pass(&mut self, mut row: RecordedRow, on: &mut dyn FnMut(RecordedRow)) {
        if let Some(seen) = self.seen.take()
            && row.is_unseen()
        {
            row.put_seen(seen);
        }
        on(row);
    }
}
