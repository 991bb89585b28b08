//! Run-time choices of agents.

use aif_runtime::{AgentOptions, Beliefs, Inference, Learning, Rates, Sampling, Sweeps, When};
use clap::{Args, ValueEnum};

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
    pub fn options(&self) -> AgentOptions {
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
