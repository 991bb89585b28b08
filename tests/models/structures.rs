//! Models with the structures of the golden fixtures: every table is a parameter, so that any numbers can be tested.

#![allow(clippy::type_complexity)]

use aif::prelude::*;
use serde_json::Value;

fn at(value: &Value, path: &[usize]) -> f64 {
    path.iter().fold(value, |v, &i| &v[i]).as_f64().expect("a number in the fixture")
}

/// `[x0][x1]..` of a JSON array as a nested array of the same shape.
pub trait FromJson {
    fn from_json(value: &Value) -> Self;
}
impl FromJson for f64 {
    fn from_json(value: &Value) -> f64 {
        at(value, &[])
    }
}
impl<E: FromJson, const N: usize> FromJson for [E; N] {
    fn from_json(value: &Value) -> Self {
        assert_eq!(value.as_array().map(Vec::len), Some(N));
        std::array::from_fn(|i| E::from_json(&value[i]))
    }
}

/// `ln max(E, floor)`: the golden habit is a distribution over policies.
fn log_habit<const P: usize>(e: &Value) -> [f64; P] {
    <[f64; P]>::from_json(e).map(|x| x.max(f64::EPSILON).ln())
}

/// Three factors, two with several parents; two actions.
#[derive(Clone, Copy, Debug)]
pub struct S4<T> {
    pub gamma: T,
    pub alpha: T,
    pub gain: T,
    a: ([[[f64; 2]; 3]; 4], [[[f64; 3]; 2]; 3], [[f64; 3]; 2]),
    b: ([[[f64; 2]; 3]; 3], [[[[f64; 2]; 2]; 3]; 2], [[[[f64; 1]; 3]; 2]; 3]),
    c: ([f64; 4], [f64; 3], [f64; 2]),
    d: ([f64; 3], [f64; 2], [f64; 3]),
    e: [f64; 16],
}

impl<T: Real> S4<T> {
    pub fn from_json(i: &Value) -> Self {
        S4 {
            gamma: T::constant(at(&i["gamma"], &[])),
            alpha: T::constant(at(&i["alpha"], &[])),
            gain: T::one(),
            a: (FromJson::from_json(&i["A"][0]), FromJson::from_json(&i["A"][1]), FromJson::from_json(&i["A"][2])),
            b: (FromJson::from_json(&i["B"][0]), FromJson::from_json(&i["B"][1]), FromJson::from_json(&i["B"][2])),
            c: (FromJson::from_json(&i["C"][0]), FromJson::from_json(&i["C"][1]), FromJson::from_json(&i["C"][2])),
            d: (FromJson::from_json(&i["D"][0]), FromJson::from_json(&i["D"][1]), FromJson::from_json(&i["D"][2])),
            e: log_habit(&i["E"]),
        }
    }
}

#[generative_model(
    horizon = 2,
    actions(push: Index<2>, turn: Index<2>),
    policy_precision = self.gamma,
    action_precision = self.alpha,
    habit = self.e
)]
impl<T: Real> S4<T> {
    #[factor(initial = self.d.0)]
    fn first(&self, first: Index<3>, push: Index<2>) -> Dist<Index<3>> {
        Dist::from_fn(|s: Index<3>| self.b.0[s.get()][first.get()][push.get()])
    }
    #[factor(initial = self.d.1)]
    fn second(&self, first: Index<3>, second: Index<2>, turn: Index<2>) -> Dist<Index<2>> {
        Dist::from_fn(|s: Index<2>| self.b.1[s.get()][first.get()][second.get()][turn.get()])
    }
    #[factor(initial = self.d.2)]
    fn third(&self, second: Index<2>, third: Index<3>) -> Dist<Index<3>> {
        Dist::from_fn(|s: Index<3>| self.b.2[s.get()][second.get()][third.get()][0])
    }
    #[modality(preference = self.c.0.map(|c| self.gain * c))]
    fn shape(&self, first: Index<3>, second: Index<2>) -> Dist<Index<4>> {
        Dist::from_fn(|o: Index<4>| self.a.0[o.get()][first.get()][second.get()])
    }
    #[modality(preference = self.c.1.map(|c| self.gain * c))]
    fn colour(&self, second: Index<2>, third: Index<3>) -> Dist<Index<3>> {
        Dist::from_fn(|o: Index<3>| self.a.1[o.get()][second.get()][third.get()])
    }
    #[modality(preference = self.c.2.map(|c| self.gain * c))]
    fn tone(&self, third: Index<3>) -> Dist<Index<2>> {
        Dist::from_fn(|o: Index<2>| self.a.2[o.get()][third.get()])
    }
}

