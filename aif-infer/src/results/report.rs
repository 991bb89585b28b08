//! The report of a fit: one HTML file with its pictures inside.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::files::{loo_total, unit_cells};
use super::fit::{Fit, Quantity};
use super::header::Header;
use super::recovery::correlation;
use crate::compare::RELIABLE;
use crate::fit::PredictiveCheck;
use crate::pictures::{Ink, Plot, range, scatter};
use crate::population::Role;

/// True values by what a number is called and the unit that it belongs to, as [`Fit::unit_label`] has it; the group's under an empty name.
pub type Truth = BTreeMap<(String, String), f64>;

/// The most units whose intervals are drawn, and the most pictures of one kind.
const MOST_UNITS: usize = 200;
const MOST_PICTURES: usize = 12;

const STYLE: &str = "body{font:15px/1.5 system-ui,sans-serif;max-width:1060px;margin:2em auto;padding:0 1em;color:#282c34}\
table{border-collapse:collapse;margin:1em 0;font-size:13px}td,th{padding:3px 10px;text-align:right;border-bottom:1px solid #ddd}\
th:first-child,td:first-child{text-align:left}.bad{background:#fdf0e6;border-left:4px solid #d65e14;padding:.6em 1em;margin:.5em 0}\
.good{background:#eaf4ea;border-left:4px solid #3b8a3b;padding:.6em 1em}svg{max-width:100%;height:auto}.grid{display:flex;flex-wrap:wrap;gap:12px}\
code{background:#f3f4f6;padding:0 4px}";

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A number in a table.
fn short(x: f64) -> String {
    if !x.is_finite() {
        "–".into()
    } else if x != 0.0 && (x.abs() >= 1e5 || x.abs() < 1e-3) {
        format!("{x:.2e}")
    } else {
        format!("{x:.3}")
    }
}

/// The report of a fit; with the truth, where data were simulated.
pub fn report_html(fit: &Fit, header: &Header, truth: Option<&Truth>) -> String {
    let mut page = String::new();
    let title = escape(fit.meta.name);
    let _ = write!(page, "<!DOCTYPE html><html lang=\"en\"><meta charset=\"utf-8\"><title>{title}</title><style>{STYLE}</style>");
    let _ = write!(page, "<h1>{title}</h1><p>{}</p>", escape(fit.meta.doc));
    summary(&mut page, fit, header);
    health(&mut page, fit);
    population(&mut page, fit);
    if let Some(truth) = truth {
        recovery(&mut page, fit, truth);
    }
    units(&mut page, fit, truth);
    kinds(&mut page, fit);
    traces(&mut page, fit);
    prediction(&mut page, fit);
    checks(&mut page, fit);
    page.push_str("</html>\n");
    page
}

fn summary(page: &mut String, fit: &Fit, header: &Header) {
    let how = fit.method.options().words();
    let responses: usize = fit.pieces.iter().map(|p| p.responses.len()).sum();
    let counted = if responses > 0 { format!(", {responses} responses") } else { String::new() };
    let flat = if fit.meta.flat() { "every subject on its own" } else { "all subjects jointly" };
    let _ = write!(
        page,
        "<p>{} subjects{counted}; {flat}; {how}; seed {}.</p><p>{}</p><p>Options: <code>{}</code></p>",
        fit.subjects.len(),
        fit.method.seed(),
        escape(&header.in_words),
        escape(&header.agents)
    );
    page.push_str("<table><tr><th>parameter</th><th>of</th><th style=\"text-align:left\">prior</th></tr>");
    for level in fit.meta.levels {
        for p in level.parameters {
            let (name, of, prior) = (escape(p.name), escape(level.name), escape(p.prior));
            let cells = format!("<td>{name}</td><td>{of}</td><td style=\"text-align:left\"><code>{name} {prior}</code></td>");
            let _ = write!(page, "<tr>{cells}</tr>");
        }
    }
    page.push_str("</table>");
}

