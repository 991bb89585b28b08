//! Plain enumeration: a player's belief as a list of states and of all that the other may have seen and done, from the methods of the
//! models themselves.

use std::collections::HashMap;

use aif::prelude::*;

use super::orchard::*;

/// What somebody saw and did, in turn.
pub type History = Vec<usize>;

/// Who: the gardener or the thief, how deep; at depth 2 the other is one of two kinds.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Who {
    pub gardener: bool,
    pub depth: usize,
}

/// A state, the other's kind, what the other saw and did, and how probable that is.
type Case = (usize, usize, History, f64);

pub struct Enumeration {
    pub gardener: Gardener<f64>,
    pub thief: Thief<f64>,
    /// How probable each kind of other is, of a player of depth 2: depth 0, depth 1.
    pub kinds: [f64; 2],
    known: HashMap<(Who, History), Vec<f64>>,
}

fn p<D: Domain>(dist: Dist<D>, value: D) -> f64 {
    dist.probabilities()[value.index()]
}

fn entropy(p: impl IntoIterator<Item = f64>) -> f64 {
    p.into_iter().filter(|p| *p > 0.0).map(|p| -p * p.ln()).sum()
}

impl Enumeration {
    pub fn new(gardener: Gardener<f64>, thief: Thief<f64>, kinds: [f64; 2]) -> Self {
        Enumeration { gardener, thief, kinds, known: HashMap::new() }
    }

    fn states(who: Who) -> usize {
        if who.gardener { 72 } else { 24 }
    }

    fn gardener_state(s: usize) -> GardenerState {
        let mut state =
            GardenerState { ripe: false, mine: Taste::Nothing, theirs: Taste::Nothing, last: Act::Wait, heard: Act::Wait };
        state.heard = Act::from_index(s % 2).unwrap();
        state.last = Act::from_index(s / 2 % 2).unwrap();
        state.theirs = Taste::from_index(s / 4 % 3).unwrap();
        state.mine = Taste::from_index(s / 12 % 3).unwrap();
        state.ripe = s / 36 == 1;
        state
    }

    fn thief_state(s: usize) -> ThiefState {
        ThiefState {
            did: Act::from_index(s % 2).unwrap(),
            was: Act::from_index(s / 2 % 2).unwrap(),
            own: Taste::from_index(s / 4 % 3).unwrap(),
            ripe: s / 12 == 1,
        }
    }

    fn initial(who: Who, s: usize) -> f64 {
        if who.gardener {
            if s.is_multiple_of(36) { 0.5 } else { 0.0 }
        } else {
            [0.7, 0.3][s / 12] * f64::from(u8::from(s.is_multiple_of(12)))
        }
    }

    /// How probable a state is after another, under both actions.
    fn moves(&self, who: Who, from: usize, own: usize, other: usize, to: usize) -> f64 {
        let (own, other) = (Act::from_index(own).unwrap(), Act::from_index(other).unwrap());
        if who.gardener {
            let (from, to, m) = (Self::gardener_state(from), Self::gardener_state(to), &self.gardener);
            p(m.ripe(from.ripe, own, other), to.ripe)
                * p(m.mine(from.ripe, own, other), to.mine)
                * p(m.theirs(from.ripe, own, other), to.theirs)
                * f64::from(u8::from(to.last == own && to.heard == other))
        } else {
            let (from, to, m) = (Self::thief_state(from), Self::thief_state(to), &self.thief);
            p(m.ripe(from.ripe, own, other), to.ripe)
                * p(m.own(from.ripe, own, other), to.own)
                * f64::from(u8::from(to.was == other && to.did == own))
        }
    }

    /// How probable each outcome of each modality is.
    fn shown(&self, who: Who, s: usize) -> [Vec<f64>; 3] {
        if who.gardener {
            let (s, m) = (Self::gardener_state(s), &self.gardener);
            let tongue = Taste::all().map(|t| f64::from(u8::from(t == m.tongue(s.mine)))).collect();
            [m.look(s.ripe).probabilities().to_vec(), tongue, m.rustle(s.heard).probabilities().to_vec()]
        } else {
            let (s, m) = (Self::thief_state(s), &self.thief);
            let tongue = Taste::all().map(|t| f64::from(u8::from(t == m.tongue(s.own)))).collect();
            let sight = Act::all().map(|a| f64::from(u8::from(a == m.sight(s.was)))).collect();
            [m.look(s.ripe).probabilities().to_vec(), tongue, sight]
        }
    }

    fn sees(&self, who: Who, s: usize, outcome: usize) -> f64 {
        let [look, tongue, last] = self.shown(who, s);
        look[outcome / 6] * tongue[outcome / 2 % 3] * last[outcome % 2]
    }

    fn kinds_of(&self, who: Who) -> Vec<(f64, Who)> {
        let other = |depth| Who { gardener: !who.gardener, depth };
        match who.depth {
            1 => vec![(1.0, other(0))],
            _ => vec![(self.kinds[0], other(0)), (self.kinds[1], other(1))],
        }
    }

    fn view(who: Who, s: usize) -> usize {
        if who.gardener {
            let to = to_thief(Self::gardener_state(s));
            to.ripe.index() * 12 + to.own.index() * 4 + to.was.index() * 2 + to.did.index()
        } else {
            let to = to_gardener(Self::thief_state(s));
            to.ripe.index() * 36 + to.mine.index() * 12 + to.theirs.index() * 4 + to.last.index() * 2 + to.heard.index()
        }
    }

