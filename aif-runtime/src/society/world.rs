//! A world of several: named players, each of a model of its own, in one declared world whose transitions take all their actions.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use rand::Rng;

use super::error::SocietyError;
use super::player::{Play, Player};
use super::thought::Remembered;
use crate::agent::Agent;
use crate::domain::Domain;
use crate::model::{ActionVariable, Assignment, GenerativeModel, Meta};
use crate::world::{Environment, World};

/// What sits in a world and acts: a [`Player`], an [`Agent`] that knows of nobody, or anything else.
pub trait Seated<O> {
    /// Begins anew.
    fn begin(&mut self);

    /// Sees what the world shows of itself, and acts: which value of its action; nothing where it is not its turn.
    ///
    /// # Errors
    /// When it cannot go on.
    fn step(&mut self, seen: &O, rng: &mut dyn Rng) -> Result<Option<usize>, SocietyError>;

    /// Sees what the world shows in the end, and does nothing more.
    ///
    /// # Errors
    /// When it cannot be.
    fn look(&mut self, seen: &O) -> Result<(), SocietyError>;

    /// Its own action.
    fn action(&self) -> &'static ActionVariable;

    /// The model that it acts under.
    fn meta(&self) -> &'static Meta;

    /// The label of what it sees, modality by modality.
    fn labels(&self, seen: &O) -> Vec<Cow<'static, str>>;

    /// What it thinks, to be kept and put back; nothing where that cannot be kept with others.
    fn thinks(&self) -> Option<Remembered> {
        None
    }

    /// Goes on from what it thought.
    ///
    /// # Errors
    /// When that is none of its own.
    fn think(&mut self, thought: Remembered) -> Result<(), SocietyError> {
        let _ = thought;
        Err(SocietyError::Unkept { name: self.meta().name.to_string() })
    }
}

/// Players in a world: the first is seated at the first action of the world's model, and so on. All see the same state and then act at
/// once; where moves are one after the other, the world's state says whose turn it is ([`Player::taking_turns`]).
pub struct Society<W: GenerativeModel> {
    pub(super) world: World<W>,
    pub(super) seats: Vec<Named<W::Observation>>,
    /// The seat that was left open, and what whoever comes sees there.
    pub(super) open: Option<(usize, Shows<W::Observation>)>,
    /// What the world shows now; nothing before a block has begun.
    pub(super) seen: Option<W::Observation>,
}

/// Which outcome of each modality is seen of what a world shows.
pub(super) type Shows<O> = Box<dyn Fn(&O) -> Vec<usize>>;

/// Who sits somewhere, and its name.
pub(super) type Named<O> = (String, Box<dyn Seated<O>>);

/// What happened at one step.
#[derive(Clone, Debug, PartialEq)]
pub struct Round<S, O> {
    /// The hidden state.
    pub state: S,
    /// All that the world shows; each player sees its part.
    pub seen: O,
    /// What each player did then; nothing where it was not its turn, and after the last observation.
    pub actions: Vec<Option<usize>>,
}

/// The rounds of a world.
pub type Rounds<W> = Vec<Round<<W as GenerativeModel>::State, <W as GenerativeModel>::Observation>>;

impl<W: GenerativeModel> Society<W>
where
    W::Inputs: Default,
{
    /// An empty world.
    ///
    /// # Errors
    /// When a distribution of the model does not sum to one, or one of its numbers is out of range.
    pub fn new(world: W) -> Result<Self, SocietyError> {
        Ok(Society { world: World::new(world)?, seats: Vec::new(), open: None, seen: None })
    }
}

impl<W: GenerativeModel> Society<W> {
    /// Seats a player; `view` says what it sees of all that the world shows.
    ///
    /// # Errors
    /// As [`Society::seat_any`].
    pub fn seat<M: GenerativeModel>(
        self,
        name: &str,
        player: Player<M>,
        view: impl Fn(&W::Observation) -> M::Observation + 'static,
    ) -> Result<Self, SocietyError> {
        self.seat_any(name, Box::new(Seat { player, view }))
    }