fn health(page: &mut String, fit: &Fit) {
    page.push_str("<h2>Can it be believed?</h2>");
    let complaints = fit.complaints();
    for complaint in &complaints {
        let _ = write!(page, "<div class=\"bad\">{}</div>", escape(complaint));
    }
    if complaints.is_empty() {
        page.push_str("<div class=\"good\">Nothing speaks against it.</div>");
    }
    for remark in fit.remarks() {
        let _ = write!(page, "<p>Note: {}.</p>", escape(&remark));
    }
    if fit.method.options().sampled() {
        let overall = fit.overall();
        let (worst, least) = (fit.worst_rhat(), fit.least_ess());
        let _ = write!(
            page,
            "<p>R-hat at most {} ({}); effective sample size at least {} ({}); {} divergences; E-BFMI at least {}; {} steps a draw.</p>",
            short(worst.as_ref().map_or(f64::NAN, |w| w.0)),
            escape(worst.as_ref().map_or("", |w| &w.1)),
            least.as_ref().map_or(f64::NAN, |l| l.0).round(),
            escape(least.as_ref().map_or("", |l| &l.1)),
            overall.divergences,
            short(overall.e_bfmi),
            short(overall.steps)
        );
    } else {
        let ks: Vec<f64> = fit.pieces.iter().filter_map(|p| p.pareto_k).collect();
        let good = ks.iter().filter(|&&k| k <= RELIABLE).count();
        let resampled = fit.pieces.iter().filter(|p| p.resampled).count();
        let _ = write!(
            page,
            "<p>Pareto k of the approximation: at most {RELIABLE} for {good} of {} densities; draws of {resampled} are resampled by their importance.</p>",
            ks.len()
        );
    }
}

/// A row of a table.
fn row(page: &mut String, cells: impl IntoIterator<Item = String>) {
    let cells: String = cells.into_iter().map(|cell| format!("<td>{cell}</td>")).collect();
    let _ = write!(page, "<tr>{cells}</tr>");
}

fn table(page: &mut String, quantities: &[&Quantity], name: impl Fn(&Quantity) -> String) {
    page.push_str("<table><tr><th></th><th>mean</th><th>sd</th><th>5%</th><th>50%</th><th>95%</th><th>R-hat</th><th>ESS bulk</th><th>ESS tail</th><th>MCSE</th></tr>");
    for q in quantities {
        let s = &q.summary;
        let numbers = [s.mean, s.sd, s.q5, s.q50, s.q95, s.rhat].map(short).into_iter();
        let sizes = [s.ess_bulk, s.ess_tail].map(|x| format!("{x:.0}"));
        row(page, [escape(&name(q))].into_iter().chain(numbers).chain(sizes).chain([short(s.mcse_mean)]));
    }
    page.push_str("</table>");
}

/// A histogram of draws.
fn histogram(title: &str, draws: &[f64], truth: Option<f64>) -> String {
    let (low, high) = range(draws.iter().copied().chain(truth));
    let bins = 40;
    let mut counts = vec![0.0; bins];
    for x in draws {
        let at = ((x - low) / (high - low) * bins as f64) as usize;
        counts[at.min(bins - 1)] += 1.0;
    }
    let top = counts.iter().fold(1.0f64, |m, &c| m.max(c)) * 1.05;
    let mut plot = Plot::new((330, 220), title, ((low, high), ""), ((0.0, top), ""));
    for (i, &count) in counts.iter().enumerate() {
        let at = |i: usize| low + (high - low) * i as f64 / bins as f64;
        plot.bar((at(i), at(i + 1)), (0.0, count), Ink::BELIEF.cover(0.6));
    }
    if let Some(truth) = truth {
        plot.line([(truth, 0.0), (truth, top)], Ink::TRUTH, 2);
    }
    plot.svg()
}

