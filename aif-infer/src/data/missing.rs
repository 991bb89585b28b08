//! What is done about actions that are missing before the end of their block.

use super::columns::Columns;
use super::error::{Complaint, listed, quoted};
use super::labels::LabelReader;
use super::schema::Schema;
use super::{DataOptions, MissingAction};
use crate::record::{RecordedBlock, RecordedRow};

/// What the rule for missing actions left out.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct LeftOut {
    /// Responses that could be scored, in all.
    responses: usize,
    /// Those of them that came after a block had ended.
    ended: usize,
    /// Blocks that ended early.
    blocks: usize,
    /// Trials that did not happen.
    skipped: usize,
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
}

/// Applies the rule for missing actions to every row of a block but the last; `lines` are those of its rows.
pub(super) fn settle_missing_actions(
    block: &mut RecordedBlock,
    lines: &[u64],
    (columns, schema): (&Columns, &Schema),
    options: &DataOptions,
    complaints: &mut Vec<Complaint>,
    left_out: &mut LeftOut,
) {
    let scored = |rows: &[RecordedRow]| rows.iter().filter(|row| row.scored && row.responses.iter().any(Option::is_some)).count();
    left_out.responses += scored(&block.rows);
    let last = block.rows.len().saturating_sub(1);
    // What moves no hidden state may be missing: it is not scored, and nothing depends on it.
    let missing_in =
        |row: &RecordedRow| row.responses.iter().zip(&schema.responses).position(|(value, spec)| value.is_none() && spec.matters);
    let Some(gap) = block.rows[..last].iter().position(|row| missing_in(row).is_some()) else { return };
    match &options.missing_action {
        MissingAction::Marginalise => {}
        MissingAction::EndBlock => {
            left_out.ended += scored(&block.rows[gap + 1..]);
            left_out.blocks += 1;
            block.rows.truncate(gap + 1);
        }
        MissingAction::Skip => {
            for at in (gap..last).rev() {
                if missing_in(&block.rows[at]).is_none() {
                    continue;
                }
                let skipped = block.rows.remove(at);
                left_out.skipped += 1;
                left_out.responses -= scored(core::slice::from_ref(&skipped));
                // What was seen before it is seen before the next choice, unless something else is.
                let next = &mut block.rows[at];
                if next.observations.iter().all(Option::is_none) {
                    next.observations = skipped.observations;
                }
            }
        }
        MissingAction::Error => {
            let missing = missing_in(&block.rows[gap]).unwrap_or(0);
            complaints.push(Complaint::new(
                lines[gap],
                quoted(columns.responses[missing].as_ref().map_or("", |c| &c.name)),
                "no action before the end of the block",
                "an action (or --missing-action skip, marginalise, end-block or stay=LABEL)",
            ));
        }
        MissingAction::Stay(label) => {
            let mut stay = Vec::new();
            for (a, spec) in schema.responses.iter().enumerate() {
                let value = spec.cells.labels().and_then(|l| LabelReader::new(l, options.index_base).read(label).ok());
                // An action that is never missing needs no such value.
                let needed = block.rows[..last].iter().any(|row| row.responses[a].is_none() && spec.matters);
                if value.is_none() && needed {
                    let found = format!("--missing-action stay={label}");
                    let labels = listed(spec.cells.labels().iter().flat_map(|l| l.all().collect::<Vec<_>>()));
                    let complaint = Complaint::new(0, "", found, format!("a value of `{}`: one of {labels}", spec.name));
                    if !complaints.contains(&complaint) {
                        complaints.push(complaint);
                    }
                }
                stay.push(value);
            }
            for row in &mut block.rows[..last] {
                if missing_in(row).is_some() {
                    row.scored = false;
                    for (value, stay) in row.responses.iter_mut().zip(&stay) {
                        *value = value.or(stay.map(|index| index as f64));
                    }
                }
            }
        }
    }
}
