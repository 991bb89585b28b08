//! `merge`: puts the shards of a fit together. `score` and `weigh`: a second round, in which shards score draws of the merged posterior by
//! their records.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use super::StudyError;
use super::arguments::{Merge, Score, Weigh};
use super::engine::{ErasedPopulation, Source};
use super::error::say;
use super::fit::{in_words, mark, progress, with_threads};
use super::stored::open;
use crate::data::open_shard;
use crate::fit::{
    Checkpoints, FitError, Method, PartialFit, Plan, PredictiveOptions, outside, score as score_draws, weigh as weigh_draws,
};
use crate::output::NewFolder;
use crate::posterior::Layout;
use crate::results::{Fit, Header, fit_files, fit_with};

fn wrong(what: String) -> StudyError {
    StudyError::Fit(FitError::Stored(what))
}

/// The pieces of all shards, which have to be of one fit and all there; and the header of the whole.
fn shards(engine: &dyn ErasedPopulation, folders: &[PathBuf]) -> Result<(Header, Vec<PartialFit>), StudyError> {
    let mut whole: Option<Header> = None;
    let mut pieces: Vec<PartialFit> = Vec::new();
    let mut seen: Vec<usize> = Vec::new();
    let mut of = 0;
    for path in folders {
        let (fit, mut header) = open(engine, path)?;
        let Some((i, n)) = header.shard.take() else {
            return Err(wrong(format!("{}: is a whole fit, no shard of one", path.display())));
        };
        if seen.contains(&i) {
            return Err(wrong(format!("{}: shard {i}/{n} is given twice", path.display())));
        }
        match &whole {
            Some(first) if *first != header || of != n => {
                return Err(wrong(format!(
                    "{}: is a shard of another fit (other data, options or number of shards)",
                    path.display()
                )));
            }
            _ => whole = Some(header),
        }
        of = n;
        seen.push(i);
        pieces.extend(fit.pieces);
    }
    let Some(header) = whole else { return Err(wrong("no shard is given".into())) };
    if let Some(missing) = (1..=of).find(|i| !seen.contains(i)) {
        return Err(wrong(format!("shard {missing}/{of} is missing")));
    }
    Ok((header, pieces))
}

pub(super) fn merge(engine: &dyn ErasedPopulation, arguments: &Merge) -> Result<(), StudyError> {
    let started = Instant::now();
    let folder = NewFolder::begin(&arguments.out)?;
    let (mut header, mut pieces) = shards(engine, &arguments.folders)?;
    if let Some(method) = arguments.method.as_deref().and_then(Method::named) {
        if engine.meta().flat() {
            return Err(StudyError::FlatShards);
        }
        header.method = method.with(header.method.seed(), None);
    }
    if pieces.iter().any(|p| p.scored.is_some()) {
        return Err(StudyError::ScoredShard { folder: arguments.folders[0].clone() });
    }
    pieces.sort_by_key(|p| p.subject);
    let meta = engine.meta();
    let scratch = Draft(folder.scratch());
    let fit = if meta.flat() {
        Fit::of(meta, header.design(meta), header.method, pieces)
    } else {
        jointly(engine, &header, pieces, &scratch, arguments.quiet)?
    };
    say!("{}", in_words(&fit, started.elapsed().as_secs_f64()));
    folder.fill(Some(header.digest()), fit_files(&fit, &header))?;
    say!("wrote {}", arguments.out.display());
    Ok(())
}

/// No checkpoints, but a folder for what is too much for memory.
struct Draft(PathBuf);

impl Checkpoints for Draft {
    fn get(&self, _: &str) -> Result<Option<Vec<u8>>, String> {
        Ok(None)
    }
    fn put(&self, _: &str, _: &[u8]) -> Result<(), String> {
        Ok(())
    }
    fn folder(&self) -> Option<&Path> {
        Some(&self.0)
    }
}

