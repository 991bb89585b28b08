//! The page: what was learned, how well, and what the agent does with it.

use std::fmt::Write;

use aif::sensitivity::Softmax;

use super::confusion::confusion;
use super::curves::curves;
use super::film::{SCRIPT, film};
use super::plane::{Plane, SIDE};
use crate::Failure;
use crate::study::Run;
use crate::training::Schedule;

const STYLE: &str = "body{font:15px/1.5 system-ui,sans-serif;max-width:1080px;margin:2em auto;padding:0 1em;color:#282c34}\
table{border-collapse:collapse;margin:1em 0;font-size:14px}td,th{padding:3px 12px;text-align:right;border-bottom:1px solid #ddd}\
tr.drawn{background:#fdf0e6}.row{display:flex;flex-wrap:wrap;gap:14px}svg{max-width:100%;height:auto}svg text{font:13px system-ui,sans-serif}\
svg .title{font-weight:600}svg .small{font-size:11px}svg .number{fill:#fff;font-weight:700}figure{margin:1em 0}figcaption{font-weight:600}\
.film button{width:5em}.film input{width:320px;vertical-align:middle}";

/// The page, with the pictures of one run.
pub fn page(runs: &[Run], drawn: &Run, schedule: &Schedule, softmax: Softmax) -> Result<String, Failure> {
    let mut page = format!(
        "<!DOCTYPE html><html lang=\"en\"><meta charset=\"utf-8\"><title>An encoder trained through free energy</title><style>{STYLE}</style>\
         <h1>An encoder trained through an agent's free energy</h1>"
    );
    let _ = write!(
        page,
        "<p>Five places on a line are seen as points of the plane only. A network turns each point into probabilities of five categories, an \
         agent takes them for soft evidence, and the network learns, without a single label, to make the agent's free energy small, plus {} \
         times how far what it sees next is from what it expected. {} steps of gradient descent at a rate of {}, {} walks at each; outputs are \
         divided by {}.</p>",
        schedule.temporal_weight, schedule.steps, schedule.rate, schedule.batch, softmax.temperature
    );
    page += &seeds(runs, drawn);
    let _ =
        write!(page, "<h2>Training, seed {}</h2><p>Blue: the batch of the step. Orange: all walks to judge by.</p>", drawn.seed);
    let _ = write!(page, "<div class=\"row\">{}</div>", curves(&drawn.curve));
    page += "<h2>What is taken for what</h2><p>Rows are places, columns what was said of them, in the order of the best names for the categories; the share of right ones before and after training.</p><div class=\"row\">";
    for (when, judged) in [("before", &drawn.before), ("after", &drawn.after)] {
        let words = |what: &str, share: f64| format!("{what} {when}: {:.1}%", 100.0 * share);
        page += &confusion(&words("encoder", judged.encoder.aligned_accuracy), "most probable category", &judged.encoder);
        page += &confusion(&words("agent", judged.beliefs.aligned_accuracy), "most probable place", &judged.beliefs);
    }
    page += "</div>";
    regions(&mut page, drawn)?;
    films(&mut page, drawn)?;
    let _ = writeln!(page, "<script>{SCRIPT}</script></html>");
    Ok(page)
}

fn seeds(runs: &[Run], drawn: &Run) -> String {
    let mut page = String::from(
        "<h2>Seed by seed</h2><table><tr><th>seed<th>encoder before<th>after<th>inferred state before<th>after<th>loss before<th>after\
         <th>names<th>goal reached</tr>",
    );
    for run in runs {
        let class = if run.seed == drawn.seed { " class=\"drawn\"" } else { "" };
        let names = if run.after.encoder.names.iter().enumerate().all(|(i, &p)| i == p) { "as declared" } else { "other" };
        let goal = run.walked.arrival().map_or("no".into(), |moves| format!("after {moves} moves"));
        let (before, after) = (&run.before, &run.after);
        let _ = write!(
            page,
            "<tr{class}><td>{}<td>{:.3}<td>{:.3}<td>{:.3}<td>{:.3}<td>{:.2}<td>{:.2}<td>{names}<td>{goal}</tr>",
            run.seed,
            before.encoder.aligned_accuracy,
            after.encoder.aligned_accuracy,
            before.beliefs.aligned_accuracy,
            after.beliefs.aligned_accuracy,
            before.loss.total,
            after.loss.total
        );
    }
    page += "</table><p>Accuracies are those under the best names for the categories, over walks that were not learned from. Nothing tells the \
             network which places there are: from some seeds it comes to rest where two places share a category. The loss, which needs no \
             labels, tells these apart; the seed with the lowest is drawn below. The goal is reached with poor encoders, too: the agent knows where it \
             starts and what its moves do.</p>";
    page
}

fn regions(page: &mut String, run: &Run) -> Result<(), Failure> {
    let plane = Plane::around(&run.data);
    *page += "<h2>Decision regions</h2><p>The most probable category of each point; the stronger the colour, the surer. Discs are the means of \
              what is seen at each place.</p><div class=\"row\">";
    for (when, encoder) in [("before training", &run.untrained), ("after training", &run.trained)] {
        let _ = write!(
            page,
            "<figure><figcaption>{when}</figcaption><svg width=\"{SIDE}\" height=\"{SIDE}\" viewBox=\"0 0 {SIDE} {SIDE}\" role=\"img\" \
             aria-label=\"decision regions {when}\">{}{}<rect width=\"{SIDE}\" height=\"{SIDE}\" fill=\"none\" stroke=\"#ccc\"/></svg></figure>",
            plane.regions(encoder)?,
            plane.places(&run.data)
        );
    }
    *page += "</div>";
    Ok(())
}

fn films(page: &mut String, run: &Run) -> Result<(), Failure> {
    let plane = Plane::around(&run.data);
    *page += "<h2>The trained agent at work</h2><p>It starts at place 0, which it knows, wants to be at place 4, and sees points (black). The path \
              is where it really is.</p>";
    *page += &film("over the density of what is seen", &plane.density(&run.data), plane, &run.data, &run.walked);
    *page += &film("over the decision regions", &plane.regions(&run.trained)?, plane, &run.data, &run.walked);
    Ok(())
}
