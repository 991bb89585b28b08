//! Players of games in the study program: they meet the others in the game that is declared for them, block after block as planned.

use aif_runtime::model::Marginals;
use aif_runtime::scalar::softmax;
use aif_runtime::society::{Candidates, Player, Playing, SocietyError};
use aif_runtime::{Assigned, GenerativeModel, ModelError, Plays};
use rand::Rng;

use super::error::StudyError;
use super::numbers::input_numbers;
use super::studied::{StudyBehaviour, StudyOptions, SubjectRecords, read_subjects};
use crate::data::{Complaint, DataError, DataOptions, MissingAction, RawTable, Schema};
use crate::record::{Cues, Played, RecordedBlock, RecordedRow, Regressors};
use crate::score::{ScoreError, each_move, is_another, kinds_of_player, player_weights};

/// What the players that one may be are called: by how deeply they think, and by their place where two do so alike.
fn labels<M: GenerativeModel>(players: &Candidates<M, f64>) -> Vec<String> {
    let depth = |k: usize| players[k].1.depth();
    let alone = |k: usize| (0..players.len()).filter(|&other| depth(other) == depth(k)).count() == 1;
    let label = |k: usize| if alone(k) { format!("depth {}", depth(k)) } else { format!("player {}, depth {}", k + 1, depth(k)) };
    (0..players.len()).map(label).collect()
}

/// Probabilities from log-weights.
fn probabilities(weights: &[f64]) -> Vec<f64> {
    let mut each = weights.to_vec();
    softmax(&mut each);
    each
}

/// Goes along a record with each player that one may be and that could have seen it; `None` of others.
fn each_player<P: Playing<f64>, R>(
    of: &P,
    record: &Played,
    mut along: impl FnMut(&Player<P::Model>, &[Vec<Plays1<P>>]) -> Result<R, ScoreError>,
) -> Result<Vec<Option<R>>, ScoreError> {
    let blocks: Vec<Vec<Plays1<P>>> = record.blocks::<P::Model, f64>().collect();
    let each = of.players()?.into_iter().map(|(prior, player)| match along(&player, &blocks) {
        _ if prior <= 0.0 => Ok(None),
        Ok(found) => Ok(Some(found)),
        Err(error) if is_another(&error) => Ok(None),
        Err(error) => Err(error),
    });
    each.collect()
}

/// What a player saw and did at a step.
type Plays1<P> = aif_runtime::society::Play<<<P as Playing<f64>>::Model as GenerativeModel<f64>>::Evidence>;

impl<P: Playing<f64>> StudyBehaviour for Plays<P> {
    fn options(_: StudyOptions) {}

    fn check((): &()) -> Result<(), ModelError> {
        Ok(())
    }

    fn declaration() -> Vec<String> {
        P::Model::META.description()
    }

    fn schema() -> Schema {
        Schema::of_player(&P::Model::META)
    }

    fn record(blocks: Vec<RecordedBlock>) -> Played {
        Played::of_blocks(P::Model::META.modalities.len(), &blocks)
    }

    fn responses(record: &Played) -> usize {
        record.responses()
    }

    fn usual() -> (usize, usize) {
        (2, 20)
    }

    fn plan(blocks: usize, steps: usize, inputs: &[(String, String)]) -> Result<Vec<RecordedBlock>, StudyError> {
        input_numbers(P::Model::META.name, &[], inputs, true)?;
        let mut rows = vec![RecordedRow::default(); steps];
        rows.push(RecordedRow { responses: vec![None], ..RecordedRow::default() });
        Ok(RecordedBlock::numbered(blocks, &rows))
    }

