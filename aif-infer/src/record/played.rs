//! What a player saw and did, block after block: what is scored of a game.

use aif_runtime::society::Play;
use aif_runtime::{GenerativeModel, Real, Signal};

use super::{RecordedBlock, ResponsePlace, place_of};

/// One subject's blocks of a game, in any scalar.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Played {
    blocks: Vec<Moves>,
}

/// One block.
#[derive(Clone, Debug, Default, PartialEq)]
struct Moves {
    name: String,
    session: String,
    first_step: i64,
    /// The outcome of each modality, `[step][modality]`.
    seen: Vec<u32>,
    /// What was done at each step.
    done: Vec<u32>,
    /// Whether a choice counts.
    scored: Vec<bool>,
}

/// Nothing was seen, or done.
const NOTHING: u32 = u32::MAX;

fn index(code: u32) -> Option<usize> {
    (code != NOTHING).then_some(code as usize)
}

fn code(index: Option<usize>) -> u32 {
    index.map_or(NOTHING, |index| index as u32)
}

impl Played {
    /// Blocks of what was seen and done. What was seen of a modality is an outcome, or nothing; anything else is taken for nothing.
    pub fn of<M: GenerativeModel>(blocks: &[Vec<Play<M::Evidence>>]) -> Self {
        let outcome = |evidence: &M::Evidence, m: usize| match M::signal(evidence, m) {
            Signal::Seen(outcome) => Some(outcome),
            _ => None,
        };
        let block = |(b, plays): (usize, &Vec<Play<M::Evidence>>)| Moves {
            name: b.to_string(),
            seen: plays
                .iter()
                .flat_map(|play| (0..M::META.modalities.len()).map(|m| code(outcome(&play.seen, m))).collect::<Vec<_>>())
                .collect(),
            done: plays.iter().map(|play| code(play.action)).collect(),
            scored: vec![true; plays.len()],
            ..Moves::default()
        };
        Played { blocks: blocks.iter().enumerate().map(block).collect() }
    }

    /// The same of a table's blocks, whose rows have the outcome of each of so many modalities, and the player's own action.
    pub(crate) fn of_blocks(modalities: usize, blocks: &[RecordedBlock]) -> Self {
        let number = |numbers: &[Option<f64>], at: usize| code(numbers.get(at).copied().flatten().map(|x| x as usize));
        let block = |block: &RecordedBlock| {
            let own = block.rows.iter();
            Moves {
                name: block.name.clone(),
                session: block.session.clone(),
                first_step: block.first_step,
                seen: own.clone().flat_map(|row| (0..modalities).map(|m| number(&row.observations, m))).collect(),
                done: own.clone().map(|row| number(&row.responses, 0)).collect(),
                scored: own.map(|row| row.scored).collect(),
            }
        };
        Played { blocks: blocks.iter().map(block).collect() }
    }

    /// The blocks, as a model in a scalar sees them.
    pub(crate) fn blocks<M: GenerativeModel<T>, T: Real>(&self) -> impl Iterator<Item = Vec<Play<M::Evidence>>> {
        let width = M::META.modalities.len();
        let play = move |block: &Moves, step: usize| {
            let known: Vec<Option<usize>> = block.seen[step * width..][..width].iter().map(|&o| index(o)).collect();
            Play { seen: M::evidence(&known), action: index(block.done[step]) }
        };
        self.blocks.iter().map(move |block| (0..block.done.len()).map(|step| play(block, step)).collect())
    }

    /// What was chosen, of the choices that count.
    pub(crate) fn chosen(&self) -> impl Iterator<Item = usize> {
        self.counted().filter_map(|(block, step)| index(block.done[step]))
    }

    /// What was seen before each choice that counts.
    pub(crate) fn seen(&self) -> impl Iterator<Item = Vec<Option<usize>>> {
        self.counted().map(|(block, step)| {
            let width = block.seen.len() / block.done.len().max(1);
            block.seen[step * width..][..width].iter().map(|&outcome| index(outcome)).collect()
        })
    }

    /// Of each choice that counts, whether one that does not lies between it and the one before.
    pub(crate) fn skips(&self) -> impl Iterator<Item = bool> {
        self.counted().map(|(block, step)| {
            let before = (0..step).rev().find(|&s| block.done[s] != NOTHING);
            before.is_some_and(|before| !block.scored[before])
        })
    }

    /// How many choices count.
    pub fn responses(&self) -> usize {
        self.counted().count()
    }

    /// Whether a choice counts.
    pub(crate) fn counts(&self, block: usize, step: usize) -> bool {
        self.blocks[block].scored[step]
    }

    fn counted(&self) -> impl Iterator<Item = (&Moves, usize)> {
        let own = |block: &Moves, step: usize| block.scored[step] && block.done[step] != NOTHING;
        self.blocks.iter().flat_map(move |block| (0..block.done.len()).filter(move |&s| own(block, s)).map(move |s| (block, s)))
    }

    /// Where each choice that counts stands.
    pub fn places(&self) -> Vec<ResponsePlace> {
        let place = |(block, step): (&Moves, usize)| ResponsePlace {
            session: block.session.clone(),
            block: block.name.clone(),
            step: block.first_step + step as i64,
            response: String::new(),
        };
        self.counted().map(place).collect()
    }

    /// The place of a step in words.
    pub(crate) fn place(&self, block: usize, step: usize) -> String {
        let own = &self.blocks[block];
        place_of(&own.session, &own.name, "step", own.first_step + step as i64)
    }

    /// A block's session and name, and the number of its first step.
    pub(crate) fn block(&self, block: usize) -> (&str, &str, i64) {
        let own = &self.blocks[block];
        (&own.session, &own.name, own.first_step)
    }
}
