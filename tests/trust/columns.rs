//! Columns that a model's author returns: within the tolerance they are made distributions, with their derivatives; exact ones stay as they are.

use aif::prelude::*;
use aif::runtime::model::{GenerativeModel, Table};
use aif::runtime::{Dual, Tables};

/// Three outcomes, the last of which is what the others leave; and a state whose probabilities sum to one but for `off`.
#[derive(Clone, Copy, Debug)]
pub struct Edge<T> {
    pub p: T,
    pub q: T,
    pub off: T,
}

#[generative_model(horizon = 1, actions(go: bool))]
impl<T: Real> Edge<T> {
    #[factor(initial = uniform())]
    fn place(&self, place: Index<3>, go: bool) -> Dist<Index<3>, T> {
        let last = T::one() - self.p - self.q;
        let moved = usize::from(go) + place.get();
        Dist::from_fn(|s: Index<3>| [self.p + self.off, self.q, last][(s.get() + moved) % 3])
    }
    #[modality(preference = [0.0, 1.0, 0.0])]
    fn seen(&self, place: Index<3>) -> Dist<Index<3>, T> {
        let last = T::one() - self.p - self.q;
        Dist::from_fn(|o: Index<3>| [self.p + self.off, self.q, last][(o.get() + place.get()) % 3])
    }
}

fn moved<T: Real>(p: T, q: T, off: T) -> Vec<T>
where
    Edge<T>: GenerativeModel<T, Inputs = ()>,
{
    let tables = Tables::<Edge<T>, T>::new(&Edge { p, q, off }, (), 1).unwrap();
    let mut column = Vec::new();
    Edge::<T>::each_modality(|site| {
        if let Table::Free(all) = tables.likelihood(site) {
            column = all[..3].to_vec();
        }
    });
    column
}

pub fn accepted_columns_are_distributions() {
    // 1 - 0.9 - 0.1 is -2.8e-17.
    let column = moved(0.9, 0.1, 0.0);
    assert_eq!(column, [0.9, 0.1, 0.0]);
    // Its derivatives are those of what was declared.
    let column = moved(Dual::<2>::variable(0.9, 0), Dual::variable(0.1, 1), Dual::constant(0.0));
    assert_eq!(column[2].value(), 0.0);
    assert_eq!(column[2].gradient, [-1.0, -1.0]);
    assert_eq!(column[0].gradient, [1.0, 0.0]);
    // What is off by more than rounding is divided by its sum, derivatives and all.
    for off in [9e-7, -9e-7, 3e-9] {
        let column = moved(0.3, 0.2, off);
        assert!((column.iter().sum::<f64>() - 1.0).abs() < 1e-15, "{column:?}");
        let dual = moved(Dual::<2>::variable(0.3, 0), Dual::variable(0.2, 1), Dual::constant(off));
        let h = 1e-6;
        let (up, down) = (moved(0.3 + h, 0.2, off), moved(0.3 - h, 0.2, off));
        for s in 0..3 {
            let slope = (up[s] - down[s]) / (2.0 * h);
            assert!((dual[s].gradient[0] - slope).abs() < 1e-9, "{s}: {} for {slope}", dual[s].gradient[0]);
        }
    }
    // Exact ones, and those that are exact but for the rounding of a sum, keep every bit.
    for (p, q) in [(0.25, 0.5), (1.0 / 3.0, 1.0 / 3.0), (0.1, 0.2), (0.7, 0.1)] {
        let column = moved(p, q, 0.0);
        assert_eq!(column.iter().map(|x| x.to_bits()).collect::<Vec<_>>(), [p, q, 1.0 - p - q].map(f64::to_bits));
    }
    // What is no distribution is refused as before.
    for (p, q, off) in [(0.3, 0.2, 2e-6), (0.6, 0.5, 0.0), (f64::NAN, 0.1, 0.0)] {
        assert!(Tables::<Edge<f64>>::new(&Edge { p, q, off }, (), 1).is_err());
    }
}