/// What does not differ from draw to draw, in a sentence: it has no rows and no pictures.
fn constants(page: &mut String, own: &[(String, f64)]) {
    if own.is_empty() {
        return;
    }
    let words: Vec<String> = own.iter().map(|(name, value)| format!("{} = {}", escape(name), short(*value))).collect();
    let _ = write!(page, "<p>The same in every draw: {}.</p>", words.join(", "));
}

fn population(page: &mut String, fit: &Fit) {
    for (level, section) in fit.meta.levels.iter().enumerate().take(fit.meta.subject_level) {
        let (own, constant): (Vec<&Quantity>, Vec<&Quantity>) =
            fit.quantities.iter().filter(|q| q.level == level).partition(|q| q.varies);
        if own.is_empty() && constant.is_empty() {
            continue;
        }
        let _ = write!(page, "<h2>{}</h2>", if level == 0 { "The group".into() } else { escape(section.name) });
        if !own.is_empty() {
            table(page, &own, |q| fit.label(q));
        }
        constants(page, &constant.iter().map(|q| (fit.label(q), q.summary.mean)).collect::<Vec<_>>());
        page.push_str("<div class=\"grid\">");
        for q in own.iter().take(MOST_PICTURES) {
            page.push_str(&histogram(&fit.label(q), &q.all().collect::<Vec<f64>>(), None));
        }
        page.push_str("</div>");
    }
}

/// The numbers of a level's units under one label, unit by unit.
fn by_label(fit: &Fit, level: usize) -> Vec<(&str, Vec<&Quantity>)> {
    let mut all: Vec<(&str, Vec<&Quantity>)> = Vec::new();
    for q in fit.quantities.iter().filter(|q| q.level == level) {
        match all.iter_mut().find(|(name, _)| *name == q.name) {
            Some((_, own)) => own.push(q),
            None => all.push((&q.name, vec![q])),
        }
    }
    all
}

fn true_value(fit: &Fit, q: &Quantity, truth: &Truth) -> Option<f64> {
    let unit = if q.level == 0 { String::new() } else { fit.unit_label(q.level, q.unit) };
    truth.get(&(q.name.clone(), unit)).copied()
}

/// Whether several units have the same number in every draw: it is one that all of them share.
fn is_shared(own: &[&Quantity]) -> bool {
    let Some((first, others)) = own.split_first().filter(|(_, others)| !others.is_empty()) else { return false };
    let alike = |q: &&&Quantity| q.summary.mean == first.summary.mean && q.summary.sd == first.summary.sd;
    others.iter().all(|q| alike(&q)) && others.iter().all(|q| q.all().eq(first.all()))
}

