//! Simulated responses of neurons at several levels: SPM's message passing over the tables of a model with levels, tick by tick.

use aif_runtime::nested::{Level as Hangs, MakeLevel, Nested, Nothing};
use aif_runtime::spm::{
    Course, Dynamics, Level, Script, Seen, Settings, StateLink, Structure, Tensor, actions_of, replay_through,
};
use aif_runtime::{AgentOptions, Assigned, Inputs, Meta, ModelError};

use super::neural::{MOST_ROWS, NeuralError, columns, learns, seen, settings, summary};
use crate::record::{Line, Regressors, Ticks};

/// Each tick's responses, level by level, the lowest first: those of one level in the rows in which it perceives, not numbers elsewhere. A block of the
/// highest level is a trial, each run of the others an episode of the trial above, as long as the record says. As in SPM, what goes up is the posterior of where
/// an episode began.
pub(super) fn neural<M: Nested>(
    model: &M,
    assigned: &Assigned,
    record: &Ticks,
    options: &AgentOptions,
) -> Result<Regressors, NeuralError> {
    let (mut rows, mut names, mut learned) = (Vec::new(), Vec::new(), None);
    for (b, (block, lines)) in record.blocks().iter().zip(&record.lines).enumerate().filter(|(_, (_, lines))| !lines.is_empty()) {
        if lines[1..].iter().any(|line| line.set_anew) {
            return Err(NeuralError::Changing { block: block.name.clone(), what: "inputs" });
        }
        let mut making = Making { assigned, options, lines, name: &block.name, at: 0, models: Vec::new() };
        let (mut structure, settings) = making.made(model, 0)?;
        if let Some(learned) = learned.take() {
            take_counts(&mut structure, &learned);
        }
        let models = making.models;
        let script = script(&models, lines, (&|row| record.place(b, row), 0))?;
        let failed = |source| NeuralError::Trial { place: block.place(0, "step"), source };
        let ended = replay_through(&structure, &settings, &script).map_err(failed)?;
        learned = learns(assigned, options).then_some(ended.structure);
        let widths = models.iter().map(|own| columns(own.meta).len()).collect::<Vec<_>>();
        let mut values = vec![vec![f64::NAN; widths.iter().sum()]; lines.len()];
        fill(&ended.course, &widths, lines, &mut values);
        let place = |(r, values)| (block.session.clone(), block.name.clone(), block.first_step + r as i64, values);
        rows.extend(values.into_iter().enumerate().map(place));
        let of = |own: &Known| columns(own.meta).into_iter().map(|column| format!("{}_{column}", own.meta.name));
        names = models.iter().flat_map(of).collect();
    }
    Ok(Regressors { columns: names, rows })
}

/// What is known of a model.
struct Known {
    meta: &'static Meta,
    /// What each joint action is to its factors.
    locals: fn(usize) -> Vec<usize>,
    /// Which modality is a level.
    level: Option<usize>,
}

/// Makes structures of models, the highest first, and notes what is known of them, the lowest first.
struct Making<'a> {
    assigned: &'a Assigned,
    options: &'a AgentOptions,
    lines: &'a [Line],
    name: &'a str,
    /// How many models were begun, from the highest.
    at: usize,
    models: Vec<Known>,
}

impl Making<'_> {
    /// The structure of a model and those below it, for runs of at least so many steps.
    fn made<M: Nested>(&mut self, model: &M, steps: usize) -> Result<(Structure, Settings), NeuralError> {
        let refuse = |what| Err(NeuralError::Levels { model: M::META.name, what });
        if M::LEVELS.len() > 1 {
            return refuse("has levels beside each other: in SPM there is one below another");
        }
        if !M::LENT.is_empty() {
            return refuse("passes down preferences or habits: in SPM something comes back up for them");
        }
        // Models are numbered from the lowest, and there is one at each level.
        let place = self.lines[0].nodes.len() - 1 - self.at;
        self.at += 1;
        let steps = steps.max(longest(self.lines, place));
        if steps > MOST_ROWS {
            let (block, most) = (format!("{} (runs of {})", self.name, M::META.name), MOST_ROWS);
            return Err(NeuralError::TooLong { block, rows: steps, most });
        }
        let numbers = &self.lines[0].nodes[place].inputs;
        let none = || ModelError::Inputs { found: numbers.clone(), model: M::META.name };
        let inputs = M::Inputs::from_numbers(numbers).ok_or_else(none)?;
        let mut structure = Structure::of(model, inputs, steps)?;
        let tables = self.options.tables(model, inputs)?;
        let settings = settings(self.assigned, self.options, (&mut structure, tables.precisions()))?;
        let mut below = Below { making: self, level: None };
        model.levels::<Nothing, Nothing, _>(&M::blank::<Nothing>(), &mut below)?;
        structure.below = below.level.map(Box::new);
        self.models.push(Known { meta: const { &M::META }, locals: actions_of::<M>, level: M::LEVELS.first().copied() });
        Ok((structure, settings))
    }
}