    /// Which player it is, is drawn once; the others in the game are those of `world`. An action that is missing in the plan is forced nowhere and
    /// recorded all the same where it is the player's turn.
    fn simulate(
        &self,
        _: &Assigned,
        world: &Self,
        plan: &[RecordedBlock],
        (): &(),
        rng: &mut dyn Rng,
    ) -> Result<Vec<RecordedBlock>, StudyError> {
        let at = |place: String| move |what: SocietyError| StudyError::Game { place, what: Box::new(what) };
        let begun = |what: SocietyError| StudyError::Game { place: "a game that is simulated".into(), what: Box::new(what) };
        let Some(mut game) = world.0.game().map_err(begun)? else {
            return Err(StudyError::NoGame { model: P::Model::META.name });
        };
        let players = self.0.players().map_err(begun)?;
        let prior: Vec<f64> = players.iter().map(|(prior, _)| *prior).collect();
        aif_runtime::society::weighed(&prior, &vec![0.0; prior.len()]).map_err(begun)?;
        let mut player = players[aif_runtime::random::categorical(&prior, rng)].1.clone();
        let mut done = plan.to_vec();
        for (block, planned) in done.iter_mut().zip(plan) {
            player.begin();
            let mut seen = game.begin(rng).map_err(at(planned.place(0, "step")))?;
            let end = block.rows.len().saturating_sub(1);
            for (r, row) in block.rows.iter_mut().enumerate() {
                let failed = || at(planned.place(r, "step"));
                let missing = |m: usize| row.observations.get(m).is_some_and(Option::is_none);
                let known: Vec<Option<usize>> = seen.iter().enumerate().map(|(m, &o)| (!missing(m)).then_some(o)).collect();
                row.observations = known.iter().map(|o| o.map(|o| o as f64)).collect();
                player.observe(P::Model::evidence(&known)).map_err(failed())?;
                if r == end && !row.responses.is_empty() && row.is_silent() {
                    break;
                }
                let forced = row.responses.first().copied().flatten().filter(|_| !row.scored && player.acts());
                let action = match forced {
                    Some(action) => player.act(action as usize).map(|()| Some(action as usize)),
                    None => player.choose(rng),
                };
                let action = action.map_err(failed())?;
                row.responses = vec![action.map(|action| action as f64)];
                if r < end {
                    seen = game.step(action, rng).map_err(failed())?;
                }
            }
        }
        Ok(done)
    }

    fn alternatives(record: &Played) -> Option<(Vec<String>, Vec<Option<usize>>)> {
        let own = P::Model::META.actions.first()?;
        Some((own.values.all().map(|label| label.into_owned()).collect(), record.chosen().map(Some).collect()))
    }

    fn cues(record: &Played) -> Vec<Cues> {
        let label = |(m, outcome): (usize, Option<usize>)| {
            let modality = &P::Model::META.modalities[m];
            Some((modality.name, modality.outcomes.label(outcome?)))
        };
        let own = |seen: Vec<Option<usize>>| seen.into_iter().enumerate().filter_map(label).collect();
        record.seen().zip(record.skips()).map(|(seen, skips)| Cues { seen: own(seen), skips }).collect()
    }

    /// The probability of each action, given what was seen and done before: which player it is, is learned by that.
    fn predictions(&self, _: &Assigned, record: &Played, (): &()) -> Result<Vec<Vec<f64>>, ScoreError> {
        let weights = player_weights(&self.0, record)?;
        let each = each_player(&self.0, record, |player, blocks| {
            let mut all: Vec<Vec<f64>> = Vec::new();
            each_move(player, record, blocks, |about| {
                let counted = about.choice.filter(|_| record.counts(about.block, about.step));
                all.extend(counted.map(|(choice, _)| choice.iter().map(|log| log.exp()).collect::<Vec<f64>>()));
            })?;
            Ok(all)
        })?;
        let mixed = |choice: usize| {
            let mut mixed = vec![0.0; P::Model::META.actions.first().map_or(0, |own| own.values.count)];
            for (weight, own) in probabilities(&weights[choice]).into_iter().zip(&each) {
                let own = own.as_ref().and_then(|own| own.get(choice));
                own.into_iter().for_each(|own| mixed.iter_mut().zip(own).for_each(|(to, p)| *to += weight * p));
            }
            mixed
        };
        Ok((0..record.responses()).map(mixed).collect())
    }

    fn kinds(&self, _: &Assigned, record: &Played, (): &()) -> Result<Vec<(String, f64)>, ScoreError> {
        let labels = labels(&self.0.players()?);
        if labels.len() < 2 {
            return Ok(Vec::new());
        }
        Ok(labels.into_iter().zip(kinds_of_player(&self.0, record)?.1).collect())
    }

