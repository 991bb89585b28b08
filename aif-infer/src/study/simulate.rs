//! `simulate`: subjects in a world, their behaviour as a table and the parameters that it came from.

use std::path::{Path, PathBuf};

use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

use super::StudyError;
use super::arguments::Simulate;
use super::engine::{Engine, Simulation, Values};
use super::loglik::Given;
use super::studied::BlockPlan;
use crate::data::{write_rows, write_whole};

/// The most rows of one simulated table.
const MAX_ROWS: usize = 50_000_000;

/// The streams of the generator: one for the group's parameters, and two for each subject.
const PARAMETERS: u64 = 1 << 40;
const BEHAVIOUR: u64 = 2 << 40;

fn stream(seed: u64, stream: u64) -> ChaCha8Rng {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(stream);
    rng
}

pub(super) fn run(engine: &dyn Engine, arguments: &Simulate) -> Result<(), StudyError> {
    let meta = engine.meta();
    engine.check(arguments.agent.options())?;
    let given = Given::read(&arguments.parameters, meta)?;
    let names = subjects(arguments, &given)?;
    let world = arguments.world.iter().map(|(name, value)| {
        let number = value.parse::<f64>().ok().filter(|x| x.is_finite());
        Ok((name.clone(), number.ok_or_else(|| StudyError::Option(format!("--world {name}={value}: expected a number")))?))
    });
    let world = world.collect::<Result<Vec<_>, StudyError>>()?;
    let plan = BlockPlan { blocks: arguments.blocks, steps: arguments.steps, inputs: arguments.input.clone() };
    let rows = names.len().checked_mul(plan.blocks).and_then(|n| n.checked_mul(plan.steps.saturating_add(1)));
    if rows.is_none_or(|n| n > MAX_ROWS) {
        return Err(StudyError::Option(format!("a simulation has at most {MAX_ROWS} rows")));
    }
    if plan.blocks == 0 || plan.steps == 0 || names.is_empty() {
        return Err(StudyError::Option("a simulation needs at least 1 subject, 1 block and 1 step".into()));
    }

    let mut truths: Vec<Values> = Vec::new();
    let mut group = None;
    for (s, name) in names.iter().enumerate() {
        let mut values = given.of(name)?;
        if group.is_none() {
            group = Some(engine.draw_group(&values, &mut stream(arguments.seed, PARAMETERS))?);
        }
        for (name, value) in group.iter().flatten() {
            values.entry(name.clone()).or_insert(*value);
        }
        let mut rng = stream(arguments.seed, PARAMETERS + 1 + s as u64);
        let of_subject = engine.draw_subject(&values, &mut rng)?;
        values.extend(of_subject);
        truths.push(values);
    }

    let mut rows: Vec<Vec<String>> = Vec::new();
    for (s, (name, values)) in names.iter().zip(&truths).enumerate() {
        let simulation = Simulation { plan: &plan, options: arguments.agent.options(), world: &world, values };
        let mut rng = stream(arguments.seed, BEHAVIOUR + s as u64);
        engine.simulate(&simulation, &mut rng, &mut |cells| {
            rows.push(std::iter::once(name.clone()).chain(cells).collect());
        })?;
    }
    let header: Vec<&str> = std::iter::once("subject").chain(engine.columns()).collect();
    let parameters: Vec<&str> = super::engine::all_names(meta);
    let truth_header: Vec<&str> = std::iter::once("subject").chain(parameters.iter().copied()).collect();
    let truth_rows = names.iter().zip(&truths).map(|(name, values)| {
        std::iter::once(name.clone()).chain(parameters.iter().map(|p| values[*p].to_string())).collect::<Vec<_>>()
    });
    let truth = write_rows(&truth_header, truth_rows);
    let data = write_rows(&header, rows);
    let truth_path = beside(&arguments.out);
    write_whole(&[(&arguments.out, &data), (&truth_path, &truth)])?;
    eprintln!("wrote {} and {}", arguments.out.display(), truth_path.display());
    Ok(())
}

/// Where the parameters go: data.csv has data.truth.csv beside it.
fn beside(out: &Path) -> PathBuf {
    let name = out.file_name().unwrap_or_default().to_string_lossy();
    let stem = name.strip_suffix(".csv").unwrap_or(&name);
    out.with_file_name(format!("{stem}.truth.csv"))
}

/// The subjects' names: those of the table of parameters, or numbers.
fn subjects(arguments: &Simulate, given: &Given) -> Result<Vec<String>, StudyError> {
    if given.file.is_none() {
        let count = arguments.subjects.unwrap_or(10);
        if count > MAX_ROWS {
            return Err(StudyError::Option(format!("a simulation has at most {MAX_ROWS} rows")));
        }
        return Ok((0..count).map(|s| s.to_string()).collect());
    }
    let count = arguments.subjects.unwrap_or(given.order.len());
    if count > given.order.len() {
        return Err(StudyError::Option(format!(
            "--subjects {count}: {} has parameters for {}",
            given.file.as_deref().unwrap_or_default(),
            given.order.len()
        )));
    }
    Ok(given.order[..count].to_vec())
}
