//! What a player of two levels does and believes, one of the same as one model does and believes.

use aif::runtime::Dual;

use super::seasons::{each, records};

#[test]
fn two_levels_are_scored_as_the_one_model_of_both() {
    let records = records(30);
    for (precision, change) in [(1.5, 0.2), (0.7, 0.35), (2.5, 0.02)] {
        let at = [Dual::<2>::variable(precision, 0), Dual::variable(change, 1)];
        let [levels, one] = [0, 1].map(|which| each(which, at, &records));
        assert!((levels.value - one.value).abs() < 1e-10, "{} {}", levels.value, one.value);
        for (levels, one) in levels.gradient.iter().zip(one.gradient) {
            assert!((levels - one).abs() < 1e-9 * one.abs().max(1.0), "{levels} {one}");
        }
    }
}
