use aif::learners::{LearnerMeta, LearningModel};
use aif::measure::Wiener;
use aif::prelude::*;

#[derive(Clone, Copy, Debug)]
pub struct Chooser<T> {
    pub drift: T,
}

#[learner(inputs(choose_time: f64), actions(choose: bool))]
impl<T: Real> Chooser<T> {
    #[response]
    fn choose(&self, choose_time: f64) -> Wiener<bool, T> {
        Wiener::new(self.drift * choose_time, T::one(), T::constant(0.5), T::zero())
    }
}

const META: LearnerMeta = <Chooser<f64> as LearningModel<f64>>::META;

fn main() {
    assert_eq!(META.name, "Chooser");
}
