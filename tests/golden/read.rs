//! Reading fixtures, and comparing with them: every number that is compared is counted.

use aif::prelude::*;
use aif::runtime::model::{Inputs, Marginals};
use serde_json::Value;

/// The fixture of a name, from `tests/fixtures` or the folder that `AIF_FIXTURES` names.
pub fn fixture(name: &str) -> Value {
    let folder = std::env::var("AIF_FIXTURES").unwrap_or_else(|_| format!("{}/tests/fixtures", env!("CARGO_MANIFEST_DIR")));
    let path = format!("{folder}/{name}.json");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"));
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// All numbers of nested lists, in order.
pub fn numbers(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(list) => list.iter().flat_map(numbers).collect(),
        number => vec![number.as_f64().expect("a number")],
    }
}

/// All numbers of nested lists as indices; -1 is none.
pub fn indices(value: &Value) -> Vec<Option<usize>> {
    numbers(value).into_iter().map(|x| (x >= 0.0).then_some(x as usize)).collect()
}

pub fn list(value: &Value) -> &[Value] {
    value.as_array().expect("a list")
}

/// Nested lists of numbers as one list with its shape.
#[derive(Debug)]
pub struct Tensor {
    shape: Vec<usize>,
    data: Vec<f64>,
}

impl Tensor {
    pub fn new(value: &Value) -> Self {
        let (mut shape, mut inner) = (Vec::new(), value);
        while let Value::Array(list) = inner {
            shape.push(list.len());
            inner = &list[0];
        }
        Tensor { shape, data: numbers(value) }
    }

    pub fn rank(&self) -> usize {
        self.shape.len()
    }

    pub fn at(&self, index: &[usize]) -> f64 {
        assert_eq!(index.len(), self.shape.len(), "the fixture has another number of axes");
        self.data[index.iter().zip(&self.shape).fold(0, |at, (&i, &n)| at * n + i)]
    }

    fn all(value: &Value) -> Vec<Tensor> {
        value.as_array().map_or(Vec::new(), |list| list.iter().map(Tensor::new).collect())
    }
}

/// The inputs of one instance: what the declared structures take their numbers from.
#[derive(Debug)]
pub struct Numbers {
    a: Vec<Tensor>,
    b: Vec<Tensor>,
    pa: Vec<Tensor>,
    pb: Vec<Tensor>,
    /// Whether preferences depend on the step.
    pub timed: bool,
    c: Vec<Tensor>,
    c_time: Vec<Tensor>,
    d: Vec<Tensor>,
    h: Vec<Tensor>,
    e: Vec<f64>,
    pub gamma: f64,
    pub alpha: f64,
}

impl Numbers {
    pub fn new(inputs: &Value, timed: bool) -> &'static Numbers {
        let number = |key: &str| inputs[key].as_f64().expect("a number");
        Box::leak(Box::new(Numbers {
            a: Tensor::all(&inputs["A"]),
            b: Tensor::all(&inputs["B"]),
            pa: Tensor::all(&inputs["pA"]),
            pb: Tensor::all(&inputs["pB"]),
            timed,
            c: Tensor::all(&inputs["C"]),
            c_time: Tensor::all(&inputs["C_time"]),
            d: Tensor::all(&inputs["D"]),
            h: Tensor::all(&inputs["H"]),
            e: numbers(&inputs["E"]),
            gamma: number("gamma"),
            alpha: number("alpha"),
        }))
    }

    pub fn likelihood<O: Domain>(&self, m: usize, states: &[usize]) -> Dist<O> {
        Dist::from_fn(|o: O| self.a[m].at(&[&[o.index()], states].concat()))
    }

    pub fn transition<O: Domain>(&self, f: usize, states: &[usize], actions: &[usize]) -> Dist<O> {
        Dist::from_fn(|s: O| self.b[f].at(&control(&self.b[f], s.index(), states, actions)))
    }

    pub fn likelihood_counts<O: Domain>(&self, m: usize, states: &[usize]) -> Dirichlet<O> {
        let counts = Dirichlet::from_fn(|o: O| self.pa[m].at(&[&[o.index()], states].concat()));
        counts.acting_as(self.likelihood::<O>(m, states))
    }

    pub fn transition_counts<O: Domain>(&self, f: usize, states: &[usize], actions: &[usize]) -> Dirichlet<O> {
        let counts = Dirichlet::from_fn(|s: O| self.pb[f].at(&control(&self.pb[f], s.index(), states, actions)));
        counts.acting_as(self.transition::<O>(f, states, actions))
    }

    pub fn initial<O: Domain, T: Real>(&self, f: usize) -> Dist<O, T> {
        Dist::from_fn(|s: O| T::constant(self.d[f].at(&[s.index()])))
    }

    pub fn preference<O: Domain, T: Real>(&self, m: usize, step: usize) -> Values<O, T> {
        let at = |o: usize| if self.timed { self.c_time[m].at(&[step, o]) } else { self.c[m].at(&[o]) };
        Values::from_fn(|o: O| T::constant(at(o.index())))
    }

    pub fn goal<O: Domain>(&self, f: usize) -> Goal<O> {
        Goal::from_fn(|s: O| self.h.get(f).is_some_and(|h| h.at(&[s.index()]) > 0.0))
    }

    /// `ln max(E, floor)`: the golden habit is a distribution over policies.
    pub fn habit<const P: usize>(&self) -> [f64; P] {
        std::array::from_fn(|i| self.e[i].max(f64::EPSILON).ln())
    }
}

