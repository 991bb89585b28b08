//! Hide and seek on a grid: each sees the other only along its row and its column.

use super::trust::own_habit;
use super::{Player, PlayerOptions, SocietyError};
use crate::prelude::*;

/// A move on the grid; at the border one stays.
#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Move {
    /// Nowhere.
    Stay,
    /// Up.
    North,
    /// Right.
    East,
    /// Down.
    South,
    /// Left.
    West,
}

impl Move {
    fn from<const W: usize, const H: usize>(self, cell: Cell<W, H>) -> Cell<W, H> {
        let (x, y) = match self {
            Move::Stay => (0, 0),
            Move::North => (0, -1),
            Move::East => (1, 0),
            Move::South => (0, 1),
            Move::West => (-1, 0),
        };
        cell.offset(x, y).unwrap_or(cell)
    }
}

/// Where somebody is seen: whether, and where; the first cell where not.
pub type Sight<const W: usize, const H: usize> = (bool, Cell<W, H>);

/// What one sees of another from a cell.
fn sight<const W: usize, const H: usize>(from: Cell<W, H>, to: Cell<W, H>) -> Sight<W, H> {
    if from.x() == to.x() || from.y() == to.y() { (true, to) } else { (false, Cell::new(0, 0).unwrap_or(to)) }
}

/// A cell of a corner, as a beginning.
fn corner<const W: usize, const H: usize, T: Real>(far: bool) -> Dist<Cell<W, H>, T> {
    let cell = if far { Cell::new(W - 1, H - 1) } else { Cell::new(0, 0) };
    cell.map_or_else(Dist::uniform, Dist::certain)
}

/// Where both are: the world. It shows both, and each player sees its part ([`seen_by_seeker`], [`seen_by_hider`]).
#[derive(Clone, Copy, Debug, Default)]
pub struct HideAndSeek<const W: usize, const H: usize>;

#[generative_model(horizon = 1, actions(seek: Move, hide: Move))]
impl<const W: usize, const H: usize> HideAndSeek<W, H> {
    #[factor(initial = corner(false))]
    fn seeker(&self, seeker: Cell<W, H>, seek: Move) -> Cell<W, H> {
        seek.from(seeker)
    }

    #[factor(initial = corner(true))]
    fn hider(&self, hider: Cell<W, H>, hide: Move) -> Cell<W, H> {
        hide.from(hider)
    }

    #[modality]
    fn seeker_at(&self, seeker: Cell<W, H>) -> Cell<W, H> {
        seeker
    }

    #[modality]
    fn hider_at(&self, hider: Cell<W, H>) -> Cell<W, H> {
        hider
    }
}

/// Who wants to be where the other is, or (a hider) not to be, and sees it only along its row and column.
///
/// Both are one model: `closeness` is above 0 for who seeks, below 0 for who hides.
#[derive(Clone, Copy, Debug)]
pub struct Seeker<const W: usize, const H: usize, T = f64> {
    /// What it is worth to be where the other is, in nats at each time.
    pub closeness: T,
    /// How strongly that tells actions apart.
    pub precision: T,
    /// How often each move is made by habit, up to a factor: what one of depth 0 does.
    pub habit: [T; 5],
    /// Whether it begins in the far corner.
    pub far: bool,
}

impl<const W: usize, const H: usize, T: Real> Seeker<W, H, T> {
    /// Who seeks, from the first corner.
    pub fn seeking() -> Self {
        Seeker { closeness: T::constant(2.0), precision: T::constant(2.0), habit: [T::one(); 5], far: false }
    }

    /// Who hides, from the far corner.
    pub fn hiding() -> Self {
        Seeker { closeness: T::constant(-2.0), far: true, ..Seeker::seeking() }
    }

    /// The player who thinks of another of a model like this, one step less deeply; of depth 0 by habit.
    ///
    /// # Errors
    /// As [`Player::with_options`].
    pub fn player(self, other: Self, depth: usize, options: PlayerOptions) -> Result<Player<Self, T>, SocietyError> {
        let player = Player::with_options(self, (), options)?;
        if depth == 0 { Ok(player.habitual()) } else { player.minding(&other.player(self, depth - 1, options)?, to_other_seeker) }
    }
}

#[generative_model(horizon = 2, actions(go: Move, other: Move), policy_precision = self.precision, habit = own_habit(self.habit))]
impl<const W: usize, const H: usize, T: Real> Seeker<W, H, T> {
    #[factor(initial = corner(self.far))]
    fn mine(&self, mine: Cell<W, H>, go: Move) -> Cell<W, H> {
        go.from(mine)
    }

    #[factor(initial = corner(!self.far))]
    fn theirs(&self, theirs: Cell<W, H>, other: Move) -> Cell<W, H> {
        other.from(theirs)
    }

    #[modality]
    fn place(&self, mine: Cell<W, H>) -> Cell<W, H> {
        mine
    }

    #[modality]
    fn seen(&self, mine: Cell<W, H>, theirs: Cell<W, H>) -> Sight<W, H> {
        sight(mine, theirs)
    }

    #[modality(preference = [T::zero(), self.closeness])]
    fn together(&self, mine: Cell<W, H>, theirs: Cell<W, H>) -> bool {
        mine == theirs
    }
}

/// The state as the other has it.
pub fn to_other_seeker<const W: usize, const H: usize>(state: SeekerState<W, H>) -> SeekerState<W, H> {
    SeekerState { mine: state.theirs, theirs: state.mine }
}

fn seen_from<const W: usize, const H: usize>(mine: Cell<W, H>, theirs: Cell<W, H>) -> SeekerObservation<W, H> {
    SeekerObservation { place: mine, seen: sight(mine, theirs), together: mine == theirs }
}

/// What the seeker sees of the world.
pub fn seen_by_seeker<const W: usize, const H: usize>(seen: &HideAndSeekObservation<W, H>) -> SeekerObservation<W, H> {
    seen_from(seen.seeker_at, seen.hider_at)
}

/// What the hider sees of the world.
pub fn seen_by_hider<const W: usize, const H: usize>(seen: &HideAndSeekObservation<W, H>) -> SeekerObservation<W, H> {
    seen_from(seen.hider_at, seen.seeker_at)
}
