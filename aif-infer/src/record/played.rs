//! What a player saw and did, block after block: what is scored of a game.

use aif_runtime::society::Play;
use aif_runtime::{GenerativeModel, Real, Signal};

/// One subject's blocks of a game, in any scalar.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Played {
    blocks: Vec<Vec<Row>>,
}

/// The outcome of each modality, and what was done.
type Row = (Vec<Option<usize>>, Option<usize>);

impl Played {
    /// Blocks of what was seen and done. What was seen of a modality is an outcome, or nothing; anything else is taken for nothing.
    pub fn of<M: GenerativeModel>(blocks: &[Vec<Play<M::Evidence>>]) -> Self {
        let outcome = |evidence: &M::Evidence, m: usize| match M::signal(evidence, m) {
            Signal::Seen(outcome) => Some(outcome),
            _ => None,
        };
        let row =
            |play: &Play<M::Evidence>| ((0..M::META.modalities.len()).map(|m| outcome(&play.seen, m)).collect(), play.action);
        Played { blocks: blocks.iter().map(|block| block.iter().map(row).collect()).collect() }
    }

    /// The blocks, as a model in a scalar sees them.
    pub(crate) fn blocks<M: GenerativeModel<T>, T: Real>(&self) -> impl Iterator<Item = Vec<Play<M::Evidence>>> {
        let play = |(seen, action): &Row| Play { seen: M::evidence(seen), action: *action };
        self.blocks.iter().map(move |block| block.iter().map(play).collect())
    }
}
