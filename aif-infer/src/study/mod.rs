//! The study program: every declared population gets a command line, `study::<P>().main()`.

mod agents;
mod answering;
mod arguments;
mod calibrate;
mod check;
mod compare;
mod engine;
mod error;
mod filters;
mod fit;
mod identify;
mod learners;
mod loglik;
mod memory;
mod merge;
mod nests;
mod neural;
mod neural_levels;
mod numbers;
mod planned;
mod players;
mod power;
mod recover;
mod reduce;
mod regressors;
mod report;
mod scoring;
mod simulate;
mod stored;
mod studied;
mod suspect;
mod ticking;
mod unscanned;
mod work;

use std::ffi::OsString;
use std::io::Write;
use std::marker::PhantomData;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;

pub use error::StudyError;
pub use fit::{fit_with_progress, in_words};
pub use neural::NeuralError;
pub use scoring::{GroupScore, Scoring};
pub use studied::{StudyBehaviour, StudyOptions, SubjectRecords, Takes};
pub use unscanned::RegressorsError;

use crate::population::{FamilyOf, Population};
use crate::record::{Statistics, Trial};
use arguments::{Arguments, Verb};
use engine::{ErasedPopulation, Typed};
use error::say;

/// The study program of a population, or of several.
pub struct Study {
    engines: Vec<Box<dyn ErasedPopulation>>,
    statistics: Statistics,
}

/// The study program of the population `P`.
pub fn study<P>() -> Study
where
    P: Population,
    FamilyOf<P, f64>: StudyBehaviour<Record = P::Record, Options = P::Options>,
{
    Study { engines: vec![Box::new(Typed::<P>(PhantomData))], statistics: Statistics::new() }
}

/// A population of a study program.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Its name.
    pub name: &'static str,
    /// The parameters of a subject: those that are drawn, and those that follow from them.
    pub parameters: Vec<&'static str>,
    /// The columns of its table beside those that every table has: inputs, observations, responses.
    pub columns: Vec<&'static str>,
}

impl Study {
    /// The same program with one more population: `--population NAME` chooses one (the first by default), and `recover --confusion` tells
    /// them apart.
    #[must_use]
    pub fn and<P>(mut self) -> Self
    where
        P: Population,
        FamilyOf<P, f64>: StudyBehaviour<Record = P::Record, Options = P::Options>,
    {
        self.engines.push(Box::new(Typed::<P>(PhantomData)));
        self
    }

    /// The same program with one more predictive check of choices: of each choice, given the one before it in its block, whether something is so, and
    /// nothing where that is not asked. `fit` holds the share in what was recorded against that in choices drawn anew, one step ahead, under posterior and
    /// prior (`predictive.csv`, and the report). How often a choice is repeated, by what was seen after it and by input, is checked already, and how choices
    /// change within blocks.
    ///
    /// ```ignore
    /// aif::study::<Learners>().statistic("stays after a reward", |trial, before| {
    ///     before.filter(|_| trial.seen("reward") == Some("+")).map(|before| before.choice == trial.choice)
    /// }).main()
    /// ```
    #[must_use]
    pub fn statistic(
        mut self,
        name: &str,
        of: impl Fn(&Trial<'_>, Option<&Trial<'_>>) -> Option<bool> + Send + Sync + 'static,
    ) -> Self {
        self.statistics.push((name.into(), Arc::new(of)));
        self
    }

    /// What populations there are, in their order.
    pub fn populations(&self) -> Vec<Listed> {
        let listed = |engine: &dyn ErasedPopulation| {
            let (meta, schema) = (engine.meta(), engine.schema());
            let level = &meta.levels[meta.subject_level];
            let parameters = level.parameters.iter().map(|p| p.name);
            Listed {
                name: meta.name,
                parameters: parameters.collect(),
                columns: schema.inputs.iter().chain(&schema.observations).chain(&schema.responses).map(|c| c.name).collect(),
            }
        };
        self.engines.iter().map(|e| listed(e.as_ref())).collect()
    }

    /// The population that is asked for.
    fn engine(&self, name: Option<&str>) -> Result<&dyn ErasedPopulation, StudyError> {
        let Some(name) = name else { return Ok(self.engines[0].as_ref()) };
        let found = self.engines.iter().find(|e| e.meta().name == name);
        found.map(AsRef::as_ref).ok_or_else(|| {
            let known = self.engines.iter().map(|e| e.meta().name).collect();
            StudyError::Population { name: name.into(), known }
        })
    }

    /// Runs the program on the arguments of the process: exit status 0, or 2 with a message on standard error.
    pub fn main(self) -> ExitCode {
        self.exit(std::env::args_os())
    }

    /// Runs the program on these arguments, the first of which is its name, as [`main`](Study::main) does.
    pub fn exit(self, arguments: impl IntoIterator<Item = impl Into<OsString> + Clone>) -> ExitCode {
        match self.run(arguments) {
            Ok(()) => ExitCode::SUCCESS,
            Err(StudyError::Arguments(error)) => {
                // Help is asked for, and has to arrive; complaints go where they can.
                let told = error.print().and_then(|()| std::io::stdout().flush());
                match told {
                    Ok(()) if !error.use_stderr() => ExitCode::SUCCESS,
                    Err(why) if !error.use_stderr() => {
                        say!("error: standard output: {why}");
                        ExitCode::from(2)
                    }
                    _ => ExitCode::from(2),
                }
            }
            Err(error) => {
                say!("error: {error}");
                ExitCode::from(2)
            }
        }
    }

    /// Runs the program on these arguments, the first of which is its name.
    ///
    /// # Errors
    /// When the arguments, the data or the fit are wrong; nothing is written then.
    pub fn run(&self, arguments: impl IntoIterator<Item = impl Into<OsString> + Clone>) -> Result<(), StudyError> {
        let Arguments { verb, population } = Arguments::try_parse_from(arguments)?;
        let engine = self.engine(population.as_deref())?;
        match verb {
            Verb::Simulate(arguments) => simulate::run(engine, &arguments),
            Verb::Check(arguments) => check::run(engine, &arguments),
            Verb::Loglik(arguments) => loglik::run(engine, &arguments),
            Verb::Regressors(arguments) => regressors::run(engine, &arguments),
            Verb::Fit(arguments) => fit::run(engine, &arguments, &self.statistics),
            Verb::Recover(arguments) => {
                let all: Vec<&dyn ErasedPopulation> = self.engines.iter().map(AsRef::as_ref).collect();
                recover::run(engine, &all, &arguments)
            }
            Verb::Calibrate(arguments) => calibrate::run(engine, &arguments),
            Verb::Identify(arguments) => identify::run(engine, &arguments),
            Verb::Compare(arguments) => compare::run(&arguments),
            Verb::Power(arguments) => power::run(engine, *arguments),
            Verb::Reduce(arguments) => reduce::run(engine, &arguments),
            Verb::Report(arguments) => report::report(engine, &arguments),
            Verb::Merge(arguments) => merge::merge(engine, &arguments),
            Verb::Score(arguments) => merge::score(engine, &arguments),
            Verb::Weigh(arguments) => merge::weigh(engine, &arguments),
        }
    }
}
