//! Rounds of a society as a table, and as strips to be drawn.

use alloc::borrow::Cow;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::world::{Named, Rounds, Society};
use crate::model::GenerativeModel;

/// Adds a line of cells, quoted where they hold what divides cells or lines.
fn push_line(table: &mut String, cells: &[String]) {
    let quoted = cells.iter().map(|cell| {
        let special = cell.contains([',', '"', '\n', '\r']);
        if special { Cow::Owned(alloc::format!("\"{}\"", cell.replace('"', "\"\""))) } else { Cow::Borrowed(cell.as_str()) }
    });
    table.push_str(&quoted.collect::<Vec<_>>().join(","));
    table.push('\n');
}

impl<W: GenerativeModel> Society<W> {
    /// The columns of a table of rounds: the step, then for each player what it sees and what it does.
    pub fn columns(&self) -> Vec<String> {
        let of = |(name, seated): &Named<W::Observation>| {
            let modalities = seated.meta().modalities.iter().map(|modality| modality.name);
            modalities.chain([seated.action().name]).map(|column| alloc::format!("{name}.{column}")).collect::<Vec<_>>()
        };
        core::iter::once("step".to_string()).chain(self.seats.iter().flat_map(of)).collect()
    }

    /// A table of rounds, comma-separated, by labels; empty where a player did nothing.
    pub fn table(&self, rounds: &Rounds<W>) -> String {
        let mut table = String::new();
        push_line(&mut table, &self.columns());
        self.push_rows(&mut table, None, rounds);
        table
    }

    /// A line for each round, the game before it where there are several.
    fn push_rows(&self, table: &mut String, game: Option<&str>, rounds: &Rounds<W>) {
        for (step, round) in rounds.iter().enumerate() {
            let mut cells: Vec<String> = game.into_iter().map(String::from).chain([step.to_string()]).collect();
            for ((_, seated), action) in self.seats.iter().zip(&round.actions) {
                cells.extend(seated.labels(&round.seen).into_iter().map(Cow::into_owned));
                cells.push(action.map_or_else(String::new, |action| seated.action().values.label(action).into_owned()));
            }
            push_line(table, &cells);
        }
    }

    /// The tables of several games between the same seats as one, with a column `game` before all others: what the study program reads, each
    /// player of each game as a subject.
    pub fn table_of<'r>(&self, games: impl IntoIterator<Item = (&'r str, &'r Rounds<W>)>) -> String
    where
        W: 'r,
    {
        let mut whole = String::new();
        for (name, rounds) in games {
            if whole.is_empty() {
                let columns: Vec<String> = core::iter::once("game".into()).chain(self.columns()).collect();
                push_line(&mut whole, &columns);
            }
            self.push_rows(&mut whole, Some(name), rounds);
        }
        whole
    }

    /// Which value of its action each player took at each step, as strips of a picture (`pictures::strips` of `aif::infer`): a strip for each value
    /// of each player's action, 1 where that was taken, not a number where the player had no turn.
    pub fn strips(&self, rounds: &Rounds<W>) -> Vec<(String, Vec<f64>)> {
        let mut strips = Vec::new();
        for (seat, (name, seated)) in self.seats.iter().enumerate() {
            for (value, label) in seated.action().values.all().enumerate() {
                let taken = |own: Option<usize>| own.map_or(f64::NAN, |own| f64::from(u8::from(own == value)));
                let each = rounds.iter().map(|round| taken(round.actions.get(seat).copied().flatten()));
                strips.push((alloc::format!("{name}: {label}"), each.collect()));
            }
        }
        strips
    }
}
