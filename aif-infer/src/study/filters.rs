//! Hierarchical Gaussian filters in the study program: observers of a world, or of given inputs.

use aif_runtime::hgf::{
    CouplingKind, Filter, FilterError, FilterKernel, FilterMeta, FilterOptions, FilterWorld, GaussianFilter, InputKind, NodeKind,
    ResponseColumn, ResponseKind, Shape,
};
use aif_runtime::model::Labels;
use aif_runtime::{Assigned, Hgf, ModelError};
use rand::Rng;

use super::error::StudyError;
use super::studied::{StudyBehaviour, StudyOptions, Takes};
use crate::data::Schema;
use crate::record::{Answered, Asked, RecordedBlock, RecordedRow, Recorder, Regressors, Rows, TakingTrials, Trials};
use crate::score::{ScoreError, checked, counted, each_trial, failure};

impl<M: GaussianFilter<f64>> StudyBehaviour for Hgf<M> {
    const TAKES: Takes = Takes::Filter;

    fn options(options: StudyOptions) -> FilterOptions {
        options.filter
    }

    fn check(options: &FilterOptions) -> Result<(), ModelError> {
        options.check().map_err(|error| match error {
            FilterError::JumpLimit(value) => {
                ModelError::Number { what: "the limit of jumps".into(), value, expected: "above 0 and finite" }
            }
            _ => ModelError::Number { what: "the precision cap".into(), value: options.precision_cap, expected: "above 0" },
        })
    }

    fn declaration() -> Vec<String> {
        let meta: FilterMeta = M::META;
        let labels = |labels: &Labels| labels.all().collect::<Vec<_>>().join(" ");
        let mut lines = vec![format!("filter {}", meta.name)];
        for line in meta.lines {
            let parents = line.parents.iter().map(|p| format!("{} ({:?})", meta.lines[p.line].name, p.kind)).collect::<Vec<_>>();
            let ways = [(line.each, ", one for each category"), (line.walks, ", walks"), (line.drifts, ", drifts")];
            let ways: String = ways.iter().filter(|way| way.0).map(|way| way.1).collect();
            lines.push(format!("node {}: {:?}{ways}; under {}", line.name, line.kind, parents.join(", ")));
        }
        lines.extend(meta.inputs.iter().map(|input| match &input.kind {
            InputKind::Binary(of) | InputKind::Category(of) => format!("input {}: {}", input.name, labels(of)),
            InputKind::Number => format!("input {}: a number", input.name),
        }));
        lines.extend(meta.responses.iter().map(|response| match &response.kind {
            ResponseKind::Choice(of) => format!("response {}: {}", response.name, labels(of)),
            other => format!("response {}: {other:?}", response.name),
        }));
        lines
    }

    fn schema() -> Schema {
        Schema::of_filter(&M::META)
    }

    fn record(blocks: Vec<RecordedBlock>) -> Trials {
        Trials::of_checked(&M::META, blocks)
    }

    fn recorder() -> Box<dyn Recorder<Trials>> {
        Box::new(TakingTrials::new(M::META))
    }

    fn responses(record: &Trials) -> usize {
        record.responses()
    }

    fn usual() -> (usize, usize) {
        (1, 300)
    }

    /// Inputs are drawn from the world.
    fn plan(blocks: usize, steps: usize, inputs: &[(String, String)]) -> Result<Vec<RecordedBlock>, StudyError> {
        if let Some((name, _)) = inputs.first() {
            return Err(StudyError::InputOfFilter { name: name.clone() });
        }
        let rows = vec![RecordedRow::default(); steps];
        Ok(RecordedBlock::numbered(blocks, &rows))
    }

    /// What the filter believes drives its responses.
    fn simulate(
        &self,
        _: &Assigned,
        world: &Self,
        plan: &[RecordedBlock],
        options: &FilterOptions,
        rng: &mut dyn Rng,
    ) -> Result<Vec<RecordedBlock>, StudyError> {
        let meta: FilterMeta = M::META;
        let failed = |e: aif_runtime::hgf::FilterError| StudyError::Filter(e);
        let mut filter = Filter::<M>::new(self.0, *options).map_err(failed)?;
        let mut done = plan.to_vec();
        for block in &mut done {
            filter.restart();
            let mut surroundings = FilterWorld::new(&world.0, rng).map_err(failed)?;
            for row in &mut block.rows {
                if row.inputs.is_empty() {
                    row.inputs = surroundings.step(row.time_step, rng);
                }
                filter.take(&row.inputs, row.time_step).map_err(failed)?;
                if let Some(invalid) = filter.invalid() {
                    let what = invalid.words(&meta);
                    return Err(StudyError::FilterFails { what });
                }
                let beliefs = filter.beliefs();
                let answers = meta.responses.iter().enumerate().map(|(r, response)| {
                    let drawn = self.0.sample_response(r, &beliefs, rng);
                    let missed = row.responses.get(r).is_some_and(Option::is_none);
                    (!missed && !matches!(response.kind, ResponseKind::Nothing)).then_some(drawn)
                });
                row.responses = answers.collect();
            }
        }
        Ok(done)
    }