fn units(page: &mut String, fit: &Fit, truth: Option<&Truth>) {
    for level in fit.meta.subject_level..fit.meta.levels.len() {
        let all = by_label(fit, level);
        if all.is_empty() {
            continue;
        }
        let (shared, named): (Vec<_>, Vec<_>) = all.into_iter().partition(|(_, own)| is_shared(own));
        let (named, constant): (Vec<_>, Vec<_>) = named.into_iter().partition(|(_, own)| own.iter().any(|q| q.varies));
        let (shared, fixed): (Vec<_>, Vec<_>) = shared.into_iter().partition(|(_, own)| own[0].varies);
        let unit = fit.meta.levels[level].name;
        if !shared.is_empty() || !fixed.is_empty() {
            let _ = write!(page, "<h2>The same for every {}</h2>", escape(unit));
            let one: Vec<&Quantity> = shared.iter().map(|(_, own)| own[0]).collect();
            if !one.is_empty() {
                table(page, &one, |q| q.name.clone());
            }
            constants(page, &fixed.iter().map(|(name, own)| (name.to_string(), own[0].summary.mean)).collect::<Vec<_>>());
        }
        if named.is_empty() && constant.is_empty() {
            continue;
        }
        let _ = write!(
            page,
            "<h2>Each {}</h2><p>Posterior means and 90% intervals, in the order of the means (of many, evenly spaced ones).</p>",
            escape(fit.meta.levels[level].name)
        );
        page.push_str("<div class=\"grid\">");
        for (name, own) in named.iter().take(MOST_PICTURES) {
            let mut sorted = own.clone();
            sorted.sort_by(|a, b| a.summary.mean.total_cmp(&b.summary.mean));
            let step = sorted.len().div_ceil(MOST_UNITS).max(1);
            let sorted: Vec<&Quantity> = sorted.into_iter().step_by(step).collect();
            let y = range(sorted.iter().flat_map(|q| [q.summary.q5, q.summary.q95]));
            let mut plot = Plot::new((500, 260), name, ((-1.0, sorted.len() as f64), fit.meta.levels[level].name), (y, ""));
            for (i, q) in sorted.iter().enumerate() {
                let x = i as f64;
                plot.line([(x, q.summary.q5), (x, q.summary.q95)], Ink::BELIEF.cover(0.5), 2);
                plot.point(x, q.summary.mean, 3.0, Ink::BELIEF);
                if let Some(truth) = truth.and_then(|t| true_value(fit, q, t)) {
                    plot.point(x, truth, 2.5, Ink::TRUTH);
                }
            }
            page.push_str(&plot.svg());
        }
        page.push_str("</div>");
        let each =
            || fit.quantities.iter().filter(|q| q.level == level && q.varies).filter(|q| named.iter().any(|n| n.0 == q.name));
        let _ = write!(page, "<details><summary>{} numbers</summary>", each().count());
        table(page, &each().take(MOST_UNITS).collect::<Vec<_>>(), |q| fit.label(q));
        page.push_str("</details>");
        let fixed = constant.iter().flat_map(|(_, own)| own.iter().take(MOST_UNITS));
        constants(page, &fixed.map(|q| (fit.label(q), q.summary.mean)).collect::<Vec<_>>());
    }
}

/// Of which kind each unit is.
fn kinds(page: &mut String, fit: &Fit) {
    let all: Vec<_> = fit.pieces.iter().flat_map(|p| &p.kinds).collect();
    let Some((_, first)) = all.first() else { return };
    let unit = escape(fit.meta.levels[fit.meta.leaf()].name);
    let _ = write!(
        page,
        "<h2>Of which kind each {unit} is</h2><p>Summed out in the likelihood; posterior probabilities (the means over draws) of the first {MOST_UNITS}, all in kinds.csv.</p>\
         <table><tr><th>{unit}</th>{}</tr>",
        first.iter().map(|(kind, _)| format!("<th>{}</th>", escape(kind))).collect::<String>()
    );
    for (leaf, own) in all.iter().take(MOST_UNITS) {
        let name: Vec<String> = unit_cells(fit, fit.meta.leaf(), *leaf).collect();
        row(page, [escape(&name.join(", "))].into_iter().chain(own.iter().map(|(_, p)| format!("{p:.3}"))));
    }
    let mean = |k: usize| all.iter().filter_map(|(_, own)| own.get(k)).map(|(_, p)| p).sum::<f64>() / all.len() as f64;
    row(page, ["mean".to_string()].into_iter().chain((0..first.len()).map(|k| format!("{:.3}", mean(k)))));
    page.push_str("</table>");
}

