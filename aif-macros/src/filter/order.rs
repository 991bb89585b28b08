//! Children before their parents; cycles are found on the way.

use super::ir::Node;
use crate::diag::Diagnostics;

/// Orders nodes so that children come before their parents, otherwise as written. A cycle is complained of at its first node.
pub fn children_first(nodes: Vec<Node>, diag: &mut Diagnostics) -> Vec<Node> {
    let count = nodes.len();
    let parents: Vec<Vec<usize>> = nodes.iter().map(|n| n.parents.iter().map(|p| p.node).collect()).collect();
    let mut waiting: Vec<usize> = (0..count).collect();
    let mut order: Vec<usize> = Vec::new();
    while !waiting.is_empty() {
        let ready = waiting.iter().position(|&n| !waiting.iter().any(|&child| parents[child].contains(&n)));
        let Some(at) = ready else {
            let cycle = cycle(&parents, &waiting);
            let names: Vec<String> = cycle.iter().chain(cycle.first()).map(|&n| format!("`{}`", nodes[n].name)).collect();
            if let Some(&first) = cycle.first() {
                diag.at(
                    &nodes[first].name,
                    format!("the nodes depend on each other in a circle: {}\nhelp: a parent is predicted before its children, so no node can be above itself", names.join(" has the parent ")),
                );
            }
            order.extend(&waiting);
            break;
        };
        order.push(waiting.remove(at));
    }
    let mut place = vec![0; count];
    for (new, &old) in order.iter().enumerate() {
        place[old] = new;
    }
    let mut slots: Vec<Option<Node>> = nodes.into_iter().map(Some).collect();
    let mut ordered: Vec<Node> = order.iter().filter_map(|&old| slots[old].take()).collect();
    for parent in ordered.iter_mut().flat_map(|n| &mut n.parents) {
        parent.node = place[parent.node];
    }
    ordered
}

/// A cycle among nodes of which each is a parent of another.
fn cycle(parents: &[Vec<usize>], waiting: &[usize]) -> Vec<usize> {
    let mut path: Vec<usize> = Vec::new();
    let mut at = waiting[0];
    loop {
        if let Some(begin) = path.iter().position(|&n| n == at) {
            let mut cycle = path.split_off(begin);
            cycle.reverse();
            return cycle;
        }
        path.push(at);
        // Somebody among those that wait has this one as a parent.
        match waiting.iter().find(|&&child| parents[child].contains(&at)) {
            Some(&child) => at = child,
            None => return path,
        }
    }
}
