//! `import!`: models of files are those that one would have declared.

use aif::prelude::*;

aif::import!("../aif-import/tests/files/tiger.pomdp" as Tiger);

#[test]
fn a_file_is_a_model_with_its_names() {
    let mut agent = Agent::new(Tiger).unwrap();
    let seen = tiger::TigerObservation { observation: tiger::Observation::HearLeft, reward: tiger::Reward::N0 };
    agent.infer_states(seen);
    assert_eq!(agent.belief().state[tiger::State::TigerLeft], 0.5);
    assert_eq!(Tiger::DISCOUNT, 0.95);
}
