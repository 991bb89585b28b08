//! `simulate`: subjects in a world, their behaviour as a table and the parameters that it came from.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::arguments::{Plan, Simulate};
use super::engine::{ErasedPopulation, Simulation, Values, draw_all};
use super::error::{StudyError, say};
use super::loglik::Given;
use super::memory::Need;
use super::studied::StudyOptions;
use crate::data::{Covariates, DataOptions, Format, MissingAction, RawTable, RowOrder, TableOf, covariates, open_tables};
use crate::fit::{Method, PredictiveOptions};
use crate::output::{Writing, check_file, put_rows, write_each, write_rows};
use crate::population::{Design, Units};
use crate::posterior::Layout;
use crate::random::stream;
use crate::record::{RecordedBlock, by_session};
use crate::results::Quantity;

/// The most rows of one simulated table.
const MAX_ROWS: usize = 50_000_000;

/// The streams of the generator: one for the group's parameters, and two for each subject.
const PARAMETERS: u64 = 1 << 40;
const BEHAVIOUR: u64 = 2 << 40;

/// Who is simulated, doing what, in which world.
pub(super) struct Blueprint {
    pub design: Design,
    /// The plan of each unit of the lowest level; those that are alike are one.
    pub plans: Vec<Arc<[RecordedBlock]>>,
    pub world: Vec<(String, f64)>,
    given: Given,
    options: StudyOptions,
}

/// The sessions of a plan, by name.
type Sessions = Vec<(String, Arc<[RecordedBlock]>)>;

/// A simulated group.
pub(super) struct Simulated {
    pub layout: Layout,
    /// All numbers of all units.
    pub truth: Vec<f64>,
    /// The behaviour, as a table in memory, and what its rows are.
    pub table: RawTable,
    pub order: RowOrder,
}

impl Blueprint {
    pub fn new(engine: &dyn ErasedPopulation, plan: &Plan) -> Result<Self, StudyError> {
        let meta = engine.meta();
        if plan.sessions.is_some() && !meta.has_sessions() {
            return Err(StudyError::NoSessions { population: meta.name });
        }
        let options = plan.agent.options(engine)?;
        engine.check(options)?;
        let given = Given::read(&plan.parameters, meta)?;
        let world = plan.world.iter().map(|(name, value)| {
            let number = value.parse::<f64>().ok().filter(|x| x.is_finite());
            let wrong = || StudyError::WorldNumber { name: name.clone(), value: value.clone() };
            Ok((name.clone(), number.ok_or_else(wrong)?))
        });
        let world = world.collect::<Result<Vec<_>, StudyError>>()?;
        // What is missing in a table to be followed is missing in what is simulated.
        let data = DataOptions { missing_action: MissingAction::Marginalise, format: plan.format, ..DataOptions::default() };
        let (names, of_subjects) = match &plan.like {
            Some(path) => {
                let own = engine.plans_like(&open_tables(path, &data, &engine.schema())?, &data)?;
                own.into_iter().map(|(name, blocks)| (name, Arc::new(blocks))).unzip()
            }
            None => {
                let (blocks, steps) = engine.usual();
                let (blocks, steps) = (plan.blocks.unwrap_or(blocks), plan.steps.unwrap_or(steps));
                if blocks == 0 || steps == 0 || plan.subjects == Some(0) {
                    return Err(StudyError::EmptySimulation);
                }
                let names = subjects(plan, &given)?;
                let rows = names.len().checked_mul(blocks).and_then(|n| n.checked_mul(steps.saturating_add(1)));
                let sessions = if meta.has_sessions() { plan.sessions.unwrap_or(2) } else { 1 };
                if rows.and_then(|n| n.checked_mul(sessions)).is_none_or(|n| n > MAX_ROWS) {
                    return Err(StudyError::TooManyRows { most: MAX_ROWS });
                }
                Need::of_rows(rows.unwrap_or(0).saturating_mul(sessions), engine.schema().width()).check()?;
                let mut regular = engine.plan(blocks, steps, &plan.input)?;
                if meta.has_sessions() {
                    let one = std::mem::take(&mut regular);
                    for session in 0..plan.sessions.unwrap_or(2) {
                        regular.extend(one.iter().cloned().map(|mut block| {
                            block.session = session.to_string();
                            block
                        }));
                    }
                }
                let regular = Arc::new(regular);
                let plans = vec![regular; names.len()];
                (names, plans)
            }
        };
        let names: Vec<String> = names;
        let of_subjects: Vec<Arc<Vec<RecordedBlock>>> = of_subjects;
        if names.is_empty() {
            return Err(StudyError::EmptySimulation);
        }
        let found: Covariates = covariates(plan.covariates.as_deref(), meta, &names, &plan.standardise, &data, true)?;
        let mut design = found.design(meta, names)?;
        let mut plans = Vec::new();
        if meta.has_sessions() {
            let mut units = Units::default();
            let mut last: Option<(Arc<Vec<RecordedBlock>>, Sessions)> = None;
            for (s, plan) in of_subjects.into_iter().enumerate() {
                let known = last.take().filter(|(before, _)| Arc::ptr_eq(before, &plan));
                let (_, sessions) = last.insert(known.unwrap_or_else(|| {
                    let own = by_session(plan.to_vec()).into_iter().map(|(name, blocks)| (name, blocks.into()));
                    (plan, own.collect())
                }));
                for (session, blocks) in sessions {
                    plans.push(Arc::clone(blocks));
                    units.names.push(session.clone());
                    units.parents.push(s);
                }
            }
            design = design.with_sessions(units);
        } else {
            // Who has the same plan as the one before shares it.
            for (s, plan) in of_subjects.iter().enumerate() {
                let shared = match plans.last() {
                    Some(last) if Arc::ptr_eq(&of_subjects[s - 1], plan) => Arc::clone(last),
                    _ => plan.to_vec().into(),
                };
                plans.push(shared);
            }
        }
        Ok(Blueprint { design, plans, world, given, options })
    }

