/// What `tiger.pomdp` says.
///
/// Note: the factor `last_action` remembers the action, for what is seen depends on it; before the first it is `none`.
///
/// Note: the modality `reward` is preferred by its 4 values; the file does not say that it is seen: leave it out of the evidence.
pub mod tiger {
    use aif::prelude::*;

    /// The values of `state`.
    #[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
    pub enum State {
        /// `tiger-left`
        TigerLeft,
        /// `tiger-right`
        TigerRight,
    }

    /// The values of `last_action`.
    #[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
    pub enum LastAction {
        /// `none`
        None,
        /// `listen`
        Listen,
        /// `open-left`
        OpenLeft,
        /// `open-right`
        OpenRight,
    }

    /// The values of `paid`.
    #[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
    pub enum Paid {
        /// `-100`
        Minus100,
        /// `-1`
        Minus1,
        /// `0`
        N0,
        /// `10`
        N10,
    }

    /// The values of `observation`.
    #[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
    pub enum Observation {
        /// `hear-left`
        HearLeft,
        /// `hear-right`
        HearRight,
    }

    /// The values of `reward`.
    #[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
    pub enum Reward {
        /// `-100`
        Minus100,
        /// `-1`
        Minus1,
        /// `0`
        N0,
        /// `10`
        N10,
    }

    /// The values of `action`.
    #[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
    pub enum Action {
        /// `listen`
        Listen,
        /// `open-left`
        OpenLeft,
        /// `open-right`
        OpenRight,
    }

    /// The model of `tiger.pomdp`.
    #[derive(Clone, Copy, Debug, Default)]
    pub struct Tiger;

    impl Tiger {
        /// How much a step counts beside the one before it: `Assigned { discount: Some(..), .. }`.
        pub const DISCOUNT: f64 = 0.95;
    }

    #[generative_model(horizon = 1, actions(action: Action))]
    impl Tiger {
        #[factor(initial = uniform())]
        fn state(&self, state: State, action: Action) -> Dist<State> {
            match (action, state) {
                (Action::Listen, State::TigerLeft) => State::TigerLeft.into(),
                (Action::Listen, State::TigerRight) => State::TigerRight.into(),
                _ => uniform().into(),
            }
        }

        #[factor(initial = LastAction::None)]
        fn last_action(&self, action: Action) -> LastAction {
            match action {
                Action::Listen => LastAction::Listen,
                Action::OpenLeft => LastAction::OpenLeft,
                Action::OpenRight => LastAction::OpenRight,
            }
        }

        #[factor(initial = Paid::N0)]
        fn paid(&self, state: State, action: Action) -> Paid {
            match (action, state) {
                (Action::OpenLeft, State::TigerLeft) | (Action::OpenRight, State::TigerRight) => Paid::Minus100,
                (Action::OpenLeft, State::TigerRight) | (Action::OpenRight, State::TigerLeft) => Paid::N10,
                _ => Paid::Minus1,
            }
        }

        #[modality]
        fn observation(&self, state: State, last_action: LastAction) -> Dist<Observation> {
            match (state, last_action) {
                (State::TigerLeft, LastAction::Listen) => dist![0.85, 0.15],
                (State::TigerRight, LastAction::Listen) => dist![0.15, 0.85],
                _ => uniform().into(),
            }
        }

        #[modality(preference = [-100.0, -1.0, 0.0, 10.0])]
        fn reward(&self, paid: Paid) -> Reward {
            match paid {
                Paid::Minus100 => Reward::Minus100,
                Paid::Minus1 => Reward::Minus1,
                Paid::N0 => Reward::N0,
                Paid::N10 => Reward::N10,
            }
        }
    }
}
pub use tiger::Tiger;
