//! A run: the life of a level within one step of the level above.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::cell::OnceCell;

use super::begun::Begun;
use super::decide::{Decide, Due};
use super::expect::{expected, first_inputs};
use super::lent::LentTable;
use super::memory::Memory;
use super::moment::{Acts, Given, Givens, Seen, Sights, Steps};
use super::options::{NestedOptions, NestedOptionsOf};
use super::{EachLevel, Kind, Level, MakeLevel, Nested, Nesting, Nothing, Until};
use crate::agent::Agent;
use crate::domain::Domain;
use crate::evidence::Signal;
use crate::life::{ActionProbabilities, Carried};
use crate::model::{ModelError, Numbers};
use crate::perceive::Joints;
use crate::response::Noticed;
use crate::scalar::Real;

/// An agent with the runs of its levels: what a run has, and what is not a run of anything has, too.
pub(super) struct Whole<M: Nested<T>, T: Real> {
    /// Its place among all models, the lowest levels first.
    pub(super) place: usize,
    pub(super) model: M,
    pub own: Agent<M, T>,
    pub below: M::Levels<Runs>,
    pub(super) nesting: Nesting,
    /// What is passed down to runs besides where they begin.
    pub(super) lent: Vec<LentTable<T>>,
    /// How the joint distributions lie that the agent perceives with, where it does.
    pub(super) joints: Option<Joints>,
    /// What it took in last: its own modalities, and the messages of its levels.
    pub evidence: M::Evidence,
    /// The logarithm of the unit in which these messages weigh.
    pub(super) unit: f64,
    /// What was noticed in it, where the model has responses, or somebody asks.
    pub(super) noticed: Noticed<T>,
    pub(super) notices: bool,
    /// Whether runs begin at the next tick.
    pub due: bool,
}

impl<M: Nested<T>, T: Real> Whole<M, T> {
    pub fn new(model: M, options: &NestedOptions<M, T>) -> Result<Self, ModelError> {
        Whole::numbered(model, options, &mut Making { place: 0 })
    }

    fn numbered(model: M, options: &NestedOptions<M, T>, making: &mut Making) -> Result<Self, ModelError> {
        let options = &options.fitting();
        options.own.check(&M::META)?;
        let mut own = options.own;
        let inputs = options.inputs.map_or_else(first_inputs::<M, T>, Ok)?;
        let tables = own.tables(&model, inputs)?;
        if options.where_possible {
            own.learning = own.learning.filter(|_| tables.has_counts());
            own.induction = own.induction.filter(|_| tables.has_goals());
        }
        let mut own = Agent::sharing(tables.into(), own)?;
        // Runs that repeat are remembered as a whole.
        own.remember(0);
        let joints = (!own.perception().joint().is_empty()).then(|| own.options().inference.joints::<M, T>());
        let below = model.levels(&options.below, making)?;
        let (lent, evidence) = (LentTable::all(&model)?, M::evidence(&[]));
        let (place, nesting, noticed, notices) =
            (making.place, options.nesting, Noticed::nothing(), !M::META.responses.is_empty());
        making.place += 1;
        Ok(Whole { place, model, own, below, nesting, lent, joints, evidence, unit: 0.0, noticed, notices, due: true })
    }

    /// Says from here on what was noticed, here and below.
    pub fn notice_all(&mut self) {
        self.notices = true;
        M::each_level(&mut self.below, &M::blank::<Nothing>(), &mut M::blank::<Nothing>(), &mut NoticeAll);
    }

    /// Works out runs that repeat once, below.
    pub fn remember(&mut self) {
        M::each_level(&mut self.below, &M::blank::<Nothing>(), &mut M::blank::<Nothing>(), &mut Remember);
    }

    /// Counts the steps of runs that are remembered: worked out, and looked up.
    pub fn remembered(&self) -> [usize; 2] {
        let mut counts = Counts([0; 2]);
        M::each_level(&mut M::blank::<Nothing>(), &self.below, &mut M::blank::<Nothing>(), &mut counts);
        counts.0
    }

    /// What was noticed last, where that was asked for.
    pub fn noticed(&self) -> Noticed<T> {
        self.noticed
    }

    /// Sets what is set from outside, here and below.
    pub fn set_inputs(&mut self, given: &Given<M, T>) -> Result<(), ModelError> {
        self.own.life_mut().set_inputs(&self.model, given.own)?;
        let mut set = Set(Ok(()));
        M::each_level(&mut self.below, &given.below, &mut M::blank::<Nothing>(), &mut set);
        set.0
    }

