//! Hierarchical Gaussian filters in the study program: reading trials, simulating observers.

use aif_runtime::ModelError;
use aif_runtime::hgf::{Filter, FilterMeta, FilterOptions, FilterWorld, GaussianFilter, InputKind, ResponseKind};
use rand_core::Rng;

use super::StudyError;
use super::studied::{BlockPlan, PlannedBlock, PlannedRow, SubjectRecords};
use crate::data::{DataError, DataOptions, RawTable, read_trials_all};
use crate::population::Units;
use crate::score::{Trial, TrialBlock, Trials};

/// Checks the run-time choices.
///
/// # Errors
/// When the cap is no positive number.
pub fn check(options: &FilterOptions) -> Result<(), ModelError> {
    options.check().map_err(|_| ModelError::Number {
        what: "the precision cap".into(),
        value: options.precision_cap,
        expected: "above 0",
    })
}

/// Reads the trials of all subjects of some tables; one record for each session on request.
///
/// # Errors
/// Every complaint about the tables.
pub fn read<M: GaussianFilter<f64>>(
    tables: &[RawTable],
    options: &DataOptions,
    by_session: bool,
) -> Result<SubjectRecords<Trials>, DataError> {
    let data = read_trials_all(tables, &M::META, options)?;
    let mut found = SubjectRecords { names: Vec::new(), records: Vec::new(), sessions: None, warnings: data.warnings };
    let mut units = Units::default();
    for (s, (name, trials)) in data.subjects.into_iter().enumerate() {
        found.names.push(name);
        if !by_session {
            found.records.push(trials);
            continue;
        }
        let mut sessions: Vec<(String, Vec<TrialBlock>)> = Vec::new();
        for block in trials.blocks() {
            match sessions.last_mut() {
                Some((session, own)) if *session == block.session => own.push(block.clone()),
                _ => sessions.push((block.session.clone(), vec![block.clone()])),
            }
        }
        for (session, own) in sessions {
            units.names.push(session);
            units.parents.push(s);
            found.records.push(Trials::of_checked(&M::META, own));
        }
    }
    found.sessions = by_session.then_some(units);
    Ok(found)
}

/// The columns that a simulated table has after `subject`.
pub fn columns<M: GaussianFilter<f64>>() -> Vec<&'static str> {
    let meta: FilterMeta = M::META;
    let mut names = vec!["session", "block", "trial", "time_step"];
    names.extend(meta.inputs.iter().map(|i| i.name));
    names.extend(meta.responses.iter().filter(|r| !matches!(r.kind, ResponseKind::Nothing)).map(|r| r.name));
    names.push("scored");
    names
}

/// A plan of equal blocks, whose inputs are drawn from the world.
///
/// # Errors
/// When inputs are given: they are the world's.
pub fn plan(blocks: usize, steps: usize, inputs: &[(String, String)]) -> Result<BlockPlan, StudyError> {
    if let Some((name, _)) = inputs.first() {
        return Err(StudyError::Option(format!(
            "--input {name}: a filter's inputs are drawn from its world, or taken over from a table: --like TABLE"
        )));
    }
    let row = PlannedRow { scored: true, ..PlannedRow::default() };
    let block = |b: usize| PlannedBlock { name: b.to_string(), rows: vec![row.clone(); steps], ..PlannedBlock::default() };
    Ok(BlockPlan { blocks: (0..blocks).map(block).collect() })
}

/// The plans of all subjects of some tables: trials, inputs, time steps, and which responses are missing.
///
/// # Errors
/// Every complaint about the tables.
pub fn plans_like<M: GaussianFilter<f64>>(
    tables: &[RawTable],
    options: &DataOptions,
) -> Result<Vec<(String, BlockPlan)>, DataError> {
    let row = |trial: &Trial| PlannedRow {
        inputs: trial.inputs.iter().map(|u| u.unwrap_or(f64::NAN)).collect(),
        time_step: Some(trial.time_step),
        scored: trial.scored,
        missed: trial.responses.iter().map(Option::is_none).collect(),
        ..PlannedRow::default()
    };
    let block = |block: &TrialBlock| PlannedBlock {
        name: block.name.clone(),
        session: block.session.clone(),
        first_step: block.first_trial,
        rows: block.trials.iter().map(row).collect(),
    };
    let data = read_trials_all(tables, &M::META, options)?;
    let subject = |(name, trials): (String, Trials)| (name, BlockPlan { blocks: trials.blocks().iter().map(block).collect() });
    Ok(data.subjects.into_iter().map(subject).collect())
}

