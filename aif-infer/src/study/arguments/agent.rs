//! Run-time choices of agents.

use aif_runtime::hgf::{Coupled, FilterCompat, FilterOptions, Update};
use aif_runtime::{AgentOptions, Beliefs, Inference, Learning, Rates, Sampling, Sweeps, When};
use clap::{Args, ValueEnum};

use crate::study::StudyOptions;

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(in crate::study) enum InferenceName {
    /// Mean field, one factor after the other, until nothing moves.
    Sequential,
    /// Mean field, all factors at once, a stated number of sweeps: as the reference implementation.
    FixedPoint,
    /// The joint state of all factors.
    Exact,
    /// The joint state of each connected component.
    Components,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(in crate::study) enum SelectionName {
    Policies,
    Marginals,
}

/// Run-time choices of agents.
#[derive(Args, Debug, Clone)]
pub(in crate::study) struct Agent {
    /// How agents infer states.
    #[arg(long, value_enum, default_value = "sequential")]
    inference: InferenceName,
    /// Sweeps of fixed-point iteration (all factors at once).
    #[arg(long, default_value_t = 16)]
    sweeps: usize,
    /// From what agents select actions.
    #[arg(long, value_enum, default_value = "policies")]
    selection: SelectionName,
    /// How far agents look ahead, in steps [default: as declared].
    #[arg(long)]
    horizon: Option<usize>,
    /// Agents learn the distributions that are declared with counts: after each step, or at each block's end.
    #[arg(long, value_enum)]
    learn: Option<WhenName>,
    /// From which beliefs agents learn.
    #[arg(long, requires = "learn", value_enum, default_value = "pairwise")]
    learn_from: BeliefsName,
    /// What each observation adds to the counts.
    #[arg(long, requires = "learn", default_value_t = 1.0)]
    learning_rate: f64,
    /// What share of what was learned is forgotten at each update.
    #[arg(long, requires = "learn", default_value_t = 0.0)]
    forgetting: f64,
    /// How hierarchical Gaussian filters update nodes with volatility children.
    #[arg(long, value_enum, default_value = "enhanced")]
    update: UpdateName,
    /// The uncertainty of parents widens the predictions of hierarchical Gaussian filters.
    #[arg(long)]
    relaxed: bool,
    /// No posterior precision of a hierarchical Gaussian filter is above this.
    #[arg(long, default_value_t = 1e10)]
    precision_cap: f64,
    /// Hierarchical Gaussian filters reproduce the reference implementation where it is not meant to be so.
    #[arg(long)]
    compat: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(in crate::study) enum UpdateName {
    Standard,
    Enhanced,
    Guarded,
    Unbounded,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(in crate::study) enum WhenName {
    Online,
    BlockEnd,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(in crate::study) enum BeliefsName {
    Filtered,
    Smoothed,
    Pairwise,
}

impl Agent {
    pub fn options(&self) -> StudyOptions {
        StudyOptions { agent: self.agent(), filter: self.filter() }
    }

    fn filter(&self) -> FilterOptions {
        FilterOptions {
            update: match self.update {
                UpdateName::Standard => Update::Standard,
                UpdateName::Enhanced => Update::Enhanced,
                UpdateName::Guarded => Update::Guarded,
                UpdateName::Unbounded => Update::Unbounded,
            },
            coupled: if self.relaxed { Coupled::Relaxed } else { Coupled::MeanField },
            precision_cap: self.precision_cap,
            compat: if self.compat { FilterCompat::PYHGF } else { FilterCompat::default() },
        }
    }

    fn agent(&self) -> AgentOptions {
        let rate = Some(self.learning_rate);
        let learning = self.learn.map(|when| Learning {
            when: match when {
                WhenName::Online => When::Online,
                WhenName::BlockEnd => When::BlockEnd,
            },
            from: match self.learn_from {
                BeliefsName::Filtered => Beliefs::Filtered,
                BeliefsName::Smoothed => Beliefs::Smoothed,
                BeliefsName::Pairwise => Beliefs::Pairwise,
            },
            rates: Rates { likelihood: rate, transition: rate, initial: rate, habit: rate },
            forgetting: self.forgetting,
            ..Learning::default()
        });
        AgentOptions {
            horizon: self.horizon,
            learning,
            inference: match self.inference {
                InferenceName::Sequential => Inference::default(),
                InferenceName::FixedPoint => Inference::FixedPoint(Sweeps::Parallel(self.sweeps)),
                InferenceName::Components => Inference::Components,
                InferenceName::Exact => Inference::Exact,
            },
            sampling: match self.selection {
                SelectionName::Policies => Sampling::Policies,
                SelectionName::Marginals => Sampling::Marginals,
            },
            ..AgentOptions::default()
        }
    }
}