fn recovery(page: &mut String, fit: &Fit, truth: &Truth) {
    page.push_str("<h2>Was the truth found?</h2><table><tr><th></th><th>correlation</th><th>bias</th><th>RMSE</th><th>in 90% interval</th></tr>");
    let mut pictures = String::new();
    for level in 0..fit.meta.levels.len() {
        for (name, own) in by_label(fit, level) {
            // A constant is not found.
            let varying = own.iter().filter(|q| q.varies);
            let mut pairs: Vec<(f64, &Quantity)> = varying.filter_map(|q| Some((true_value(fit, q, truth)?, *q))).collect();
            if is_shared(&own) {
                pairs.truncate(1);
            }
            if pairs.is_empty() {
                continue;
            }
            let n = pairs.len() as f64;
            let (t, m): (Vec<f64>, Vec<f64>) = pairs.iter().map(|(t, q)| (*t, q.summary.mean)).unzip();
            let bias = pairs.iter().map(|(t, q)| q.summary.mean - t).sum::<f64>() / n;
            let rmse = (pairs.iter().map(|(t, q)| (q.summary.mean - t).powi(2)).sum::<f64>() / n).sqrt();
            let held = pairs.iter().filter(|(t, q)| q.summary.q5 <= *t && *t <= q.summary.q95).count();
            let r = if pairs.len() > 2 { correlation(&t, &m) } else { f64::NAN };
            row(page, [escape(name), short(r), short(bias), short(rmse), format!("{held} of {}", pairs.len())]);
            if pairs.len() > 2 {
                let both = range(t.iter().copied().chain(pairs.iter().flat_map(|(_, q)| [q.summary.q5, q.summary.q95])));
                let points = pairs.iter().map(|(t, q)| (*t, q.summary.mean, q.summary.q5, q.summary.q95));
                pictures += &scatter((330, 300), name, (both, "truth", "posterior mean, 90%"), (0.35, 2), points);
            }
        }
    }
    let _ = write!(page, "</table><div class=\"grid\">{pictures}</div>");
}

const CHAIN_INKS: [Ink; 5] =
    [Ink(38, 100, 178, 0.8), Ink(214, 94, 20, 0.8), Ink(53, 150, 90, 0.8), Ink(150, 60, 150, 0.8), Ink(120, 120, 120, 0.8)];

fn traces(page: &mut String, fit: &Fit) {
    let bounds: Vec<_> = fit.pieces.iter().filter_map(|p| Some((p, p.bound.as_ref()?))).collect();
    if !bounds.is_empty() {
        page.push_str("<h2>The bound of variational inference</h2><div class=\"grid\">");
        for (piece, bound) in bounds.iter().take(MOST_PICTURES) {
            let whose = piece.subject.map_or("all together".to_string(), |s| format!("subject {}", fit.subjects[s]));
            let late = &bound.trace[bound.trace.len() / 20..];
            let steps = bound.trace.len() as f64;
            let title = format!("{whose}: ELBO {:.3} ± {:.3}", bound.elbo, bound.elbo_se);
            let mut plot = Plot::new((500, 240), &title, ((0.0, steps), "step"), (range(late.iter().copied()), "nats"));
            plot.line(bound.trace.iter().enumerate().map(|(i, &x)| (i as f64, x)), Ink::BELIEF, 1);
            page.push_str(&plot.svg());
        }
        page.push_str("</div>");
    }
    if !fit.method.options().sampled() {
        return;
    }
    page.push_str("<h2>Chains</h2><p>The numbers of the group, then those with the largest R-hat.</p><div class=\"grid\">");
    let drawn =
        |q: &&Quantity| fit.meta.levels[q.level].parameters.iter().any(|p| p.name == q.parameter && p.role == Role::Drawn);
    let mut shown: Vec<&Quantity> = fit.quantities.iter().filter(|q| q.level == 0).filter(drawn).collect();
    let mut others: Vec<&Quantity> = fit.quantities.iter().filter(|q| q.level > 0).filter(drawn).collect();
    others.sort_by(|a, b| b.summary.rhat.total_cmp(&a.summary.rhat));
    shown.extend(others);
    shown.retain(|q| q.varies);
    for q in shown.into_iter().take(MOST_PICTURES) {
        let draws = q.draws.draws;
        let mut plot = Plot::new((500, 200), &fit.label(q), ((0.0, draws as f64), "draw"), (range(q.all()), ""));
        for (chain, ink) in q.chains().iter().zip(CHAIN_INKS.into_iter().cycle()) {
            plot.line(chain.iter().enumerate().map(|(i, &x)| (i as f64, x)), ink, 1);
        }
        page.push_str(&plot.svg());
    }
    page.push_str("</div>");
}

