//! Why a study program stopped.

use std::path::PathBuf;

use aif_runtime::ModelError;
use aif_runtime::hgf::FilterError;
use aif_runtime::learner::LearnerError;

use super::unscanned::RegressorsError;
use crate::data::DataError;
use crate::fit::FitError;
use crate::population::DesignError;
use crate::results::ReductionError;
use crate::score::ScoreError;

/// Why a study program stopped.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StudyError {
    /// The command line is not understood, or help was asked for.
    #[error("{0}")]
    Arguments(#[from] clap::Error),
    /// The data are wrong, or a file cannot be read or written.
    #[error(transparent)]
    Data(#[from] DataError),
    /// Options do not fit the model, or its numbers cannot be.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// A filter cannot begin, or go on.
    #[error(transparent)]
    Filter(#[from] FilterError),
    /// There are no regressors.
    #[error(transparent)]
    Regressors(#[from] RegressorsError),
    /// A response says how the action comes about.
    #[error(
        "the response `{response}` says how the action comes about: a plan cannot say that only some actions are open, or that it is not known which was carried out"
    )]
    ToldOfResponse {
        /// The response.
        response: &'static str,
    },
    /// Folders of BIDS are not simulated.
    #[error("--format bids: what is simulated is one table, long or trials")]
    SimulatedBids,
    /// A response of an agent cannot be drawn under the parameters.
    #[error(
        "{place}: no `{response}` can be drawn: its distribution is none under these parameters, or what is forced hardly ever comes"
    )]
    Undrawn {
        /// Where: block and step.
        place: String,
        /// The response.
        response: &'static str,
    },
    /// A learner cannot take a trial.
    #[error(transparent)]
    Learner(#[from] LearnerError),
    /// A player cannot go on.
    #[error("{place}: {what}")]
    Game {
        /// Where: block and step.
        place: String,
        /// Why.
        what: Box<aif_runtime::society::SocietyError>,
    },
    /// A player has no game to be simulated in.
    #[error(
        "players of {model} have no game to be simulated in: say who the others are, by `fn game` of `Playing` (a `Society` with a seat left open)"
    )]
    NoGame {
        /// The player's model.
        model: &'static str,
    },
    /// A learner has no world to be simulated in.
    #[error(
        "{learner} has no world to be simulated in: name one in its declaration, #[learner(.., world = ..)], such as one of aif::learners, or a type of your own that implements Surroundings"
    )]
    NoWorld {
        /// The learner.
        learner: &'static str,
    },
    /// Subjects, plates, sessions and covariates do not fit the population.
    #[error(transparent)]
    Design(#[from] DesignError),
    /// The fit failed.
    #[error(transparent)]
    Fit(#[from] FitError),
    /// An effect is looked for that the group does not have.
    #[error("--find: the group has no number `{name}`: it has {}", known.join(", "))]
    NoSuchEffect {
        /// What was looked for.
        name: String,
        /// What there is.
        known: Vec<String>,
    },
    /// An effect is looked for that has no size.
    #[error("--find {name}: say how large it is, --set \"{name}=0.5\"")]
    EffectNotSet {
        /// The effect.
        name: String,
    },
    /// An effect is as large as what it is told from.
    #[error("--find {name}: it is set to {value}, and that is what it is told from (--against)")]
    NoEffect {
        /// The effect.
        name: String,
        /// Its size.
        value: f64,
    },
    /// Designs are said in another way.
    #[error(
        "--subjects, --blocks, --params, --like: `power` tries several designs: --sizes 20,40,80 says of how many subjects, --trials of how many blocks, and --set how large effects are"
    )]
    PowerDesign,
    /// No simulated group could be fitted.
    #[error("no simulated group could be fitted: {why}")]
    NothingFitted {
        /// Why the first could not.
        why: String,
    },
    /// A fit cannot be reduced.
    #[error(transparent)]
    Reduction(#[from] ReductionError),
    /// Results cannot be written as JSON.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    /// The derivative of scores by a parameter is not known.
    #[error(
        "the derivative by `{parameter}` is not known: in {population} behaviour depends on it through what is derived from it above the subjects"
    )]
    NoDerivative {
        /// Which parameter.
        parameter: String,
        /// The population.
        population: &'static str,
    },
    /// Not as many values as there are parameters.
    #[error("{found} values for {units} units with {each} parameters each")]
    Values {
        /// How many values there are.
        found: usize,
        /// How many units there are.
        units: usize,
        /// How many parameters each has.
        each: usize,
    },
    /// A subject's behaviour has no score.
    #[error("subject {subject}: {source}")]
    Score {
        /// Which subject.
        subject: String,
        /// Why.
        source: ScoreError,
    },
    /// A subject cannot be simulated.
    #[error("subject {subject}: {source}")]
    Subject {
        /// Which subject.
        subject: String,
        /// Why.
        source: Box<StudyError>,
    },
    /// The program has no population of that name.
    #[error("--population {name}: this program has {}", known.join(", "))]
    Population {
        /// The name.
        name: String,
        /// The populations that there are.
        known: Vec<&'static str>,
    },
    /// So many threads cannot be started.
    #[error("--threads {threads}: {source}")]
    Threads {
        /// How many.
        threads: u16,
        /// Why.
        source: rayon::ThreadPoolBuildError,
    },
    /// A file of options cannot be read.
    #[error("--options {}: {source}; expected a JSON file", path.display())]
    OptionsFile {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file of options has others than the library.
    #[error("--options {}: {source}; expected options by their names in the library", path.display())]
    OptionsText {
        /// The file.
        path: PathBuf,
        /// Why.
        source: serde_json::Error,
    },
    /// Options are given to behaviour that takes none.
    #[error("--options {}: the behaviour of {population} takes no options", path.display())]
    OptionsOfNothing {
        /// The file.
        path: PathBuf,
        /// The population.
        population: &'static str,
    },
    /// Options of another family are given.
    #[error("{population} was given {what}")]
    OtherOptions {
        /// The population.
        population: &'static str,
        /// Which, and what it takes.
        what: &'static str,
    },
    /// Sweeps are counted of what makes none.
    #[error("--sweeps counts sweeps of all factors at once: --inference fixed-point")]
    Sweeps,
    /// A lag of learning that has none.
    #[error("--learn-lag says how late `--learn smoothed` learns: every other way says so by its name")]
    LearnLag,
    /// A parameter is set twice.
    #[error("--set {name} is given twice")]
    SetTwice {
        /// The parameter.
        name: String,
    },
    /// A parameter is set that there is not.
    #[error("--set {name}: {population} has no such parameter, its parameters are {}", known.join(", "))]
    SetUnknown {
        /// The parameter.
        name: String,
        /// The population.
        population: &'static str,
        /// The parameters that there are.
        known: Vec<String>,
    },
    /// A parameter is set that follows from others.
    #[error("--set {name}: `{name}` is derived ({from}); set what it is derived from")]
    SetDerived {
        /// The parameter.
        name: String,
        /// Its declaration.
        from: &'static str,
    },
    /// A parameter lies where its prior has no density.
    #[error("{parameter} = {value} is outside its support: {name} {prior}")]
    OutsideSupport {
        /// The parameter, with its place where it is a list.
        parameter: String,
        /// Its value.
        value: f64,
        /// Its name.
        name: String,
        /// Its prior.
        prior: &'static str,
    },
    /// A table of parameters has none for a subject.
    #[error("{file}: found no row for subject `{subject}`{}, expected one for each subject of the data", of_session(session))]
    NoRow {
        /// The table.
        file: String,
        /// The subject.
        subject: String,
        /// The session, where there are some.
        session: Option<String>,
    },
    /// A parameter has no value.
    #[error("no value for `{parameter}` of subject {subject}: give --set {parameter}=VALUE or a column of --params")]
    NoValue {
        /// The parameter.
        parameter: String,
        /// The subject.
        subject: String,
    },
    /// A field of the world is set that there is not.
    #[error("--world {name}: the model has no such parameter in {population}, its parameters are {}", known.join(", "))]
    WorldUnknown {
        /// The field.
        name: String,
        /// The population.
        population: &'static str,
        /// The fields that there are.
        known: &'static [&'static str],
    },
    /// A field of the world is set that is no number.
    #[error("--world {name}: this field is not a number")]
    WorldField {
        /// The field.
        name: String,
    },
    /// A field of the world is set to what is no number.
    #[error("--world {name}={value}: expected a number")]
    WorldNumber {
        /// The field.
        name: String,
        /// What was given.
        value: String,
    },
    /// An input is given that there is not.
    #[error("--input {name}: {model} has no such input, its inputs are {}", if known.is_empty() { "none".into() } else { known.join(", ") })]
    InputUnknown {
        /// The input.
        name: String,
        /// The model.
        model: &'static str,
        /// The inputs that there are.
        known: Vec<&'static str>,
    },
    /// An input is given a value that it cannot have.
    #[error("--input {name}={text}: expected {expected}")]
    InputValue {
        /// The input.
        name: String,
        /// What was given.
        text: String,
        /// What it can be.
        expected: String,
    },
    /// An input has no value.
    #[error("the input `{name}` needs a value: --input {name}=VALUE")]
    InputMissing {
        /// The input.
        name: &'static str,
    },
    /// An input is given to a filter.
    #[error("--input {name}: a filter's inputs are drawn from its world, or taken over from a table: --like TABLE")]
    InputOfFilter {
        /// The input.
        name: String,
    },
    /// Inputs of a row cannot be those of a model.
    #[error("the inputs of {model} cannot be {found:?}")]
    Inputs {
        /// The model.
        model: &'static str,
        /// What stands there.
        found: Vec<f64>,
    },
    /// The filter of a simulated subject has no update.
    #[error("the filter of a simulated subject fails: {what}")]
    FilterFails {
        /// Node and precision, in words.
        what: String,
    },
    /// A simulation of nobody, or of nothing.
    #[error("a simulation needs at least 1 subject, 1 block and 1 step")]
    EmptySimulation,
    /// A simulation would be too large.
    #[error("a simulation has at most {most} rows")]
    TooManyRows {
        /// The most rows that there can be.
        most: usize,
    },
    /// More subjects are asked for than there are parameters of.
    #[error("--subjects {asked}: {file} has parameters for {found}")]
    TooManySubjects {
        /// How many are asked for.
        asked: usize,
        /// The table of parameters or covariates.
        file: String,
        /// How many it has.
        found: usize,
    },
    /// What is written is what was read.
    #[error("{} would be written over: it is what is read ({})", out.display(), read.display())]
    WrittenOver {
        /// What would be written.
        out: PathBuf,
        /// What is read.
        read: PathBuf,
    },
    /// Results would be written over the data.
    #[error("--out {} is the data", out.display())]
    OutIsData {
        /// The file.
        out: PathBuf,
    },
    /// There are fewer subjects than shards.
    #[error("--shard: {subjects} subjects cannot be cut into so many")]
    TooManyShards {
        /// How many subjects there are.
        subjects: usize,
    },
    /// No response counts.
    #[error("no response is scored: there is nothing to fit")]
    NothingScored,
    /// A fit that was stopped stands where this one would.
    #[error("{} is there already, from a fit that was stopped: go on with it by --resume, or remove it", folder.display())]
    Unfinished {
        /// The folder.
        folder: PathBuf,
    },
    /// A stopped fit is another one.
    #[error("{} is from another fit (other data, options or declaration): remove it, or choose another --out", folder.display())]
    OtherFit {
        /// The folder.
        folder: PathBuf,
    },
    /// There is no stopped fit.
    #[error("--resume: there is no {} to go on with", folder.display())]
    NothingToResume {
        /// The folder.
        folder: PathBuf,
    },
    /// Shards of a flat population are put together as they are.
    #[error("--method: the shards of a flat population are fitted already")]
    FlatShards,
    /// A shard has gone through the second round.
    #[error("{}: has scored draws of a merged fit: put it together by `weigh`", folder.display())]
    ScoredShard {
        /// Its folder.
        folder: PathBuf,
    },
    /// Fits of other data are compared.
    #[error("{first} and {other} predict other responses: fits of the same data are compared")]
    OtherResponses {
        /// The first fit.
        first: String,
        /// The other one.
        other: String,
    },
    /// A table of results lacks a column.
    #[error("{}: no column {column}", file.display())]
    NoColumn {
        /// The table.
        file: PathBuf,
        /// The column.
        column: String,
    },
    /// Nothing is to be simulated.
    #[error("--repeats 0: at least one group is simulated")]
    NoRepeats,
    /// A program of one population cannot take models for each other.
    #[error("--confusion needs a program with several populations: aif::study::<A>().and::<B>().main()")]
    OnePopulation,
    /// Populations of other levels cannot be taken for each other.
    #[error(
        "--confusion: {first} and {other} have not the same levels and covariates, so they cannot be fitted to each other's subjects"
    )]
    OtherLevels {
        /// The first population.
        first: &'static str,
        /// The other one.
        other: &'static str,
    },
    /// Too few simulations, or too many bins.
    #[error("calibration needs at least 10 simulations, and 2 to {most} bins")]
    Calibration {
        /// The most bins that there can be.
        most: usize,
    },
    /// Truths are given to calibration.
    #[error("--set, --params: calibration draws every parameter from its prior; truths that are given have other ranks")]
    GivenTruths,
    /// A folder holds parts of nobody knows what.
    #[error("{} holds parts, but no {header} that says of what: remove it, or choose another --out", folder.display())]
    Headless {
        /// The folder.
        folder: PathBuf,
        /// The file that is not there.
        header: &'static str,
    },
    /// What says of which fit a folder holds parts cannot be read.
    #[error("{}: {what}; remove {}, or choose another --out", file.display(), folder.display())]
    Header {
        /// The file.
        file: PathBuf,
        /// Why.
        what: String,
        /// The folder.
        folder: PathBuf,
    },
    /// A method has no such start.
    #[error("--start {start}: for --method {method} {expected}")]
    Start {
        /// What was given.
        start: String,
        /// The method.
        method: String,
        /// What it can be.
        expected: String,
    },
    /// An option of another method is given.
    #[error("{option} is an option of --method {}; {method} has none of that kind", of.join(" and "))]
    OtherMethod {
        /// The option.
        option: &'static str,
        /// The methods that have it.
        of: Vec<&'static str>,
        /// The method that was asked for.
        method: String,
    },
    /// Several climbs are asked for where each subject has one.
    #[error("--climbs: the subjects of a flat population are climbed once each, and weighed as a whole")]
    FlatClimbs,
    /// A shard is asked for predictions.
    #[error(
        "--loo-draws, --check-draws, --log-likelihood: a shard of a group hands on tables of its likelihoods, and predicts nothing"
    )]
    ShardPredicts,
    /// There is not as much memory.
    #[error("this would take about {total} of memory, {most} of it for {what}; {free} are free: ask for less")]
    Memory {
        /// How much it would take.
        total: String,
        /// How much of that for one thing.
        most: String,
        /// For what.
        what: &'static str,
        /// How much there is.
        free: String,
    },
    /// Sessions are asked for of a population that has none.
    #[error("--sessions: {population} has no `plate session`, so that its subjects have one each")]
    NoSessions {
        /// The population.
        population: &'static str,
    },
    /// Options of methods are given to a comparison that has its own.
    #[error("{option}: --confusion compares evidence, and fits by Laplace's method")]
    Confusion {
        /// The first of them.
        option: &'static str,
    },
    /// A table has complaints, which were told.
    #[error("{}: {count} complaint{}", data.display(), if *count == 1 { "" } else { "s" })]
    Complaints {
        /// The table.
        data: PathBuf,
        /// How many.
        count: usize,
    },
    /// Behaviour has no score, perhaps because outcomes stand on other rows than is thought.
    #[error("{source}{order}")]
    Ordered {
        /// Why.
        source: Box<StudyError>,
        /// What is suspected; empty where nothing is.
        order: String,
    },
}

/// A session, where there is one.
fn of_session(session: &Option<String>) -> String {
    session.as_ref().map_or(String::new(), |s| format!(", session `{s}`"))
}

/// Says something on standard error; where that is closed or full, nobody is there to be told.
macro_rules! say {
    ($($text:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stderr(), $($text)*);
    }};
}

pub(super) use say;
