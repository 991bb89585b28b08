//! A store that ArviZ opens: Zarr, version 2, one uncompressed chunk for each array, in groups for the posterior, the sampler's statistics,
//! log-likelihoods and observed data; dimensions and coordinates have the model's own names.

use serde_json::{Value, json};

use super::files::unit_cells;
use super::fit::{Fit, Quantity};
use crate::output;
use crate::population::Dimension;

/// The folder of the store.
pub(super) const STORE: &str = "posterior.zarr";

/// A store as files, by path below its folder.
struct Store<'a> {
    folder: &'static str,
    files: Vec<(String, output::Content<'a>)>,
    metadata: serde_json::Map<String, Value>,
}

/// The content of an array.
enum Content<'a> {
    Floats(Vec<f64>),
    /// Numbers that are written one after the other when their turn comes.
    Written(output::Content<'a>),
    /// Numbers that are in files of this store already, one for each chain.
    Filed,
    Integers(Vec<i64>),
    Flags(Vec<bool>),
    Words(Vec<String>),
}

impl<'a> Store<'a> {
    fn new(folder: &'static str) -> Self {
        let mut store = Store { folder, files: Vec::new(), metadata: serde_json::Map::new() };
        store.text(".zgroup", &json!({ "zarr_format": 2 }));
        store.text(".zattrs", &json!({ "creation_library": "aif" }));
        store
    }

    fn text(&mut self, path: &str, content: &Value) {
        self.metadata.insert(path.to_string(), content.clone());
        let text = content.to_string();
        self.files.push((format!("{}/{path}", self.folder), output::whole(move || text.into_bytes())));
    }

    fn group(&mut self, name: &str, attributes: &Value) {
        self.text(&format!("{name}/.zgroup"), &json!({ "zarr_format": 2 }));
        self.text(&format!("{name}/.zattrs"), attributes);
    }

    fn array(&mut self, group: &str, name: &str, shape: &[usize], dimensions: &[&str], content: Content<'a>) {
        let (dtype, bytes, fill) = match content {
            Content::Written(of) => ("<f8".to_string(), Some(of), json!("NaN")),
            Content::Filed => ("<f8".to_string(), None, json!("NaN")),
            Content::Floats(x) => {
                let of = output::whole(move || x.iter().flat_map(|x| x.to_le_bytes()).collect());
                ("<f8".to_string(), Some(of), json!("NaN"))
            }
            Content::Integers(x) => {
                let of = output::whole(move || x.iter().flat_map(|x| x.to_le_bytes()).collect());
                ("<i8".to_string(), Some(of), Value::Null)
            }
            Content::Flags(x) => {
                ("|b1".to_string(), Some(output::whole(move || x.iter().map(|&x| u8::from(x)).collect())), Value::Null)
            }
            Content::Words(x) => {
                let width = x.iter().map(|w| w.chars().count()).max().unwrap_or(0).max(1);
                let letters = x.iter().flat_map(|w| {
                    let padding = width - w.chars().count();
                    w.chars().map(u32::from).chain(std::iter::repeat_n(0, padding)).collect::<Vec<u32>>()
                });
                let bytes: Vec<u8> = letters.flat_map(u32::to_le_bytes).collect();
                (format!("<U{width}"), Some(output::whole(move || bytes)), Value::Null)
            }
        };
        // A chunk of no size cannot be; an empty array has no chunk at all.
        let mut chunks: Vec<usize> = shape.iter().map(|&n| n.max(1)).collect();
        if bytes.is_none() {
            chunks[0] = 1;
        }
        let description = json!({
            "zarr_format": 2, "shape": shape, "chunks": chunks, "dtype": dtype,
            "compressor": null, "fill_value": fill, "order": "C", "filters": null,
        });
        self.text(&format!("{group}/{name}/.zarray"), &description);
        let mut attributes = json!({ "_ARRAY_DIMENSIONS": dimensions });
        if name == "choice" {
            attributes["coordinates"] = json!("response_subject response_session response_block response_step");
        }
        self.text(&format!("{group}/{name}/.zattrs"), &attributes);
        if let Some(bytes) = bytes.filter(|_| shape.iter().all(|&n| n > 0)) {
            let key = vec!["0"; shape.len()].join(".");
            self.files.push((format!("{}/{group}/{name}/{key}", self.folder), bytes));
        }
    }

