//! What hangs together between one choice and the one before it: repeats, by what came of it and under which condition, and how choices change
//! in the course of a block. And statistics of a study's own.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::ResponsePlace;

/// What is known of a choice when it is made.
#[derive(Clone, Debug, Default)]
pub struct Cues {
    /// What was seen since the choice before, and what is set from outside; names and labels.
    pub seen: Vec<(&'static str, Cow<'static, str>)>,
    /// Whether something was chosen, or may have been, between this choice and the one before it that is scored: it is not known to follow that one.
    pub skips: bool,
}

/// A choice, as a statistic sees it.
#[derive(Clone, Copy, Debug)]
pub struct Trial<'a> {
    /// The session's name; empty where there are none.
    pub session: &'a str,
    /// The block's name; empty where there are none.
    pub block: &'a str,
    /// The step, or the number of the trial.
    pub step: i64,
    /// The label of what was chosen; in data drawn anew, of what was drawn.
    pub choice: &'a str,
    cues: &'a [(&'static str, Cow<'static, str>)],
}

impl Trial<'_> {
    /// The label of what was seen between the choice before and this one, by the modality's or observation's name, or of an input. Of numbers the label
    /// is their sign, `-`, `0` or `+`. Nothing where that is missing, or there is no such name.
    pub fn seen(&self, name: &str) -> Option<&str> {
        self.cues.iter().find(|(own, _)| *own == name).map(|(_, label)| &**label)
    }
}

/// A statistic of a study's own: of each choice, given the one before it in its block (none of the first), whether something is so; nothing where that
/// is not asked. A choice that follows one that is not scored is left out. What is checked is the share of those of which it is so. In data drawn anew the choice is drawn, one step ahead; what came before it is
/// as it was recorded.
pub type Statistic = Arc<dyn Fn(&Trial<'_>, Option<&Trial<'_>>) -> Option<bool> + Send + Sync>;

/// Statistics with their names.
pub type Statistics = Vec<(String, Statistic)>;

/// Of a domain of more values than this, statistics are not broken down by its values.
const MOST_LABELS: usize = 6;

/// A block of fewer choices than this is not divided.
const LEAST_CHOICES: usize = 8;

/// The choices of a unit in their order.
pub(crate) struct Sequence<'a> {
    labels: &'a [String],
    chosen: &'a [Option<usize>],
    places: &'a [ResponsePlace],
    cues: &'a [Cues],
    /// The choice before each in its block.
    before: Vec<Option<usize>>,
    /// Which follow a choice that is not scored: no statistic is asked of them.
    left_out: Vec<bool>,
    /// Which quarter of its block each is in, from 1, where that is divided.
    quarter: Vec<Option<usize>>,
    /// Which names have few enough labels.
    few: Vec<&'static str>,
    statistics: &'a Statistics,
}

impl<'a> Sequence<'a> {
    /// The choices of a unit, where their places are known; `cues` are known of each, or of none.
    pub fn new(
        (labels, chosen): (&'a [String], &'a [Option<usize>]),
        places: &'a [ResponsePlace],
        cues: &'a [Cues],
        statistics: &'a Statistics,
    ) -> Option<Self> {
        if places.len() != chosen.len() || !(cues.is_empty() || cues.len() == chosen.len()) {
            return None;
        }
        let (mut before, mut quarter) = (vec![None; chosen.len()], vec![None; chosen.len()]);
        let mut left_out = vec![false; chosen.len()];
        let made: Vec<usize> = (0..chosen.len()).filter(|&i| chosen[i].is_some()).collect();
        let same = |a: &usize, b: &usize| (&places[*a].session, &places[*a].block) == (&places[*b].session, &places[*b].block);
        for block in made.chunk_by(same) {
            for (at, &i) in block.iter().enumerate() {
                let skips = cues.get(i).is_some_and(|cues| cues.skips);
                before[i] = at.checked_sub(1).filter(|_| !skips).map(|before| block[before]);
                left_out[i] = skips;
                quarter[i] = (block.len() >= LEAST_CHOICES).then_some(1 + 4 * at / block.len());
            }
        }
        let mut found: BTreeMap<&'static str, Vec<&str>> = BTreeMap::new();
        for (name, label) in cues.iter().flat_map(|cues| &cues.seen) {
            let own = found.entry(name).or_default();
            if own.len() <= MOST_LABELS && !own.contains(&&**label) {
                own.push(label);
            }
        }
        let few = found.into_iter().filter(|(_, labels)| labels.len() <= MOST_LABELS).map(|(name, _)| name).collect();
        Some(Sequence { labels, chosen, places, cues, before, left_out, quarter, few, statistics })
    }

