//! The study program's view of a population without its type: the verbs are compiled once for all.

use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::path::Path;
use std::sync::Arc;

use aif_runtime::Declared;
use rand::Rng;

use super::error::StudyError;
use super::neural::NeuralError;
use super::players::no_missing_action;
use super::studied::{StudyBehaviour, StudyOptions, SubjectRecords, Takes};
use crate::data::{DataOptions, Format, MissingAction, RawTable, RowOrder, Schema, covariates, is_of_shard, participants, read};
use crate::fit::{Fittable, TabledGroup};
use crate::population::{
    Design, FamilyOf, FieldError, Group, Known, Parameter, Partly, Population, PopulationMeta, Priors, PriorsOf, Role,
};
use crate::posterior::{Layout, SubjectScore, Table, Target, direction_positions, drawn_positions, likelihood, pointwise};
use crate::record::{Cues, RecordedBlock, Regressors, ResponsePlace, statistics};
use crate::score::{Assigned, ScoreError};

/// Values of parameters, by label (`z`, `z[1]`).
pub(super) type Values = BTreeMap<String, f64>;

/// Records of a group, ready to be scored and fitted.
pub(super) trait Loaded: Fittable + Send + Sync {
    fn warnings(&self) -> &[String];
    fn response_count(&self, leaf: usize) -> usize;
    /// The log-likelihood of a unit and its derivatives, by label of what they are by.
    fn likelihood(&self, leaf: usize, values: &Values) -> Result<(SubjectScore, Vec<String>), ScoreError>;
    /// The labels of what those derivatives are by.
    fn directions(&self) -> Vec<String>;
    fn pointwise_at(&self, leaf: usize, values: &Values) -> Result<Vec<f64>, ScoreError>;
    /// Looks for observations that cannot be under these values.
    fn check_observations_at(&self, leaf: usize, values: &Values) -> Result<(), ScoreError>;
    fn regressors_at(&self, leaf: usize, values: &Values) -> Option<Regressors>;
    /// Simulated responses of neurons.
    fn neural_at(&self, leaf: usize, values: &Values) -> Result<Regressors, NeuralError>;
    /// The same group seen as fittable.
    fn fittable(&self) -> &dyn Fittable;
}

/// Where a table comes from, and how it is read.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    pub tables: &'a [RawTable],
    pub data: &'a DataOptions,
    pub covariates: Option<&'a Path>,
    pub standardise: &'a [String],
    /// Of so many shards, counted from 1, one: only its subjects' records are read.
    pub shard: Option<(usize, usize)>,
}

/// One simulated unit.
pub(super) struct Simulation<'a> {
    pub plan: &'a [RecordedBlock],
    pub options: StudyOptions,
    pub world: &'a [(String, f64)],
    /// The numbers of the unit and of all above it.
    pub values: &'a [f64],
    pub covariates: &'a [f64],
}