    fn finish(mut self) -> Vec<(String, output::Content<'a>)> {
        let consolidated = json!({ "zarr_consolidated_format": 1, "metadata": self.metadata });
        let text = consolidated.to_string();
        self.files.push((format!("{}/.zmetadata", self.folder), output::whole(move || text.into_bytes())));
        self.files
    }
}

/// The numbers from 0.
fn count<'a>(n: usize) -> Content<'a> {
    Content::Integers((0..n as i64).collect())
}

/// The places of a dimension.
fn places<'a>(dimension: &Dimension) -> Content<'a> {
    match dimension.labels {
        Some(labels) => Content::Words(labels.all().map(|l| l.into_owned()).collect()),
        None => count(dimension.size),
    }
}

/// The folder `posterior.zarr` with the draws of a fit.
pub fn zarr_files(fit: &Fit) -> Vec<(String, output::Content<'_>)> {
    let mut store = Store::new(STORE);
    let (chains, draws) = (fit.chains(), fit.draws());
    store.group("posterior", &json!({ "population": fit.meta.name, "method": fit.method.name() }));
    let filed = fit.pieces.first().and_then(|p| p.draws.files());
    for (place, path) in filed.into_iter().flat_map(|f| f.chunks()) {
        store.files.push((format!("{STORE}/{place}"), output::Content::Of(path.to_owned())));
    }
    let mut named: Vec<String> = Vec::new();
    let mut coordinate = |store: &mut Store<'_>, group: &str, name: &str, len: usize, content: Content<'static>| {
        let key = format!("{group}/{name}");
        if !named.contains(&key) {
            named.push(key);
            store.array(group, name, &[len], &[name], content);
        }
    };
    for group in ["posterior", "sample_stats"] {
        if group == "sample_stats" && fit.pieces.iter().all(|p| p.statistics.is_empty()) {
            continue;
        }
        if group != "posterior" {
            store.group(group, &json!({}));
        }
        coordinate(&mut store, group, "chain", chains, count(chains));
        coordinate(&mut store, group, "draw", draws, count(draws));
    }
    for (level, section) in fit.meta.levels.iter().enumerate() {
        let units = &fit.design.levels[level].names;
        // Sessions by their subject's name, too, and units of a plate by those of all above it.
        let words = (0..units.len()).map(|u| unit_cells(fit, level, u).collect::<Vec<_>>().join("/")).collect();
        if level > 0 && !section.parameters.is_empty() {
            coordinate(&mut store, "posterior", section.name, units.len(), Content::Words(words));
        }
        for parameter in section.parameters {
            let len = parameter.len();
            let mut shape = vec![chains, draws];
            let mut dimensions = vec!["chain", "draw"];
            if level > 0 {
                shape.push(units.len());
                dimensions.push(section.name);
            }
            for dimension in parameter.dimensions {
                shape.push(dimension.size);
                dimensions.push(dimension.name);
                coordinate(&mut store, "posterior", dimension.name, dimension.size, places(dimension));
            }
            if filed.is_some() {
                store.array("posterior", parameter.name, &shape, &dimensions, Content::Filed);
                continue;
            }
            let width = if level > 0 { units.len() * len } else { len };
            let own: Vec<(usize, &Quantity)> = fit
                .quantities
                .iter()
                .filter(|q| q.level == level && q.parameter == parameter.name)
                .map(|q| (if level > 0 { q.unit * len + q.element } else { q.element }, q))
                .collect();
            let write = move |to: &mut dyn std::io::Write| {
                let mut row = vec![f64::NAN; width];
                for (c, d) in (0..chains).flat_map(|c| (0..draws).map(move |d| (c, d))) {
                    own.iter().filter(|(_, q)| d < q.draws.draws).for_each(|(at, q)| row[*at] = q.draw(c, d));
                    row.iter().try_for_each(|x| to.write_all(&x.to_le_bytes()))?;
                }
                Ok(())
            };
            store.array("posterior", parameter.name, &shape, &dimensions, Content::Written(output::written(write)));
        }
    }
    statistics(fit, &mut store, chains, draws);
    likelihoods(fit, &mut store, chains, draws);
    store.finish()
}

