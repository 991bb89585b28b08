//! Adding what was seen to the counts of tables, and taking the latest of it back.

use alloc::vec::Vec;

use super::gained::{Column, Gained};
use super::options::Pace;
use crate::model::{FactorSite, GenerativeModel, Learned, ModalitySite, Tables};
use crate::scalar::{Real, exact_zero, same};

/// What counts were before the latest update, where it changed them.
#[derive(Clone, Debug)]
pub(crate) struct Undo<T> {
    columns: Vec<Column>,
    counts: Vec<T>,
    initial: Vec<T>,
    habit: Vec<T>,
    preference: Vec<T>,
    learned: Learned,
}

impl<T> Undo<T> {
    pub fn none() -> Self {
        let learned = Learned::default();
        Undo { columns: Vec::new(), counts: Vec::new(), initial: Vec::new(), habit: Vec::new(), preference: Vec::new(), learned }
    }

    /// What leads back from `now` to `before`, tables of one model.
    pub fn between<M: GenerativeModel<T>>(before: &Tables<M, T>, now: &Tables<M, T>) -> Self
    where
        T: Real,
    {
        let mut undo = Undo::none();
        undo.learned = before.learned;
        let mut note = |marks: core::ops::Range<usize>, start: usize, len: usize| {
            for (c, mark) in marks.enumerate() {
                let column = Column { mark, start: start + c * len, len };
                if !same(&before.counts[column.range()], &now.counts[column.range()]) {
                    undo.columns.push(column);
                    undo.counts.extend_from_slice(&before.counts[column.range()]);
                }
            }
        };
        M::each_modality(|site| note(site.columns.range(), site.counts.start, site.outcomes));
        M::each_factor(|site| note(site.columns.range(), site.counts.start, site.states));
        before.initial_counts.iter().for_each(|(_, counts)| undo.initial.extend_from_slice(counts));
        undo.habit.extend_from_slice(&before.habit_counts);
        before.preference_counts.iter().for_each(|(_, counts)| undo.preference.extend_from_slice(counts));
        undo
    }

    fn clear(&mut self, learned: Learned) {
        self.columns.clear();
        self.counts.clear();
        self.initial.clear();
        self.habit.clear();
        self.preference.clear();
        self.learned = learned;
    }
}

/// One kind of counts at work: what is blended, and how.
struct Blend<T> {
    rate: T,
    forgetting: T,
    /// Whether zeros may grow: as the reference has it.
    floored: bool,
}

impl<T: Real> Blend<T> {
    /// Adds what was gained to a count, after it has fallen back towards that of the beginning. What is impossible stays so.
    fn add(&self, count: &mut T, gain: T, prior: T) {
        if count.value() == 0.0 && !self.floored {
            return;
        }
        if !exact_zero(self.forgetting) {
            *count = prior + (*count - prior) * (T::one() - self.forgetting);
        }
        *count += gain * self.rate;
    }

    /// The same of a list of counts.
    fn add_all(&self, counts: &mut [T], gains: &[T], priors: &[T]) {
        for ((count, &gain), &prior) in counts.iter_mut().zip(gains).zip(priors) {
            self.add(count, gain, prior);
        }
    }
}

impl<M: GenerativeModel<T>, T: Real> Tables<M, T> {
    /// Adds what was seen to the counts, each kind at its rate, and acts on the new expected values.
    ///
    /// With forgetting `w` counts first fall back towards those of `prior`: `a <- prior + (1 - w) (a - prior)`. Columns that are held
    /// stay as they are, and a count of zero stays zero: what a table rules out is not learned.
    pub fn learn(&mut self, gained: &Gained<T>, pace: &Pace<T>, prior: &Tables<M, T>) {
        self.learn_with(gained, pace, prior, &mut Undo::none());
    }

