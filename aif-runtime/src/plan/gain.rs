//! Expected free energy of one predicted belief: utility and state information gain.
//!
//! `-G = sum_m E_q[C_m] + sum_m ( H[q(o_m)] - E_q[H[A_m]] )` (Parr, Pezzulo & Friston 2022, eq. 2.6; one modality at a time, as in the
//! reference implementation).

use crate::model::{GenerativeModel, Marginals, Table, Tables};
use crate::perceive::each_context;
use crate::scalar::{Real, entropy};

/// The terms of the negative expected free energy of one step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Terms<T> {
    /// Expected log-preference, in nats.
    pub utility: T,
    /// Mutual information between states and outcomes, summed over modalities, in nats.
    pub state_information_gain: T,
}

impl<T: Real> Terms<T> {
    /// The negative expected free energy: the sum of its terms.
    #[inline(always)]
    pub fn total(&self) -> T {
        self.utility + self.state_information_gain
    }
}

/// The terms of the negative expected free energy of a predicted belief at a step of the policy (from 0).
pub fn negative_expected_free_energy<M: GenerativeModel<T>, T: Real>(
    tables: &Tables<M, T>,
    belief: &M::Belief,
    step: usize,
    utility: bool,
    information: bool,
) -> Terms<T> {
    let mut terms = Terms { utility: T::zero(), state_information_gain: T::zero() };
    let mut outcomes = M::Outcomes::zero();
    M::each_modality(|site| {
        if utility {
            let expected = tables.utility(site, step);
            let mut sum = T::zero();
            each_context(belief, site.parents, |c, p| sum += p * expected[c]);
            terms.utility += sum;
        }
        if information {
            let q = outcomes.probabilities_mut(site.index);
            let mut ambiguity = T::zero();
            match tables.likelihood(site) {
                Table::Map(map) => each_context(belief, site.parents, |c, p| q[usize::from(map[c])] += p),
                Table::Fixed(table) => {
                    let Table::Fixed(entropies) = tables.ambiguity(site) else { return };
                    each_context(belief, site.parents, |c, p| {
                        ambiguity += p * entropies[c];
                        for (q, &a) in q.iter_mut().zip(&table[c * site.outcomes..][..site.outcomes]) {
                            *q += p * a;
                        }
                    });
                }
                Table::Free(table) => {
                    let Table::Free(entropies) = tables.ambiguity(site) else { return };
                    each_context(belief, site.parents, |c, p| {
                        ambiguity += p * entropies[c];
                        for (q, &a) in q.iter_mut().zip(&table[c * site.outcomes..][..site.outcomes]) {
                            *q += p * a;
                        }
                    });
                }
            }
            terms.state_information_gain += entropy(q) - ambiguity;
        }
    });
    terms
}