fn statistics(fit: &Fit, store: &mut Store<'_>, chains: usize, draws: usize) {
    if fit.pieces.iter().all(|p| p.statistics.is_empty()) {
        return;
    }
    let pieces = fit.pieces.len();
    let flat = fit.pieces.first().is_some_and(|p| p.subject.is_some());
    let mut shape = vec![chains, draws];
    let mut dimensions = vec!["chain", "draw"];
    if flat {
        let names = fit.pieces.iter().filter_map(|p| Some(fit.subjects[p.subject?].clone())).collect();
        store.array("sample_stats", "subject", &[pieces], &["subject"], Content::Words(names));
        shape.push(pieces);
        dimensions.push("subject");
    }
    let mut write = |name: &str, of: &dyn Fn(&crate::sample::DrawStatistics) -> f64, kind: &str| {
        let mut numbers = vec![f64::NAN; chains * draws * pieces];
        for (p, piece) in fit.pieces.iter().enumerate() {
            for (c, chain) in piece.statistics.iter().enumerate() {
                for (d, statistics) in chain.iter().enumerate() {
                    numbers[(c * draws + d) * pieces + p] = of(statistics);
                }
            }
        }
        let content = match kind {
            "flag" => Content::Flags(numbers.iter().map(|&x| x == 1.0).collect()),
            "count" => Content::Integers(numbers.iter().map(|&x| x as i64).collect()),
            _ => Content::Floats(numbers),
        };
        store.array("sample_stats", name, &shape, &dimensions, content);
    };
    write("diverging", &|s| f64::from(u8::from(s.diverging)), "flag");
    write("tree_depth", &|s| s.depth as f64, "count");
    write("n_steps", &|s| s.steps as f64, "count");
    write("energy", &|s| s.energy, "number");
    write("acceptance_rate", &|s| s.acceptance, "number");
    write("lp", &|s| s.ln_density, "number");
}

/// The log-likelihood of every response at every draw, where it was kept, and where each response stands.
fn likelihoods(fit: &Fit, store: &mut Store<'_>, chains: usize, draws: usize) {
    let kept: Vec<&crate::fit::PartialFit> = fit.pieces.iter().filter(|p| !p.ln_likelihoods.is_empty()).collect();
    if kept.is_empty() {
        return;
    }
    let responses: Vec<&crate::fit::PredictedResponse> = kept.iter().flat_map(|p| &p.responses).collect();
    let len = responses.len();
    store.group("log_likelihood", &json!({}));
    store.group("observed_data", &json!({}));
    let along = ["response"];
    for group in ["log_likelihood", "observed_data"] {
        store.array(group, "response", &[len], &along, count(len));
        let subject = responses.iter().map(|r| fit.subjects[fit.design.subject_of(r.leaf)].clone()).collect();
        store.array(group, "response_subject", &[len], &along, Content::Words(subject));
        let blocks = responses.iter().map(|r| r.block.clone()).collect();
        store.array(group, "response_block", &[len], &along, Content::Words(blocks));
        store.array(group, "response_step", &[len], &along, Content::Integers(responses.iter().map(|r| r.step).collect()));
    }
    store.array("log_likelihood", "chain", &[chains], &["chain"], count(chains));
    store.array("log_likelihood", "draw", &[draws], &["draw"], count(draws));
    let mut numbers = vec![f64::NAN; chains * draws * len];
    let mut start = 0;
    for piece in &kept {
        let own = piece.responses.len();
        for (i, row) in piece.ln_likelihoods.chunks(own.max(1)).enumerate() {
            numbers[i * len + start..i * len + start + own].copy_from_slice(row);
        }
        start += own;
    }
    let dimensions = ["chain", "draw", "response"];
    store.array("log_likelihood", "choice", &[chains, draws, len], &dimensions, Content::Floats(numbers));
    let chosen: Vec<i64> = kept.iter().flat_map(|p| &p.chosen).map(|&c| c as i64).collect();
    if chosen.len() == len {
        store.array("observed_data", "choice", &[len], &along, Content::Integers(chosen));
    }
}