pub(super) trait ErasedPopulation: Send + Sync {
    fn meta(&self) -> &'static PopulationMeta;
    fn schema(&self) -> Schema;
    /// Whose options concern the behaviour.
    fn takes(&self) -> Takes;
    fn check(&self, options: StudyOptions) -> Result<(), StudyError>;
    /// What the options come to, in words.
    fn words(&self, options: StudyOptions) -> String;
    /// The declaration of the behaviour in lines, as far as it describes itself.
    fn declaration(&self) -> Vec<String>;
    fn load(&self, source: &Source<'_>, options: StudyOptions) -> Result<Box<dyn Loaded>, StudyError>;
    /// Reads a table of behaviour that was simulated for subjects of a known design, perhaps by another population.
    fn load_simulated(
        &self,
        table: (&RawTable, RowOrder),
        design: &Design,
        options: StudyOptions,
    ) -> Result<Box<dyn Loaded>, StudyError>;
    /// A group of which only the tables of its units are known.
    fn tabled(&self, design: Design, tables: Vec<Option<Arc<Table>>>) -> Box<dyn Fittable>;
    /// Blocks and steps of a simulation that does not say how many.
    fn usual(&self) -> (usize, usize);
    fn plan(&self, blocks: usize, steps: usize, inputs: &[(String, String)]) -> Result<Vec<RecordedBlock>, StudyError>;
    /// The plans of all subjects of some tables: blocks, steps, inputs, forced and missing responses as they are there.
    fn plans_like(&self, tables: &[RawTable], data: &DataOptions) -> Result<Vec<(String, Vec<RecordedBlock>)>, StudyError>;
    /// Draws the parameters of a unit where they are not given, and works out the derived ones; writes them behind those above it.
    fn draw(
        &self,
        level: usize,
        values: &mut [f64],
        covariates: &[f64],
        given: &Values,
        rng: &mut dyn Rng,
    ) -> Result<(), StudyError>;
    /// Its priors.
    fn priors(&self) -> &dyn Priors;
    fn simulate(&self, simulation: &Simulation<'_>, rng: &mut dyn Rng) -> Result<Vec<RecordedBlock>, StudyError>;
}

/// The engine of one population.
pub(super) struct Typed<P>(pub PhantomData<fn() -> P>);

struct Records<P: Population> {
    group: Group<P>,
    warnings: Vec<String>,
}

/// The labels of the numbers of a list of parameters that are drawn.
pub(super) fn drawn_labels(parameters: &'static [Parameter]) -> Vec<String> {
    let drawn = parameters.iter().filter(|p| p.role == Role::Drawn);
    drawn.flat_map(|p| (0..p.len()).map(|e| p.label(e))).collect()
}

fn given(parameters: &'static [Parameter], values: &Values) -> Vec<Option<f64>> {
    drawn_labels(parameters).iter().map(|label| values.get(label).copied()).collect()
}

impl<P: Population> Records<P>
where
    FamilyOf<P, f64>: StudyBehaviour<Record = P::Record, Options = P::Options>,
{
    /// The numbers of all levels of a unit's path from given values; not a number where the behaviour does not need them.
    fn numbers(&self, leaf: usize, values: &Values) -> Vec<f64> {
        let levels = P::META.levels.len();
        let mut all = vec![f64::NAN; P::META.offset(levels)];
        for level in 0..levels {
            let known: Vec<f64> =
                given(P::META.levels[level].parameters, values).into_iter().map(|x| x.unwrap_or(f64::NAN)).collect();
            let covariates = if level < P::META.subject_level { &[][..] } else { self.covariates(leaf) };
            P::draw(level, &mut all, covariates, &mut Known::new(&known));
        }
        all
    }

    fn covariates(&self, leaf: usize) -> &[f64] {
        self.group.design.covariates_of(P::META.leaf(), leaf)
    }

    fn agent(&self, leaf: usize, values: &[f64]) -> (FamilyOf<P, f64>, Assigned) {
        let (model, assigned) = P::agent(values, self.covariates(leaf));
        (model.family(), assigned)
    }

    /// What is above the lowest level, and what is drawn there.
    fn split(&self, leaf: usize, values: &Values) -> (Vec<f64>, Vec<f64>) {
        let all = self.numbers(leaf, values);
        let level = P::META.leaf();
        let own = P::META.offset(level);
        let drawn = drawn_positions(P::META.levels[level].parameters).map(|i| all[own + i]).collect();
        (all[..own].to_vec(), drawn)
    }
}

impl<P: Population> Fittable for Records<P>
where
    FamilyOf<P, f64>: StudyBehaviour<Record = P::Record, Options = P::Options>,
{
    fn meta(&self) -> &'static PopulationMeta {
        self.group.meta()
    }
    fn design(&self) -> &Design {
        self.group.design()
    }
    fn target(&self, subject: Option<usize>, parallel: bool) -> Box<dyn Target + '_> {
        self.group.target(subject, parallel)
    }
    fn target_of(&self, subjects: &[usize]) -> Option<(Box<dyn Target + '_>, Vec<usize>)> {
        self.group.target_of(subjects)
    }
    fn pointwise(&self, leaf: usize, values: &[f64]) -> Result<Vec<f64>, ScoreError> {
        self.group.pointwise(leaf, values)
    }
    fn responses(&self, leaf: usize) -> Vec<ResponsePlace> {
        self.group.responses(leaf)
    }
    fn complete(&self, leaf: usize, values: &[f64]) -> Vec<f64> {
        self.group.complete(leaf, values)
    }
    fn alternatives(&self, leaf: usize) -> Option<(Vec<String>, Vec<Option<usize>>)> {
        FamilyOf::<P, f64>::alternatives(&self.group.records[leaf])
    }
    fn ln_prior(&self, leaf: usize, values: &[f64], drawn: &[f64]) -> Option<f64> {
        self.group.ln_prior(leaf, values, drawn)
    }
    fn cues(&self, leaf: usize) -> Vec<Cues> {
        FamilyOf::<P, f64>::cues(&self.group.records[leaf])
    }
    fn predictions(&self, leaf: usize, values: &[f64]) -> Result<Vec<Vec<f64>>, ScoreError> {
        let (model, assigned) = self.agent(leaf, values);
        model.predictions(&assigned, &self.group.records[leaf], &self.group.options)
    }
    fn kinds(&self, leaf: usize, values: &[f64]) -> Result<Vec<(String, f64)>, ScoreError> {
        let (model, assigned) = self.agent(leaf, values);
        model.kinds(&assigned, &self.group.records[leaf], &self.group.options)
    }
    fn statistics(&self, leaf: usize) -> Vec<(String, f64)> {
        statistics(&FamilyOf::<P, f64>::asked(), &FamilyOf::<P, f64>::answered(&self.group.records[leaf]))
    }
    fn statistics_anew(&self, leaf: usize, values: &[f64], rng: &mut dyn Rng) -> Result<Vec<f64>, ScoreError> {
        let (model, assigned) = self.agent(leaf, values);
        let anew = model.answer_anew(&assigned, &self.group.records[leaf], &self.group.options, rng)?;
        Ok(statistics(&FamilyOf::<P, f64>::asked(), &anew).into_iter().map(|(_, number)| number).collect())
    }
    fn regressors(&self, leaf: usize, values: &[f64]) -> Option<Regressors> {
        let (model, assigned) = self.agent(leaf, values);
        model.regressors(&assigned, &self.group.records[leaf], &self.group.options)
    }