    /// The labels of all choices of the only response that is one, and which of them each scored response was.
    fn alternatives(record: &Trials) -> Option<(Vec<String>, Vec<Option<usize>>)> {
        let meta: FilterMeta = M::META;
        let [response] = meta.responses else { return None };
        let ResponseKind::Choice(labels) = response.kind else { return None };
        let recorded = record.rows.iter().flat_map(|rows| rows.responses.iter());
        let chosen = recorded.filter(|x| !x.is_nan()).map(|&x| Some(x as usize)).collect();
        Some((labels.all().map(|l| l.into_owned()).collect(), chosen))
    }

    /// The probability of every choice at each scored response, where the only response is a choice.
    fn predictions(&self, _: &Assigned, record: &Trials, options: &FilterOptions) -> Result<Vec<Vec<f64>>, ScoreError> {
        checked(&self.0, options)?;
        let mut engine = FilterKernel::<M, f64, f64>::new(|_| self.0, options);
        let mut all = Vec::new();
        each_trial(&mut engine, record, &mut |engine, _, _, responses| {
            if counted(responses).next().is_some() {
                let probabilities = self.0.response_probabilities(0, &engine.beliefs(0));
                if probabilities.iter().any(|p| !p.is_finite()) {
                    return Err(failure(&self.0, record, options));
                }
                all.push(probabilities);
            }
            Ok(())
        })?;
        Ok(all)
    }

    fn asked() -> Vec<Asked> {
        let meta: FilterMeta = M::META;
        let alone = meta.responses.len() == 1;
        let own = |r: &ResponseColumn| Asked { name: r.name, kind: r.kind, counted: alone };
        meta.responses.iter().map(own).collect()
    }

    fn answered(record: &Trials) -> Answered {
        let width = M::META.responses.len().max(1);
        let of_block = |rows: &Rows| {
            let of_trial = |own: &[f64]| counted(own).map(|(r, x)| (r, [x, f64::NAN])).collect::<Vec<_>>();
            rows.responses.chunks(width).flat_map(of_trial).collect::<Vec<_>>()
        };
        record.rows.iter().flat_map(of_block).collect()
    }

    fn answer_anew(
        &self,
        _: &Assigned,
        record: &Trials,
        options: &FilterOptions,
        rng: &mut dyn Rng,
    ) -> Result<Answered, ScoreError> {
        checked(&self.0, options)?;
        let mut engine = FilterKernel::<M, f64, f64>::new(|_| self.0, options);
        let mut anew = Vec::new();
        each_trial(&mut engine, record, &mut |engine, _, _, responses| {
            for (r, _) in counted(responses) {
                anew.push((r, [self.0.sample_response(r, &engine.beliefs(0), rng), f64::NAN]));
            }
            Ok(())
        })?;
        Ok(anew)
    }

    /// Trial by trial: predictions, beliefs and prediction errors of every node; the surprise of every input (nats; of a continuous one
    /// under its own noise, without its parents' uncertainty).
    ///
    /// `None` where a parameter is not usable.
    fn regressors(&self, _: &Assigned, record: &Trials, options: &FilterOptions) -> Option<Regressors> {
        checked(&self.0, options).ok()?;
        let meta: FilterMeta = M::META;
        let mut columns = Vec::new();
        for (line, element) in meta.nodes() {
            let node = meta.label(line, element);
            for what in ["expected_mean", "expected_precision", "mean", "precision", "value_error"] {
                columns.push(format!("{node}.{what}"));
            }
            if meta.lines[line].count_parents(CouplingKind::Volatility) > 0 {
                columns.push(format!("{node}.volatility_error"));
            }
            if meta.lines[line].input.is_some() {
                columns.push(format!("{node}.surprise"));
            }
        }
        let mut rows = Vec::new();
        let mut engine = FilterKernel::<M, f64, f64>::new(|_| self.0, options);
        each_trial(&mut engine, record, &mut |engine, b, t, _| {
            let beliefs = engine.beliefs(0);
            let mut values = Vec::with_capacity(columns.len());
            for (line, element) in meta.nodes() {
                let own = M::Shape::places(&beliefs)[meta.place(line, element)];
                values.extend([own.expected_mean, own.expected_precision, own.mean, own.precision, own.value_error]);
                if meta.lines[line].count_parents(CouplingKind::Volatility) > 0 {
                    values.push(own.volatility_error);
                }
                if meta.lines[line].input.is_some() {
                    let binary = meta.lines[line].kind == NodeKind::Binary;
                    let surprise = if binary { own.binary_surprise() } else { own.gaussian_surprise() };
                    values.push(if own.observed == 0.0 { f64::NAN } else { surprise });
                }
            }
            let block = &record.rows[b];
            rows.push((block.session.clone(), block.name.clone(), block.first_step + t as i64, values));
            Ok(())
        })
        .ok()?;
        Some(Regressors { columns, rows })
    }
}