    fn cues(&self, i: usize) -> &'a [(&'static str, Cow<'static, str>)] {
        self.cues.get(i).map_or(&[], |cues| &cues.seen)
    }

    fn trial(&self, i: usize, choice: usize) -> Trial<'_> {
        let place = &self.places[i];
        let choice = self.labels.get(choice).map_or("", |label| label);
        Trial { session: &place.session, block: &place.block, step: place.step, choice, cues: self.cues(i) }
    }

    /// The shares, in one order whatever was chosen; `drawn` stands for what was chosen, and what came before is as it was recorded.
    pub fn shares(&self, drawn: &[Option<usize>]) -> Vec<(String, f64)> {
        // Of how many something is asked may depend on what was drawn: it is there whatever that is.
        let asked = self.statistics.iter().enumerate().map(|(at, (name, _))| ((at, name.clone()), (0, 0)));
        let mut counts: BTreeMap<(usize, String), (usize, usize)> = asked.collect();
        let own = self.statistics.len();
        let mut count = |order: usize, name: String, so: bool| {
            let counted = counts.entry((order, name)).or_default();
            counted.0 += usize::from(so);
            counted.1 += 1;
        };
        for (i, choice) in drawn.iter().enumerate().filter_map(|(i, choice)| Some((i, (*choice)?))) {
            let before = self.before[i].and_then(|before| Some((before, self.chosen[before]?)));
            if let Some((_, earlier)) = before {
                let again = choice == earlier;
                count(own, "repeats".into(), again);
                for (name, label) in self.cues(i).iter().filter(|(name, _)| self.few.contains(name)) {
                    count(own + 1, format!("repeats, {name}={label}"), again);
                }
            }
            if let Some(quarter) = self.quarter[i].filter(|_| self.labels.len() <= MOST_LABELS) {
                for (value, label) in self.labels.iter().enumerate() {
                    count(own + 2, format!("{label}, quarter {quarter}"), value == choice);
                }
            }
            if self.left_out[i] {
                continue;
            }
            let earlier = before.map(|(before, earlier)| self.trial(before, earlier));
            for (at, (name, statistic)) in self.statistics.iter().enumerate() {
                if let Some(so) = statistic(&self.trial(i, choice), earlier.as_ref()) {
                    count(at, name.clone(), so);
                }
            }
        }
        counts.into_iter().map(|((_, name), (so, of))| (name, so as f64 / of as f64)).collect()
    }
}

/// The label of a number: its sign.
pub(crate) fn sign(x: f64) -> &'static str {
    if x > 0.0 {
        "+"
    } else if x < 0.0 {
        "-"
    } else {
        "0"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_of_choices_given_those_before() {
        let labels = ["a".to_string(), "b".to_string()];
        let chosen = [Some(0), Some(0), Some(1), None, Some(1)];
        let place = |block: &str, step| ResponsePlace { block: block.into(), step, ..ResponsePlace::default() };
        let places = [place("1", 0), place("1", 1), place("1", 2), place("1", 3), place("2", 0)];
        let cue = |label: &'static str| Cues { seen: vec![("outcome", Cow::Borrowed(label))], skips: false };
        let cues = [cue("none"), cue("win"), cue("loss"), cue("win"), cue("win")];
        let won = |trial: &Trial<'_>, before: Option<&Trial<'_>>| {
            before.filter(|_| trial.seen("outcome") == Some("win")).map(|before| before.choice == trial.choice)
        };
        let statistics: Statistics = vec![("stay after a win".into(), Arc::new(won))];
        let sequence = Sequence::new((&labels, &chosen), &places, &cues, &statistics).unwrap();
        let shares = sequence.shares(&chosen);
        let expected =
            [("stay after a win", 1.0), ("repeats", 0.5), ("repeats, outcome=loss", 0.0), ("repeats, outcome=win", 1.0)];
        assert_eq!(shares.len(), expected.len(), "{shares:?}");
        for ((name, share), (wanted, of)) in shares.iter().zip(expected) {
            assert_eq!((name.as_str(), *share), (wanted, of));
        }
        // What is drawn anew is held against what was recorded before it.
        let anew = sequence.shares(&[Some(1), Some(1), Some(1), None, Some(0)]);
        assert_eq!(anew[1], ("repeats".to_string(), 0.0));
        // Between the second and the third something else was chosen: they are no pair.
        let mut cues = cues;
        cues[2].skips = true;
        let shares = Sequence::new((&labels, &chosen), &places, &cues, &statistics).unwrap().shares(&chosen);
        assert_eq!(shares[1], ("repeats".to_string(), 1.0));
    }
}