    /// An observation is impossible where it is so under several draws from the prior.
    fn check_observations(&self) -> Result<(), String> {
        use rand::SeedableRng;
        let target = self.group.target(None, false);
        let level = P::META.leaf();
        let mut failures: Vec<Option<String>> = vec![None; self.group.records.len()];
        for seed in 0..5 {
            let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
            let all = target.draw_prior(&mut rng);
            let mut any = false;
            for (leaf, failure) in failures.iter_mut().enumerate() {
                if seed > 0 && failure.is_none() {
                    continue;
                }
                let (model, assigned) = self.agent(leaf, &target.layout().gather(level, leaf, &all));
                *failure = match model.check_observations(&assigned, &self.group.records[leaf], &self.group.options) {
                    Err(error) if error.is_of_observations() => Some(error.to_string()),
                    _ => None,
                };
                any |= failure.is_some();
            }
            if !any {
                return Ok(());
            }
        }
        let first = failures.iter().enumerate().find_map(|(leaf, f)| Some((leaf, f.as_ref()?)));
        first.map_or(Ok(()), |(leaf, what)| {
            let subject = &self.group.design.subjects()[self.group.design.subject_of(leaf)];
            Err(format!("subject {subject}, {what}"))
        })
    }
}

impl<P: Population> Loaded for Records<P>
where
    FamilyOf<P, f64>: StudyBehaviour<Record = P::Record, Options = P::Options>,
{
    fn warnings(&self) -> &[String] {
        &self.warnings
    }
    fn response_count(&self, leaf: usize) -> usize {
        FamilyOf::<P, f64>::responses(&self.group.records[leaf])
    }
    fn likelihood(&self, leaf: usize, values: &Values) -> Result<(SubjectScore, Vec<String>), ScoreError> {
        let (above, drawn) = self.split(leaf, values);
        Ok((likelihood::<P>(&above, &drawn, self.group.scored(leaf))?, self.directions()))
    }
    fn directions(&self) -> Vec<String> {
        let all = P::META.labels();
        direction_positions::<P>().map(|at| all[at].clone()).collect()
    }
    fn pointwise_at(&self, leaf: usize, values: &Values) -> Result<Vec<f64>, ScoreError> {
        let (above, drawn) = self.split(leaf, values);
        pointwise::<P>(&above, &drawn, self.group.scored(leaf))
    }
    fn check_observations_at(&self, leaf: usize, values: &Values) -> Result<(), ScoreError> {
        let (model, assigned) = self.agent(leaf, &self.numbers(leaf, values));
        match model.check_observations(&assigned, &self.group.records[leaf], &self.group.options) {
            Err(error) if error.is_of_observations() => Err(error),
            // What else is wrong is said by whoever scores.
            _ => Ok(()),
        }
    }
    fn regressors_at(&self, leaf: usize, values: &Values) -> Option<Regressors> {
        self.regressors(leaf, &self.numbers(leaf, values))
    }
    fn neural_at(&self, leaf: usize, values: &Values) -> Result<Regressors, NeuralError> {
        let (model, assigned) = self.agent(leaf, &self.numbers(leaf, values));
        model.neural(&assigned, &self.group.records[leaf], &self.group.options)
    }
    fn fittable(&self) -> &dyn Fittable {
        self
    }
}

