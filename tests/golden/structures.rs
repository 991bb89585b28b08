//! The model structures of the fixtures, each declared twice: with known tables, and with counts.

use aif::prelude::*;

use super::oracle::Differentiated;
use super::read::Numbers;
use super::trajectories::{Acted, walked};

pub type I2 = Index<2>;
pub type I3 = Index<3>;
pub type I4 = Index<4>;
pub type I5 = Index<5>;
pub type I25 = Index<25>;
pub type I49 = Index<49>;

macro_rules! structure {
    (
        $name:ident: $horizon:literal steps, $policies:literal policies, actions($($action:ident: $values:ident),*),
        factors { $($f:literal $factor:ident($($parent:ident: $states:ident),*; $($driver:ident: $driven:ident),*) -> $own:ident;)* }
        modalities { $($m:literal $modality:ident($($of:ident: $seen:ident),*) -> $outcomes:ident;)* }
    ) => {
        pub mod $name {
            use super::*;

            /// Known tables.
            #[derive(Clone, Copy, Debug)]
            pub struct Known {
                pub numbers: &'static Numbers,
            }
            #[generative_model(
                horizon = $horizon,
                actions($($action: $values),*),
                policy_precision = self.numbers.gamma,
                action_precision = self.numbers.alpha,
                habit = self.numbers.habit::<$policies>()
            )]
            impl Known {
                $(
                    #[factor(initial = self.numbers.initial($f), goal = self.numbers.goal::<$own>($f))]
                    fn $factor(&self, $($parent: $states,)* $($driver: $driven),*) -> Dist<$own> {
                        self.numbers.transition($f, &[$($parent.get()),*], &[$($driver.get()),*])
                    }
                )*
                $(
                    #[modality(preference(step) = self.numbers.preference::<$outcomes, T>($m, step))]
                    fn $modality(&self, $($of: $seen),*) -> Dist<$outcomes> {
                        self.numbers.likelihood($m, &[$($of.get()),*])
                    }
                )*
            }

            impl Differentiated<1> for Acted<'_, Known> {
                fn at<T: Real>(&self, [x]: [T; 1]) -> T {
                    walked(self, x)
                }
            }

            /// Tables with counts.
            #[derive(Clone, Copy, Debug)]
            pub struct Counted {
                pub numbers: &'static Numbers,
            }
            #[generative_model(
                horizon = $horizon,
                actions($($action: $values),*),
                policy_precision = self.numbers.gamma,
                action_precision = self.numbers.alpha,
                habit = self.numbers.habit::<$policies>()
            )]
            impl Counted {
                $(
                    #[factor(initial = self.numbers.initial($f), goal = self.numbers.goal::<$own>($f))]
                    fn $factor(&self, $($parent: $states,)* $($driver: $driven),*) -> Dirichlet<$own> {
                        self.numbers.transition_counts($f, &[$($parent.get()),*], &[$($driver.get()),*])
                    }
                )*
                $(
                    #[modality(preference(step) = self.numbers.preference::<$outcomes, T>($m, step))]
                    fn $modality(&self, $($of: $seen),*) -> Dirichlet<$outcomes> {
                        self.numbers.likelihood_counts($m, &[$($of.get()),*])
                    }
                )*
            }
        }
    };
}

structure! {
    s1: 3 steps, 8 policies, actions(go: I2),
    factors { 0 first(first: I3; go: I2) -> I3; }
    modalities { 0 shown(first: I3) -> I4; }
}
structure! {
    s2: 2 steps, 25 policies, actions(go: I5),
    factors { 0 place(place: I5; go: I5) -> I5; 1 side(side: I2; ) -> I2; }
    modalities { 0 seen(place: I5) -> I5; 1 outcome(place: I5, side: I2) -> I3; 2 cue(place: I5, side: I2) -> I3; }
}
structure! {
    s3: 2 steps, 36 policies, actions(one: I3, two: I2),
    factors { 0 first(first: I4; one: I3) -> I4; 1 second(second: I3; two: I2) -> I3; 2 third(third: I2; ) -> I2; }
    modalities { 0 both(first: I4, second: I3) -> I5; 1 alone(third: I2) -> I3; }
}
structure! {
    s4: 2 steps, 16 policies, actions(one: I2, two: I2),
    factors {
        0 first(first: I3; one: I2) -> I3;
        1 second(first: I3, second: I2; two: I2) -> I2;
        2 third(second: I2, third: I3; ) -> I3;
    }
    modalities { 0 shape(first: I3, second: I2) -> I4; 1 colour(second: I2, third: I3) -> I3; 2 tone(third: I3) -> I2; }
}
structure! {
    s5: 2 steps, 16 policies, actions(one: I2, two: I2),
    factors { 0 first(first: I4; one: I2) -> I4; 1 second(second: I2; two: I2) -> I2; }
    modalities { 0 both(first: I4, second: I2) -> I4; 1 alone(second: I2) -> I2; }
}
structure! {
    s6: 3 steps, 64 policies, actions(go: I4),
    factors { 0 cell(cell: I49; go: I4) -> I49; }
    modalities { 0 seen(cell: I49) -> I49; }
}
structure! {
    s7: 2 steps, 36 policies, actions(push: I2, turn: I3),
    factors {
        0 first(first: I3; push: I2) -> I3;
        1 second(first: I3, second: I4; push: I2, turn: I3) -> I4;
        2 third(third: I2; ) -> I2;
    }
    modalities { 0 shape(first: I3, second: I4) -> I4; 1 tone(third: I2) -> I3; }
}
structure! {
    s8: 2 steps, 25 policies, actions(go: I5),
    factors { 0 cell(cell: I25; go: I5) -> I25; }
    modalities { 0 seen(cell: I25) -> I25; }
}
