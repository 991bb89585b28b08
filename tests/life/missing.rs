//! Missing actions of an agent that learns: where all that could be taken move everything alike it does not matter which it was; elsewhere it does.

use aif::infer::score::{Assigned, Behaviour, History, RecordedBlock, RecordedRow, ScoreError, Told};
use aif::prelude::*;
use aif::runtime::Pomdp;

/// A corridor whose end nobody leaves.
#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    Start,
    Middle,
    End,
}

#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Go {
    Stay,
    On,
}

#[derive(Clone, Copy, Debug)]
pub struct Corridor {
    pub worth: f64,
}

#[generative_model(horizon = 2, actions(go: Go))]
impl Corridor {
    #[factor(initial = Place::Start)]
    fn place(&self, place: Place, go: Go) -> Place {
        match (place, go) {
            (Place::Start, Go::On) => Place::Middle,
            (Place::Middle, Go::On) | (Place::End, _) => Place::End,
            (stays, Go::Stay) => stays,
        }
    }
    #[modality]
    fn seen(&self, place: Place) -> Place {
        place
    }
    #[modality(preference = [0.0, self.worth])]
    fn light(&self, _place: Place) -> Dirichlet<bool> {
        Dirichlet::symmetric(1.0)
    }
}

const WALK: [(usize, usize, usize); 6] = [(0, 1, 1), (1, 0, 0), (1, 1, 1), (2, 0, 1), (2, 1, 0), (2, 0, 1)];

/// The walk with the action of a row missing, and what could be taken in it.
fn scored(missing: Option<usize>, open: Option<Vec<bool>>) -> Result<Vec<f64>, ScoreError> {
    let row = |(r, &(place, light, go)): (usize, &(usize, usize, usize))| {
        let go = (missing != Some(r)).then_some(go);
        let told = open.clone().filter(|_| missing == Some(r)).map(|open| Box::new(Told { open: Some(open), ..Told::default() }));
        RecordedRow { told, scored: go.is_some(), ..RecordedRow::of_indices(&[Some(place), Some(light)], &[go]) }
    };
    let rows = WALK.iter().enumerate().map(row).collect();
    let history = History::new(&[RecordedBlock { rows, ..RecordedBlock::default() }]);
    let options = AgentOptions { learning: Some(Learning::default()), ..AgentOptions::default() };
    Pomdp(Corridor { worth: 1.0 }).pointwise(&Assigned::default(), &history, &options)
}

#[test]
fn a_missing_action_that_moves_nothing_is_no_gap() {
    let whole = scored(None, None).unwrap();
    // At the end all actions stay there: only its own response is missing.
    for r in [3, 4] {
        let mut but_one = whole.clone();
        but_one.remove(r);
        assert_eq!(scored(Some(r), None).unwrap(), but_one);
    }
    // Before it they lead to different places, of which different things are learned.
    for r in [0, 1, 2] {
        let refused = scored(Some(r), None).unwrap_err().to_string();
        assert!(refused.contains(&format!("step {r}")) && refused.contains("an agent that learns"), "{refused}");
    }
    // Where only one could be taken, that was.
    let mut but_one = whole;
    but_one.remove(0);
    assert_eq!(scored(Some(0), Some(vec![false, true])).unwrap(), but_one);
}