    /// Lets runs below go on; where all are over, takes in what is seen, and what they pass up. Whether that is so.
    pub fn perceive<D: Decide<T>>(&mut self, seen: &Seen<M, T>, acts: &mut Acts<M, T>, decide: &mut D) -> bool {
        if core::mem::take(&mut self.due) {
            let mut down = Down::<M, T> { agent: &self.own, joints: self.joints.as_ref(), lent: &mut self.lent, at: 0 };
            M::each_level(&mut self.below, &M::blank::<Nothing>(), &mut M::blank::<Nothing>(), &mut down);
        }
        let mut going = Going { decide, all_over: true };
        M::each_level(&mut self.below, &seen.below, &mut acts.below, &mut going);
        if !going.all_over {
            return false;
        }
        self.evidence = seen.own;
        let mut up = Up::<M, T> { nesting: self.nesting, evidence: &mut self.evidence, unit: 0.0 };
        M::each_level(&mut self.below, &M::blank::<Nothing>(), &mut M::blank::<Nothing>(), &mut up);
        self.unit = up.unit;
        if !self.notices {
            self.own.infer_states(self.evidence);
        } else {
            self.noticed = self.own.notice(self.evidence);
            // Messages of levels are in units of what is most probable.
            self.noticed.surprise += T::constant(-self.unit);
        }
        self.due = true;
        true
    }

    /// Decides what is done; the joint actions that it may have been where it is not known, with weights that sum to one.
    fn decide<D: Decide<T>>(
        &self,
        acts: &mut Acts<M, T>,
        decide: &mut D,
        known: &OnceCell<ActionProbabilities<M, T>>,
    ) -> Vec<(usize, T)> {
        let due = Due { place: self.place, model: &self.model, agent: &self.own, known, noticed: self.noticed };
        let told = decide.decide(due, &mut acts.own);
        if acts.own.is_some() {
            return Vec::new();
        }
        told.unwrap_or_else(|| known.get_or_init(|| self.own.life().choice(None)).weights(&[]))
    }

    /// Acts, and moves on.
    pub fn act<D: Decide<T>>(&mut self, acts: &mut Acts<M, T>, decide: &mut D) {
        let weights = self.decide(acts, decide, &OnceCell::new());
        self.own.carry_out(acts.own.map_or(Carried::OneOf(&weights), |action| Carried::Action(action.index())));
    }
}

/// The agent of a level, and how far its present run has come.
pub struct Run<L: Nested<T>, T: Real = f64> {
    pub(super) whole: Whole<L, T>,
    pub(super) level: Level,
    pub(super) begun: Begun<T>,
    pub(super) steps: usize,
    pub(super) over: bool,
    /// The modalities of which it is told from above what to prefer.
    pub(super) told: Vec<usize>,
    /// Runs so far, where those that repeat are worked out once.
    pub(super) memory: Option<Box<Memory<L, T>>>,
}

/// The run of each level.
#[derive(Clone, Copy, Debug)]
pub struct Runs;

impl<T: Real> Kind<T> for Runs {
    type Of<L: Nested<T>> = Run<L, T>;
}

impl<L: Nested<T>, T: Real> Run<L, T> {
    fn new(whole: Whole<L, T>, level: Level) -> Result<Self, ModelError> {
        let wrong = |what| Err(ModelError::Level { model: L::META.name, what });
        if level.steps == 0 {
            return wrong("as a level has runs of no steps: a run has at least one");
        }
        if let Some(Until::Certain(entropy)) = level.until
            && !(entropy.is_finite() && entropy > 0.0)
        {
            return wrong("as a level is to be over when an entropy is below a number that is not above 0");
        }
        if let Some(Until::Shows { modality, .. }) = level.until
            && L::LEVELS.contains(&modality)
        {
            return wrong("as a level is to be over when a level of its own shows an outcome: levels show none");
        }
        let begun = Begun::new::<L>(L::META.factors[level.begins].states.count)?;
        Ok(Run { whole, level, begun, steps: 0, over: false, told: Vec::new(), memory: None })
    }

    /// Begins a run; `expect` writes what is expected of where it begins.
    fn begin(&mut self, expect: impl FnOnce(usize, &mut [T])) {
        expect(self.level.modality, self.begun.prior_mut());
        let life = self.whole.own.life_mut();
        life.begin_block();
        let perception = &mut life.state.perception;
        let belief = self.begun.begin::<L>(*perception.belief(), self.level.begins);
        perception.believe(belief);
        (self.steps, self.over, self.whole.due) = (0, false, true);
    }

    /// What was passed down to the run before counts no more.
    fn forget_lent(&mut self) {
        let setup = &mut self.whole.own.life_mut().setup;
        setup.lend(None);
        setup.habit = None;
        self.told.clear();
    }