/// Makes the one level below.
struct Below<'m, 'a> {
    making: &'m mut Making<'a>,
    level: Option<Level>,
}

impl MakeLevel<Nothing, Nothing, f64> for Below<'_, '_> {
    type Error = NeuralError;

    fn level<L: Nested>(&mut self, level: Hangs, model: L, (): &()) -> Result<(), NeuralError> {
        let (structure, settings) = self.making.made(&model, level.steps)?;
        let states = structure.sizes()[level.begins];
        let same = (0..states * states).map(|i| f64::from(u8::from(i / states == i % states))).collect();
        let matrix = Tensor::new(&[states, states], same).map_err(aif_runtime::spm::Unrepresentable::Structure)?;
        let states = vec![StateLink { factor: level.begins, modality: level.modality, matrix }];
        self.level = Some(Level { structure, settings, states, preferences: Vec::new(), habits: Vec::new() });
        Ok(())
    }
}

/// The rows of each step of a run of a model: each ends where it perceives.
fn steps(lines: &[Line], model: usize) -> impl Iterator<Item = &[Line]> {
    lines.split_inclusive(move |line| line.nodes[model].perceives)
}

/// How many steps its longest run has.
fn longest(lines: &[Line], model: usize) -> usize {
    let runs = lines.split_inclusive(|line| line.nodes[model].perceives && line.nodes[model].last);
    runs.map(|run| steps(run, model).count()).max().unwrap_or(1)
}

/// What was seen and done in a run of the highest of some models, from a row of the block on.
fn script(models: &[Known], lines: &[Line], (place, mut row): (&dyn Fn(usize) -> String, usize)) -> Result<Script, NeuralError> {
    let (Some((own, below)), mut script) = (models.split_last(), Script::default()) else { return Ok(Script::default()) };
    let count = steps(lines, below.len()).count();
    for (s, step) in steps(lines, below.len()).enumerate() {
        let Some(tick) = step.last().map(|line| &line.nodes[below.len()]) else { break };
        let mut seen = seen(own.meta, &tick.observation);
        if let Some(level) = own.level {
            script.episodes.push(self::script(below, step, (place, row))?);
            seen[level] = Seen::Below;
        }
        script.seen.push(seen);
        row += step.len();
        if s + 1 < count {
            let joint = tick.action.ok_or_else(|| NeuralError::Unknown { place: place(row - 1) })?;
            script.actions.push((own.locals)(joint));
        }
    }
    Ok(script)
}

/// Writes the responses of the course of a run, and of those below it, into the rows of it.
fn fill(course: &Course, widths: &[usize], lines: &[Line], to: &mut [Vec<f64>]) {
    let model = widths.len() - 1;
    let (dynamics, first) = (Dynamics::of(course), widths[..model].iter().sum::<usize>());
    let potentials = dynamics.field_potentials();
    let mut row = 0;
    for (time, step) in steps(lines, model).enumerate().take(course.times()) {
        let next = row + step.len();
        to[next - 1][first..first + widths[model]].copy_from_slice(&summary(&dynamics, &potentials, time));
        if let Some(episode) = course.episodes.get(time) {
            fill(episode, &widths[..model], step, &mut to[row..next]);
        }
        row = next;
    }
}

/// What was learned goes on.
fn take_counts(to: &mut Structure, from: &Structure) {
    to.counts.clone_from(&from.counts);
    if let (Some(to), Some(from)) = (&mut to.below, &from.below) {
        take_counts(&mut to.structure, &from.structure);
    }
}