/// The index of a transition; a factor without action still has an axis of one in most fixtures.
fn control(tensor: &Tensor, next: usize, states: &[usize], actions: &[usize]) -> Vec<usize> {
    let mut index = [&[next], states, actions].concat();
    index.resize(tensor.rank(), 0);
    index
}

/// Compares numbers and keeps count.
#[derive(Default)]
pub struct Compare {
    pub count: usize,
    pub failures: Vec<String>,
    context: String,
}

impl Compare {
    /// What the following numbers belong to.
    pub fn within(&mut self, context: impl Into<String>) {
        self.context = context.into();
    }

    pub fn close(&mut self, what: &str, got: &[f64], want: &Value) {
        let want = numbers(want);
        if got.len() != want.len() {
            return self.failures.push(format!("{} {what}: {} numbers, golden {}", self.context, got.len(), want.len()));
        }
        self.count += got.len();
        for (i, (g, w)) in got.iter().zip(&want).enumerate() {
            if (g - w).abs() <= 1e-9 * (1.0 + w.abs()) {
                continue;
            }
            self.failures.push(format!("{} {what}[{i}]: got {g}, golden {w}", self.context));
            return;
        }
    }

    /// How far derivatives are from those of another implementation.
    pub fn apart(&mut self, what: &str, share: f64, count: usize) {
        self.count += count;
        if share.is_nan() || share > 1e-11 {
            self.failures.push(format!("{} {what}: {share:e} away from those in num-dual's numbers", self.context));
        }
    }

    pub fn same(&mut self, what: &str, got: &[usize], want: &Value) {
        let want: Vec<usize> = numbers(want).into_iter().map(|x| x as usize).collect();
        self.count += got.len();
        if got != want {
            self.failures.push(format!("{} {what}: got {got:?}, golden {want:?}", self.context));
        }
    }

    /// A belief against `[factor][state]`.
    pub fn belief<B: Marginals<f64>>(&mut self, what: &str, belief: &B, golden: &Value) {
        for (f, q) in list(golden).iter().enumerate() {
            self.close(&format!("{what}, factor {f}"), belief.probabilities(f), q);
        }
    }

    /// Beliefs against `[factor][step][state]`.
    pub fn beliefs<B: Marginals<f64>>(&mut self, what: &str, beliefs: &[B], golden: &Value) {
        for (f, q) in list(golden).iter().enumerate() {
            let got: Vec<f64> = beliefs.iter().take(list(q).len()).flat_map(|b| b.probabilities(f).to_vec()).collect();
            self.close(&format!("{what}, factor {f}"), &got, q);
        }
    }
}

/// A table `[context][outcome]` as the fixtures write it, `[outcome][context]`; of several actions, they run fastest.
pub fn outcome_first(table: &[f64], actions: usize, contexts: usize, outcomes: usize) -> Vec<f64> {
    let mut out = Vec::with_capacity(table.len());
    for o in 0..outcomes {
        for c in 0..contexts {
            for a in 0..actions {
                out.push(table[(a * contexts + c) * outcomes + o]);
            }
        }
    }
    out
}

/// A declared structure with the numbers of one instance, and what the fixtures say of it.
pub struct Case<'a, M: GenerativeModel> {
    pub model: M,
    pub inputs: &'a Value,
    pub outputs: &'a Value,
}

impl<M: GenerativeModel> Case<'_, M> {
    pub fn agent(&self, options: AgentOptions) -> Agent<M> {
        let inputs = M::Inputs::from_numbers(&[]).expect("the structures have no inputs");
        Agent::with_options(self.model, inputs, options).expect("a valid model")
    }

    pub fn evidence(&self, outcomes: &[Option<usize>]) -> M::Evidence {
        M::evidence(outcomes)
    }

    /// The observation at one step of `[modality][step]`.
    pub fn at(&self, key: &str, t: usize) -> M::Evidence {
        let outcomes: Vec<_> = list(&self.inputs[key]).iter().map(|m| indices(&m[t])[0]).collect();
        M::evidence(&outcomes)
    }

    /// The joint action whose part that drives each factor is what the row says; `None` for a row of -1.
    pub fn action(&self, row: &Value) -> Option<usize> {
        let row = indices(row);
        row[0]?;
        (0..M::META.joint_actions()).find(|&joint| local(self, joint).iter().zip(&row).all(|(&got, want)| Some(got) == *want))
    }

    pub fn actions(&self, rows: &Value) -> Vec<Option<usize>> {
        list(rows).iter().map(|row| self.action(row)).collect()
    }
}

/// The part of a joint action that drives each factor, as one index each.
pub fn local<M: GenerativeModel>(_: &Case<'_, M>, joint: usize) -> Vec<usize> {
    let mut row = Vec::new();
    M::each_factor(|site| row.push(site.local_action(&M::META, joint)));
    row
}