    /// Sets what is set from outside; what was passed down to the run stays.
    fn set_inputs(&mut self, given: &Given<L, T>) -> Result<(), ModelError> {
        self.whole.set_inputs(given)?;
        let Some(before) = self.whole.own.life().setup.preferences().copied() else { return Ok(()) };
        self.whole.own.life_mut().setup.lend(None);
        for t in 0..self.told.len() {
            let modality = self.told[t];
            self.prefer(modality, before.numbers(modality));
        }
        Ok(())
    }

    /// Prefers outcomes of a modality as told from above; of the others as its model declares for the first step.
    fn prefer(&mut self, modality: usize, logs: &[T]) {
        let mut preferences = self.whole.own.preferences();
        preferences.numbers_mut(modality).copy_from_slice(logs);
        self.whole.own.life_mut().setup.lend(Some(preferences));
        if !self.told.contains(&modality) {
            self.told.push(modality);
        }
    }

    /// Is inclined to values of an action as told from above, beside the habit that its model declares.
    fn incline(&mut self, action: usize, logs: &[T]) {
        let setup = &mut self.whole.own.life_mut().setup;
        let nothing = || ActionProbabilities { log_probabilities: L::Action::filled(T::zero()) };
        let habit = &mut setup.habit.get_or_insert_with(nothing).log_probabilities;
        for (joint, weight) in L::Action::entries_mut(habit).iter_mut().enumerate() {
            *weight += logs[L::META.action_value(joint, action)];
        }
    }

    /// What the run is lived with becomes what its history came to, where that was only looked up.
    fn settle(&mut self) {
        if let Some(memory) = &mut self.memory {
            memory.settle(&mut self.whole.own.life_mut().state, &mut self.begun);
        }
    }

    /// One tick of the fastest clock.
    fn tick<D: Decide<T>>(&mut self, seen: &Seen<L, T>, acts: &mut Acts<L, T>, decide: &mut D) {
        let tables = self.whole.own.life().tables();
        let known = self.memory.as_mut().and_then(|memory| memory.look(&seen.own, tables, &mut self.begun));
        if let Some(noticed) = known {
            (self.whole.evidence, self.whole.noticed, self.whole.due) = (seen.own, noticed, true);
        } else {
            self.settle();
            if !self.whole.perceive(seen, acts, decide) {
                return;
            }
            let (tables, state) = (self.whole.own.life().tables(), &self.whole.own.life().state);
            self.begun.observe(tables, &self.whole.evidence, self.whole.unit);
            if let Some(memory) = &mut self.memory {
                memory.saw(seen.own, tables, state, &self.begun, self.whole.noticed);
            }
        }
        let evidence = self.whole.evidence;
        self.steps += 1;
        self.over = match seen.last {
            Some(last) => last,
            None => self.steps >= self.level.steps || self.ends_early(&evidence),
        };
        if !self.over {
            self.act(acts, decide);
        }
    }

    /// Acts, and moves on.
    fn act<D: Decide<T>>(&mut self, acts: &mut Acts<L, T>, decide: &mut D) {
        let known = self.memory.as_ref().and_then(|memory| memory.choice());
        // What responses depend on is more than the choice.
        let needed = !L::META.responses.is_empty() || known.is_none_or(|choice| choice.get().is_none());
        if needed {
            self.settle();
        }
        let (anew, known) = (OnceCell::new(), self.memory.as_ref().and_then(|memory| memory.choice()));
        let weights = self.whole.decide(acts, decide, known.unwrap_or(&anew));
        let action = acts.own.map(Domain::index);
        if let (Some(action), Some(memory)) = (action, &mut self.memory)
            && memory.moves(action, &mut self.begun)
        {
            return;
        }
        self.settle();
        let Whole { own, .. } = &mut self.whole;
        match action {
            Some(action) => {
                self.begun.advance(own.tables(), &[(action, T::one())]);
                own.carry_out(Carried::Action(action));
            }
            None => {
                self.begun.advance(own.tables(), &weights);
                own.carry_out(Carried::OneOf(&weights));
            }
        }
        if let Some(memory) = &mut self.memory {
            memory.moved(action, &self.whole.own.life().state, &self.begun);
        }
    }

    fn ends_early(&mut self, evidence: &L::Evidence) -> bool {
        match self.level.until {
            None => false,
            Some(Until::Certain(entropy)) => self.begun.entropy() < entropy,
            Some(Until::Shows { modality, outcome }) => {
                matches!(L::signal(evidence, modality), Signal::Seen(seen) if seen == outcome)
            }
        }
    }

