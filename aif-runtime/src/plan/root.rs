//! Where a plan is rooted: in which way what is believed is imagined, and what remembers it.

use super::PlanningContext;
use super::apart::most_numbers;
use crate::model::{GenerativeModel, Meta};
use crate::perceive::{Joints, view_numbers};
use crate::scalar::Real;

/// Whether a search of numbers of this kind has room on a thread's stack.
pub(super) const fn is_small<T>() -> bool {
    size_of::<T>() <= 64
}

/// Where the joint distributions of a model are imagined: on the stack, where numbers are small and few; copying large ones costs more than memory
/// from the heap. Known to the compiler, so that planners are compiled for one of them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Room {
    None,
    Small,
    Large,
    /// Where plans are not so long that a search would run out of stack.
    Wide,
    Heap,
}

impl Room {
    pub const fn of<T>(meta: &Meta) -> Room {
        // The components of the dependency graph have together at most as many joint states as all factors, but for factors of one state.
        let (mut most, mut f) = (meta.joint_states(), 0);
        while f < meta.factors.len() {
            if meta.factors[f].states.count < 2 {
                most = most.saturating_add(1);
            }
            f += 1;
        }
        if meta.factors.len() < 2 { Room::None } else { Room::for_so_many::<T>(most) }
    }

    const fn for_so_many<T>(numbers: usize) -> Room {
        match numbers {
            0..=32 if is_small::<T>() => Room::Small,
            33..=64 if is_small::<T>() => Room::Large,
            65..=VIEWED if size_of::<T>() <= 16 => Room::Wide,
            _ => Room::Heap,
        }
    }

    /// Whether the joint distributions of each part of this model are imagined here.
    pub const fn is_of_parts<M: GenerativeModel<T>, T: Real>(self) -> bool {
        self as u8 == Room::for_so_many::<T>(most_numbers::<M, T>()) as u8
    }

    /// Whether the joint distributions of this model are imagined here.
    pub const fn is_of<M: GenerativeModel<T>, T: Real>(self) -> bool {
        self as u8 == Room::of::<T>(&M::META) as u8
    }
}

/// Whether distributions of each factor say all that the joint ones do, now and after any action.
pub(super) fn are_apart<M: GenerativeModel<T>, T: Real>(scene: &PlanningContext<'_, M, T>) -> bool {
    let Some((joints, _)) = scene.joint else { return true };
    let mut factors = M::META.factors.iter().enumerate().filter(|(f, _)| scene.has_factor(*f));
    factors.all(|(f, factor)| factor.parents.iter().all(|&parent| parent == f))
        && joints.at_most_one_uncertain::<M, T>(scene.belief)
}

/// How many bytes a belief has, as if the scalar had at least eight.
pub(super) const fn size<M: GenerativeModel<T>, T: Real>() -> usize {
    size_of::<M::Belief>() * 8 / if size_of::<T>() < 8 { size_of::<T>() } else { 8 }
}

/// How many possible states a belief over many of them may have to be written as a list.
pub(super) const LISTED: usize = 128;

/// So few states are not worth a list, however large their numbers are.
const FEW: usize = 32;

/// Whether beliefs are large enough to be written as lists: in bytes, and where numbers are large, in states, for a list has room for so many of them
/// on the stack.
pub(super) const fn is_wide<M: GenerativeModel<T>, T: Real>() -> bool {
    size::<M, T>() > 640
        && size_of::<M::Belief>() / size_of::<T>() > FEW
        && (is_small::<T>() || size_of::<M::Belief>() / size_of::<T>() > LISTED)
}

/// Up to so many numbers what is believed jointly, or views of it, are kept on the stack.
pub(super) const VIEWED: usize = 320;

/// Whether plans have so few steps that each step of a search may have some of them.
pub(super) fn is_short<M: GenerativeModel<T>, T: Real>(scene: &PlanningContext<'_, M, T>) -> bool {
    scene.objective.horizon <= 32
}

/// Whether views of a model are few numbers, and less than half of what is believed jointly can be.
pub(super) const fn has_views<M: GenerativeModel<T>, T: Real>() -> bool {
    let numbers = view_numbers(&M::META);
    M::META.factors.len() > 1 && numbers > 0 && numbers <= VIEWED && numbers <= M::META.joint_states() / 2 && size_of::<T>() <= 16
}

/// Where plans are made from what each modality shows of the factors, how that lies: where nothing that counts is of all factors together.
pub(super) fn by_views<'a, M: GenerativeModel<T>, T: Real>(scene: &PlanningContext<'a, M, T>) -> Option<&'a Joints> {
    let of_all = scene.objective.on.state_information_gain && scene.objective.joint_information_gain;
    scene.views.filter(|_| !of_all)
}