impl<P> ErasedPopulation for Typed<P>
where
    P: Population,
    FamilyOf<P, f64>: StudyBehaviour<Record = P::Record, Options = P::Options>,
{
    fn meta(&self) -> &'static PopulationMeta {
        const { &P::META }
    }

    fn priors(&self) -> &dyn Priors {
        const { &PriorsOf::<P>(PhantomData) }
    }

    fn schema(&self) -> Schema {
        FamilyOf::<P, f64>::schema()
    }

    fn takes(&self) -> Takes {
        FamilyOf::<P, f64>::TAKES
    }

    fn words(&self, options: StudyOptions) -> String {
        FamilyOf::<P, f64>::words(&FamilyOf::<P, f64>::options(options))
    }

    fn declaration(&self) -> Vec<String> {
        FamilyOf::<P, f64>::declaration()
    }

    fn check(&self, options: StudyOptions) -> Result<(), StudyError> {
        FamilyOf::<P, f64>::check(&FamilyOf::<P, f64>::options(options)).map_err(StudyError::Model)
    }

    fn load(&self, source: &Source<'_>, options: StudyOptions) -> Result<Box<dyn Loaded>, StudyError> {
        self.check(options)?;
        if self.schema().players && source.data.missing_action != MissingAction::Error {
            return Err(no_missing_action(source.tables).into());
        }
        let others = P::META.covariates.iter().map(|c| c.name).chain(P::META.plates().iter().map(|p| p.name));
        let data = DataOptions { others: others.map(String::from).collect(), ..source.data.clone() };
        let read =
            FamilyOf::<P, f64>::read_some(source.tables, &data, P::META.has_sessions(), &|s| is_of_shard(s, source.shard))?;
        let SubjectRecords { names, records, sessions, mut warnings } = read;
        let beside = source.covariates.map(Path::to_owned);
        let beside = beside.or_else(|| {
            let wanted = !P::META.covariates.is_empty() || !P::META.plates().is_empty();
            let path = participants(source.tables.first().filter(|_| wanted)?)?;
            warnings.push(format!("covariates are read from {}", path.display()));
            Some(path)
        });
        let found = covariates(beside.as_deref(), &P::META, &names, source.standardise, &data, false)?;
        warnings.extend(found.warnings.iter().cloned());
        let mut design = found.design(&P::META, names)?;
        if let Some(sessions) = sessions {
            design = design.with_sessions(sessions);
        }
        Ok(Box::new(Records::<P> { group: Group { design, records, options: FamilyOf::<P, f64>::options(options) }, warnings }))
    }

    fn load_simulated(
        &self,
        (table, order): (&RawTable, RowOrder),
        design: &Design,
        options: StudyOptions,
    ) -> Result<Box<dyn Loaded>, StudyError> {
        let format = if order == RowOrder::ActionFirst { Format::Trials } else { Format::Long };
        let simulated = DataOptions { missing_action: MissingAction::Marginalise, format, ..DataOptions::default() };
        let read = FamilyOf::<P, f64>::read(std::slice::from_ref(table), &simulated, P::META.has_sessions())?;
        let options = FamilyOf::<P, f64>::options(options);
        let group = Group { design: design.clone(), records: read.records, options };
        Ok(Box::new(Records::<P> { group, warnings: read.warnings }))
    }

    fn tabled(&self, design: Design, tables: Vec<Option<Arc<Table>>>) -> Box<dyn Fittable> {
        Box::new(TabledGroup::<P> { design, options: P::Options::default(), tables })
    }

    fn usual(&self) -> (usize, usize) {
        FamilyOf::<P, f64>::usual()
    }

    fn plan(&self, blocks: usize, steps: usize, inputs: &[(String, String)]) -> Result<Vec<RecordedBlock>, StudyError> {
        FamilyOf::<P, f64>::plan(blocks, steps, inputs)
    }

    fn plans_like(&self, tables: &[RawTable], data: &DataOptions) -> Result<Vec<(String, Vec<RecordedBlock>)>, StudyError> {
        let read = read(tables, &FamilyOf::<P, f64>::schema(), data)?;
        Ok(read.subjects.into_iter().map(|s| (s.name, s.blocks)).collect())
    }

    fn draw(
        &self,
        level: usize,
        values: &mut [f64],
        covariates: &[f64],
        given_values: &Values,
        rng: &mut dyn Rng,
    ) -> Result<(), StudyError> {
        let parameters = P::META.levels[level].parameters;
        let known = given(parameters, given_values);
        let mut draw = Partly::new(&known, rng);
        P::draw(level, values, covariates, &mut draw);
        let Some(&outside) = draw.outside.first() else { return Ok(()) };
        let labels = drawn_labels(parameters);
        let drawn = parameters.iter().filter(|p| p.role == Role::Drawn).flat_map(|p| std::iter::repeat_n(p, p.len()));
        let (label, prior) = (&labels[outside], drawn.clone().nth(outside).map_or("", |p| p.prior));
        let name = label.split('[').next().unwrap_or(label);
        let value = known[outside].unwrap_or(f64::NAN);
        Err(StudyError::OutsideSupport { parameter: label.clone(), value, name: name.into(), prior })
    }

    fn simulate(&self, simulation: &Simulation<'_>, rng: &mut dyn Rng) -> Result<Vec<RecordedBlock>, StudyError> {
        let (model, assigned) = P::agent(simulation.values, simulation.covariates);
        let mut world = model;
        for (name, value) in simulation.world {
            P::set_field(&mut world, name, *value).map_err(|e| {
                let name = name.clone();
                match e {
                    FieldError::Unknown => StudyError::WorldUnknown { name, population: P::META.name, known: P::FIELDS },
                    FieldError::NotANumber => StudyError::WorldField { name },
                }
            })?;
        }
        let options = FamilyOf::<P, f64>::options(simulation.options);
        model.family().simulate(&assigned, &world.family(), simulation.plan, &options, rng)
    }
}