    /// Divides a case by what the other sees.
    fn other_sees(&self, who: Who, kind: (usize, Who), (s, history, w): (usize, &History, f64), into: &mut Vec<Case>) {
        if kind.1.depth == 0 {
            return into.push((s, kind.0, Vec::new(), w));
        }
        for outcome in 0..12 {
            let p = self.sees(kind.1, Self::view(who, s), outcome);
            if p > 0.0 {
                into.push((s, kind.0, [&history[..], &[outcome]].concat(), w * p));
            }
        }
    }

    fn together(cases: Vec<Case>) -> Vec<Case> {
        let mut sums: Vec<Case> = Vec::new();
        let mut places: HashMap<(usize, usize, History), usize> = HashMap::new();
        for (s, k, history, w) in cases.into_iter().filter(|case| case.3 > 0.0) {
            match places.get(&(s, k, history.clone())) {
                Some(&at) => sums[at].3 += w,
                None => {
                    places.insert((s, k, history.clone()), sums.len());
                    sums.push((s, k, history, w));
                }
            }
        }
        sums
    }

    fn after(&mut self, who: Who, cases: &[Case], own: usize) -> Vec<Case> {
        let kinds = self.kinds_of(who);
        let mut next = Vec::new();
        for (s, k, history, w) in cases {
            let choice = self.choice(kinds[*k].1, history);
            for (other, q) in choice.iter().enumerate() {
                let longer = if kinds[*k].1.depth == 0 { Vec::new() } else { [&history[..], &[other]].concat() };
                for to in 0..Self::states(who) {
                    let p = w * q * self.moves(who, *s, own, other, to);
                    if p > 0.0 {
                        self.other_sees(who, (*k, kinds[*k].1), (to, &longer, p), &mut next);
                    }
                }
            }
        }
        Self::together(next)
    }

    fn given(&self, who: Who, cases: &[Case], outcome: usize) -> (Vec<Case>, f64) {
        let mut seen: Vec<Case> = cases
            .iter()
            .map(|(s, k, h, w)| (*s, *k, h.clone(), w * self.sees(who, *s, outcome)))
            .filter(|case| case.3 > 0.0)
            .collect();
        let mass: f64 = seen.iter().map(|case| case.3).sum();
        seen.iter_mut().for_each(|case| case.3 /= mass);
        (seen, mass)
    }

    /// What somebody believes after a history of its own: outcome, action, outcome, ..
    pub fn belief(&mut self, who: Who, history: &[usize]) -> Vec<Case> {
        let mut cases = Vec::new();
        for (k, (prior, kind)) in self.kinds_of(who).into_iter().enumerate() {
            for s in 0..Self::states(who) {
                let w = prior * Self::initial(who, s);
                self.other_sees(who, (k, kind), (s, &Vec::new(), w), &mut cases);
            }
        }
        cases = self.given(who, &Self::together(cases), history[0]).0;
        for step in history[1..].chunks(2) {
            cases = self.after(who, &cases, step[0]);
            if let Some(outcome) = step.get(1) {
                cases = self.given(who, &cases, *outcome).0;
            }
        }
        cases
    }

    fn worth(&self, who: Who, cases: &[Case]) -> f64 {
        let mut outcomes = [vec![0.0; 2], vec![0.0; 3], vec![0.0; 2]];
        let mut ambiguity = 0.0;
        for (s, _, _, w) in cases {
            for (sum, shown) in outcomes.iter_mut().zip(self.shown(who, *s)) {
                ambiguity += w * entropy(shown.iter().copied());
                sum.iter_mut().zip(shown).for_each(|(sum, p)| *sum += w * p);
            }
        }
        let preference = if who.gardener { [0.0, self.gardener.sweet, -1.5] } else { [0.0, 2.0, -0.5] };
        let utility: f64 = outcomes[1].iter().zip(preference).map(|(p, c)| p * c).sum();
        utility + outcomes.iter().map(|q| entropy(q.iter().copied())).sum::<f64>() - ambiguity
    }

    fn values(&mut self, who: Who, cases: &[Case], steps: usize) -> Vec<f64> {
        let gamma = if who.gardener { 1.5 } else { 1.0 };
        let mut values = Vec::new();
        for own in 0..2 {
            let next = self.after(who, cases, own);
            let mut value = self.worth(who, &next);
            for outcome in (0..12).filter(|_| steps > 1) {
                let (seen, mass) = self.given(who, &next, outcome);
                if mass > 0.0 {
                    let later = self.values(who, &seen, steps - 1);
                    let weights: Vec<f64> = later.iter().map(|v| (gamma * v).exp()).collect();
                    let total: f64 = weights.iter().sum();
                    value += mass * weights.iter().zip(&later).map(|(w, v)| w / total * v).sum::<f64>();
                }
            }
            values.push(value);
        }
        values
    }

    /// How probable each action of somebody is after a history.
    pub fn choice(&mut self, who: Who, history: &History) -> Vec<f64> {
        let key = (who, if who.depth == 0 { Vec::new() } else { history.clone() });
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        let habit: [f64; 4] = if who.gardener { [0.2, 0.5, -0.3, 0.1] } else { [0.0, 0.3, 0.4, 0.7] };
        let own = |a: usize| habit[2 * a].exp() + habit[2 * a + 1].exp();
        let (alpha, gamma) = if who.gardener { (1.0, 1.5) } else { (0.8, 1.0) };
        let values = if who.depth == 0 {
            vec![0.0; 2]
        } else {
            let belief = self.belief(who, history);
            self.values(who, &belief, 2)
        };
        let weights: Vec<f64> = (0..2).map(|a| own(a).powf(alpha) * (alpha * gamma * values[a]).exp()).collect();
        let total: f64 = weights.iter().sum();
        let choice: Vec<f64> = weights.iter().map(|w| w / total).collect();
        self.known.insert(key, choice.clone());
        choice
    }
}
