//! The fixed point of mutual prediction: each player expects of the other what that does, to no end of depth.
//!
//! In a game of one move these are the logit quantal response equilibria (McKelvey & Palfrey 1995): `p = softmax(l U q)` and
//! `q = softmax(m V p)`. There may be several, and plain iteration may cycle. The principal branch is meant: what is reached from precision 0, where
//! everybody acts at random, without a jump. It is followed in steps along its arc (Turocy 2005), each put right by damped Newton steps; a
//! branch may bend back on the way, and the first point at the whole precision counts.

use alloc::vec;
use alloc::vec::Vec;

use super::error::SocietyError;
use super::linear::solve;
use super::player::Player;
use crate::model::GenerativeModel;
use crate::perceive::dot;
use crate::scalar::{Real, softmax};

/// What each pair of actions is worth to each of two players, in nats.
#[derive(Clone, Debug, PartialEq)]
pub struct Payoffs<T = f64> {
    actions: [usize; 2],
    /// Each player's, `[own action][other's action]`.
    of: [Vec<T>; 2],
}

/// Choice probabilities that are the logit response to each other.
#[derive(Clone, Debug, PartialEq)]
pub struct Equilibrium<T = f64> {
    /// How probable each action of each player is.
    pub choices: [Vec<T>; 2],
    /// By how much a probability differs at most from the response to the others.
    pub residual: f64,
    /// Whether the branch bent back on the way here: there are then several equilibria at this precision, or at lower ones.
    pub bent: bool,
}

/// The choices of both, one after the other, and the share of the precision at which they are.
type Point = Vec<f64>;

impl<T: Real> Payoffs<T> {
    /// What the actions of the first player (rows) and the second (columns) are worth to each, both `[row][column]`.
    ///
    /// # Errors
    /// When there is not a finite number for each pair.
    pub fn new<const A: usize, const B: usize>(first: [[T; B]; A], second: [[T; B]; A]) -> Result<Self, SocietyError> {
        let columns = (0..B).flat_map(|b| second.iter().map(move |row| row[b])).collect();
        Payoffs::checked([A, B], [first.as_flattened().to_vec(), columns])
    }

    fn checked(actions: [usize; 2], of: [Vec<T>; 2]) -> Result<Self, SocietyError> {
        let expected = actions[0] * actions[1];
        for (player, payoffs) in ["the first player", "the second player"].into_iter().zip(&of) {
            let found = payoffs.iter().filter(|payoff| payoff.is_moderate()).count();
            if found != expected || expected == 0 {
                return Err(SocietyError::Payoffs { player, found, expected });
            }
        }
        Ok(Payoffs { actions, of })
    }

    /// What the pairs of actions of two players are worth at the beginning of their models, over one step: expected log-preferences.
    /// Information does not count.
    ///
    /// # Errors
    /// When the model of one has no second action, or not that of the other.
    pub fn of<M: GenerativeModel<T>, N: GenerativeModel<T>>(
        first: &Player<M, T>,
        second: &Player<N, T>,
    ) -> Result<Self, SocietyError> {
        let flats = [&first.thinker().flat, &second.thinker().flat];
        let actions = flats.map(|flat| flat.own);
        let pairs = |i: usize| {
            let flat = flats[i];
            let pair = |ab: usize| flat.utility(&flat.advance(&flat.initial, ab / flat.others, ab % flat.others), 0);
            (0..flat.own * flat.others).map(pair).collect::<Vec<T>>()
        };
        let alike = |own: Option<&crate::model::ActionVariable>, other: Option<&crate::model::ActionVariable>| match (own, other)
        {
            (Some(own), Some(other)) => own.values.all().eq(other.values.all()),
            _ => false,
        };
        let each_others =
            alike(M::META.actions.first(), N::META.actions.get(1)) && alike(N::META.actions.first(), M::META.actions.get(1));
        if !each_others || flats[0].others != actions[1] || flats[1].others != actions[0] {
            let (expected, found) = (actions[0] * actions[1], flats[0].own * flats[0].others);
            return Err(SocietyError::Payoffs { player: "the first player", found, expected });
        }
        Payoffs::checked(actions, [pairs(0), pairs(1)])
    }

    /// The logit response of a player (0 or 1) to what the other does: `softmax(precision * expected payoff)`.
    pub fn response(&self, player: usize, other: &[T], precision: T) -> Vec<T> {
        let (of, others) = (&self.of[player], self.actions[1 - player]);
        let mut response: Vec<T> = of.chunks(others).map(|row| precision * dot(row, other)).collect();
        softmax(&mut response);
        response
    }

