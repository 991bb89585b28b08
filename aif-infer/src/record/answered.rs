//! What is recorded of a unit, response by response, in numbers that can be compared with those of data drawn anew.

use aif_runtime::measure::ResponseKind;

use crate::diagnostics::quantile;

/// A response of a behaviour.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    /// Its name.
    pub name: &'static str,
    /// What is recorded of it.
    pub kind: ResponseKind,
    /// Whether how often each choice is made is checked elsewhere.
    pub counted: bool,
}

/// All that was recorded, or drawn anew, of the responses of a unit that are scored: which response, and its numbers.
pub type Answered = Vec<(usize, [f64; 2])>;

/// Which quantiles of numbers are checked.
const QUANTILES: [(f64, &str); 3] = [(0.1, "10%"), (0.5, "50%"), (0.9, "90%")];

/// What tells one set of answers from another: of choices how often each was made, of numbers their mean, standard deviation and quantiles; of
/// times those of each choice. What there is too little of is not a number.
pub fn statistics(asked: &[Asked], answered: &[(usize, [f64; 2])]) -> Vec<(String, f64)> {
    let mut all = Vec::new();
    for (response, own) in asked.iter().enumerate() {
        let given = || answered.iter().filter(move |(r, _)| *r == response).map(|(_, numbers)| *numbers);
        let Asked { name, kind, counted } = *own;
        if let Some(labels) = kind.choices() {
            for (choice, label) in labels.all().enumerate() {
                let made = || given().filter(move |numbers| numbers[0] as usize == choice);
                if !counted {
                    all.push((format!("{name}={label}"), made().count() as f64));
                }
                if matches!(kind, ResponseKind::Timed(_)) {
                    of_numbers(&format!("time of {name}={label}"), made().map(|numbers| numbers[1]).collect(), &mut all);
                }
            }
        } else if !matches!(kind, ResponseKind::Nothing) {
            of_numbers(name, given().map(|numbers| numbers[0]).collect(), &mut all);
        }
    }
    all
}

fn of_numbers(name: &str, mut numbers: Vec<f64>, all: &mut Vec<(String, f64)>) {
    numbers.sort_by(f64::total_cmp);
    let count = numbers.len() as f64;
    // Of nothing, 0 / 0 is not a number.
    let mean = numbers.iter().sum::<f64>() / count;
    let square = numbers.iter().map(|x| (x - mean).powi(2)).sum::<f64>();
    all.push((format!("{name}, mean"), mean));
    all.push((format!("{name}, sd"), if numbers.len() < 2 { f64::NAN } else { (square / (count - 1.0)).sqrt() }));
    for (at, label) in QUANTILES {
        let value = if numbers.is_empty() { f64::NAN } else { quantile(&numbers, at) };
        all.push((format!("{name}, {label}"), value));
    }
}