    /// The same; what counts were is noted.
    pub(crate) fn learn_with(&mut self, gained: &Gained<T>, pace: &Pace<T>, prior: &Tables<M, T>, undo: &mut Undo<T>) {
        undo.clear(self.learned);
        let (before, Pace { rates, forgetting }) = (self.learned, *pace);
        let touched = |of: core::ops::Range<usize>| gained.touched.iter().any(|c| of.contains(&c.mark));
        let (mut observed, mut moved, mut begun) = (false, false, false);
        M::each_modality(|site| observed |= touched(site.columns.range()));
        M::each_factor(|site| {
            moved |= touched(site.columns.range());
            let counted = self.initial_counts.iter().any(|(f, _)| *f == site.index);
            begun |= counted && gained.begun && gained.initial[site.goal.range()].iter().any(|g| !exact_zero(*g));
        });
        let acted = gained.acted && !self.habit_counts.is_empty() && gained.habit.iter().any(|g| !exact_zero(*g));
        self.learned = Learned {
            likelihood: before.likelihood || (observed && rates.likelihood.is_some()),
            transition: before.transition || (moved && rates.transition.is_some()),
            initial: before.initial || (begun && rates.initial.is_some()),
            habit: before.habit || (acted && rates.habit.is_some()),
            preference: before.preference || (gained.met && rates.preference.is_some()),
        };
        let now = self.learned;
        let floored = self.floor > 0.0;
        let add = |tables: &mut Self,
                   undo: &mut Undo<T>,
                   (start, size, marks): (usize, usize, core::ops::Range<usize>),
                   rate: T,
                   first: bool| {
            let blend = Blend { rate, forgetting, floored };
            let from = undo.columns.len();
            let mut change = |column: Column| {
                if tables.held[column.mark] {
                    return;
                }
                let (counts, prior) = (&mut tables.counts[column.range()], &prior.counts[column.range()]);
                // Where nothing was learned there is nothing to forget.
                let gain = &gained.tables[column.range()];
                if !first && same(counts, prior) && gain.iter().all(|g| exact_zero(*g)) {
                    return;
                }
                undo.columns.push(column);
                undo.counts.extend_from_slice(counts);
                blend.add_all(counts, gain, prior);
            };
            if first || !exact_zero(forgetting) {
                let first_mark = marks.start;
                marks.for_each(|mark| change(Column { mark, start: start + (mark - first_mark) * size, len: size }));
            } else {
                gained.touched.iter().filter(|column| marks.contains(&column.mark)).for_each(|&column| change(column));
            }
            from..undo.columns.len()
        };
        // What follows from a table is worked out once it has all that is new.
        if let Some(rate) = rates.likelihood.filter(|_| now.likelihood) {
            M::each_modality(|site| {
                if site.columns.len > 0 {
                    let changed =
                        add(self, undo, (site.counts.start, site.outcomes, site.columns.range()), rate, !before.likelihood);
                    self.follow_likelihood(site, &undo.columns[changed]);
                }
            });
        }
        if let Some(rate) = rates.transition.filter(|_| now.transition) {
            M::each_factor(|site| {
                if site.columns.len > 0 {
                    let changed =
                        add(self, undo, (site.counts.start, site.states, site.columns.range()), rate, !before.transition);
                    self.follow_transition(site, &undo.columns[changed]);
                }
            });
        }
        if let Some(rate) = rates.initial.filter(|_| now.initial) {
            let blend = Blend { rate, forgetting, floored };
            for ((f, counts), (_, before)) in self.initial_counts.iter_mut().zip(&prior.initial_counts) {
                undo.initial.extend_from_slice(counts);
                M::each_factor(|site| {
                    if site.index == *f {
                        blend.add_all(counts, &gained.initial[site.goal.range()], before);
                    }
                });
            }
        }
        if let Some(rate) = rates.habit.filter(|_| now.habit) {
            let blend = Blend { rate, forgetting, floored };
            undo.habit.extend_from_slice(&self.habit_counts);
            blend.add_all(&mut self.habit_counts, &gained.habit, &prior.habit_counts);
        }
        if !undo.initial.is_empty() || !undo.habit.is_empty() {
            self.expect_initial_and_habit();
        }
        if let Some(rate) = rates.preference.filter(|_| now.preference) {
            let blend = Blend { rate, forgetting, floored };
            for ((m, counts), (_, before)) in self.preference_counts.iter_mut().zip(&prior.preference_counts) {
                undo.preference.extend_from_slice(counts);
                M::each_modality(|site| {
                    if site.index == *m {
                        blend.add_all(counts, &gained.preference[site.preference.range()], before);
                    }
                });
            }
            self.expect_preferences();
        }
    }

    /// Takes the latest update back.
    pub(crate) fn unlearn(&mut self, undo: &mut Undo<T>) {
        let mut old = undo.counts.iter();
        for column in &undo.columns {
            self.counts[column.range()].iter_mut().zip(&mut old).for_each(|(to, &count)| *to = count);
        }
        M::each_modality(|site| self.follow_likelihood(site, &undo.columns));
        M::each_factor(|site| self.follow_transition(site, &undo.columns));
        let mut old = undo.initial.iter();
        for (_, counts) in self.initial_counts.iter_mut() {
            counts.iter_mut().zip(&mut old).for_each(|(to, &count)| *to = count);
        }
        self.habit_counts.iter_mut().zip(&undo.habit).for_each(|(to, &count)| *to = count);
        if !undo.initial.is_empty() || !undo.habit.is_empty() {
            self.expect_initial_and_habit();
        }
        let mut old = undo.preference.iter();
        for (_, counts) in self.preference_counts.iter_mut() {
            counts.iter_mut().zip(&mut old).for_each(|(to, &count)| *to = count);
        }
        self.expect_preferences();
        self.learned = undo.learned;
        undo.clear(self.learned);
    }

    /// Works out what follows from those columns of a likelihood's counts that are among `changed`.
    fn follow_likelihood(&mut self, site: &ModalitySite, changed: &[Column]) {
        let own = site.columns.range();
        let own = || changed.iter().filter(|c| own.contains(&c.mark)).map(|c| c.mark - site.columns.start);
        self.expect(site.table, site.counts, site.outcomes, own());
        self.refresh_modality(site, own());
    }

    /// The same of a transition's.
    fn follow_transition(&mut self, site: &FactorSite, changed: &[Column]) {
        let own = site.columns.range();
        let own = || changed.iter().filter(|c| own.contains(&c.mark)).map(|c| c.mark - site.columns.start);
        self.expect(site.table, site.counts, site.states, own());
        self.refresh_factor(site, own());
    }
}