/// The posterior of a group from the tables that its shards have left.
fn jointly(
    engine: &dyn ErasedPopulation,
    header: &Header,
    pieces: Vec<PartialFit>,
    checkpoints: &dyn Checkpoints,
    quiet: bool,
) -> Result<Fit, StudyError> {
    let design = header.design(engine.meta());
    let count = design.leaves().names.len();
    let (shards, mut tables) = (pieces.len(), vec![None; count]);
    for (leaf, table) in pieces.into_iter().flat_map(|p| p.shard) {
        if let Some(place) = tables.get_mut(leaf) {
            *place = Some(Arc::new(table));
        }
    }
    if let Some(missing) = tables.iter().position(Option::is_none) {
        let whose = &design.subjects()[design.subject_of(missing)];
        return Err(StudyError::Fit(FitError::Stored(format!("no shard has the table of subject {whose}"))));
    }
    let group = engine.tabled(design, tables);
    let bar = progress(&header.method, false, count, quiet);
    let (tick, phase) = (|| bar.inc(1), |what: &'static str| bar.set_message(what));
    let plan = Plan { predictive: PredictiveOptions::none(), checkpoints, tick: &tick, phase: &phase, ..Plan::default() };
    let mut fit = fit_with(group.as_ref(), header.method, &plan)?;
    bar.finish_and_clear();
    if let Some(piece) = fit.pieces.first_mut() {
        let note = format!("merged from the tables of {shards} shards; nothing is predicted, for the records are elsewhere");
        piece.notes.push(note);
        let (beyond, looked) = outside(group.as_ref(), &piece.draws);
        if beyond > 0 {
            piece.notes.push(format!(
                "{beyond} of {looked} draws of units lie outside their tables, where likelihoods go on along straight lines: let shards `score` some draws by their records, and `weigh` them"
            ));
        }
    }
    Ok(fit)
}

pub(super) fn score(engine: &dyn ErasedPopulation, arguments: &Score) -> Result<(), StudyError> {
    let started = Instant::now();
    let folder = NewFolder::begin(&arguments.out)?;
    let (own, header) = open(engine, &arguments.shard)?;
    let shown = arguments.shard.display();
    let Some(shard) = header.shard else { return Err(wrong(format!("{shown}: is a whole fit, no shard of one"))) };
    let tables = own.pieces.into_iter().next().filter(|p| !p.shard.is_empty());
    let Some(tables) = tables else { return Err(wrong(format!("{shown}: has no tables: only groups are scored again"))) };
    let (merged, of) = open(engine, &arguments.merged)?;
    // The whole may have been found by another method.
    if (Header { shard: Some(shard), method: header.method, ..of.clone() }) != header {
        let merged = arguments.merged.display();
        return Err(wrong(format!("{shown}: is a shard of another fit than {merged} (other data, options or declaration)")));
    }
    let Some(posterior) = merged.pieces.first() else { return Err(wrong("the merged fit has no draws".into())) };
    let (data, covariates) = (arguments.data.options(), arguments.data.reading.covariates.as_deref());
    let read = open_shard(&arguments.data.data, &data, &engine.schema(), shard)?;
    let source =
        Source { tables: &read, data: &data, covariates, standardise: &arguments.data.reading.standardise, shard: Some(shard) };
    let agents = arguments.agent.options(engine)?;
    let loaded = engine.load(&source, agents)?;
    if mark(&read, &format!("{data:?}"), loaded.design()) != header.data {
        return Err(wrong(format!(
            "{shown}: was made of other data, or read with other options, than {}",
            arguments.data.data.display()
        )));
    }
    if serde_json::to_string(&agents).unwrap_or_default() != header.agents {
        return Err(wrong(format!("{shown}: was made with other options of agents: {}", header.agents)));
    }
    drop(read);
    let bar = progress(&header.method, false, 1, arguments.quiet);
    bar.set_length(arguments.draws.into());
    bar.set_message("scoring");
    let work = || score_draws(loaded.fittable(), &tables, &posterior.draws, arguments.draws as usize, &|| bar.inc(1));
    let piece = with_threads(arguments.threads, work)??;
    bar.finish_and_clear();
    let fit = Fit::of(engine.meta(), header.design(engine.meta()), header.method, vec![piece]);
    folder.fill(Some(header.digest()), fit_files(&fit, &header))?;
    let (i, n) = shard;
    say!(
        "shard {i}/{n}: scored {} draws in {:.1} s; weigh all shards' folders",
        arguments.draws,
        started.elapsed().as_secs_f64()
    );
    say!("wrote {}", arguments.out.display());
    Ok(())
}

pub(super) fn weigh(engine: &dyn ErasedPopulation, arguments: &Weigh) -> Result<(), StudyError> {
    let started = Instant::now();
    let folder = NewFolder::begin(&arguments.out)?;
    let (mut merged, header) = open(engine, &arguments.merged)?;
    let (of, pieces) = shards(engine, &arguments.folders)?;
    if (Header { method: header.method, ..of }) != header {
        let merged = arguments.merged.display();
        return Err(wrong(format!("{}: is a shard of another fit than {merged}", arguments.folders[0].display())));
    }
    let layout = Layout::new(engine.meta(), header.design(engine.meta()));
    let Some(piece) = merged.pieces.first_mut() else { return Err(wrong("the merged fit has no draws".into())) };
    weigh_draws(&layout, piece, pieces, header.method.seed())?;
    let fit = Fit::of(engine.meta(), layout.design.clone(), header.method, merged.pieces);
    say!("{}", in_words(&fit, started.elapsed().as_secs_f64()));
    folder.fill(Some(header.digest()), fit_files(&fit, &header))?;
    say!("wrote {}", arguments.out.display());
    Ok(())
}
