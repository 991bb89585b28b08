//! The system in which minds perceive, plan in turn, and choose.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use aif_runtime::{Agent, Domain, GenerativeModel, ModelError, Real};
use bevy_ecs::entity::EntityIndexSet;
use bevy_ecs::prelude::{Entity, Local, MessageWriter, Query, ResMut};
use bevy_ecs::query::QueryData;
use bevy_platform::time::Instant;
use bevy_tasks::{ComputeTaskPool, TaskPool};

use crate::lend::Lender;
use crate::messages::{Acted, Failed, Late, Surprised};
use crate::minds::{Chosen, Mind, Open, Reasons, Senses, Temper, Turn};
use crate::queue::{Purse, place};
use crate::shared::{Minds, Spent};
use crate::tuning::Budget;

/// All there is to a mind.
#[derive(QueryData)]
#[query_data(mutable)]
pub(crate) struct Thinker<M: GenerativeModel<T>, T: Real> {
    entity: Entity,
    mind: &'static mut Mind<M, T>,
    senses: &'static Senses<M, T>,
    chosen: &'static mut Chosen<M, T>,
    turn: &'static mut Turn,
    temper: Option<&'static Temper<M, T>>,
    open: Option<&'static Open<M, T>>,
    reasons: Option<&'static mut Reasons<M, T>>,
}

/// What bounds a plan.
#[derive(Clone, Copy)]
struct Bounds {
    nodes: Option<u32>,
    until: Option<Instant>,
    /// Whether the plan counts even if there was no time for a single step: else who is first in each frame would be first for ever.
    counts: bool,
    /// Whether it is asked how surprising things are.
    surprise: bool,
}

type Writers<'w, M, T> =
    (MessageWriter<'w, Acted<M, T>>, MessageWriter<'w, Surprised>, MessageWriter<'w, Late>, MessageWriter<'w, Failed>);

/// A frame: who is first in the queue plans, as long as the budget lasts; the others perceive and carry on.
pub(crate) fn think<M: GenerativeModel<T>, T: Real>(
    mut minds: ResMut<Minds<M, T>>,
    mut all: Query<Thinker<M, T>>,
    mut round: Local<EntityIndexSet>,
    (mut acted, mut surprised, mut late, mut failed): Writers<M, T>,
) {
    ComputeTaskPool::get_or_init(TaskPool::default);
    let minds = &mut *minds;
    let tuning = &minds.tuning;
    minds.queue.clear();
    for mut thinker in &mut all {
        thinker.begin();
        minds.queue.push(place(&thinker.turn, thinker.entity));
    }
    minds.queue.sort_unstable();

    let start = Instant::now();
    let until = match tuning.budget {
        Budget::Microseconds(most) => Some(start + Duration::from_micros(most.into())),
        _ => None,
    };
    let horizon = minds.agent.options().horizon_for(&M::META);
    let (mut purse, mut next, mut nodes) = (Purse::new(tuning.budget), 0, 0);
    while next < minds.queue.len() {
        let (count, most) = purse.affords(&minds.pace, tuning.nodes_each);
        if count == 0 {
            break;
        }
        let end = minds.queue.len().min(next + count as usize);
        round.clear();
        round.extend(minds.queue[next..end].iter().map(|(.., mind)| *mind));
        let bounds = Bounds { nodes: most, until, counts: next == 0, surprise: tuning.surprise.is_some() };
        let (shared, clock) = (&minds.agent, Instant::now());
        let (sum, dearest) = (AtomicU32::new(0), AtomicU32::new(0));
        all.par_iter_many_unique_mut(&*round).for_each_init(
            || Lender::new(shared),
            |lender, thinker| {
                if let Ok(mut thinker) = thinker {
                    let nodes = thinker.plan(lender, bounds);
                    sum.fetch_add(nodes, Ordering::Relaxed);
                    // More is reserved next time where that was not enough.
                    let cut = (thinker.chosen.depth as usize) < horizon;
                    dearest.fetch_max(if cut { nodes + nodes / 4 + 1 } else { nodes }, Ordering::Relaxed);
                }
            },
        );
        let (planned, spent, took) = ((end - next) as u32, sum.into_inner(), clock.elapsed());
        nodes += spent;
        minds.pace.count(planned, dearest.into_inner(), took.as_secs_f64() * 1e6);
        purse.pay(planned, spent, u32::try_from(took.as_micros()).unwrap_or(u32::MAX));
        next = end;
    }
    let planning = start.elapsed();

    let (shared, surprise) = (&minds.agent, tuning.surprise.is_some());
    all.par_iter_mut().for_each_init(|| Lender::new(shared), |lender, mut thinker| thinker.carry_on(lender, surprise));
    let carrying = start.elapsed() - planning;

    let model = M::META.name;
    let mut spent = Spent { minds: minds.queue.len() as u32, nodes, planning, carrying, ..Spent::default() };
    for mut thinker in &mut all {
        let (mind, age, now) = (thinker.entity, thinker.turn.age, thinker.turn.now);
        spent.planned += u32::from(now);
        if thinker.chosen.action.is_some() {
            spent.oldest = spent.oldest.max(age);
        }
        if let Some(error) = thinker.turn.trouble.take() {
            failed.write(Failed { mind, model, error });
        } else if let Some(action) = thinker.chosen.action {
            acted.write(Acted { mind, action, planned: now });
        }
        if tuning.surprise.is_some_and(|most| thinker.chosen.surprise > most) {
            surprised.write(Surprised { mind, model, surprise: thinker.chosen.surprise });
        }
        if tuning.late.is_some_and(|frames| age > 0 && age.is_multiple_of(frames)) {
            late.write(Late { mind, model, age });
        }
    }
    minds.spent = spent;
}