/// The labels of the numbers that scoring a unit needs: those drawn at the lowest level, those that behaviour depends on directly, and
/// where one of these is derived, all that are drawn above.
pub(super) fn needed_labels(meta: &'static PopulationMeta) -> Vec<String> {
    let above = &meta.levels[..meta.leaf()];
    let derived = above.iter().flat_map(|l| l.parameters).any(|p| p.direct && p.role == Role::Derived);
    let wanted = |p: &&'static Parameter| p.role == Role::Drawn && (p.direct || derived);
    let own = meta.levels[meta.leaf()].parameters.iter().filter(|p| p.role == Role::Drawn);
    own.chain(above.iter().flat_map(|l| l.parameters).filter(wanted)).flat_map(|p| (0..p.len()).map(|e| p.label(e))).collect()
}

/// Draws all numbers of the units of a design: those given for a unit's subject are taken.
pub(super) fn draw_all(
    engine: &dyn ErasedPopulation,
    design: &Design,
    given: &dyn Fn(usize, usize) -> Result<Values, StudyError>,
    rng: &dyn Fn(usize, usize) -> rand_chacha::ChaCha8Rng,
) -> Result<(Layout, Vec<f64>), StudyError> {
    let layout = Layout::new(engine.meta(), design.clone());
    let all = layout.fill(|level, unit, values, covariates| {
        engine.draw(level, values, covariates, &given(level, unit)?, &mut rng(level, unit))
    })?;
    Ok((layout, all))
}