/// One action drives two factors, one of which depends on both actions; inputs enter a likelihood and a preference.
#[derive(Clone, Copy, Debug)]
pub struct S7<T> {
    pub gamma: T,
    pub alpha: T,
    pub gain: T,
    a: ([[[f64; 4]; 3]; 4], [[f64; 2]; 3]),
    b: ([[[f64; 2]; 3]; 3], [[[[[f64; 3]; 2]; 4]; 3]; 4], [[f64; 2]; 2]),
    c: ([f64; 4], [f64; 3]),
    d: ([f64; 3], [f64; 4], [f64; 2]),
    e: [f64; 36],
}

impl<T: Real> S7<T> {
    pub fn from_json(i: &Value) -> Self {
        S7 {
            gamma: T::constant(at(&i["gamma"], &[])),
            alpha: T::constant(at(&i["alpha"], &[])),
            gain: T::one(),
            a: (FromJson::from_json(&i["A"][0]), FromJson::from_json(&i["A"][1])),
            b: (FromJson::from_json(&i["B"][0]), FromJson::from_json(&i["B"][1]), FromJson::from_json(&i["B"][2])),
            c: (FromJson::from_json(&i["C"][0]), FromJson::from_json(&i["C"][1])),
            d: (FromJson::from_json(&i["D"][0]), FromJson::from_json(&i["D"][1]), FromJson::from_json(&i["D"][2])),
            e: log_habit(&i["E"]),
        }
    }
}

#[generative_model(
    horizon = 2,
    actions(push: Index<2>, turn: Index<3>),
    inputs(swapped: bool, magnitude: f64),
    policy_precision = self.gamma,
    action_precision = self.alpha,
    habit = self.e
)]
impl<T: Real> S7<T> {
    #[factor(initial = self.d.0)]
    fn first(&self, first: Index<3>, push: Index<2>) -> Dist<Index<3>> {
        Dist::from_fn(|s: Index<3>| self.b.0[s.get()][first.get()][push.get()])
    }
    #[factor(initial = self.d.1)]
    fn second(&self, first: Index<3>, second: Index<4>, push: Index<2>, turn: Index<3>) -> Dist<Index<4>> {
        Dist::from_fn(|s: Index<4>| self.b.1[s.get()][first.get()][second.get()][push.get()][turn.get()])
    }
    #[factor(initial = self.d.2)]
    fn third(&self, third: Index<2>) -> Dist<Index<2>> {
        Dist::from_fn(|s: Index<2>| self.b.2[s.get()][third.get()])
    }
    #[modality(preference = self.c.0.map(|c| self.gain * magnitude * c))]
    fn shape(&self, first: Index<3>, second: Index<4>) -> Dist<Index<4>> {
        Dist::from_fn(|o: Index<4>| self.a.0[o.get()][first.get()][second.get()])
    }
    #[modality(preference = self.c.1)]
    fn tone(&self, third: Index<2>, swapped: bool) -> Dist<Index<3>> {
        let third = if swapped { 1 - third.get() } else { third.get() };
        Dist::from_fn(|o: Index<3>| self.a.1[o.get()][third])
    }
}