    /// What goes up, to be set in the evidence of the model above; the logarithm of its unit.
    fn message<M: Nested<T>>(&mut self, nesting: Nesting, to: &mut M::Evidence) -> f64 {
        let said = match nesting {
            Nesting::Exact => self.begun.likelihood().map(|(weights, unit)| (Signal::Likelihood(weights), unit)),
            Nesting::Spm => self.begun.posterior().map(|posterior| (Signal::Soft(posterior), 0.0)),
        };
        // What is impossible wherever the run began says nothing of where it did.
        let (signal, unit) = said.unwrap_or((Signal::Missing, 0.0));
        M::set_signal(to, self.level.modality, signal);
        unit
    }
}

/// Lets runs go on.
struct Going<'a, D> {
    decide: &'a mut D,
    all_over: bool,
}

impl<T: Real, D: Decide<T>> EachLevel<Runs, Sights, Steps, T> for Going<'_, D> {
    fn level<L: Nested<T>>(&mut self, run: &mut Run<L, T>, seen: &Option<Seen<L, T>>, acts: &mut Option<Acts<L, T>>) {
        if let Some(seen) = seen.as_ref().filter(|_| !run.over) {
            run.tick(seen, acts.get_or_insert_with(Acts::none), self.decide);
        }
        self.all_over &= run.over;
    }
}

/// Passes messages up.
struct Up<'a, M: Nested<T>, T: Real> {
    nesting: Nesting,
    evidence: &'a mut M::Evidence,
    unit: f64,
}

impl<M: Nested<T>, T: Real> EachLevel<Runs, Nothing, Nothing, T> for Up<'_, M, T> {
    fn level<L: Nested<T>>(&mut self, run: &mut Run<L, T>, (): &(), (): &mut ()) {
        self.unit += run.message::<M>(self.nesting, self.evidence);
    }
}

/// Passes down where runs begin.
struct Down<'a, M: Nested<T>, T: Real> {
    agent: &'a Agent<M, T>,
    joints: Option<&'a Joints>,
    lent: &'a mut [LentTable<T>],
    /// Which level is next.
    at: usize,
}

impl<M: Nested<T>, T: Real> EachLevel<Runs, Nothing, Nothing, T> for Down<'_, M, T> {
    fn level<L: Nested<T>>(&mut self, run: &mut Run<L, T>, (): &(), (): &mut ()) {
        run.begin(|modality, to| expected(self.agent, self.joints, modality, to));
        run.forget_lent();
        for lent in self.lent.iter_mut().filter(|lent| lent.lent.level == self.at) {
            let (target, is_preference) = (lent.target, lent.is_preference());
            let logs = lent.expected(self.agent, self.joints);
            if is_preference { run.prefer(target, logs) } else { run.incline(target, logs) }
        }
        if let Some(memory) = &mut run.memory {
            memory.begin(&run.whole.own.life().setup, &run.whole.own.life().state, &run.begun);
        }
        self.at += 1;
    }
}

struct Remember;

impl<T: Real> EachLevel<Runs, Nothing, Nothing, T> for Remember {
    fn level<L: Nested<T>>(&mut self, run: &mut Run<L, T>, (): &(), (): &mut ()) {
        run.memory = Memory::new(run.whole.own.options()).map(Box::new);
        run.whole.remember();
    }
}

struct Counts([usize; 2]);

impl<T: Real> EachLevel<Nothing, Runs, Nothing, T> for Counts {
    fn level<L: Nested<T>>(&mut self, (): &mut (), run: &Run<L, T>, (): &mut ()) {
        let of = [run.memory.as_ref().map_or([0; 2], |memory| memory.counts), run.whole.remembered()];
        of.iter().for_each(|of| self.0.iter_mut().zip(of).for_each(|(sum, n)| *sum += n));
    }
}

struct NoticeAll;

impl<T: Real> EachLevel<Runs, Nothing, Nothing, T> for NoticeAll {
    fn level<L: Nested<T>>(&mut self, run: &mut Run<L, T>, (): &(), (): &mut ()) {
        run.whole.notice_all();
    }
}

/// Sets what is set from outside.
struct Set(Result<(), ModelError>);

impl<T: Real> EachLevel<Runs, Givens, Nothing, T> for Set {
    fn level<L: Nested<T>>(&mut self, run: &mut Run<L, T>, given: &Option<Given<L, T>>, (): &mut ()) {
        if let Some(given) = given.as_ref().filter(|_| self.0.is_ok()) {
            self.0 = run.set_inputs(given);
        }
    }
}

/// Makes runs from models and their options, and numbers them.
struct Making {
    place: usize,
}

impl<T: Real> MakeLevel<Runs, NestedOptionsOf, T> for Making {
    type Error = ModelError;

    fn level<L: Nested<T>>(&mut self, level: Level, model: L, options: &NestedOptions<L, T>) -> Result<Run<L, T>, ModelError> {
        Run::new(Whole::numbered(model, options, self)?, level)
    }
}
