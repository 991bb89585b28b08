//! Players in the study program: their tables read, scored, fitted, compared; parameters recovered; and whole societies kept.

use aif::infer::study::Study;
use aif::prelude::*;
use aif::runtime::Plays;
use aif::society::*;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::folder::Folder;

/// A hunter of a game, of a depth that has these prior probabilities.
#[derive(Clone, Copy, Debug)]
pub struct Depths<T> {
    pub precision: T,
    pub depths: [T; 3],
}

impl<T: Real> Declared<T> for Depths<T> {
    type Family = Plays<Self>;
    fn family(self) -> Plays<Self> {
        Plays(self)
    }
}

const STAGS: [[f64; 2]; 2] = [[2.0, 0.0], [1.5, 1.0]];

fn bobs(seen: &MatrixGameObservation<2, 2>) -> MatrixGameObservation<2, 2> {
    MatrixGameObservation { outcome: (seen.outcome.1, seen.outcome.0) }
}

impl<T: Real> Playing<T> for Depths<T> {
    type Model = MatrixGame<2, 2, T>;

    fn players(&self) -> Result<Candidates<Self::Model, T>, SocietyError> {
        let game = MatrixGame {
            habit: [0.8, 0.2].map(T::constant),
            ..MatrixGame::new(STAGS.map(|own| own.map(T::constant)), self.precision)
        };
        let zero = Player::by_habit(game)?;
        let one = Player::new(game)?.minding(&zero, mirrored)?;
        let two = Player::new(game)?.minding(&one, mirrored)?;
        Ok(self.depths.into_iter().zip([zero, one, two]).filter(|(p, _)| p.value() > 0.0).collect())
    }
}

macro_rules! hunters {
    ($($name:ident $depths:expr),*) => { $(
        model! {
            /// Hunters.
            $name for Depths<T> { subject { z ~ Normal(0.5, 0.5); Depths { precision: exp(z), depths: $depths.map(T::constant) } } }
        }
    )* };
}

hunters!(Unknown [0.25, 0.5, 0.25], Habitual [1.0, 0.0, 0.0], First [0.0, 1.0, 0.0]);

model! {
    /// Trustees.
    Trustees for Repaying<T> {
        subject {
            z ~ Normal(0.0, 1.0);
            Repaying { guilt: logistic(z), precision: 0.5, habitual: 0.2 }
        }
    }
}

fn hunter(depth: usize) -> Player<MatrixGame<2, 2>> {
    Depths { precision: 2.0, depths: [1.0 / 3.0; 3] }.players().unwrap()[depth].1.clone()
}

fn society(depths: [usize; 2]) -> Society<MatrixGame<2, 2>> {
    let society = Society::new(MatrixGame::new(STAGS, 1.0)).unwrap().seat("ann", hunter(depths[0]), |seen| *seen).unwrap();
    society.seat("bob", hunter(depths[1]), bobs).unwrap()
}

fn run(study: Study, arguments: &[&str]) -> Result<(), String> {
    study.run(["study"].iter().chain(arguments)).map_err(|e| e.to_string())
}

fn hunters() -> Study {
    aif::study::<Unknown>().and::<Habitual>().and::<First>()
}

