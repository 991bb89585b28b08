//! Branches that are left out by their bound, against the whole tree: what it costs, what it saves, and when nothing is left out.

use super::random::{Trio, observation, trio};
use super::weighed;
use aif::prelude::*;
use aif::runtime::model::Tables;
use aif::runtime::plan::{Plan, Planner, PlanningContext, Reduction, Tree};
use aif::runtime::scalar::{Dual, Single, log_sum_exp};
use aif::worlds::GridWorld;
use proptest::prelude::*;

/// Which part of the weight of each first action, and of all together, was lost: the total variation between the posterior over policies and what
/// is left of it, for each policy that was kept weighs what it did.
fn lost<M: GenerativeModel<T>, T: Real>(whole: &Plan<M, T>, kept: &Plan<M, T>) -> f64 {
    let values = |plan: &Plan<M, T>| M::Action::entries(&plan.weights).iter().map(|w| w.value()).collect::<Vec<f64>>();
    let (whole, kept) = (values(whole), values(kept));
    let share = |whole: f64, kept: f64| if whole == f64::NEG_INFINITY { 0.0 } else { 1.0 - (kept - whole).exp() };
    let of_each = whole.iter().zip(&kept).map(|(&whole, &kept)| share(whole, kept));
    of_each.fold(share(log_sum_exp(&whole), log_sum_exp(&kept)), f64::max)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever drives plans, and from whichever beliefs they are made: no more is lost than is stated; acting deterministically loses nothing.
    #[test]
    fn no_more_is_lost_than_is_stated(
        model in trio(), seen in observation(), horizon in 2usize..7, tenths in 0i32..13, precise in 0.5f64..60.0,
        weights in prop::array::uniform5(-1.5f64..2.0), together: bool, exact: bool, goals: bool, discount in 0.5f64..1.0, own: bool,
        wanted in prop::array::uniform3(-4.0f64..4.0),
    ) {
        let total_variation = 10f64.powi(-tenths);
        let model = Trio { precision: precise, ..model };
        let options = AgentOptions {
            horizon: Some(horizon),
            terms: weighed(weights),
            joint_information_gain: together,
            induction: goals.then(InductionOptions::default),
            inference: if exact { Inference::Exact } else { Inference::MEAN_FIELD },
            planning: Planning::BranchAndBound(BranchAndBound { total_variation: total_variation.min(0.5) }),
            ..AgentOptions::default()
        };
        let assigned = Assigned { discount: own.then_some(discount), ..Assigned::default() };
        let mut agent = Agent::with_options(model, (), options).unwrap().with_assigned(assigned).unwrap();
        if own {
            let mut preferences = agent.preferences();
            preferences.seen = Values::from_fn(|o: Index<3>| wanted[o.get()]);
            agent.set_preferences(preferences).unwrap();
        }
        agent.infer_states(seen);
        let (kept, whole) = (agent.plan(), agent.plan_with(&Tree));
        prop_assert!(lost(&whole, &kept) <= total_variation + 1e-13, "{} of {total_variation}", lost(&whole, &kept));
        prop_assert!(kept.nodes <= whole.nodes && (kept.pruned > 0) == (kept.saved > 0));
        if kept.pruned == 0 {
            prop_assert_eq!(kept.weights, whole.weights);
        }
        let by = |planner: &dyn Fn(&PlanningContext<'_, Trio>) -> usize| planner(&agent.scene());
        let best = |planning: Planning| by(&|scene| aif::runtime::act::best_action(&planning, *scene, Sampling::Policies, &agent.precisions()));
        prop_assert_eq!(best(agent.options().planning), best(Planning::Tree));
    }
}

/// Each bound is one for whatever scalar and belief: single precision, dual numbers, where nothing is left out.
#[test]
fn nothing_is_left_out_where_derivatives_are_carried() {
    let model =
        GridWorld { start: Cell::new(1, 1), goal: Cell::new(3, 2), preference: 60.0, ..GridWorld::<f64, 7, 7>::default() };
    let tables = Tables::new(&model, (), 4).unwrap();
    let planning = Planning::BranchAndBound(BranchAndBound::default());
    let options = AgentOptions { planning, horizon: Some(4), ..AgentOptions::default() };
    let dual = Agent::sharing(tables.lift::<Dual<2>>().into(), options).unwrap();
    let (kept, whole) = (dual.plan(), dual.plan_with(&Tree));
    assert_eq!((kept.pruned, kept.saved), (0, 0));
    assert!(kept.weights.iter().zip(&whole.weights).all(|(a, b)| a.same(b)));
    let single = Agent::sharing(tables.lift::<Single>().into(), options).unwrap();
    let (kept, whole) = (single.plan(), single.plan_with(&Tree));
    assert!(kept.pruned > 0 && lost(&whole, &kept) <= 1e-12, "{kept:?} {whole:?}");
}

/// A goal in reach, and strong preferences: branches that lead past it are left out, and nearly all by who takes the best; moves that fail make every belief
/// another one.
#[test]
fn strong_preferences_save_nodes() {
    for success_probability in [1.0, 0.9] {
        let goal = (Cell::new(1, 1), Cell::new(4, 2));
        let model =
            GridWorld { start: goal.0, goal: goal.1, preference: 60.0, success_probability, ..GridWorld::<f64, 7, 7>::default() };
        for horizon in 4..=6 {
            let planning = Planning::BranchAndBound(BranchAndBound::default());
            let options = AgentOptions { planning, horizon: Some(horizon), ..AgentOptions::default() };
            let agent = Agent::with_options(model, (), options).unwrap();
            for reduction in [Reduction::Sum, Reduction::Max] {
                let problem = agent.scene().problem(&agent.precisions(), reduction);
                let (whole, kept) = (Tree.plan(&problem), planning.plan(&problem));
                println!(
                    "moves succeed with {success_probability}, horizon {horizon}, {reduction:?}: {} of {} nodes; {} branches with {} nodes left out",
                    kept.nodes, whole.nodes, kept.pruned, kept.saved
                );
                assert!(kept.nodes < whole.nodes && kept.saved > 0);
                assert!(reduction == Reduction::Max || lost(&whole, &kept) <= 1e-12);
            }
        }
    }
}