fn prediction(page: &mut String, fit: &Fit) {
    let Some(total) = loo_total(fit) else { return };
    let _ = write!(
        page,
        "<h2>Prediction</h2><table><tr><th></th><th>elpd</th><th>se</th><th>effective parameters</th></tr>\
         <tr><td>PSIS-LOO</td><td>{:.2}</td><td>{:.2}</td><td>{:.2}</td></tr>\
         <tr><td>WAIC</td><td>{:.2}</td><td>{:.2}</td><td>{:.2}</td></tr></table>",
        total.loo.elpd, total.loo.se, total.loo.p, total.waic.elpd, total.waic.se, total.waic.p
    );
    let [good, fair, bad, worst] = total.pareto_k;
    let _ = write!(
        page,
        "<p>Of {} responses {} have a Pareto k up to 0.5, {fair} up to 0.7, {bad} up to 1 and {worst} above: {}</p>",
        total.count,
        good,
        if bad + worst == 0 {
            "the estimate can be relied on."
        } else {
            "those above 0.7 weigh so much on their own that leaving them out cannot be worked out from these draws."
        }
    );
    let evidence: Vec<f64> = fit.pieces.iter().filter_map(|p| Some(p.evidence?.importance)).collect();
    if !evidence.is_empty() {
        let _ = write!(
            page,
            "<p>Log evidence{}: {:.2} nats.</p>",
            if evidence.len() > 1 { ", all subjects" } else { "" },
            evidence.iter().sum::<f64>()
        );
    }
}

/// Whether what was recorded lies outside the central 95% of what the posterior predicts.
fn is_surprising(check: &PredictiveCheck) -> bool {
    check.p_value < 0.025 || check.p_value > 0.975
}

fn checks(page: &mut String, fit: &Fit) {
    let all: Vec<_> = fit.pieces.iter().flat_map(|p| &p.checks).collect();
    if all.is_empty() {
        return;
    }
    page.push_str("<h2>Predictive checks</h2><p>What was recorded (across; of a choice how often it was made, of a statistic of sequences the share of choices) and what is predicted one step ahead (up: mean and 90%), for each subject. Left under the prior, right under the posterior.</p><div class=\"grid\">");
    let mut statistics: Vec<&str> = Vec::new();
    for check in &all {
        if !statistics.contains(&check.statistic.as_str()) {
            statistics.push(&check.statistic);
        }
    }
    for statistic in statistics.iter().take(MOST_PICTURES) {
        let own: Vec<_> = all.iter().filter(|c| c.statistic == *statistic).collect();
        let both = range(own.iter().flat_map(|c| [c.observed, c.posterior[1], c.posterior[2], c.prior[1], c.prior[2]]));
        for (what, of) in [("prior", 0), ("posterior", 1)] {
            let points = own.iter().map(|c| {
                let [mean, low, high] = if of == 0 { c.prior } else { c.posterior };
                (c.observed, mean, low, high)
            });
            let outside = own.iter().filter(|c| is_surprising(c)).count();
            let p = match &own[..] {
                _ if of == 0 => String::new(),
                [one] => format!(", p = {:.3}", one.p_value),
                _ => format!(", p outside 0.025..0.975 in {outside} of {}", own.len()),
            };
            let title = format!("{statistic}: {what}{p}");
            page.push_str(&scatter((400, 280), &title, (both, "observed", "predicted"), (0.4, 2), points));
        }
    }
    page.push_str("</div>");
    if statistics.len() > MOST_PICTURES {
        let _ = write!(page, "<p>{} more are in predictive.csv.</p>", statistics.len() - MOST_PICTURES);
    }
    let surprising = all.iter().filter(|c| is_surprising(c)).count();
    let _ = write!(
        page,
        "<p>{surprising} of {} lie outside their central 95% of posterior predictions; about {:.0} would by chance.</p>",
        all.len(),
        0.05 * all.len() as f64
    );
}