    /// The quantal response equilibrium on the principal branch, at a precision of each player.
    ///
    /// # Errors
    /// When a precision is negative or not finite, or the branch is lost on the way (where two branches cross).
    pub fn quantal_response(&self, precisions: [T; 2]) -> Result<Equilibrium<T>, SocietyError> {
        for precision in precisions {
            if !(precision.is_moderate() && precision.value() >= 0.0) {
                let (what, value, expected) = ("the precision of a player", precision.value(), "at least 0, and finite");
                return Err(SocietyError::Option { what, value, expected });
            }
        }
        let plain =
            Payoffs { actions: self.actions, of: [0, 1].map(|i| self.of[i].iter().map(|payoff| payoff.value()).collect()) };
        let (point, bent) = plain.follow(precisions.map(T::value))?;
        // At the solution each Newton step makes derivatives of one order more right.
        let mut y: Vec<T> = point.into_iter().map(T::constant).collect();
        for _ in 0..3 {
            let (residuals, mut rows) = self.equations(&y, T::one(), precisions);
            rows.iter_mut().zip(&residuals).for_each(|(row, &r)| *row.last_mut().unwrap_or(&mut T::zero()) = -r);
            let step = solve(rows).ok_or(SocietyError::Branch { reached: 1.0 })?;
            y.iter_mut().zip(step).for_each(|(y, step)| *y += step);
        }
        let second = y.split_off(self.actions[0]);
        let off = |player: usize, own: &[T], other: &[T]| {
            let response = self.response(player, other, precisions[player]);
            own.iter().zip(response).fold(0.0f64, |most, (p, r)| most.max((p.value() - r.value()).abs()))
        };
        let residual = off(0, &y, &second).max(off(1, &second, &y));
        Ok(Equilibrium { choices: [y, second], residual, bent })
    }

    /// By how much the choices `y` differ from the responses to each other at a share of the precisions, and how that changes with `y`
    /// and, last, the share.
    fn equations(&self, y: &[T], share: T, precisions: [T; 2]) -> (Vec<T>, Vec<Vec<T>>) {
        let n = y.len();
        let (mut residuals, mut rows) = (Vec::with_capacity(n), Vec::with_capacity(n));
        for player in 0..2 {
            let (own, other) = (self.start(player), self.start(1 - player));
            let others = &y[other..][..self.actions[1 - player]];
            let payoffs = &self.of[player];
            let response = self.response(player, others, share * precisions[player]);
            let expected: Vec<T> = payoffs.chunks(others.len()).map(|row| dot(row, others)).collect();
            let mean = dot(&response, &expected);
            for (a, &r) in response.iter().enumerate() {
                let mut row = vec![T::zero(); n + 1];
                row[own + a] = T::one();
                for b in 0..others.len() {
                    let of_column = payoffs.iter().skip(b).step_by(others.len()).zip(&response);
                    let mean = of_column.fold(T::zero(), |sum, (&payoff, &r)| sum + payoff * r);
                    row[other + b] = -(share * precisions[player] * r * (payoffs[a * others.len() + b] - mean));
                }
                row[n] = -(precisions[player] * r * (expected[a] - mean));
                residuals.push(y[own + a] - r);
                rows.push(row);
            }
        }
        (residuals, rows)
    }

    fn start(&self, player: usize) -> usize {
        if player == 0 { 0 } else { self.actions[0] }
    }
}

/// How far apart neighbouring points of the branch lie at first and at most, in probabilities and shares of the precision.
const STRIDE: [f64; 2] = [0.01, 0.05];

/// The shortest stride, and the most.
const LEAST: f64 = 1e-9;
const POINTS: usize = 100_000;