    /// Step by step, before each choice: how probable each player is that it may be, what it believes of every state (the mean over those
    /// players that carry a belief, by how probable they are), and the probability of the recorded choice.
    fn regressors(&self, _: &Assigned, record: &Played, (): &()) -> Option<Regressors> {
        let players = self.0.players().ok()?;
        let mut columns = if players.len() > 1 { labels(&players) } else { Vec::new() };
        let factors = P::Model::META.factors;
        let states = factors.iter().flat_map(|factor| factor.states.all().map(|state| format!("{}={state}", factor.name)));
        let shown = columns.len();
        columns.extend(states);
        columns.push("choice_probability".into());
        let weights = player_weights(&self.0, record).ok()?;
        // Of each step, what it believes, its log-probability of the choice, and whether that counts.
        type Steps = Vec<(usize, usize, Option<Vec<f64>>, f64, bool)>;
        let each = each_player(&self.0, record, |player, blocks| {
            let mut steps: Steps = Vec::new();
            each_move(player, record, blocks, |about| {
                let belief = about.follower.belief();
                let belief = belief.map(|b| (0..factors.len()).flat_map(|f| b.probabilities(f).to_vec()).collect::<Vec<f64>>());
                let chosen = about.choice.map_or(f64::NAN, |(choice, action)| choice[action].exp());
                let counts = about.choice.is_some() && record.counts(about.block, about.step);
                steps.push((about.block, about.step, belief, chosen, counts));
            })?;
            Ok(steps)
        })
        .ok()?;
        let first = each.iter().flatten().next()?;
        let (mut rows, mut choices) = (Vec::with_capacity(first.len()), 0);
        for (at, (block, step, _, _, counts)) in first.iter().enumerate() {
            let weight = probabilities(&weights[choices]);
            let mut values: Vec<f64> = if shown > 0 { weight.clone() } else { Vec::new() };
            let width = columns.len() - shown - 1;
            let (mut mean, mut mass, mut chosen) = (vec![0.0; width], 0.0, 0.0);
            for (weight, own) in weight.iter().zip(&each) {
                let Some((_, _, belief, own_choice, _)) = own.as_ref().and_then(|own| own.get(at)) else { continue };
                chosen += if *weight > 0.0 { weight * own_choice } else { 0.0 };
                if let Some(belief) = belief {
                    mass += weight;
                    mean.iter_mut().zip(belief).for_each(|(to, p)| *to += weight * p);
                }
            }
            values.extend(mean.into_iter().map(|p| if mass > 0.0 { p / mass } else { f64::NAN }));
            values.push(chosen);
            let (session, name, begins) = record.block(*block);
            rows.push((session.to_owned(), name.to_owned(), begins + *step as i64, values));
            choices += usize::from(*counts);
        }
        Some(Regressors { columns, rows })
    }

    /// An action is missing where the player has no turn; where it has one, that is said when it is scored.
    fn read_some(
        tables: &[RawTable],
        options: &DataOptions,
        sessions: bool,
        asked: &dyn Fn(usize) -> bool,
    ) -> Result<SubjectRecords<Played>, DataError> {
        // What is simulated is read as if actions could be missing; who asks for it is told in `no_missing_action`.
        if !matches!(options.missing_action, MissingAction::Error | MissingAction::Marginalise) {
            return Err(no_missing_action(tables));
        }
        read_subjects::<Self>(tables, (options, sessions), asked)
    }

    fn check_observations(&self, _: &Assigned, record: &Played, (): &()) -> Result<(), ScoreError> {
        let mut impossible = None;
        let mut any = false;
        let blocks: Vec<Vec<Plays1<P>>> = record.blocks::<P::Model, f64>().collect();
        for (_, player) in self.0.players()?.iter().filter(|(prior, _)| *prior > 0.0) {
            match each_move(player, record, &blocks, |_| {}) {
                Ok(()) => any = true,
                Err(error) if is_another(&error) => impossible = Some(error),
                Err(error) => return Err(error),
            }
        }
        impossible.filter(|_| !any).map_or(Ok(()), Err)
    }
}

/// Of games no action is left out.
pub(super) fn no_missing_action(tables: &[RawTable]) -> DataError {
    let path = tables.first().map_or_else(Default::default, |table| table.path.clone());
    let expected =
        "no --missing-action: a player's action is missing where it has no turn, and where it has one the others saw it";
    DataError::content(&path, vec![Complaint::new(0, "", "a player of a game", expected)])
}
