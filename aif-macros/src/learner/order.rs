//! The order of a trial: what depends on what, and circles.

use super::ir::{Argument, Source};

/// A quantity or a response, by its name, with what it depends on: `quantities` first, then responses.
pub struct Step<'a> {
    pub name: String,
    pub arguments: &'a [Argument],
}

/// The steps in an order in which each comes after what it depends on, otherwise as written; or a circle among them.
pub fn ordered(steps: &[Step<'_>], quantities: usize) -> Result<Vec<usize>, Vec<usize>> {
    let depends = |step: usize, on: usize| {
        steps[step].arguments.iter().any(|a| match a.source {
            Source::Quantity(q) => q == on,
            Source::Action(r) => quantities + r == on,
            _ => false,
        })
    };
    let mut waiting: Vec<usize> = (0..steps.len()).collect();
    let mut order = Vec::new();
    while !waiting.is_empty() {
        let ready = waiting.iter().position(|&step| !waiting.iter().any(|&other| depends(step, other)));
        let Some(at) = ready else {
            // Each that waits depends on another that does: going on from one to the next closes a circle.
            let mut path = vec![waiting[0]];
            loop {
                let last = path[path.len() - 1];
                let Some(&next) = waiting.iter().find(|&&other| depends(last, other)) else { return Err(path) };
                if let Some(begin) = path.iter().position(|&step| step == next) {
                    return Err(path.split_off(begin));
                }
                path.push(next);
            }
        };
        order.push(waiting.remove(at));
    }
    Ok(order)
}
