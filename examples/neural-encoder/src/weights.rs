//! The numbers of a network: drawn from a seed, read from a file, written to one.

use std::path::Path;

use aif::runtime::random::unit;
use serde::{Deserialize, Serialize};

use crate::Failure;
use crate::data::{Point, read_json, stream};
use crate::line::PLACES;

/// The widths of the study's layers.
const WIDTHS: [usize; 5] = [2, 256, 256, 256, PLACES];

/// The largest number that is taken for a weight.
const LARGEST: f32 = 1e6;

/// A layer: `outputs = weight inputs + bias`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Layer {
    /// `[output][input]`
    pub weight: Vec<Vec<f32>>,
    /// `[output]`
    pub bias: Vec<f32>,
}

/// The layers of a network, the first at first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Weights {
    #[serde(rename = "layers_init", alias = "layers")]
    pub layers: Vec<Layer>,
}

/// A few walks with the loss that a network had along them, to make sure of a file of weights.
#[derive(Clone, Debug, Deserialize)]
pub struct Probe {
    pub probe_batch: ProbeBatch,
    pub probe_loss: f64,
    pub probe_grad_last_bias: Vec<f64>,
    /// For each layer, the norms of the gradients by its weights and by its biases.
    pub probe_grad_norms: Vec<[f64; 2]>,
}

/// `[walk][step]`
#[derive(Clone, Debug, Deserialize)]
pub struct ProbeBatch {
    pub x_seq: Vec<Vec<Point>>,
    pub a_seq: Vec<Vec<[usize; 1]>>,
}

impl Weights {
    /// Weights and biases from a seed, uniform between plus and minus one over the square root of the number of inputs.
    pub fn draw(seed: u64) -> Self {
        let mut rng = stream(seed, 1);
        let layer = |sizes: &[usize]| {
            let bound = 1.0 / (sizes[0] as f64).sqrt();
            let mut number = || (bound * (2.0 * unit(&mut rng) - 1.0)) as f32;
            Layer {
                weight: (0..sizes[1]).map(|_| (0..sizes[0]).map(|_| number()).collect()).collect(),
                bias: (0..sizes[1]).map(|_| number()).collect(),
            }
        };
        Weights { layers: WIDTHS.windows(2).map(layer).collect() }
    }

    /// Weights from a JSON file, with its probe if it has one.
    pub fn read(path: &Path) -> Result<(Self, Option<Probe>), Failure> {
        let file: serde_json::Value = read_json(path)?;
        let complain = |what: String| format!("{}: {what}", path.display());
        let probe = match file.get("probe_batch") {
            None => None,
            Some(_) => Some(serde_json::from_value(file.clone()).map_err(|e| complain(format!("the probe: {e}")))?),
        };
        let weights: Weights = serde_json::from_value(file).map_err(|e| complain(e.to_string()))?;
        weights.check().map_err(complain)?;
        Ok((weights, probe))
    }

    /// As JSON, in the form that [`Weights::read`] reads.
    pub fn json(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    fn check(&self) -> Result<(), String> {
        let mut inputs = 2;
        for (i, layer) in self.layers.iter().enumerate() {
            if layer.bias.is_empty() || layer.weight.len() != layer.bias.len() {
                return Err(format!(
                    "layer {i} has {} rows of weights and {} biases; there has to be one for each output",
                    layer.weight.len(),
                    layer.bias.len()
                ));
            }
            if let Some(row) = layer.weight.iter().position(|row| row.len() != inputs) {
                return Err(format!(
                    "layer {i}, output {row} has {} weights, but there are {inputs} inputs",
                    layer.weight[row].len()
                ));
            }
            if !layer.weight.iter().flatten().chain(&layer.bias).all(|x| x.abs() <= LARGEST) {
                return Err(format!("layer {i}: a weight is not between {} and {LARGEST}", -LARGEST));
            }
            inputs = layer.bias.len();
        }
        if self.layers.is_empty() {
            return Err("there is no layer".into());
        }
        if inputs != PLACES {
            return Err(format!("the last layer has {inputs} outputs, but there are {PLACES} categories"));
        }
        Ok(())
    }
}