impl Payoffs<f64> {
    /// Follows the principal branch up to the whole precision: the choices of both there, and whether it bent back.
    fn follow(&self, precisions: [f64; 2]) -> Result<(Point, bool), SocietyError> {
        let n = self.actions[0] + self.actions[1];
        let mut at: Point = (0..n).map(|i| 1.0 / self.actions[usize::from(i >= self.actions[0])] as f64).collect();
        at.push(0.0);
        let mut towards = vec![0.0; n + 1];
        towards[n] = 1.0;
        let (mut stride, mut bent) = (STRIDE[0], false);
        for _ in 0..POINTS {
            let lost = SocietyError::Branch { reached: at[n] };
            towards = self.tangent(&at, &towards, precisions).ok_or(lost.clone())?;
            bent |= towards[n] < 0.0;
            let ahead: Point = at.iter().zip(&towards).map(|(x, d)| x + stride * d).collect();
            let Some((next, steps)) = self.put_right(ahead, &towards, precisions) else {
                stride *= 0.5;
                if stride < LEAST {
                    return Err(lost);
                }
                continue;
            };
            if next[n] >= 1.0 {
                // The whole precision lies between: there the share is held.
                let between = (1.0 - at[n]) / (next[n] - at[n]);
                let mut last: Point = at.iter().zip(&next).map(|(a, b)| a + between * (b - a)).collect();
                last[n] = 1.0;
                let mut held = vec![0.0; n + 1];
                held[n] = 1.0;
                if let Some((mut last, _)) = self.put_right(last, &held, precisions) {
                    last.truncate(n);
                    return Ok((last, bent));
                }
                stride *= 0.5;
                if stride < LEAST {
                    return Err(lost);
                }
                continue;
            }
            at = next;
            stride = if steps <= 3 { (stride * 1.5).min(STRIDE[1]) } else { stride };
        }
        Err(SocietyError::Branch { reached: at[n] })
    }

    /// The direction of the branch, as it was gone so far.
    fn tangent(&self, at: &[f64], before: &[f64], precisions: [f64; 2]) -> Option<Vec<f64>> {
        let n = at.len() - 1;
        let (_, mut rows) = self.equations(&at[..n], at[n], precisions);
        rows.iter_mut().for_each(|row| row.push(0.0));
        rows.push(before.iter().copied().chain([1.0]).collect());
        let mut tangent = solve(rows)?;
        let length = crate::math::sqrt(tangent.iter().map(|x| x * x).sum());
        tangent.iter_mut().for_each(|x| *x /= length);
        length.is_finite().then_some(tangent)
    }

    /// The point of the branch in the plane through one at right angles to a direction, by damped Newton steps; and how many they were.
    fn put_right(&self, mut at: Point, normal: &[f64], precisions: [f64; 2]) -> Option<(Point, usize)> {
        let (n, origin) = (at.len() - 1, at.clone());
        let off = |at: &Point| {
            let (mut residuals, rows) = self.equations(&at[..n], at[n], precisions);
            residuals.push(at.iter().zip(&origin).zip(normal).map(|((x, o), d)| (x - o) * d).sum());
            (residuals.iter().fold(0.0f64, |most, r| most.max(r.abs())), residuals, rows)
        };
        let (mut worst, mut residuals, mut rows) = off(&at);
        for steps in 0..20 {
            if worst < 1e-14 {
                return Some((at, steps));
            }
            rows.push(normal.to_vec());
            rows.iter_mut().zip(&residuals).for_each(|(row, r)| row.push(-r));
            let step = solve(rows)?;
            let (mut damping, mut found) = (1.0, None);
            for _ in 0..12 {
                let tried: Point = at.iter().zip(&step).map(|(x, s)| x + damping * s).collect();
                let result = off(&tried);
                if result.0 < worst {
                    found = Some((tried, result));
                    break;
                }
                damping *= 0.5;
            }
            let Some((tried, result)) = found else {
                // Nothing is better than what rounding leaves.
                return (worst < 1e-12).then_some((at, steps));
            };
            at = tried;
            (worst, residuals, rows) = result;
        }
        (worst < 1e-12).then_some((at, 20))
    }
}

/// The fixed point of mutual prediction of two players over one step, by the payoffs ([`Payoffs::of`]) and the precisions of their models.
///
/// # Errors
/// As [`Payoffs::of`] and [`Payoffs::quantal_response`]; when a player has a habit that is not flat, a lapse, or takes turns: these are not in the
/// equations.
pub fn mutual_prediction<M: GenerativeModel<T>, N: GenerativeModel<T>, T: Real>(
    first: &Player<M, T>,
    second: &Player<N, T>,
) -> Result<Equilibrium<T>, SocietyError> {
    for (player, thinker) in [("the first player", first.thinker()), ("the second player", second.thinker())] {
        let habit = &thinker.flat.habit;
        let what = if habit.iter().any(|h| (h.value() - habit[0].value()).abs() > 1e-12) {
            "a habit"
        } else if thinker.flat.precisions.lapse.value() != 0.0 {
            "a lapse"
        } else if thinker.turns.is_some() {
            "turns"
        } else {
            continue;
        };
        return Err(SocietyError::Mutual { player, what });
    }
    let strictness = |precisions: crate::model::Precisions<T>| precisions.action * precisions.policy;
    let precisions = [strictness(first.thinker().flat.precisions), strictness(second.thinker().flat.precisions)];
    Payoffs::of(first, second)?.quantal_response(precisions)
}