    /// Seats an agent that knows of nobody: its model has its own action alone.
    ///
    /// # Errors
    /// As [`Society::seat_any`]; when its model has another action beside its own.
    pub fn seat_agent<M: GenerativeModel>(
        self,
        name: &str,
        agent: Agent<M>,
        view: impl Fn(&W::Observation) -> M::Observation + 'static,
    ) -> Result<Self, SocietyError> {
        if M::META.actions.len() != 1 {
            return Err(SocietyError::Actions { model: M::META.name, found: M::META.actions.len() });
        }
        self.seat_any(name, Box::new(Seat { player: agent, view }))
    }

    /// Seats anything that acts.
    ///
    /// # Errors
    /// When there is no action of the world left for it, this has other values than its own, or its name is taken.
    pub fn seat_any(mut self, name: &str, seated: Box<dyn Seated<W::Observation>>) -> Result<Self, SocietyError> {
        let seat = self.seats.len() + 1;
        let Some(action) = W::META.actions.get(self.seats.len()) else {
            return Err(SocietyError::Seats { world: W::META.name, seat, actions: W::META.actions.len() });
        };
        if !action.values.all().eq(seated.action().values.all()) {
            let words = |action: &ActionVariable| action.values.all().collect::<Vec<_>>().join(", ");
            return Err(SocietyError::OtherAction {
                model: W::META.name,
                action: action.name,
                expected: words(action),
                other: seated.meta().name,
                found: words(seated.action()),
            });
        }
        if self.seats.iter().any(|(other, _)| other == name) {
            return Err(SocietyError::Name { name: name.to_string() });
        }
        self.seats.push((name.to_string(), seated));
        Ok(self)
    }

    /// The world.
    pub fn world(&self) -> &World<W> {
        &self.world
    }

    /// The players' names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.seats.iter().map(|(name, _)| name.as_str())
    }

    /// Lets all play for so many steps from a new beginning: one round more than that.
    ///
    /// # Errors
    /// When a seat is empty, or a player cannot go on.
    pub fn play<R: Rng>(&mut self, steps: usize, rng: &mut R) -> Result<Rounds<W>, SocietyError> {
        self.begin(rng)?;
        let mut rounds = Vec::with_capacity(steps + 1);
        for _ in 0..steps {
            rounds.push(self.step(rng)?);
        }
        rounds.push(self.finish()?);
        Ok(rounds)
    }

    /// Begins a block, to be gone on with step by step.
    ///
    /// # Errors
    /// When a seat is empty, or open.
    pub fn begin<R: Rng>(&mut self, rng: &mut R) -> Result<(), SocietyError> {
        if let Some((seat, _)) = self.open {
            return Err(SocietyError::Open { name: self.seats[seat].0.clone() });
        }
        self.begin_all(rng)
    }

    /// One round: all see and act.
    ///
    /// # Errors
    /// When no block has begun, or a player cannot go on.
    pub fn step<R: Rng>(&mut self, rng: &mut R) -> Result<Round<W::State, W::Observation>, SocietyError> {
        let seen = self.seen.ok_or(SocietyError::NotBegun { world: W::META.name })?;
        let (state, mut actions) = (self.world.state(), Vec::with_capacity(self.seats.len()));
        self.step_all(None, &mut actions, rng)?;
        Ok(Round { state, seen, actions })
    }

    /// Ends a block: all see what the world shows now, and nobody acts.
    ///
    /// # Errors
    /// As [`step`](Society::step).
    pub fn finish(&mut self) -> Result<Round<W::State, W::Observation>, SocietyError> {
        let seen = self.seen.take().ok_or(SocietyError::NotBegun { world: W::META.name })?;
        for (_, seated) in &mut self.seats {
            seated.look(&seen)?;
        }
        let actions = self.seats.iter().map(|_| None).collect();
        Ok(Round { state: self.world.state(), seen, actions })
    }

    /// Begins a block.
    pub(super) fn begin_all<R: Rng + ?Sized>(&mut self, rng: &mut R) -> Result<(), SocietyError> {
        if self.seats.len() != W::META.actions.len() {
            let (seat, actions) = (self.seats.len(), W::META.actions.len());
            return Err(SocietyError::Seats { world: W::META.name, seat, actions });
        }
        self.seats.iter_mut().for_each(|(_, seated)| seated.begin());
        self.seen = Some(self.world.reset(rng));
        Ok(())
    }

    /// All see and act, whoever came to the open seat as it is told; what each did is noted. Where a player cannot go on, its block is over: those
    /// before it have moved on already.
    pub(super) fn step_all<R: Rng>(
        &mut self,
        guest: Option<(usize, Option<usize>)>,
        actions: &mut Vec<Option<usize>>,
        rng: &mut R,
    ) -> Result<(), SocietyError> {
        let seen = self.seen.ok_or(SocietyError::NotBegun { world: W::META.name })?;
        let possible = |seat: usize, action: Option<usize>| match (action, &W::META.actions[seat]) {
            (Some(found), of) if found >= of.values.count => {
                Err(SocietyError::Action { model: W::META.name, action: of.name, found, values: of.values.count })
            }
            _ => Ok(()),
        };
        if let Some((open, own)) = guest {
            possible(open, own)?;
        }
        self.seen = None;
        for (seat, (_, seated)) in self.seats.iter_mut().enumerate() {
            let action = match guest.filter(|(open, _)| *open == seat) {
                Some((_, own)) => own,
                None => seated.step(&seen, rng)?,
            };
            possible(seat, action)?;
            actions.push(action);
        }
        // Who has no turn does the first value, which then counts for nothing.
        let joint = W::META.joint_action(actions.iter().map(|action| Some(action.unwrap_or(0))));
        match joint.and_then(W::Action::from_index) {
            Some(joint) => self.seen = Some(self.world.step(joint, rng)),
            None => unreachable!("each action is one of its seat's"),
        }
        Ok(())
    }
}

