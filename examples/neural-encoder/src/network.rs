//! The encoder: a network from the burn library, and how an agent's gradient is handed to it.

use aif::sensitivity::Softmax;
use burn::module::{Module, Param};
use burn::nn::Linear;
use burn::optim::{GradientsParams, ModuleOptimizer, SgdConfig};
use burn::tensor::{Device, Gradients, Tensor, TensorData};

use crate::Failure;
use crate::data::Point;
use crate::line::PLACES;
use crate::weights::{Layer, Weights};

/// A number for each category.
pub type Logits = [f64; PLACES];

/// Layers with the hyperbolic tangent between them.
#[derive(Module, Debug)]
struct Network {
    layers: Vec<Linear>,
}

impl Network {
    fn forward(&self, points: Tensor<2>) -> Tensor<2> {
        let last = self.layers.len() - 1;
        self.layers.iter().enumerate().fold(points, |x, (i, layer)| {
            let x = layer.forward(x);
            if i < last { x.tanh() } else { x }
        })
    }
}

/// The encoder, with what trains it.
pub struct Encoder {
    network: Network,
    optimiser: ModuleOptimizer,
    device: Device,
    softmax: Softmax,
}

impl Encoder {
    /// An encoder with these weights, trained by plain gradient descent; `softmax` turns its outputs into probabilities.
    pub fn new(weights: &Weights, softmax: Softmax) -> Self {
        let device = Device::flex().autodiff();
        let layers = weights.layers.iter().map(|layer| linear(layer, &device)).collect();
        Encoder { network: Network { layers }, optimiser: SgdConfig::new().init(), device, softmax }
    }

    /// How outputs become probabilities.
    pub fn softmax(&self) -> Softmax {
        self.softmax
    }

    /// The probabilities of the categories for each point.
    pub fn probabilities(&self, points: &[Point]) -> Result<Vec<[f64; PLACES]>, Failure> {
        let output = self.network.valid().forward(self.tensor(points).inner());
        Ok(probabilities(self.softmax, &numbers(output)?))
    }

    /// One step of gradient descent. `teach` is given the output for each point; it gives the loss, and its derivative by each number of the
    /// output.
    pub fn descend<L>(
        &mut self,
        points: &[Point],
        rate: f64,
        teach: impl FnOnce(&[Logits]) -> Result<(L, Vec<Logits>), Failure>,
    ) -> Result<L, Failure> {
        let (loss, gradients) = self.backward(points, teach)?;
        let gradients = GradientsParams::from_grads(gradients, &self.network);
        self.network = self.optimiser.step(rate, self.network.clone(), gradients);
        Ok(loss)
    }

    /// The loss, and its derivatives by the weights and biases of each layer.
    pub fn slopes<L>(
        &self,
        points: &[Point],
        teach: impl FnOnce(&[Logits]) -> Result<(L, Vec<Logits>), Failure>,
    ) -> Result<(L, Weights), Failure> {
        let (loss, gradients) = self.backward(points, teach)?;
        let of = |layer: &Linear| -> Result<Layer, Failure> {
            let weight = layer.weight.val().grad(&gradients).ok_or("a layer has no gradient")?;
            let bias = layer.bias.as_ref().and_then(|bias| bias.val().grad(&gradients)).ok_or("a bias has no gradient")?;
            written(weight, bias)
        };
        Ok((loss, Weights { layers: self.network.layers.iter().map(of).collect::<Result<_, _>>()? }))
    }

    /// The surrogate loss: the output times its gradient, which is a constant. It has the derivatives of the loss itself.
    fn backward<L>(
        &self,
        points: &[Point],
        teach: impl FnOnce(&[Logits]) -> Result<(L, Vec<Logits>), Failure>,
    ) -> Result<(L, Gradients), Failure> {
        let output = self.network.forward(self.tensor(points));
        let (loss, gradient) = teach(&numbers(output.clone())?)?;
        Ok((loss, (output * self.tensor(&gradient)).sum().backward()))
    }

    /// The weights as they are now.
    pub fn weights(&self) -> Result<Weights, Failure> {
        let layer = |layer: &Linear| -> Result<Layer, Failure> {
            let bias = layer.bias.as_ref().ok_or("a layer has no bias")?;
            written(layer.weight.val(), bias.val())
        };
        Ok(Weights { layers: self.network.layers.iter().map(layer).collect::<Result<_, _>>()? })
    }