#[test]
fn both_players_of_a_table_of_games_are_subjects_of_a_study() {
    let folder = Folder::new("games");
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    let games = [society([0, 1]).play(40, &mut rng).unwrap(), society([0, 1]).play(40, &mut rng).unwrap()];
    let table = society([0, 1]).table_of(["x", "y"].into_iter().zip(&games));
    assert!(table.starts_with("game,step,ann.outcome,ann.own,bob.outcome,bob.own\nx,0,"), "{table}");
    let data = folder.write("games.csv", &table);
    let out = folder.file("unknown");
    run(hunters(), &["fit", "--data", &data, "--method", "laplace", "--out", &out, "--quiet"]).unwrap();
    let kinds = folder.read("unknown/kinds.csv");
    assert!(kinds.starts_with("subject,kind,probability\nx.ann,depth 0,"), "{kinds}");
    let probability = |subject: &str, kind: &str| -> f64 {
        let line = kinds.lines().find(|line| line.starts_with(&format!("{subject},{kind},"))).unwrap();
        line.rsplit(',').next().unwrap().parse().unwrap()
    };
    for subject in ["x.ann", "y.ann", "x.bob", "y.bob"] {
        let all: f64 = ["depth 0", "depth 1", "depth 2"].iter().map(|kind| probability(subject, kind)).sum();
        assert!((all - 1.0).abs() < 1e-9);
    }
    assert!(folder.read("unknown/report.html").contains("Of which kind each subject is"));
    // What a player may be is its probability before each choice, among what else is known of steps.
    assert!(folder.read("unknown/regressors.tsv").starts_with("subject\tblock\tstep\tdepth 0\tdepth 1\tdepth 2\t"));
    assert!(folder.read("unknown/predictive.csv").contains("\"repeats, outcome=0/0\""));
    for population in ["Habitual", "First"] {
        let out = folder.file(population);
        run(hunters(), &["fit", "--population", population, "--data", &data, "--method", "laplace", "--out", &out, "--quiet"])
            .unwrap();
    }
    let [habitual, first, out] = ["Habitual", "First", "compared"].map(|name| folder.file(name));
    run(hunters(), &["compare", &habitual, &first, "--out", &out]).unwrap();
    assert!(folder.read("compared/selection.csv").lines().count() == 3);
    // What a study asks of choices is held against choices drawn anew.
    let out = folder.file("asked");
    let study = hunters().statistic("hunts after a hare", |trial, before| {
        before.filter(|before| before.choice == "1").map(|_| trial.choice == "0")
    });
    run(study, &["fit", "--data", &data, "--method", "laplace", "--out", &out, "--quiet"]).unwrap();
    assert!(folder.read("asked/predictive.csv").contains("x.ann,hunts after a hare,"));
    run(hunters(), &["report", &out, "--force"]).unwrap();

    // Simulated are those that have a game.
    let refused = run(hunters(), &["simulate", "--subjects", "2", "--out", &folder.file("none.csv")]).unwrap_err();
    assert!(refused.contains("no game to be simulated in"), "{refused}");
    // A choice that is missing, and what is no action of a player's.
    let blank = |line: &str| {
        let mut cells: Vec<&str> = line.split(',').collect();
        if (cells[0], cells[1]) == ("x", "3") {
            cells[3] = "";
        }
        cells.join(",")
    };
    let missing = folder.write("missing.csv", table.lines().map(blank).collect::<Vec<_>>().join("\n"));
    let refused = run(hunters(), &["fit", "--data", &missing, "--method", "laplace", "--out", &folder.file("no"), "--quiet"]);
    let refused = refused.unwrap_err();
    assert!(refused.contains("step 3") && refused.contains("turn"), "{refused}");
    for way in ["skip", "marginalise"] {
        let more = ["--set", "z=0", "--missing-action", way, "--out", &folder.file("no")];
        let refused = run(hunters(), &[&["loglik", "--data", &data], &more[..]].concat());
        assert!(refused.unwrap_err().contains("no --missing-action"));
    }
    // Names that differ in the case of letters only are one player; a game without a name is none; what is not read is said.
    let cased = table.replacen("ann.outcome", "Ann.outcome", 1).replace("step,", "dyad,step,").replace("\nx,", "\nx,9,");
    let cased = cased.replace("\ny,", "\ny,9,");
    let told = run(hunters(), &["check", &folder.write("cased.csv", cased)]);
    assert!(told.is_ok(), "{told:?}");
    let nameless = folder.write("nameless.csv", table.replace("\ny,", "\nNA,"));
    let refused = run(hunters(), &["loglik", "--data", &nameless, "--set", "z=0", "--out", &folder.file("no")]);
    assert!(refused.unwrap_err().contains("NA"));
}

#[test]
fn trustees_are_simulated_and_scored_through_the_program() {
    let folder = Folder::new("trustees");
    let sim = folder.file("sim.csv");
    let study = aif::study::<Trustees>;
    run(study(), &["simulate", "--subjects", "2", "--blocks", "1", "--out", &sim]).unwrap();
    let simulated = folder.read("sim.csv");
    let begins = "subject,block,step,stage,investment,settlement,repay\n0,0,0,Begun,0,0,\n0,0,1,Sent,";
    assert!(simulated.starts_with(begins), "{simulated}");
    run(study(), &["loglik", "--data", &sim, "--set", "z=0", "--gradient", "--out", &folder.file("ll.json")]).unwrap();
    // What is done where there is no turn is no choice.
    let wrong = folder.write("wrong.csv", simulated.replacen("0,0,0,Begun,0,0,\n", "0,0,0,Begun,0,0,1\n", 1));
    let refused = run(study(), &["loglik", "--data", &wrong, "--set", "z=0", "--out", &folder.file("no.json")]).unwrap_err();
    assert!(refused.contains("block 0, step 0") && refused.contains("not the player's turn"), "{refused}");
}

#[test]
fn a_society_is_kept_and_goes_on_to_the_same_rounds() {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let mut whole = society([2, 1]);
    whole.begin(&mut rng).unwrap();
    let mut kept = None;
    let mut rounds = Vec::new();
    for step in 0..30 {
        if step == 13 {
            let state = whole.save().unwrap();
            kept = Some(aif::saves::to_bytes::<MatrixGame<2, 2>>(&(state, &rng)).unwrap());
        }
        rounds.push(whole.step(&mut rng).unwrap());
    }
    let ended = aif::saves::to_bytes::<MatrixGame<2, 2>>(&(whole.save().unwrap(), &rng)).unwrap();
    // Another process: all of it is made anew, then goes on from what was kept.
    let mut again = society([2, 1]);
    let (state, mut rng): (SocietySave, ChaCha8Rng) = aif::saves::from_bytes::<MatrixGame<2, 2>, _>(&kept.unwrap()).unwrap();
    again.resume(state.clone()).unwrap();
    let rest: Vec<_> = (13..30).map(|_| again.step(&mut rng).unwrap()).collect();
    assert_eq!(rest, rounds[13..]);
    assert_eq!(aif::saves::to_bytes::<MatrixGame<2, 2>>(&(again.save().unwrap(), &rng)).unwrap(), ended);
    // Who thinks less deeply could not have thought that, and is as before.
    let mut other = society([1, 1]);
    other.begin(&mut rng).unwrap();
    let before = other.save().unwrap();
    assert!(matches!(other.resume(state), Err(SocietyError::Thought { .. })));
    assert_eq!(other.save().unwrap(), before);
    let strips = again.strips(&rounds);
    assert_eq!((strips.len(), strips[0].1.len(), strips[0].0.as_str()), (4, 30, "ann: 0"));
    let mut idle = society([1, 1]);
    assert!(matches!(idle.step(&mut rng), Err(SocietyError::NotBegun { .. })));
}
