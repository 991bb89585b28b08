//! Ticks of several clocks in the study program, the lowest levels first: what is done and answered at them, how rows of a table are written, and numbers of beliefs.

use aif_runtime::measure::{Draw, Probabilities, ResponseKind};
use aif_runtime::model::{ActionVariable, Marginals};
use aif_runtime::nested::{Acts, Decide, Due, EachLevel, Nested, NestedAgent, Nothing, Run, Runs, Seen, Sights, Steps, Tree};
use aif_runtime::scalar::entropy;
use aif_runtime::{Agent, Meta, Noticed, Signal};
use rand::Rng;

use super::answering::{Answer, Answering, known};
use super::error::StudyError;
use super::planned::Told;
use crate::record::{Answered, Asked, Line, RecordedRow, Ticks};

/// What is asked of all models, the lowest levels first, and where the actions and responses of each begin.
pub(super) struct Asking {
    pub asked: Vec<Asked>,
    firsts: Vec<(&'static Meta, usize)>,
}

impl Asking {
    pub fn of(tree: &Tree) -> Self {
        let mut asking = Asking { asked: Vec::new(), firsts: Vec::new() };
        tree.each(&mut |model| {
            let meta = model.meta;
            asking.firsts.push((meta, asking.asked.len()));
            let choice = |a: &ActionVariable| Asked { name: a.name, kind: ResponseKind::Choice(a.values), counted: false };
            // What comes about by a response is asked for as that.
            let actions = if meta.response_of_action().is_some() { &[][..] } else { meta.actions };
            asking.asked.extend(actions.iter().map(choice));
            asking.asked.extend(meta.responses.iter().map(|r| Asked { name: r.name, kind: r.kind, counted: false }));
        });
        asking
    }

    /// Adds the value of each action of a model that is known of what was recorded.
    pub fn act(&self, model: usize, parts: &[Option<usize>], value: impl Fn(usize) -> Option<usize>, to: &mut Answered) {
        let first = self.firsts[model].1;
        let known = parts.iter().enumerate().filter(|(_, part)| part.is_some());
        to.extend(known.filter_map(|(a, _)| Some((first + a, [value(a)? as f64, f64::NAN]))));
    }

    /// Adds the numbers of a response of a model.
    pub fn answer(&self, model: usize, response: usize, numbers: [f64; 2], to: &mut Answered) {
        let (meta, first) = self.firsts[model];
        let actions = if meta.response_of_action().is_some() { 0 } else { meta.actions.len() };
        to.push((first + actions + response, numbers));
    }
}

/// Draws anew what was done and answered in a row, and counts.
pub(super) struct Redrawn<'a> {
    pub asking: &'a Asking,
    pub record: &'a Ticks,
    pub line: &'a Line,
    pub rng: &'a mut dyn Rng,
    pub anew: &'a mut Answered,
}

impl Decide<f64> for Redrawn<'_> {
    fn decide<M: Nested>(&mut self, due: Due<'_, M>, done: &mut Option<M::Action>) -> Option<Vec<(usize, f64)>> {
        let Redrawn { asking, record, line, rng, anew } = self;
        let (model, tick) = (due.place, &line.nodes[due.place]);
        let choice = due.choice();
        if record.counts(line, model) {
            let drawn = choice.draw(rng);
            asking.act(model, &tick.parts, |a| Some(M::META.action_value(drawn, a)), anew);
        }
        for response in record.counted(line, model) {
            let numbers = due.agent.life().deliberate((&choice, || due.noticed), |moment| {
                due.model.respond(response, &moment.with_chosen(&tick.parts), Draw(&mut **rng))
            });
            numbers.into_iter().for_each(|numbers| asking.answer(model, response, numbers, anew));
        }
        done.is_none().then(|| choice.weights(&tick.parts))
    }
}

/// Draws what is done and answered at a tick, as far as it is free.
pub(super) struct Drawn<'a> {
    /// What is planned of each model.
    pub told: &'a [Told<'a>],
    pub place: &'a dyn Fn() -> String,
    pub rng: &'a mut dyn Rng,
    /// Of each model, one number for each column of its actions and responses, where they were due.
    pub done: Vec<Option<Vec<Option<f64>>>>,
    pub outcome: Result<(), StudyError>,
}