    fn tensor<const N: usize>(&self, rows: &[[f64; N]]) -> Tensor<2> {
        let numbers: Vec<f32> = rows.as_flattened().iter().map(|&x| x as f32).collect();
        Tensor::from_data(TensorData::new(numbers, [rows.len(), N]), &self.device)
    }
}

/// What outputs become.
pub fn probabilities(softmax: Softmax, logits: &[Logits]) -> Vec<[f64; PLACES]> {
    let mut all = logits.to_vec();
    all.iter_mut().for_each(|p| softmax.apply(p));
    all
}

/// The library keeps weights as `[input][output]`.
fn linear(layer: &Layer, device: &Device) -> Linear {
    let (outputs, inputs) = (layer.weight.len(), layer.weight[0].len());
    let turned: Vec<f32> = (0..inputs).flat_map(|i| layer.weight.iter().map(move |row| row[i])).collect();
    let weight = Tensor::from_data(TensorData::new(turned, [inputs, outputs]), device);
    let bias = Tensor::from_data(TensorData::new(layer.bias.clone(), [outputs]), device);
    Linear { weight: Param::from_tensor(weight), bias: Some(Param::from_tensor(bias)) }
}

fn written(weight: Tensor<2>, bias: Tensor<1>) -> Result<Layer, Failure> {
    let [inputs, outputs] = weight.dims();
    let turned = list(weight.into_data())?;
    let weight = (0..outputs).map(|o| (0..inputs).map(|i| turned[i * outputs + o]).collect()).collect();
    Ok(Layer { weight, bias: list(bias.into_data())? })
}

fn list(data: TensorData) -> Result<Vec<f32>, Failure> {
    data.try_to_vec::<f32>().map_err(|e| format!("the network's numbers: {e:?}").into())
}

fn numbers(output: Tensor<2>) -> Result<Vec<Logits>, Failure> {
    let rows = list(output.into_data())?;
    if rows.iter().any(|x| !x.is_finite()) {
        return Err("the network's output is no finite number".into());
    }
    Ok(rows.as_chunks::<PLACES>().0.iter().map(|row| row.map(f64::from)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The surrogate's gradient by weights against differences of the loss itself.
    #[test]
    fn the_surrogate_has_the_slopes_of_the_loss() {
        let weights = Weights::draw(3);
        let softmax = Softmax { temperature: 0.5, floor: 1e-8 };
        let points = [[0.3, -0.7], [1.0, 0.2], [-0.4, 0.9]];
        let loss = |logits: &[Logits]| -> f64 {
            probabilities(softmax, logits).iter().enumerate().map(|(i, p)| -(p[i] * p[i + 1]).ln()).sum()
        };
        let teach = |logits: &[Logits]| -> Result<((), Vec<Logits>), Failure> {
            let slope = |(i, (logits, p)): (usize, (&Logits, [f64; PLACES]))| {
                let mut by = [0.0; PLACES];
                (by[i], by[i + 1]) = (-1.0 / p[i], -1.0 / p[i + 1]);
                let by = softmax.pull_back(logits, &by);
                std::array::from_fn(|k| by[k])
            };
            Ok(((), logits.iter().zip(probabilities(softmax, logits)).enumerate().map(slope).collect()))
        };
        let slopes = Encoder::new(&weights, softmax).slopes(&points, teach).unwrap().1;
        let at = |change: &dyn Fn(&mut Weights)| {
            let mut weights = weights.clone();
            change(&mut weights);
            let encoder = Encoder::new(&weights, softmax);
            loss(&numbers(encoder.network.forward(encoder.tensor(&points))).unwrap())
        };
        let h = 1e-2;
        for (layer, output) in [(0, 5), (1, 100), (3, 2)] {
            let bias = |h: f32| at(&|weights: &mut Weights| weights.layers[layer].bias[output] += h);
            let weight = |h: f32| at(&|weights: &mut Weights| weights.layers[layer].weight[output][1] += h);
            for (slope, by) in [
                ((bias(h) - bias(-h)) / f64::from(2.0 * h), slopes.layers[layer].bias[output]),
                ((weight(h) - weight(-h)) / f64::from(2.0 * h), slopes.layers[layer].weight[output][1]),
            ] {
                assert!((slope - f64::from(by)).abs() < 2e-3 * (1.0 + slope.abs()), "layer {layer}: {slope} {by}");
            }
        }
    }
}
