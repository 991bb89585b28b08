//! Simulates an agent in a world, block after block as planned.

use aif_runtime::model::Meta;
use aif_runtime::{Agent, AgentOptions, Assignment, Domain, GenerativeModel, Inputs, ModelError, World};
use rand_core::Rng;

use super::StudyError;
use super::studied::{BlockPlan, PlannedRow};
use crate::score::Assigned;

pub(super) fn simulate<M: GenerativeModel>(
    model: &M,
    assigned: &Assigned<f64>,
    world: &M,
    plan: &BlockPlan,
    options: &AgentOptions,
    rng: &mut dyn Rng,
    emit: &mut dyn FnMut(Vec<String>),
) -> Result<(), StudyError> {
    let meta: Meta = M::META;
    let failed = |e: ModelError| StudyError::Option(e.to_string());
    let typed = |numbers: &[f64]| {
        M::Inputs::from_numbers(numbers)
            .ok_or_else(|| StudyError::Option(format!("the inputs of {} cannot be {numbers:?}", meta.name)))
    };
    let Some(first) = plan.blocks.iter().find_map(|b| b.rows.first()) else { return Ok(()) };
    let mut inputs = first.inputs.clone();
    let agent = Agent::with_options(*model, typed(&inputs)?, *options).map_err(failed)?;
    let precisions = assigned.over(agent.tables().precisions());
    let mut agent = agent.with_precisions(precisions).map_err(failed)?;
    let mut surroundings = World::with_inputs(*world, typed(&inputs)?).map_err(failed)?;
    for (b, block) in plan.blocks.iter().enumerate() {
        for (r, row) in block.rows.iter().enumerate() {
            if row.inputs != inputs {
                inputs.clone_from(&row.inputs);
                agent.set_inputs(model, typed(&inputs)?).map_err(failed)?;
                let assigned = assigned.over(agent.tables().precisions());
                agent = agent.with_precisions(assigned).map_err(failed)?;
                surroundings.set_inputs(world, typed(&inputs)?).map_err(failed)?;
            }
            // A block begins under its own inputs.
            if r == 0 && b > 0 {
                agent.restart();
                surroundings.begin_block(rng);
            } else if r == 0 {
                surroundings.begin(rng);
            }
            let seen = surroundings.observe(rng);
            let outcomes: Vec<Option<usize>> =
                (0..meta.modalities.len()).map(|m| (!row.unseen.get(m).copied().unwrap_or(false)).then(|| seen.get(m))).collect();
            agent.infer_states(M::evidence(&outcomes));
            let action = if row.last { None } else { Some(choose(&agent, row, rng)) };
            agent.infer_parameters();
            emit(cells::<M>(&meta, block, r, row, &outcomes, action));
            if let Some(action) = action {
                agent.update_empirical_prior(action);
                surroundings.advance(action, rng);
            }
        }
    }
    Ok(())
}

/// What the agent does: what it is forced to, else what it chooses.
fn choose<M: GenerativeModel>(agent: &Agent<M>, row: &PlannedRow, rng: &mut dyn Rng) -> M::Action {
    let free = agent.sample_action(rng);
    if row.scored || row.forced.iter().all(Option::is_none) {
        return free;
    }
    let meta: Meta = M::META;
    let mut joint = 0;
    for (a, action) in meta.actions.iter().enumerate() {
        let own = row.forced.get(a).copied().flatten().unwrap_or_else(|| meta.action_value(free.index(), a));
        joint = joint * action.values.count + own;
    }
    M::Action::from_index(joint).unwrap_or(free)
}

fn cells<M: GenerativeModel>(
    meta: &Meta,
    block: &super::studied::PlannedBlock,
    r: usize,
    row: &PlannedRow,
    outcomes: &[Option<usize>],
    action: Option<M::Action>,
) -> Vec<String> {
    let mut cells = vec![block.session.clone(), block.name.clone(), (block.first_step + r as i64).to_string()];
    let seen = meta.modalities.iter().zip(outcomes);
    cells.extend(seen.map(|(m, o)| o.map_or(String::new(), |o| m.outcomes.label(o).into_owned())));
    cells.extend(meta.actions.iter().enumerate().map(|(a, variable)| {
        let missed = row.missed.get(a).copied().unwrap_or(false);
        let joint = action.filter(|_| !missed).map(Domain::index);
        joint.map_or(String::new(), |joint| variable.values.label(meta.action_value(joint, a)).into_owned())
    }));
    let inputs = meta.inputs.iter().zip(&row.inputs);
    cells.extend(inputs.map(|(input, &x)| input.values.map_or_else(|| x.to_string(), |l| l.label(x as usize).into_owned())));
    cells.push(u8::from(row.scored).to_string());
    cells
}