/// What one player saw and did in rounds: to be scored by [`Player::log_likelihood`], in any scalar.
pub fn plays<W: GenerativeModel, E>(rounds: &Rounds<W>, seat: usize, view: impl Fn(&W::Observation) -> E) -> Vec<Play<E>> {
    let play = |round: &Round<_, _>| Play { seen: view(&round.seen), action: round.actions.get(seat).copied().flatten() };
    rounds.iter().map(play).collect()
}

impl<W: GenerativeModel> fmt::Debug for Society<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.names().collect();
        f.debug_struct("Society").field("state", &self.world.state()).field("players", &names).finish()
    }
}

/// Somebody, and what it sees of what a world shows.
struct Seat<P, F> {
    player: P,
    view: F,
}

/// The labels of what is seen, modality by modality.
pub(super) fn labels<M: GenerativeModel>(seen: &M::Observation) -> Vec<Cow<'static, str>> {
    M::META.modalities.iter().enumerate().map(|(m, modality)| modality.outcomes.label(seen.get(m))).collect()
}

impl<M: GenerativeModel, O, F: Fn(&O) -> M::Observation> Seated<O> for Seat<Player<M>, F> {
    fn begin(&mut self) {
        self.player.begin();
    }

    fn step(&mut self, seen: &O, rng: &mut dyn Rng) -> Result<Option<usize>, SocietyError> {
        self.player.step((self.view)(seen), rng)
    }

    fn look(&mut self, seen: &O) -> Result<(), SocietyError> {
        self.player.observe((self.view)(seen))
    }

    fn action(&self) -> &'static ActionVariable {
        Player::<M>::action()
    }

    fn meta(&self) -> &'static Meta {
        &M::META
    }

    fn labels(&self, seen: &O) -> Vec<Cow<'static, str>> {
        labels::<M>(&(self.view)(seen))
    }

    fn thinks(&self) -> Option<Remembered> {
        Some(Remembered { thought: self.player.thought().clone(), merged: self.player.merged() })
    }

    fn think(&mut self, Remembered { thought, merged }: Remembered) -> Result<(), SocietyError> {
        self.player.resume_merged(thought, merged)
    }
}

impl<M: GenerativeModel, O, F: Fn(&O) -> M::Observation> Seated<O> for Seat<Agent<M>, F> {
    fn begin(&mut self) {
        self.player.restart();
    }

    fn step(&mut self, seen: &O, rng: &mut dyn Rng) -> Result<Option<usize>, SocietyError> {
        Ok(Some(self.player.step((self.view)(seen), rng).index()))
    }

    fn look(&mut self, seen: &O) -> Result<(), SocietyError> {
        self.player.infer_states((self.view)(seen));
        Ok(())
    }

    fn action(&self) -> &'static ActionVariable {
        &M::META.actions[0]
    }

    fn meta(&self) -> &'static Meta {
        &M::META
    }

    fn labels(&self, seen: &O) -> Vec<Cow<'static, str>> {
        labels::<M>(&(self.view)(seen))
    }
}
