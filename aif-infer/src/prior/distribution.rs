//! Distributions of one number, declared by their parameters, their support, their density and how they are drawn.

/// A distribution of one number: its type, `new`, and [`Distribution`](super::Distribution).
macro_rules! distribution {
    ($(#[$doc:meta])* $name:ident { $(#[$new:meta])* $($parameter:ident),* } on |$on:ident| $support:expr;
     ln_density: |$own:ident, $x:ident| $density:expr; sample: |$this:ident, $rng:ident| $draw:expr;) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub struct $name<T> {
            $($parameter: T,)*
        }
        impl<T: Real> $name<T> {
            $(#[$new])*
            pub fn new($($parameter: T),*) -> Self {
                $name { $($parameter),* }
            }
        }
        impl<T: Real> Distribution<T> for $name<T> {
            type Value = T;
            const KIND: ResponseKind = ResponseKind::Number;
            fn support(&self) -> Support<T> {
                let $on = self;
                $support
            }
            fn ln_density(&self, $x: T) -> T {
                let $own = self;
                $density
            }
            fn sample(&self, $rng: &mut dyn Rng) -> T {
                let $this = self;
                T::constant($draw)
            }
        }
    };
}

/// The location and the scale of a distribution that has both.
macro_rules! located {
    ($name:ident: |$own:ident, $raw:ident| $density:expr) => {
        impl<T: Real> LocationScale<T> for $name<T> {
            fn standard_ln_density(&self, $raw: T) -> T {
                let $own = self;
                $density
            }
            fn location(&self) -> T {
                self.location
            }
            fn scale(&self) -> T {
                self.scale
            }
        }
    };
}

pub(super) use {distribution, located};
