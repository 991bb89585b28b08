//! One study program with the field's learners as populations, named as hBayesDM names them, and tables read as it has them.
//!
//! ```text
//! cargo run --release --example learners -- --list                                         what there is, with its parameters and columns
//! cargo run --release --example learners -- simulate --population igt_orl --out igt.csv    behaviour and the truth
//! cargo run --release --example learners -- fit --population igt_orl --data igt.csv --method nuts --out results/igt
//! cargo run --release --example learners -- recover --population dd_hyperbolic --out results/dd
//! ```
//!
//! Tables have a column `subject` or `subjID`, and those that `--list` names; `trial` and `block` where there are such. Each subject's parameters
//! are around those of the group on the real line, `mu` and `sigma`, and mapped into their range.
#![allow(non_camel_case_types)]

mod bandits;
mod choices;
mod iowa;
mod stages;

use std::process::ExitCode;

use aif::study::{Study, study};

use bandits::*;
use choices::*;
use iowa::*;
use stages::*;

/// All of them; the first is the default.
fn all() -> Study {
    study::<bandit2arm_delta>()
        .and::<bandit2arm_two_rates>()
        .and::<bandit2arm_pearce_hall>()
        .and::<bandit2arm_forgetting>()
        .and::<bandit2arm_perseveration>()
        .and::<bandit2arm_win_stay>()
        .and::<bandit2arm_drift>()
        .and::<bandit4arm_4par>()
        .and::<bandit4arm_lapse>()
        .and::<bandit4arm2_kalman_filter>()
        .and::<prl_rp>()
        .and::<prl_ewa>()
        .and::<prl_fictitious>()
        .and::<prl_fictitious_woa>()
        .and::<prl_fictitious_rp>()
        .and::<prl_fictitious_rp_woa>()
        .and::<igt_pvl_delta>()
        .and::<igt_pvl_decay>()
        .and::<igt_vpp>()
        .and::<igt_orl>()
        .and::<gng_m1>()
        .and::<gng_m2>()
        .and::<gng_m3>()
        .and::<gng_m4>()
        .and::<ts_par4>()
        .and::<ts_par6>()
        .and::<ts_par7>()
        .and::<dd_hyperbolic>()
        .and::<dd_exp>()
        .and::<dd_cs>()
        .and::<pd_hyperbolic>()
        .and::<ra_prospect>()
        .and::<ra_no_la>()
        .and::<ra_no_ra>()
        .and::<ug_delta>()
        .and::<ug_bayes>()
        .and::<peer_ocu>()
        .and::<td_lambda>()
}

fn main() -> ExitCode {
    if std::env::args().nth(1).as_deref() == Some("--list") {
        for population in all().populations() {
            println!("{:26} {}", population.name, population.parameters.join(", "));
            println!("{:26}   columns: {}", "", population.columns.join(", "));
        }
        return ExitCode::SUCCESS;
    }
    all().main()
}
