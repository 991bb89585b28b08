// The whole language in one program.

use aif::prelude::*;

#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Move { Up, Down, Stay }

#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Smell { Nothing, Food }

/// A grid with food somewhere: const sizes, a pair of domains as a state, all four kinds of return types.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Grid<T, const W: usize, const H: usize> {
    pub accuracy: T,
    pub hunger: T,
    pub slip: f64,
}

#[generative_model(
    horizon = 2,
    actions(go: Move),
    inputs(light: bool, reward: f64),
    policy_precision = 2 * self.hunger,
    action_precision = 1.5,
    habit = [0.0, 0.0, 1.0],
    vis = pub(crate)
)]
impl<T: Real, const W: usize, const H: usize> Grid<T, W, H> {
    const STRIDE: isize = 1;

    #[factor(initial = uniform())]
    fn cell(&self, cell: Cell<W, H>, go: Move) -> Dist<Cell<W, H>> {
        let dy = match go {
            Move::Up => -Self::STRIDE,
            Move::Down => Self::STRIDE,
            Move::Stay => 0,
        };
        Dist::bernoulli(cell.offset(0, dy).unwrap_or(cell), 1.0 - self.slip, cell)
    }

    #[factor(initial = Dirichlet::symmetric(0.5))]
    fn food(&self, _food: (bool, Index<3>)) -> Dirichlet<(bool, Index<3>), T> {
        Dirichlet::from_fn(|to| if to == _food { self.hunger + 1.0 } else { T::constant(0.1) })
    }

    #[factor(initial = [0.25, 0.75])]
    fn still(&self, still: bool) -> bool {
        still
    }

    #[modality(preference = Values::from_fn(|c: Cell<W, H>| c.y() as f64))]
    fn seen(&self, cell: Cell<W, H>, light: bool) -> Dist<Cell<W, H>, f64> {
        if light { cell.into() } else { uniform().into() }
    }

    #[modality(preference(step) = [0.0, reward * self.hunger / (1.0 + step as f64)])]
    fn smell(&self, cell: Cell<W, H>, food: (bool, Index<3>), still: bool) -> Dist<Smell, T> {
        let near = food.0 && food.1.get() == cell.y() && !still;
        Dist::bernoulli(if near { Smell::Food } else { Smell::Nothing }, self.accuracy, if near { Smell::Nothing } else { Smell::Food })
    }
}

/// A model without parameters is constant for every scalar.
#[derive(Clone, Copy, Debug)]
pub struct Fixed;

#[generative_model(horizon = 1, actions(pull: bool))]
impl Fixed {
    #[factor(initial = dist![0.5, 0.5])]
    fn lever(&self, pull: bool) -> bool {
        pull
    }

    #[modality(preference = [0, 1])]
    fn light(&self, lever: bool) -> Dist<bool> {
        if lever { dist![0.2, 0.8] } else { dist![0.9, 0.1] }
    }
}

model! {
    /// Every distribution, links, derived quantities and assigned precisions.
    pub(crate) Whole for Grid<T, 3, 3> {
        population {
            mu ~ Normal(0, 1);
            tau ~ HalfNormal(1.0);
            spread ~ HalfCauchy(2.5);
            nu ~ Gamma(2.0, 0.1);
            let scale = tau + 0.1 * spread;
        }
        subject {
            z ~ Normal(mu, scale);
            #[centred]
            t ~ StudentT(nu, mu, tau);
            c ~ Cauchy(0.0, 1.0);
            l ~ LogNormal(mu, 0.5);
            e ~ Exponential(1.0);
            i ~ InverseGamma(3.0, 2.0);
            b ~ Beta(2.0, 2.0);
            u ~ Uniform(-1.0, 1.0);
            let accuracy = 0.5 + 0.5 * logistic(z + 0.01 * (t + c + u));
            policy_precision = exp(0.1 * z);
            action_precision = e + i;
            lapse = 0.1 * b;
            Grid { accuracy, hunger: l + mu * mu, slip: 0.1 }
        }
    }
    /// A second one in the same place.
    Plain for Fixed {
        subject {
            g ~ LogNormal(0.0, 1.0);
            policy_precision = g;
            Fixed {}
        }
    }
}

fn main() {
    use aif::infer::Population;
    let inputs = GridInputs { light: true, reward: 2.0 };
    let model = Grid::<f64, 3, 3> { accuracy: 0.9, hunger: 1.0, slip: 0.1 };
    let agent = Agent::with_options(model, inputs, AgentOptions::default());
    assert!(agent.is_ok(), "{agent:?}");
    assert!(Agent::new(Fixed).is_ok());
    assert_eq!(Whole::META.subject().len(), 9);
    assert!(Plain::META.flat());
    let _ = aif::study::<Whole>();
}