impl<M: GenerativeModel<T>, T: Real> ThinkerItem<'_, '_, M, T> {
    /// Its plan is a frame older.
    fn begin(&mut self) {
        self.turn.age = self.turn.age.saturating_add(1);
        (self.turn.now, self.turn.done) = (false, false);
    }

    /// Has its turn: perceives, plans and chooses; how many nodes that took, where they are counted.
    fn plan(&mut self, lender: &mut Lender<M, T>, bounds: Bounds) -> u32 {
        let choice = lender.lend(self.temper).and_then(|agent| self.choose(agent, bounds));
        let turn = &mut *self.turn;
        turn.done = true;
        let (planned, nodes) = choice.unwrap_or_else(|error| {
            turn.trouble = Some(error);
            (false, 0)
        });
        // Who could not act has had its turn, too.
        if planned || turn.trouble.is_some() {
            (turn.age, turn.now, turn.urgent) = (0, planned, false);
        }
        nodes
    }

    /// Whether a plan was made, and how many nodes it looked at.
    fn choose(&mut self, agent: &mut Agent<M, T>, bounds: Bounds) -> Result<(bool, u32), ModelError> {
        let Bounds { nodes, until, counts, surprise } = bounds;
        let horizon = agent.options().horizon_for(&M::META);
        let (evidence, open) = (self.senses.evidence, self.open.map(|open| open.0));
        let is_open = |action: M::Action| open.as_ref().is_none_or(|open| M::Action::entries(open)[action.index()]);
        let Mind { mind, rng } = &mut *self.mind;
        let (chosen, reasons) = (&mut *self.chosen, &mut self.reasons);
        agent.as_mind(mind, |agent| {
            if surprise {
                chosen.surprise = agent.notice(evidence).surprise.value();
            }
            if let Some(reasons) = reasons {
                reasons.belief = *agent.infer_states(evidence);
                reasons.explained = agent.explain();
                reasons.filled = true;
            }
            if nodes.is_none() && until.is_none() {
                chosen.action = Some(agent.step_with(evidence, is_open, rng)?);
                (chosen.depth, chosen.nodes) = (horizon as u32, 0);
                return Ok((true, 0));
            }
            let stop = |visited: usize| {
                nodes.is_some_and(|most| visited >= most as usize) || until.is_some_and(|until| Instant::now() >= until)
            };
            let choice = agent.step_bounded(stop, is_open, evidence, rng)?;
            let nodes = u32::try_from(choice.nodes).unwrap_or(u32::MAX);
            // Where time was too short for anything, what was chosen before is better than a habit.
            if let (0, false, Some(going)) = (choice.depth, counts, chosen.action) {
                agent.correct_action(going)?;
                return Ok((false, nodes));
            }
            chosen.action = Some(choice.action);
            (chosen.depth, chosen.nodes) = (choice.depth as u32, nodes);
            Ok((true, nodes))
        })
    }

    /// Perceives, and goes on with what it had chosen; before its first plan it waits.
    fn carry_on(&mut self, lender: &mut Lender<M, T>, surprise: bool) {
        let (Some(action), false) = (self.chosen.action, self.turn.done) else { return };
        // What is perceived does not depend on tempers.
        let Ok(agent) = lender.lend(None) else { return };
        let evidence = self.senses.evidence;
        agent.as_mind(&mut self.mind.mind, |agent| {
            if surprise {
                self.chosen.surprise = agent.notice(evidence).surprise.value();
            } else {
                agent.infer_states(evidence);
            }
            if let Some(reasons) = &mut self.reasons {
                reasons.belief = *agent.belief();
            }
            agent.update_empirical_prior(action);
        });
    }
}
