//! Taking down behaviour as it comes.

use super::{RecordedBlock, RecordedRow};

/// Takes down the rows of one block after the other, in the order of time, and makes a record of them: so that no more of a long table need
/// be there at a time than its record.
pub trait Recorder<R> {
    /// A block begins.
    fn begin(&mut self, session: &str, name: &str, first_step: i64);

    /// The next row of the block.
    fn row(&mut self, row: RecordedRow);

    /// The record of all of it.
    fn finish(self: Box<Self>) -> R;
}

/// Keeps blocks as they are, and makes a record of them at the end.
pub(crate) struct AsBlocks<F> {
    blocks: Vec<RecordedBlock>,
    record: F,
}

impl<F> AsBlocks<F> {
    pub fn new(record: F) -> Self {
        AsBlocks { blocks: Vec::new(), record }
    }
}

impl<R, F: FnOnce(Vec<RecordedBlock>) -> R> Recorder<R> for AsBlocks<F> {
    fn begin(&mut self, session: &str, name: &str, first_step: i64) {
        let (name, session) = (name.to_owned(), session.to_owned());
        self.blocks.push(RecordedBlock { name, session, first_step, rows: Vec::new() });
    }

    fn row(&mut self, row: RecordedRow) {
        if let Some(block) = self.blocks.last_mut() {
            block.rows.push(row);
        }
    }

    fn finish(self: Box<Self>) -> R {
        (self.record)(self.blocks)
    }
}
