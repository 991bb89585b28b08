//! Run-time choices of agents and filters: a file of options, and the few that have a flag of their own.

use std::path::PathBuf;

use aif_runtime::hgf::{Coupled, FilterCompat, Start, Update};
use aif_runtime::{Beliefs, Inference, Learning, Nesting, Rates, Sampling, Selection, Sweeps, When};
use clap::Args;

use super::named::named;
use super::numbers::{real, whole};
use crate::study::engine::ErasedPopulation;
use crate::study::error::StudyError;
use crate::study::studied::{StudyOptions, Takes};

/// Run-time choices of agents, or of hierarchical Gaussian filters.
#[derive(Args, Debug, Clone, Default)]
pub(in crate::study) struct Agent {
    /// A JSON file of options: any of those of an agent (planning, terms, induction, learning, ..) or of a filter; the flags below change what
    /// it says.
    #[arg(long, value_name = "FILE.json")]
    options: Option<PathBuf>,
    /// How agents infer states: automatic (exactly, by components, where joint states are few, else sequential), sequential (mean field, one
    /// factor after the other), fixed-point (all at once, as the reference), exact, components [default: automatic].
    #[arg(long, value_parser = inference)]
    inference: Option<Inference>,
    /// Sweeps of fixed-point iteration (all factors at once) [default: 16].
    #[arg(long, value_parser = whole(1..=1_000_000, "iteration has settled long before"))]
    sweeps: Option<usize>,
    /// How agents select actions: stochastic, deterministic [default: stochastic].
    #[arg(long, value_parser = selection)]
    selection: Option<Selection>,
    /// From what agents select actions: policies, marginals [default: policies].
    #[arg(long, value_parser = named::<Sampling>)]
    sampling: Option<Sampling>,
    /// How far agents look ahead, in steps [default: as declared].
    #[arg(long, value_parser = whole(0..=1_000_000, "no planner looks further"))]
    horizon: Option<usize>,
    /// When agents learn the distributions that are declared with counts: before-choice (what was seen is learned before the next choice),
    /// smoothed (so many steps later, in their light: --learn-lag), block-end, after-choice (the reference's order).
    #[arg(long, value_parser = when)]
    learn: Option<When>,
    /// How many steps later `--learn smoothed` learns [default: 4].
    #[arg(long, requires = "learn", value_parser = whole(0..=1_000_000, "so many steps are remembered"))]
    learn_lag: Option<usize>,
    /// From which beliefs agents learn: filtered, smoothed, pairwise [default: pairwise].
    #[arg(long, requires = "learn", value_parser = named::<Beliefs>)]
    learn_from: Option<Beliefs>,
    /// What each observation adds to the counts [default: 1].
    #[arg(long, requires = "learn", value_parser = real(0.0..=1e9, "counts"))]
    learning_rate: Option<f64>,
    /// What share of what was learned is forgotten at each update [default: 0].
    #[arg(long, requires = "learn", value_parser = real(0.0..=1.0, "a share"))]
    forgetting: Option<f64>,
    /// How the levels of a model talk to each other: exact, spm (the posterior of where a run began goes up, as in SPM: beliefs above are too
    /// certain) [default: exact].
    #[arg(long, value_parser = named::<Nesting>)]
    nesting: Option<Nesting>,
    /// How hierarchical Gaussian filters update nodes with volatility children: standard, enhanced, guarded, unbounded [default: enhanced].
    #[arg(long, value_parser = named::<Update>)]
    update: Option<Update>,
    /// The uncertainty of parents widens the predictions of hierarchical Gaussian filters.
    #[arg(long)]
    relaxed: bool,
    /// No posterior precision of a hierarchical Gaussian filter is above this [default: 1e10].
    #[arg(long)]
    precision_cap: Option<f64>,
    /// Where hierarchical Gaussian filters begin: declared, first-input (each at its own, in every block), initial-means [default: declared].
    #[arg(long, value_parser = named::<Start>)]
    start_at: Option<Start>,
    /// How far the mean of a node may jump at one trial, in standard deviations of its prediction [default: 100].
    #[arg(long)]
    jump_limit: Option<f64>,
    /// Hierarchical Gaussian filters reproduce the reference implementation where it is not meant to be so.
    #[arg(long)]
    compat: bool,
}