impl Decide<f64> for Drawn<'_> {
    fn decide<M: Nested>(&mut self, due: Due<'_, M>, done: &mut Option<M::Action>) -> Option<Vec<(usize, f64)>> {
        let (told, model) = (self.told[due.place], due.place);
        let choice = (!M::META.responses.is_empty()).then(|| due.agent.life().choice(None));
        let answering = Answering { model: due.model, agent: due.agent, noticed: due.noticed, choice };
        let free = |agent: &Agent<M>, rng: &mut dyn Rng| Ok(agent.sample_action(rng));
        match answering.answer(|column| told.forces(column), free, self.place, self.rng) {
            Ok(Answer { chosen, parts, answers }) => {
                *done = Some(chosen);
                let all = parts.into_iter().map(|part| part.map(|value| value as f64)).chain(answers.into_iter().map(known));
                self.done[model] = Some(all.enumerate().map(|(at, own)| own.filter(|_| !told.drops(at))).collect());
            }
            Err(error) => {
                *done = Some(due.agent.sample_action(self.rng));
                self.outcome = Err(error);
            }
        }
        None
    }
}

/// Hides what is planned not to be seen.
pub(super) fn hide<M: Nested>(seen: &mut Seen<M>, told: &[Told<'_>], at: &mut usize) {
    M::each_level(&mut seen.below, &M::blank::<Nothing>(), &mut M::blank::<Nothing>(), &mut Hide { told, at });
    let own = told[*at];
    *at += 1;
    (0..M::META.modalities.len()).filter(|&m| own.hides(m)).for_each(|m| M::set_signal(&mut seen.own, m, Signal::Missing));
}

struct Hide<'a> {
    told: &'a [Told<'a>],
    at: &'a mut usize,
}

impl EachLevel<Sights, Nothing, Nothing, f64> for Hide<'_> {
    fn level<L: Nested>(&mut self, seen: &mut Option<Seen<L>>, (): &(), (): &mut ()) {
        if let Some(seen) = seen {
            hide(seen, self.told, self.at);
        }
    }
}

/// Writes what was seen at a tick, the lowest levels first.
pub(super) fn write<M: Nested>(
    tree: &Tree,
    row: &mut RecordedRow,
    (seen, acts, taken_in): (&Seen<M>, &Acts<M>, bool),
    runs: &M::Levels<Runs>,
) {
    let mut below = Below { tree, at: 0, row };
    M::each_level(&mut seen.below.clone(), runs, &mut acts.below.clone(), &mut below);
    let number = |m: usize| match M::signal(&seen.own, m) {
        Signal::Seen(outcome) => Some(outcome as f64),
        Signal::Measured(number) => Some(number),
        _ => None,
    };
    row.observations.extend(tree.seen().map(|m| number(m).filter(|_| taken_in)));
}

struct Below<'a> {
    tree: &'a Tree,
    at: usize,
    row: &'a mut RecordedRow,
}

impl EachLevel<Sights, Runs, Steps, f64> for Below<'_> {
    fn level<L: Nested>(&mut self, seen: &mut Option<Seen<L>>, run: &Run<L>, acts: &mut Option<Acts<L>>) {
        let level = &self.tree.levels[self.at].1;
        self.at += 1;
        let (nothing_seen, nothing_done) = (Seen::new(L::evidence(&[])), Acts::none());
        // A run that is over does nothing, and what its world still shows is not seen.
        let own = (
            seen.as_ref().unwrap_or(&nothing_seen),
            acts.as_ref().unwrap_or(&nothing_done),
            acts.is_some() && run.has_perceived(),
        );
        write(level, self.row, own, run.below());
    }
}

/// The number of the step of each model to which the next tick belongs, within the run that it is of, the lowest levels first.
pub(super) fn steps<M: Nested>(agent: &NestedAgent<M>, step: usize) -> Vec<usize> {
    let mut steps = StepsOf { anew: agent.has_perceived(), all: Vec::new() };
    M::each_level(&mut M::blank::<Nothing>(), agent.below(), &mut M::blank::<Nothing>(), &mut steps);
    steps.all.push(step);
    steps.all
}

struct StepsOf {
    /// Whether runs begin.
    anew: bool,
    all: Vec<usize>,
}

impl EachLevel<Nothing, Runs, Nothing, f64> for StepsOf {
    fn level<L: Nested>(&mut self, (): &mut (), run: &Run<L>, (): &mut ()) {
        let anew = self.anew;
        self.anew |= run.has_perceived();
        L::each_level(&mut L::blank::<Nothing>(), run.below(), &mut L::blank::<Nothing>(), self);
        self.anew = anew;
        // A run that is over stays at its last step.
        self.all.push(if anew { 0 } else { run.steps() - usize::from(run.is_over() && run.steps() > 0) });
    }
}

