//! Random models for properties: two factors that move with each other, and a group apart from them. Tables from numbers that are weights.

use aif::prelude::*;
use proptest::prelude::*;

/// Two factors, one of which moves with the other; a modality of both and one of one. A third factor with a modality of its own.
#[derive(Clone, Copy, Debug)]
pub struct Trio {
    pub seen: [[[f64; 2]; 3]; 3],
    pub heard: [[f64; 2]; 2],
    pub felt: [[f64; 3]; 2],
    pub first: [[[f64; 2]; 3]; 3],
    pub second: [[[f64; 3]; 2]; 2],
    pub third: [[[f64; 2]; 3]; 3],
    pub wanted: [f64; 3],
    pub start: [f64; 3],
    pub precision: f64,
    pub scale: f64,
}

fn share<const N: usize>(i: usize, weight: impl Fn(usize) -> f64) -> f64 {
    weight(i) / (0..N).map(weight).sum::<f64>()
}

#[generative_model(horizon = 3, actions(go: bool), policy_precision = self.precision)]
impl Trio {
    #[factor(initial = Dist::from_fn(|s: Index<3>| T::constant(share::<3>(s.get(), |i| self.start[i]))), goal = [Index::<3>::new(2).unwrap()])]
    fn first(&self, first: Index<3>, go: bool) -> Dirichlet<Index<3>> {
        Dirichlet::from_fn(|s: Index<3>| self.scale * self.first[s.get()][first.get()][usize::from(go)])
    }
    #[factor(initial = uniform())]
    fn second(&self, second: bool, first: Index<3>) -> Dist<bool> {
        Dist::from_fn(|s: bool| share::<2>(s.index(), |i| self.second[i][second.index()][first.get()]))
    }
    #[factor(initial = Dirichlet::symmetric(1.0))]
    fn third(&self, third: Index<3>, go: bool) -> Dist<Index<3>> {
        Dist::from_fn(|s: Index<3>| share::<3>(s.get(), |i| self.third[i][third.get()][usize::from(go)]))
    }
    #[modality(preference = self.wanted)]
    fn seen(&self, first: Index<3>, second: bool) -> Dirichlet<Index<3>> {
        Dirichlet::from_fn(|o: Index<3>| self.scale * self.seen[o.get()][first.get()][second.index()])
    }
    #[modality]
    fn heard(&self, second: bool) -> Dist<bool> {
        Dist::from_fn(|o: bool| share::<2>(o.index(), |i| self.heard[i][second.index()]))
    }
    #[modality]
    fn felt(&self, third: Index<3>) -> Dist<bool> {
        Dist::from_fn(|o: bool| share::<2>(o.index(), |i| self.felt[i][third.get()]))
    }
}

fn weight() -> impl Strategy<Value = f64> {
    0.02..1.0
}

prop_compose! {
    pub fn trio()(
        seen in prop::array::uniform3(prop::array::uniform3(prop::array::uniform2(weight()))),
        heard in prop::array::uniform2(prop::array::uniform2(weight())),
        felt in prop::array::uniform2(prop::array::uniform3(weight())),
        first in prop::array::uniform3(prop::array::uniform3(prop::array::uniform2(weight()))),
        second in prop::array::uniform2(prop::array::uniform2(prop::array::uniform3(weight()))),
        third in prop::array::uniform3(prop::array::uniform3(prop::array::uniform2(weight()))),
        wanted in prop::array::uniform3(-3.0..3.0),
        start in prop::array::uniform3(weight()),
        precision in 0.1..3.0,
    ) -> Trio {
        Trio { seen, heard, felt, first, second, third, wanted, start, precision, scale: 5.0 }
    }
}

/// An observation of the model.
pub fn observation() -> impl Strategy<Value = TrioObservation> {
    (0usize..3, any::<bool>(), any::<bool>()).prop_map(|(seen, heard, felt)| TrioObservation {
        seen: Index::new(seen).unwrap(),
        heard,
        felt,
    })
}