/// Simulates one subject, or one session: what the filter believes drives its responses.
///
/// # Errors
/// When a parameter is not usable, or the filter fails.
pub fn simulate<M: GaussianFilter<f64>>(
    model: &M,
    world: &M,
    plan: &BlockPlan,
    options: &FilterOptions,
    rng: &mut dyn Rng,
    emit: &mut dyn FnMut(Vec<String>),
) -> Result<(), StudyError> {
    let meta: FilterMeta = M::META;
    let failed = |e: aif_runtime::hgf::FilterError| StudyError::Option(e.to_string());
    let mut filter = Filter::<M>::new(*model, *options).map_err(failed)?;
    for block in &plan.blocks {
        filter.restart();
        let mut surroundings = FilterWorld::new(world, rng).map_err(failed)?;
        for (t, row) in block.rows.iter().enumerate() {
            let time_step = row.time_step.unwrap_or(1.0);
            let inputs: Vec<Option<f64>> = if row.inputs.is_empty() {
                surroundings.step(time_step, rng)
            } else {
                row.inputs.iter().map(|u| (!u.is_nan()).then_some(*u)).collect()
            };
            filter.take(&inputs, time_step).map_err(failed)?;
            if let Some(invalid) = filter.invalid() {
                return Err(StudyError::Option(format!("the filter of a simulated subject fails: {}", invalid.words(&meta))));
            }
            let beliefs = filter.beliefs();
            let mut cells =
                vec![block.session.clone(), block.name.clone(), (block.first_step + t as i64).to_string(), time_step.to_string()];
            for (input, number) in meta.inputs.iter().zip(&inputs) {
                cells.push(number.map_or(String::new(), |x| match input.kind {
                    InputKind::Category(labels) => labels.label(x as usize).into_owned(),
                    _ => x.to_string(),
                }));
            }
            for (r, response) in meta.responses.iter().enumerate() {
                let drawn = model.sample_response(r, &beliefs, rng);
                let missed = row.missed.get(r).copied().unwrap_or(false);
                match response.kind {
                    ResponseKind::Nothing => {}
                    _ if missed => cells.push(String::new()),
                    // Yes and no stand as 1 and 0, as the field writes them.
                    ResponseKind::Choice(labels) if labels.count != 2 || labels.label(1) != "true" => {
                        cells.push(labels.label(drawn as usize).into_owned());
                    }
                    _ => cells.push(drawn.to_string()),
                }
            }
            cells.push(u8::from(row.scored).to_string());
            emit(cells);
        }
    }
    Ok(())
}

/// The body of `Studied` for a filter.
#[doc(hidden)]
#[macro_export]
macro_rules! filter_study {
    () => {
        fn options(options: $crate::study::StudyOptions) -> Self::Options {
            options.filter
        }
        fn check(options: &Self::Options) -> ::core::result::Result<(), ::aif::__private::ModelError> {
            $crate::study::filters::check(options)
        }
        fn read(
            tables: &[$crate::data::RawTable],
            options: &$crate::data::DataOptions,
            by_session: bool,
        ) -> ::core::result::Result<$crate::study::SubjectRecords<$crate::score::Trials>, $crate::data::DataError> {
            $crate::study::filters::read::<Self>(tables, options, by_session)
        }
        fn responses(record: &$crate::score::Trials) -> usize {
            record.responses()
        }
        fn columns() -> ::std::vec::Vec<&'static str> {
            $crate::study::filters::columns::<Self>()
        }
        fn usual() -> (usize, usize) {
            (1, 300)
        }
        fn plan(
            blocks: usize,
            steps: usize,
            inputs: &[(::std::string::String, ::std::string::String)],
        ) -> ::core::result::Result<$crate::study::BlockPlan, $crate::study::StudyError> {
            $crate::study::filters::plan(blocks, steps, inputs)
        }
        fn plans_like(
            tables: &[$crate::data::RawTable],
            options: &$crate::data::DataOptions,
        ) -> ::core::result::Result<::std::vec::Vec<(::std::string::String, $crate::study::BlockPlan)>, $crate::data::DataError> {
            $crate::study::filters::plans_like::<Self>(tables, options)
        }
        fn simulate(
            &self,
            _: &$crate::score::Assigned<f64>,
            world: &Self,
            plan: &$crate::study::BlockPlan,
            options: &Self::Options,
            rng: &mut dyn ::aif::__private::Rng,
            emit: &mut dyn ::core::ops::FnMut(::std::vec::Vec<::std::string::String>),
        ) -> ::core::result::Result<(), $crate::study::StudyError> {
            $crate::study::filters::simulate(self, world, plan, options, rng, emit)
        }
        fn alternatives(
            record: &$crate::score::Trials,
        ) -> ::core::option::Option<(::std::vec::Vec<::std::string::String>, ::std::vec::Vec<::core::option::Option<usize>>)> {
            $crate::score::filter_alternatives::<Self>(record)
        }
        fn predictions(
            &self,
            _: &$crate::score::Assigned<f64>,
            record: &$crate::score::Trials,
            options: &Self::Options,
        ) -> ::core::result::Result<::std::vec::Vec<::std::vec::Vec<f64>>, $crate::score::ScoreError> {
            $crate::score::filter_predictions(self, record, options)
        }
        fn regressors(
            &self,
            _: &$crate::score::Assigned<f64>,
            record: &$crate::score::Trials,
            options: &Self::Options,
        ) -> ::core::option::Option<$crate::fit::Regressors> {
            $crate::score::filter_regressors(self, record, options)
        }
    };
}