/// Calls a function with the root of a plan, in the way that fits what is believed, and with what remembers beliefs, known to the compiler.
macro_rules! imagine {
    // Of planners that imagine no observations, and may plan a part of the model by itself.
    (apart $model:ident, $problem:expr, $function:ident($($argument:expr),*)) => {{
        use $crate::plan::apart::splits;
        use $crate::plan::imagined::Together;
        use $crate::plan::list::OnStack;
        use $crate::plan::memory::Copies;
        use $crate::plan::root::{Room, VIEWED, are_apart, has_views, imagine, is_short};
        let problem = $problem;
        'plan: {
            if const { splits::<$model, T>() }
                && problem.scene.part().is_some()
                && let Some((_, joint)) = problem.scene.joint
                && !are_apart(&problem.scene)
            {
                break 'plan if const { Room::Small.is_of_parts::<$model, T>() } {
                    $function::<$model, T, Together<[T; 32]>, Copies<_, T, OnStack, 16>>(problem, Together::from(joint), $($argument),*)
                } else if const { Room::Large.is_of_parts::<$model, T>() } {
                    $function::<$model, T, Together<[T; 64]>, Copies<_, T, OnStack, 16>>(problem, Together::from(joint), $($argument),*)
                } else if const { has_views::<$model, T>() || Room::Wide.is_of_parts::<$model, T>() }
                    && joint.len() <= VIEWED
                    && is_short(&problem.scene)
                {
                    $function::<$model, T, Together<[T; VIEWED]>, Copies<_, T, OnStack, 16, 1024>>(problem, Together::from(joint), $($argument),*)
                } else {
                    $function::<$model, T, Together<::alloc::vec::Vec<T>>, Copies<_, T, OnStack, 16>>(problem, Together::from(joint), $($argument),*)
                };
            }
            imagine!(blind $model, problem, $function($($argument),*))
        }
    }};
    // Of planners that imagine no observations.
    (blind $model:ident, $problem:expr, $function:ident($($argument:expr),*)) => {{
        use $crate::plan::imagined::Together;
        use $crate::plan::list::{OnHeap, OnStack};
        use $crate::plan::memory::{Copies, ListMemory};
        use $crate::plan::root::{LISTED, VIEWED, are_apart, by_views, has_views, imagine, is_short, is_small, is_wide};
        use $crate::plan::sparse::Sparse;
        let problem = $problem;
        // Of a model that is not so, none of this is compiled.
        'plan: {
            if const { has_views::<$model, T>() }
                && is_short(&problem.scene)
                && let (Some((joints, joint)), Some(views)) = (problem.scene.joint, by_views(&problem.scene))
                && !are_apart(&problem.scene)
            {
                let mut numbers = [T::zero(); VIEWED];
                joints.look::<$model, T>(joint, views, &mut numbers);
                let numbers = &numbers[..const { $crate::perceive::view_numbers(&<$model as GenerativeModel<T>>::META) }];
                let problem = &Problem { scene: PlanningContext { joint: Some((views, numbers)), ..problem.scene }, ..*problem };
                let root = Together::from(numbers);
                break 'plan $function::<$model, T, Together<[T; VIEWED]>, Copies<_, T, OnStack, 16, 1024>>(problem, root, $($argument),*);
            }
            if const { is_wide::<$model, T>() }
                && are_apart(&problem.scene)
                && let Some(root) = Sparse::<T, LISTED>::of::<$model>(&problem.scene)
            {
                break 'plan if const { size_of::<T>() <= 16 } {
                    $function::<$model, T, _, ListMemory<T, OnStack, 3072>>(problem, root, $($argument),*)
                } else if const { is_small::<T>() } {
                    $function::<$model, T, _, ListMemory<T, OnStack, 1024>>(problem, root, $($argument),*)
                } else {
                    $function::<$model, T, _, ListMemory<T, OnHeap, 1024>>(problem, root, $($argument),*)
                };
            }
            imagine!($model, problem, $function($($argument),*))
        }
    }};
    ($model:ident, $problem:expr, $function:ident($($argument:expr),*)) => {{
        use $crate::plan::imagined::{Factored, Together};
        use $crate::plan::list::{OnHeap, OnStack};
        use $crate::plan::memory::Copies;
        use $crate::plan::root::{is_short, is_small, Room, VIEWED, are_apart, size};
        let problem = $problem;
        // Of a model that is not so, none of this is compiled.
        let joint = if const { <$model as GenerativeModel<T>>::META.factors.len() > 1 } { problem.scene.joint } else { None };
        match joint.filter(|_| !are_apart(&problem.scene)) {
            None => {
                let root = || Factored::root(&problem.scene);
                // Chosen by conditions that are constants, one by one: a `match` over numbers would have all of them compiled.
                if const { size::<$model, T>() <= 192 } {
                    $function::<$model, T, _, Copies<_, T, OnStack, 16>>(problem, root(), $($argument),*)
                } else if const { size::<$model, T>() <= 640 && is_small::<T>() } {
                    $function::<$model, T, _, Copies<_, T, OnStack, 64, 1024>>(problem, root(), $($argument),*)
                } else if const { size::<$model, T>() <= 2048 && is_small::<T>() } {
                    $function::<$model, T, _, Copies<_, T, OnStack, 16>>(problem, root(), $($argument),*)
                } else if const { size::<$model, T>() <= 16384 && !is_small::<T>() } {
                    $function::<$model, T, _, Copies<_, T, OnHeap, 64, 1024>>(problem, root(), $($argument),*)
                } else {
                    $function::<$model, T, _, Copies<_, T, OnStack, 0>>(problem, root(), $($argument),*)
                }
            }
            Some((_, joint)) => {
                if const { Room::None.is_of::<$model, T>() } {
                    unreachable!("of one factor nothing is joint")
                } else if const { Room::Small.is_of::<$model, T>() } {
                    $function::<$model, T, Together<[T; 32]>, Copies<_, T, OnStack, 16>>(problem, Together::from(joint), $($argument),*)
                } else if const { Room::Large.is_of::<$model, T>() } {
                    $function::<$model, T, Together<[T; 64]>, Copies<_, T, OnStack, 16>>(problem, Together::from(joint), $($argument),*)
                } else if const { Room::Wide.is_of::<$model, T>() } && is_short(&problem.scene) {
                    $function::<$model, T, Together<[T; VIEWED]>, Copies<_, T, OnStack, 16, 1024>>(problem, Together::from(joint), $($argument),*)
                } else {
                    $function::<$model, T, Together<::alloc::vec::Vec<T>>, Copies<_, T, OnStack, 16>>(problem, Together::from(joint), $($argument),*)
                }
            }
        }
    }};
}
pub(super) use imagine;