/// The columns of [`numbers`], the lowest levels first.
pub(super) fn columns(tree: &Tree) -> Vec<String> {
    let mut columns = Vec::new();
    tree.each(&mut |model| {
        let (meta, name) = (model.meta, model.meta.name);
        for factor in meta.factors {
            columns.extend(factor.states.all().map(|state| format!("{name}_{}={state}", factor.name)));
        }
        columns.extend(["surprise", "bayesian_surprise", "entropy"].map(|what| format!("{name}_{what}")));
        columns.extend((!meta.actions.is_empty()).then(|| format!("{name}_choice_probability")));
    });
    columns
}

/// What each level believes after a tick, and, where it perceived or acted in that, what it noticed, how uncertain it was left, and how probable what it did was.
pub(super) fn numbers<M: Nested>(agent: &NestedAgent<M>, line: &Line, lived: &[Lived], to: &mut Vec<f64>) {
    let mut all = NumbersOf { line, lived, at: 0, to };
    M::each_level(&mut M::blank::<Nothing>(), agent.below(), &mut M::blank::<Nothing>(), &mut all);
    all.add::<M>(agent.belief(), agent.noticed());
}

struct NumbersOf<'a> {
    line: &'a Line,
    lived: &'a [Lived],
    at: usize,
    to: &'a mut Vec<f64>,
}

impl NumbersOf<'_> {
    fn add<M: Nested>(&mut self, belief: &M::Belief, noticed: Noticed<f64>) {
        (0..M::META.factors.len()).for_each(|f| self.to.extend_from_slice(belief.probabilities(f)));
        let (tick, lived) = (&self.line.nodes[self.at], self.lived[self.at]);
        let left = if tick.acts { lived.entropy } else { uncertainty::<M>(belief) };
        let own = [noticed.surprise, noticed.information_gained, left];
        self.to.extend(own.map(|x| if tick.perceives { x } else { f64::NAN }));
        self.to.extend((!M::META.actions.is_empty()).then_some(lived.probability));
        self.at += 1;
    }
}

impl EachLevel<Nothing, Runs, Nothing, f64> for NumbersOf<'_> {
    fn level<L: Nested>(&mut self, (): &mut (), run: &Run<L>, (): &mut ()) {
        L::each_level(&mut L::blank::<Nothing>(), run.below(), &mut L::blank::<Nothing>(), self);
        self.add::<L>(run.agent().belief(), run.noticed());
    }
}

/// What is told of a level at a tick.
#[derive(Clone, Copy)]
pub(super) struct Lived {
    /// The sum of the entropies of what it believed before it moved on.
    entropy: f64,
    /// How probable what is known of its action was, however it came about.
    probability: f64,
}

/// Follows what is recorded, and tells of each level.
pub(super) struct Watching<'a> {
    pub line: &'a Line,
    pub lived: &'a mut [Lived],
}

impl<'a> Watching<'a> {
    pub fn new(line: &'a Line, lived: &'a mut Vec<Lived>) -> Self {
        lived.clear();
        lived.resize(line.nodes.len(), Lived { entropy: f64::NAN, probability: f64::NAN });
        Watching { line, lived }
    }
}

/// The sum of the entropies of a belief.
fn uncertainty<M: Nested>(belief: &M::Belief) -> f64 {
    (0..M::META.factors.len()).map(|f| entropy(belief.probabilities(f))).sum()
}

impl Decide<f64> for Watching<'_> {
    fn decide<M: Nested>(&mut self, due: Due<'_, M>, done: &mut Option<M::Action>) -> Option<Vec<(usize, f64)>> {
        let (tick, lived) = (&self.line.nodes[due.place], &mut self.lived[due.place]);
        lived.entropy = uncertainty::<M>(due.agent.belief());
        let known = tick.parts.iter().any(Option::is_some);
        if !known && done.is_some() {
            return None;
        }
        let choice = due.choice();
        if let Some(response) = M::META.response_of_action().filter(|_| known) {
            let all = due
                .agent
                .life()
                .deliberate((&choice, || due.noticed), |moment| due.model.respond(response, &moment, Probabilities));
            let chosen = tick.parts.first().copied().flatten();
            lived.probability = chosen.and_then(|chosen| all?.get(chosen).copied()).unwrap_or(f64::NAN);
        } else if known {
            lived.probability = choice.of_parts(&tick.parts).exp();
        }
        done.is_none().then(|| choice.weights(&tick.parts))
    }
}
