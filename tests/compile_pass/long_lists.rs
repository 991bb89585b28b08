// Lists have as many numbers as they need: serde's own arrays, and defaults, end at 32.

use aif::prelude::*;

#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Move { Left, Right }

/// A map whose places are worth something each.
#[derive(Clone, Copy, Debug)]
pub struct Map<T> {
    pub worth: [T; 49],
    pub slip: [f64; 40],
}

#[generative_model(horizon = 1, actions(go: Move))]
impl<T: Real> Map<T> {
    #[factor(initial = uniform())]
    fn place(&self, place: Cell<7, 7>, go: Move) -> Dist<Cell<7, 7>, T> {
        let to = place.offset(if go == Move::Left { -1 } else { 1 }, 0).unwrap_or(place);
        Dist::bernoulli(to, 1.0 - self.slip[0], place)
    }

    #[modality(preference = Values::from(self.worth))]
    fn seen(&self, place: Cell<7, 7>) -> Cell<7, 7> {
        place
    }

    #[modality(preference = [
        0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0,
        0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, self.worth[48],
    ])]
    fn heard(&self, place: Cell<7, 7>) -> Option40 {
        Index::new(place.x()).unwrap_or(NONE)
    }
}

type Option40 = Index<40>;
const NONE: Option40 = match Index::new(0) {
    Some(first) => first,
    None => unreachable!(),
};

model! {
    /// Explorers who find places worth different things.
    pub Explorer for Map<T> {
        population {
            mu: [49] ~ Normal(0.0, 1.0);
            odds: [40] ~ Beta(2.0, 2.0);
            shape: [34, 33] ~ Normal(0.0, 1.0);
        }
        subject {
            worth: [49] ~ Normal(mu, 0.5);
            let twice: [49] = 2 * worth;
            share: [40] ~ Dirichlet([1.0; 40]);
            order: [35] ~ Normal(0.0, 1.0).ordered();
            Map { worth: twice, slip: [0.1; 40] }
        }
    }
}

fn main() {
    use aif::infer::{Members, Population};
    let model = Map { worth: [0.0; 49], slip: [0.1; 40] };
    assert!(Agent::new(model).is_ok());
    assert_eq!(Explorer::META.levels[0].parameters.len(), 3);

    let numbers: Vec<f64> = (0..ExplorerPopulation::<f64>::LEN).map(|i| i as f64).collect();
    let group = ExplorerPopulation::<f64>::read(&numbers);
    let text = serde_json::to_string(&group).unwrap();
    assert!(text.starts_with(r#"{"mu":[0.0,1.0,"#), "{text}");
    assert_eq!(serde_json::from_str::<ExplorerPopulation<f64>>(&text).unwrap(), group);
    let short = text.replace("[0.0,1.0,", "[1.0,");
    let refused = serde_json::from_str::<ExplorerPopulation<f64>>(&short).unwrap_err().to_string();
    assert!(refused.contains("invalid length 48, expected a list of 49"), "{refused}");
}