fn inference(text: &str) -> Result<Inference, String> {
    match text {
        "automatic" => Ok(Inference::Automatic),
        "sequential" => Ok(Inference::MEAN_FIELD),
        "fixed-point" => Ok(Inference::REFERENCE),
        "exact" => Ok(Inference::Exact),
        "components" => Ok(Inference::Components),
        _ => Err("expected automatic, sequential, fixed-point, exact, components (message passing: --options)".into()),
    }
}

fn when(text: &str) -> Result<When, String> {
    match text {
        // `online` is what it was called before.
        "before-choice" | "online" => Ok(When::BeforeChoice),
        "smoothed" => Ok(When::Smoothed { lag: 4 }),
        "block-end" => Ok(When::BlockEnd),
        "after-choice" => Ok(When::AfterChoice),
        _ => Err("expected before-choice, smoothed, block-end, after-choice".into()),
    }
}

fn selection(text: &str) -> Result<Selection, String> {
    named(text).map_err(|error| match text {
        "policies" | "marginals" => format!("{error}; `{text}` is a value of --sampling"),
        _ => error,
    })
}

impl Agent {
    /// The choices for a population: what the file says, changed by flags.
    pub fn options(&self, engine: &dyn ErasedPopulation) -> Result<StudyOptions, StudyError> {
        let mut options = StudyOptions::default();
        if let Some(path) = &self.options {
            let text = std::fs::read_to_string(path).map_err(|source| StudyError::OptionsFile { path: path.clone(), source })?;
            let said = |source| StudyError::OptionsText { path: path.clone(), source };
            match engine.takes() {
                Takes::Agent => options.agent = serde_json::from_str(&text).map_err(said)?,
                Takes::Filter => options.filter = serde_json::from_str(&text).map_err(said)?,
                Takes::Nothing => {
                    return Err(StudyError::OptionsOfNothing { path: path.clone(), population: engine.meta().name });
                }
            }
        }
        self.change_agent(&mut options)?;
        self.change_filter(&mut options);
        let plain = StudyOptions::default();
        let (agents, filters) = (options.agent != plain.agent, options.filter != plain.filter);
        let what = match engine.takes() {
            Takes::Agent if filters => {
                "options of filters, but it is one of agents: --update, --relaxed, --precision-cap, --start-at, --jump-limit, --compat"
            }
            Takes::Filter if agents => "options of agents, but it is one of filters: --inference, --selection, --learn, ..",
            Takes::Nothing if agents || filters => "options, but its behaviour takes none",
            _ => return Ok(options),
        };
        Err(StudyError::OtherOptions { population: engine.meta().name, what })
    }

    fn change_agent(&self, options: &mut StudyOptions) -> Result<(), StudyError> {
        let agent = &mut options.agent;
        agent.horizon = self.horizon.or(agent.horizon);
        agent.inference = self.inference.unwrap_or(agent.inference);
        match (self.sweeps, &mut agent.inference) {
            (Some(count), Inference::FixedPoint(Sweeps::Parallel(sweeps))) => *sweeps = count,
            (Some(_), _) => return Err(StudyError::Sweeps),
            (None, _) => {}
        }
        agent.selection = self.selection.unwrap_or(agent.selection);
        agent.sampling = self.sampling.unwrap_or(agent.sampling);
        agent.nesting = self.nesting.or(agent.nesting);
        let Some(mut when) = self.learn else { return Ok(()) };
        match (self.learn_lag, &mut when) {
            (Some(steps), When::Smoothed { lag }) => *lag = steps,
            (Some(_), _) => {
                return Err(StudyError::LearnLag);
            }
            (None, _) => {}
        }
        let known = agent.learning.unwrap_or_default();
        let rates = self.learning_rate.map(Rates::all);
        agent.learning = Some(Learning {
            when,
            from: self.learn_from.unwrap_or(known.from),
            rates: rates.unwrap_or(known.rates),
            forgetting: self.forgetting.unwrap_or(known.forgetting),
        });
        Ok(())
    }

    fn change_filter(&self, options: &mut StudyOptions) {
        let filter = &mut options.filter;
        filter.update = self.update.unwrap_or(filter.update);
        filter.precision_cap = self.precision_cap.unwrap_or(filter.precision_cap);
        filter.start = self.start_at.unwrap_or(filter.start);
        filter.jump_limit = self.jump_limit.unwrap_or(filter.jump_limit);
        if self.relaxed {
            filter.coupled = Coupled::Relaxed;
        }
        if self.compat {
            filter.compat = FilterCompat::PYHGF;
        }
    }
}
