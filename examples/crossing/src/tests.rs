//! What holds of walkers and fields.

use crate::Fields;
use crate::field::SIZE;
use crate::walker::{Minds, choices};

#[test]
fn a_walker_of_depth_1_steps_aside_where_one_comes_and_goes_on_where_none_does() {
    let one = choices(Minds::One).unwrap();
    for own in &one {
        let (close, free) = (own[1][2], own[5][2]);
        assert!(close[1] + close[2] + close[3] > 0.9, "{close:?}");
        assert!(free[0] > 0.6, "{free:?}");
        assert!(own.iter().flatten().all(|p| (p.iter().sum::<f64>() - 1.0).abs() < 1e-12));
    }
}

#[test]
fn nobody_shares_a_cell_and_minds_of_depth_1_halve_bumps() {
    let bumps = [Minds::Habit, Minds::One].map(|minds| {
        let mut fields = Fields::new(8, 12, 3);
        let choices = choices(minds).unwrap();
        for _ in 0..200 {
            fields.walk(&choices, 1);
            for field in &fields.0 {
                let mut taken = [[false; SIZE]; SIZE];
                for body in &field.bodies {
                    assert!(!std::mem::replace(&mut taken[body.y][body.x], true));
                }
            }
        }
        fields.tally().bumps
    });
    assert!(2 * bumps[1] < bumps[0], "{bumps:?}");
}