    /// The same with another number of subjects: from the first on, and again from the first where there are more. They are called by numbers.
    pub fn of_size(&self, subjects: usize) -> Self {
        let (design, at) = (&self.design, self.design.subject_level);
        let known = design.subjects().len();
        let mut levels = design.levels.clone();
        let names = (0..subjects).map(|s| s.to_string()).collect();
        levels[at] = Units { names, parents: (0..subjects).map(|s| design.levels[at].parents[s % known]).collect() };
        let mut plans = Vec::new();
        if let Some(sessions) = levels.get_mut(at + 1) {
            let own = std::mem::take(sessions);
            for s in 0..subjects {
                for unit in (0..own.names.len()).filter(|&unit| own.parents[unit] == s % known) {
                    sessions.names.push(own.names[unit].clone());
                    sessions.parents.push(s);
                    plans.push(Arc::clone(&self.plans[unit]));
                }
            }
        } else {
            plans.extend((0..subjects).map(|s| Arc::clone(&self.plans[s % known])));
        }
        let covariates = (0..subjects).map(|s| design.covariates[s % known].clone()).collect();
        let design = Design { levels, subject_level: at, covariates };
        Blueprint { design, plans, world: self.world.clone(), given: self.given.clone(), options: self.options }
    }

    /// What a simulated group and its fit take of memory.
    pub fn need(&self, engine: &dyn ErasedPopulation, method: &Method) -> Need {
        let rows = self.plans.iter().flat_map(|blocks| blocks.iter()).map(|block| block.rows.len()).sum();
        let counts = (self.design.subjects().len(), rows);
        let fit = Need::of_fit(engine.meta(), &self.design, (method, &PredictiveOptions::none()), counts);
        fit.and(Need::of_rows(rows, engine.schema().width()))
    }

    /// Draws parameters: those that are not given, or all of them from their priors.
    pub fn parameters(
        &self,
        engine: &dyn ErasedPopulation,
        seed: u64,
        from_prior: bool,
    ) -> Result<(Layout, Vec<f64>), StudyError> {
        let design = &self.design;
        let subject_level = engine.meta().subject_level;
        // Of each unit above the subjects the first of them.
        let mut firsts: Vec<Vec<Option<usize>>> = design.levels.iter().map(|units| vec![None; units.names.len()]).collect();
        for s in 0..design.subjects().len() {
            for (level, &unit) in design.path(subject_level, s).iter().enumerate() {
                firsts[level][unit].get_or_insert(s);
            }
        }
        let given = |level: usize, unit: usize| -> Result<Values, StudyError> {
            if from_prior {
                return Ok(Values::new());
            }
            let subject = if level > subject_level { Some(design.subject_of(unit)) } else { firsts[level][unit] };
            let session = (level > subject_level).then(|| design.leaves().names[unit].as_str());
            subject.map_or(Ok(Values::new()), |s| self.given.of(&design.subjects()[s], session))
        };
        let rng = |level: usize, unit: usize| {
            let own = if level == 0 { 0 } else { 1 + unit as u64 };
            // The subjects' streams are next to the group's; other levels have theirs further on.
            let apart = if level == 0 || level == subject_level { 0 } else { (level as u64) << 32 };
            stream(seed, PARAMETERS + apart + own)
        };
        draw_all(engine, design, &given, &rng)
    }

    /// Draws parameters and simulates behaviour.
    pub fn simulate(&self, engine: &dyn ErasedPopulation, seed: u64) -> Result<Simulated, StudyError> {
        self.simulate_as(engine, seed, RowOrder::ObservationFirst)
    }

