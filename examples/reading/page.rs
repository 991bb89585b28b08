//! What is on the page: sentences of words, words of letters; and the two models that a reader has of it.

use aif::prelude::*;

/// A letter, or none.
#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Glyph {
    Blank,
    Bird,
    Seed,
    Cat,
}

/// Where in a word a letter stands.
#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Quadrant {
    UpperLeft,
    LowerLeft,
    UpperRight,
    LowerRight,
}

/// All quadrants, in order.
pub const QUADRANTS: [Quadrant; 4] = [Quadrant::UpperLeft, Quadrant::LowerLeft, Quadrant::UpperRight, Quadrant::LowerRight];

/// Birds flee from a cat beside them, feed on seed beside them, and wait for seed that is further off.
#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Word {
    Flee,
    Feed,
    Wait,
}

use Word::{Feed, Flee, Wait};

/// The first three are happy sentences.
pub const SENTENCES: [[Word; 4]; 6] = [
    [Flee, Wait, Feed, Wait],
    [Wait, Wait, Wait, Feed],
    [Wait, Flee, Wait, Feed],
    [Flee, Wait, Feed, Flee],
    [Wait, Wait, Wait, Flee],
    [Wait, Flee, Wait, Flee],
];

/// The letter in a quadrant of a word, which may be written upside down, or backwards.
pub fn glyph(word: Word, at: Quadrant, upside_down: bool, backwards: bool) -> Glyph {
    let mirrored = at.index() ^ usize::from(upside_down) ^ (usize::from(backwards) << 1);
    match (QUADRANTS[mirrored], word) {
        (Quadrant::UpperLeft, _) => Glyph::Bird,
        (Quadrant::UpperRight, Word::Flee) => Glyph::Cat,
        (Quadrant::UpperRight, Word::Feed) | (Quadrant::LowerRight, Word::Wait) => Glyph::Seed,
        _ => Glyph::Blank,
    }
}

/// A word: what is read letter by letter.
#[derive(Clone, Copy, Debug)]
pub struct Letters<T> {
    /// How probable it is that a word is not upside down.
    pub upright: T,
    /// How probable it is that a word is not backwards.
    pub plain: T,
}

#[generative_model(horizon = 1, actions(glance: Quadrant))]
impl<T: Real> Letters<T> {
    #[factor(initial = uniform())]
    fn word(&self, word: Word) -> Word {
        word
    }
    #[factor(initial = Quadrant::UpperLeft)]
    fn look(&self, glance: Quadrant) -> Quadrant {
        glance
    }
    #[factor(initial = [self.upright, 1.0 - self.upright])]
    fn upside_down(&self, upside_down: bool) -> bool {
        upside_down
    }
    #[factor(initial = [self.plain, 1.0 - self.plain])]
    fn backwards(&self, backwards: bool) -> bool {
        backwards
    }
    #[modality]
    fn letter(&self, word: Word, look: Quadrant, upside_down: bool, backwards: bool) -> Glyph {
        glyph(word, look, upside_down, backwards)
    }
    #[modality]
    fn eye(&self, look: Quadrant) -> Quadrant {
        look
    }
}

/// Which word of a sentence.
#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    First,
    Second,
    Third,
    Fourth,
}

impl Place {
    fn next(self) -> Place {
        match self {
            Place::First => Place::Second,
            Place::Second => Place::Third,
            Place::Third | Place::Fourth => Place::Fourth,
        }
    }
}

/// What is said of a sentence.
#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Report {
    Nothing,
    Happy,
    Sad,
}

/// What comes of it.
#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Feedback {
    None,
    Right,
    Wrong,
}

/// What follows on a report about a sentence.
pub fn feedback(sentence: usize, report: usize) -> Feedback {
    match (report, sentence < 3) {
        (0, _) => Feedback::None,
        (1, true) | (2, false) => Feedback::Right,
        _ => Feedback::Wrong,
    }
}

/// A sentence: what is read word by word.
#[derive(Clone, Copy, Debug)]
pub struct Sentences<T> {
    /// The log-preference for being wrong.
    pub sad: T,
}

#[generative_model(horizon = 1, actions(turn: Report))]
impl<T: Real> Sentences<T> {
    #[factor(initial = uniform())]
    fn sentence(&self, sentence: Index<6>) -> Index<6> {
        sentence
    }
    /// Which word of it; whoever says something stays there.
    #[factor(initial = Place::First)]
    fn place(&self, place: Place, turn: Report) -> Place {
        if turn == Report::Nothing { place.next() } else { place }
    }
    #[factor(initial = Report::Nothing)]
    fn report(&self, turn: Report) -> Report {
        turn
    }
    /// The word there, which the level below reads.
    #[modality]
    fn word(&self, sentence: Index<6>, place: Place) -> Word {
        SENTENCES[sentence.index()][place.index()]
    }
    #[modality]
    fn eye(&self, place: Place) -> Place {
        place
    }
    #[modality(preference = [0.0, 0.0, self.sad])]
    fn outcome(&self, sentence: Index<6>, report: Report) -> Feedback {
        feedback(sentence.index(), report.index())
    }
}