    /// The same as a table of steps, or of trials on which what is observed comes after the choice.
    pub fn simulate_as(&self, engine: &dyn ErasedPopulation, seed: u64, order: RowOrder) -> Result<Simulated, StudyError> {
        let (meta, design) = (engine.meta(), &self.design);
        let (layout, truth) = self.parameters(engine, seed, false)?;
        let schema = engine.schema();
        let mut table = TableOf::new(&schema, self.plans.iter().map(|plan| &plan[..]), order);
        let leaf_level = meta.leaf();
        for (leaf, plan) in self.plans.iter().enumerate() {
            let values = layout.gather(leaf_level, leaf, &truth);
            let simulation = Simulation {
                plan,
                options: self.options,
                world: &self.world,
                values: &values,
                covariates: design.covariates_of(leaf_level, leaf),
            };
            let name = &design.subjects()[design.subject_of(leaf)];
            let simulated = engine.simulate(&simulation, &mut stream(seed, BEHAVIOUR + leaf as u64));
            let blocks = simulated.map_err(|source| StudyError::Subject { subject: name.clone(), source: Box::new(source) })?;
            table.add(name, &blocks);
        }
        Ok(Simulated { layout, truth, table: table.done(), order })
    }
}

impl Simulated {
    /// What a number of a fit of this group was in truth.
    pub fn truth_of(&self, q: &Quantity) -> f64 {
        self.truth[self.layout.members_of(q.level, q.unit)][self.place_of(q)]
    }

    /// Which of its unit's numbers a number is.
    pub fn place_of(&self, q: &Quantity) -> usize {
        let parameters = self.layout.meta.levels[q.level].parameters;
        let before: usize = parameters.iter().take_while(|p| p.name != q.parameter).map(|p| p.len()).sum();
        before + q.element
    }

    /// The parameters as a table: one row for each subject, or session.
    pub fn truth_csv(&self) -> Vec<u8> {
        let (meta, design) = (self.layout.meta, &self.layout.design);
        let mut header = vec!["subject".to_string()];
        header.extend(meta.has_sessions().then(|| "session".to_string()));
        header.extend(meta.labels());
        let leaf_level = meta.leaf();
        let rows = (0..self.layout.units(leaf_level)).map(|leaf| {
            let mut row = vec![design.subjects()[design.subject_of(leaf)].clone()];
            row.extend(meta.has_sessions().then(|| design.leaves().names[leaf].clone()));
            row.extend(self.layout.gather(leaf_level, leaf, &self.truth).iter().map(f64::to_string));
            row
        });
        write_rows(&header, rows)
    }
}

pub(super) fn run(engine: &dyn ErasedPopulation, arguments: &Simulate) -> Result<(), StudyError> {
    let plan = &arguments.plan;
    let read = [&plan.like, &plan.covariates, &plan.parameters.params];
    for out in [&arguments.out, &beside(&arguments.out)] {
        let same = |path: &&PathBuf| std::fs::canonicalize(path).is_ok_and(|p| std::fs::canonicalize(out).is_ok_and(|o| o == p));
        if let Some(path) = read.into_iter().flatten().find(same) {
            return Err(StudyError::WrittenOver { out: out.to_path_buf(), read: path.clone() });
        }
        check_file(out, arguments.force)?;
    }
    let blueprint = Blueprint::new(engine, &arguments.plan)?;
    let order = match arguments.plan.format {
        Format::Long => RowOrder::ObservationFirst,
        Format::Trials => RowOrder::ActionFirst,
        Format::Bids => return Err(StudyError::SimulatedBids),
    };
    let simulated = blueprint.simulate_as(engine, arguments.plan.seed, order)?;
    let truth = simulated.truth_csv();
    let table = &simulated.table;
    let truth_path = beside(&arguments.out);
    let data: Writing<'_> = Box::new(|to| put_rows(to, &table.header, table.rows().map(|row| row.cells())));
    let truth: Writing<'_> = Box::new(|to| to.write_all(&truth));
    write_each(vec![(&*arguments.out, data), (&*truth_path, truth)])?;
    say!("wrote {} and {}", arguments.out.display(), truth_path.display());
    Ok(())
}

/// Where the parameters go: data.csv has data.truth.csv beside it.
fn beside(out: &Path) -> PathBuf {
    let name = out.file_name().unwrap_or_default().to_string_lossy();
    let stem = name.strip_suffix(".csv").unwrap_or(&name);
    out.with_file_name(format!("{stem}.truth.csv"))
}

/// The subjects' names: those of the table of parameters or of covariates, or numbers.
fn subjects(plan: &Plan, given: &Given) -> Result<Vec<String>, StudyError> {
    let (order, file) = match (&given.file, &plan.covariates) {
        (Some(file), _) => (given.order.clone(), file.clone()),
        (None, Some(path)) => {
            let table = RawTable::open(path)?;
            let at = table.header.iter().position(|h| h == "subject");
            (table.rows().filter_map(|row| Some(row.cell(at?).to_owned())).collect(), path.display().to_string())
        }
        (None, None) => {
            let count = plan.subjects.unwrap_or(10);
            if count > MAX_ROWS {
                return Err(StudyError::TooManyRows { most: MAX_ROWS });
            }
            return Ok((0..count).map(|s| s.to_string()).collect());
        }
    };
    let count = plan.subjects.unwrap_or(order.len());
    if count > order.len() {
        return Err(StudyError::TooManySubjects { asked: count, file, found: order.len() });
    }
    Ok(order[..count].to_vec())
}
