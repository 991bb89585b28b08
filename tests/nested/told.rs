//! What is set from outside, and what is recorded beside actions, at several levels: the same as of one model of both.

use aif::infer::score::{Assigned, Behaviour, History, RecordedBlock, RecordedRow, Ticks};
use aif::infer::study::StudyBehaviour;
use aif::measure::{LogNormal, Normal, Wiener};
use aif::prelude::*;
use aif::runtime::nested::{Given, tree};
use aif::runtime::{Declared, Dual, Environment, Inference, NestedAgent, NestedOptions, NestedWorld, Nests};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use super::folder::Folder;

type Two = Index<2>;
type Beat = Index<4>;

/// What comes of taking something: which of two is good, and how far one may trust what comes.
fn outcome<T: Real>(good: Two, taken: Index<3>, validity: f64) -> Dist<Index<3>, T> {
    let wins = match taken.index() {
        0 => return Dist::certain(taken),
        taken if taken == good.index() + 1 => validity,
        _ => 1.0 - validity,
    };
    Dist::from_fn(|o: Index<3>| T::constant([0.0, 1.0 - wins, wins][o.index()]))
}

fn taken(choice: Two) -> Index<3> {
    Index::from_index(choice.index() + 1).unwrap()
}

fn sure<T: Real>(p: T) -> Normal<T> {
    Normal::new(p, T::constant(0.2))
}

/// Chooses in some time, under a stake that is told before each outcome.
#[derive(Clone, Copy, Debug)]
pub struct Play<T> {
    pub slowing: T,
}

#[generative_model(horizon = 1, actions(choice: Two), inputs(validity: f64))]
impl<T: Real> Play<T> {
    #[factor(initial = uniform())]
    fn good(&self, good: Two) -> Two {
        good
    }
    #[factor(initial = Index::from_index(0).unwrap())]
    fn taken(&self, choice: Two) -> Index<3> {
        taken(choice)
    }
    #[modality(preference = [0.0, -1.0, 1.0])]
    fn outcome(&self, good: Two, taken: Index<3>, validity: f64) -> Dist<Index<3>, T> {
        outcome(good, taken, validity)
    }
    #[response]
    fn seconds(&self, choice: Choice<T>, validity: T) -> LogNormal<T> {
        LogNormal::new(self.slowing * choice.entropy() + validity * 0.1, T::constant(0.3))
    }
}

/// Which is good mostly goes on from game to game; says how sure it is of that at the end of each.
#[derive(Clone, Copy, Debug)]
pub struct Spell<T> {
    pub play: Play<T>,
    pub change: T,
}

#[generative_model(horizon = 1, inputs(storm: f64))]
impl<T: Real> Spell<T> {
    #[factor(initial = uniform())]
    fn favoured(&self, favoured: Two, storm: f64) -> Dist<Two, T> {
        let change = self.change * (1.0 + storm);
        Dist::from_fn(|next| if next == favoured { 1.0 - change } else { change })
    }
    #[level(model = Play<T>, from = self.play, steps = 4, begins = good)]
    fn play(&self, favoured: Two) -> Dist<Two> {
        if favoured.index() == 0 { dist![0.9, 0.1] } else { dist![0.1, 0.9] }
    }
    #[response]
    fn rating(&self, favoured: Belief<Two, T>) -> Normal<T> {
        sure(favoured.states().probabilities()[0])
    }
}

/// The same in one.
#[derive(Clone, Copy, Debug)]
pub struct One<T> {
    pub slowing: T,
    pub change: T,
}

#[generative_model(horizon = 1, actions(choice: Two), inputs(validity: f64, storm: f64))]
impl<T: Real> One<T> {
    #[factor(initial = [0.45, 0.05, 0.05, 0.45])]
    fn both(&self, both: (Two, Two), beat: Beat, storm: f64) -> Dist<(Two, Two), T> {
        let change = self.change * (1.0 + storm);
        Dist::from_fn(|next: (Two, Two)| {
            if beat.index() < 3 {
                return T::constant(f64::from(u8::from(next == both)));
            }
            let stays = if next.0 == both.0 { 1.0 - change } else { change };
            stays * if next.0 == next.1 { 0.9 } else { 0.1 }
        })
    }
    #[factor(initial = Beat::from_index(0).unwrap())]
    fn beat(&self, beat: Beat) -> Beat {
        Beat::from_index((beat.index() + 1) % 4).unwrap()
    }
    #[factor(initial = Index::from_index(0).unwrap())]
    fn taken(&self, choice: Two, beat: Beat) -> Index<3> {
        if beat.index() == 3 { Index::from_index(0).unwrap() } else { taken(choice) }
    }
    #[modality(preference = [0.0, -1.0, 1.0])]
    fn outcome(&self, both: (Two, Two), taken: Index<3>, validity: f64) -> Dist<Index<3>, T> {
        outcome(both.1, taken, validity)
    }
    #[response]
    fn seconds(&self, choice: Choice<T>, validity: T) -> LogNormal<T> {
        LogNormal::new(self.slowing * choice.entropy() + validity * 0.1, T::constant(0.3))
    }
    #[response]
    fn rating(&self, both: Belief<(Two, Two), T>) -> Normal<T> {
        sure(both.probability_that(|(favoured, _)| favoured.index() == 0))
    }
}

model! {
    /// A group of which each is told what to trust.
    pub Spells for Spell<T> {
        population {
            mu ~ Normal(0.6, 0.3);
            sigma ~ HalfNormal(0.3);
        }
        subject {
            slowing ~ Normal(mu, sigma);
            Spell { play: Play { slowing }, change: 0.15 }
        }
    }
}

const SPELL: Spell<f64> = Spell { play: Play { slowing: 0.6 }, change: 0.15 };

/// A plan of two blocks of games, under inputs that change at each level.
fn plan() -> Vec<RecordedBlock> {
    let row = |r: usize| RecordedRow {
        inputs: vec![Some([0.6, 0.8, 0.95, 0.7, 0.9][r % 5]), Some([0.0, 1.0, 2.0][r / 4 % 3]), Some((r / 4) as f64)],
        ..RecordedRow::default()
    };
    RecordedBlock::numbered(2, &(0..40).map(row).collect::<Vec<_>>())
}

fn simulated(plan: &[RecordedBlock]) -> Vec<RecordedBlock> {
    let (own, options) = (SPELL.family(), AgentOptions::default());
    own.simulate(&Assigned::default(), &own, plan, &options, &mut ChaCha8Rng::seed_from_u64(5)).unwrap()
}

#[test]
fn inputs_and_responses_of_two_levels_score_as_in_one_model_of_both() {
    fn scores<T: Real>([slowing, change]: [T; 2]) -> [T; 2] {
        let options = AgentOptions { inference: Inference::Exact, ..AgentOptions::default() };
        let blocks = simulated(&plan());
        let flat = |row: RecordedRow| RecordedRow {
            inputs: row.inputs[..2].to_vec(),
            // Which game it is goes without saying.
            ..row
        };
        let one =
            blocks.iter().map(|block| RecordedBlock { rows: block.rows.iter().cloned().map(flat).collect(), ..block.clone() });
        let history = History::under(&One::<f64>::META, &one.collect::<Vec<_>>()).unwrap();
        let ticks = Ticks::new(&tree::<Spell<f64>, f64>(), blocks);
        assert_eq!(ticks.places().len(), 2 * 10 * (3 * 2 + 1));
        let spell = Spell { play: Play { slowing }, change }.family();
        let levels = spell.pointwise(&Assigned::default(), &ticks, &options).unwrap();
        let one = One { slowing, change }.family().pointwise(&Assigned::default(), &history, &options).unwrap();
        assert_eq!(levels.len(), one.len());
        for ((levels, one), place) in levels.iter().zip(&one).zip(ticks.places()) {
            assert!((levels.value() - one.value()).abs() < 1e-11, "{levels:?} {one:?} {place:?}");
        }
        [levels, one].map(|all| all.iter().fold(T::zero(), |sum, &log| sum + log))
    }
    let at = [Dual::<2>::variable(0.7, 0), Dual::variable(0.2, 1)];
    let [levels, one] = scores(at);
    for i in 0..2 {
        assert!((levels.gradient[i] - one.gradient[i]).abs() < 1e-9, "{levels:?} {one:?}");
    }
}

#[test]
fn what_is_set_from_outside_is_as_planned() {
    let (plan, blocks) = (plan(), simulated(&plan()));
    for (block, planned) in blocks.iter().zip(&plan) {
        assert_eq!(block.rows.len(), planned.rows.len());
        for (row, planned) in block.rows.iter().zip(&planned.rows) {
            assert_eq!(row.inputs, planned.inputs);
        }
    }
    // What is not scored is forced, and what is missing stays so.
    let mut like = blocks.clone();
    for row in &mut like[0].rows[..8] {
        row.scored = false;
        row.responses[0] = row.responses[0].map(|choice| 1.0 - choice);
        row.responses[1] = row.responses[1].map(|_| 0.5);
    }
    like[0].rows[9].observations[0] = None;
    like[0].rows[10].responses[1] = None;
    like[1].rows[3].responses[2] = None;
    let again = simulated(&like);
    for (row, planned) in again[0].rows.iter().zip(&like[0].rows).take(8) {
        assert_eq!((&row.responses[..2], row.scored), (&planned.responses[..2], false));
    }
    assert_eq!((again[0].rows[9].observations[0], again[0].rows[10].responses[1]), (None, None));
    assert!(again[0].rows[8].observations[0].is_some() && again[0].rows[9].responses[1].is_some());
    assert!(again[1].rows[3].responses[2].is_none() && again[1].rows[7].responses[2].is_some());
}

#[test]
fn a_life_is_told_what_is_set() {
    let told = |validity: f64, storm: f64| {
        let mut given = Given::<Spell<f64>>::new(SpellInputs { storm });
        given.below.play = Some(Given::new(PlayInputs { validity }));
        given
    };
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    let options = NestedOptions::default().under(&told(0.9, 0.0));
    let mut agent = NestedAgent::with_options(SPELL, &options).unwrap();
    let mut world = NestedWorld::with_inputs(SPELL, &told(0.9, 0.0)).unwrap();
    let mut seen = world.reset(&mut rng);
    for tick in 0..20 {
        let acts = agent.step(&seen, &mut rng);
        let given = told([0.9, 0.6][tick % 2], (tick / 4) as f64 * 0.1);
        seen = world.step_under(acts, &given, &mut rng).unwrap();
        agent.set_inputs(&given).unwrap();
        assert_eq!(agent.below().play.agent().tables().inputs().validity, [0.9, 0.6][tick % 2]);
    }
    assert!(agent.set_inputs(&told(1.5, 0.0)).is_err() && world.set_inputs(&told(0.8, 9.0)).is_err());
}

fn study(arguments: &[&str]) -> Result<(), String> {
    aif::study::<Spells>().run(std::iter::once("spells").chain(arguments.iter().copied())).map_err(|error| error.to_string())
}

#[test]
fn inputs_and_responses_of_levels_go_through_the_study_program() {
    let folder = Folder::new("nested-told");
    let (data, truth, out) = (folder.file("data.csv"), folder.file("data.truth.csv"), folder.file("fit"));
    let sizes = ["simulate", "--subjects", "2", "--blocks", "1", "--steps", "6", "--seed", "3", "--out", &data];
    assert!(study(&sizes).unwrap_err().contains("validity"));
    study(&[&sizes[..], &["--input", "validity=0.8", "--input", "storm=0.5"]].concat()).unwrap();
    let table = folder.read("data.csv");
    let names = "subject,block,step,outcome,choice,seconds,rating,validity,storm,spell_step";
    assert_eq!(table.lines().next().unwrap(), names);
    assert!(table.lines().nth(1).unwrap().ends_with(",0.8,0.5,0"), "{table}");
    study(&["check", &data]).unwrap();
    let short = ["--method", "laplace", "--quiet"];
    study(&[&["fit", "--data", &data, "--out", &out], &short[..]].concat()).unwrap();
    study(&["report", &out, "--truth", &truth, "--force"]).unwrap();
    let predicted = folder.read("fit/predictive.csv");
    for statistic in ["choice=0", "seconds, mean", "rating, sd"] {
        assert!(predicted.contains(statistic), "{statistic} of {predicted}");
    }
    // What is set of a game holds for all of it.
    let changed = table.replacen(",0.8,0.5,0", ",0.8,0.7,0", 1);
    std::fs::write(folder.file("changed.csv"), changed).unwrap();
    let refused = study(&["loglik", "--data", &folder.file("changed.csv"), "--params", &truth, "--out", &folder.file("no.json")]);
    assert!(refused.as_ref().unwrap_err().contains("inputs of Spell that change within a step of it, in 3 rows"), "{refused:?}");
    // What is missing is said.
    let rows: Vec<String> = table.lines().map(String::from).collect();
    let cells = |row: &str| row.split(',').map(String::from).collect::<Vec<_>>();
    let silent = rows.iter().enumerate().map(|(r, row)| {
        let mut cells = cells(row);
        if r == 1 {
            cells[5] = String::new();
        }
        if r == 2 {
            cells[6] = "0.4".into();
        }
        cells.join(",") + "\n"
    });
    std::fs::write(folder.file("silent.csv"), silent.collect::<String>()).unwrap();
    let table = aif::infer::data::RawTable::open(std::path::Path::new(&folder.file("silent.csv"))).unwrap();
    let read = <Nests<Spell<f64>> as StudyBehaviour>::read(&[table], &Default::default(), false).unwrap();
    assert_eq!(
        read.warnings,
        [
            "`seconds` is not scored in 1 row of 36 in which it was due: it is missing there",
            "`rating` stands in 1 row in which it was not due (a run had just ended, or the runs of its levels had not): it is not scored there",
        ]
    );
}

#[test]
fn runs_that_repeat_are_looked_up_and_nothing_is_otherwise() {
    fn both<T: Real>([slowing, change]: [T; 2], ticks: &Ticks) -> [Vec<T>; 2] {
        let (own, options) = (Spell { play: Play { slowing }, change }.family(), AgentOptions::default());
        [ticks.clone(), ticks.clone().without_sharing()]
            .map(|ticks| own.pointwise(&Assigned::default(), &ticks, &options).unwrap())
    }
    // Blocks of three games each, under inputs that come again.
    let mut blocks = plan();
    blocks.iter_mut().for_each(|block| block.rows.truncate(12));
    let blocks = (0..8).flat_map(|_| blocks.clone()).collect::<Vec<_>>();
    let mut blocks = simulated(&blocks);
    blocks[3].rows[5].responses[0] = None;
    blocks[5].rows[2].observations[0] = None;
    let ticks = Ticks::new(&tree::<Spell<f64>, f64>(), blocks);
    let [once, each] = both([Dual::<2>::variable(0.7, 0), Dual::variable(0.2, 1)], &ticks);
    for (once, each) in once.iter().zip(&each) {
        assert_eq!(once.value.to_bits(), each.value.to_bits());
        assert_eq!(once.gradient.map(f64::to_bits), each.gradient.map(f64::to_bits));
    }
    let [worked, looked] = aif::infer::score::steps_of_runs(&SPELL, &ticks, &AgentOptions::default()).unwrap();
    assert_eq!(worked + looked, 16 * 12);
    assert!(looked > 40, "{worked} {looked}");
}

/// Which and when are recorded together.
#[derive(Clone, Copy, Debug)]
pub struct Quick<T> {
    pub bound: T,
}

#[generative_model(horizon = 1, actions(side: Two))]
impl<T: Real> Quick<T> {
    #[factor(initial = uniform())]
    fn dots(&self, dots: Two) -> Two {
        dots
    }
    #[factor(initial = uniform())]
    fn said(&self, side: Two) -> Two {
        side
    }
    #[modality]
    fn seen(&self, dots: Two) -> Dist<Two> {
        Dist::from_fn(|seen: Two| if seen == dots { 0.7 } else { 0.3 })
    }
    #[modality(preference = [0.0, 1.0])]
    fn right(&self, dots: Two, said: Two) -> bool {
        dots == said
    }
    #[response]
    fn side(&self, choice: Choice<T>) -> Wiener<Two, T> {
        Wiener::new(choice.log_odds(), self.bound, T::constant(0.5), T::constant(0.1))
    }
}

/// Blocks in which dots mostly go one way.
#[derive(Clone, Copy, Debug)]
pub struct Blocked<T> {
    pub quick: Quick<T>,
}

#[generative_model(horizon = 1, actions(bet: Two))]
impl<T: Real> Blocked<T> {
    #[factor(initial = uniform())]
    fn way(&self, way: Two) -> Two {
        way
    }
    #[factor(initial = uniform())]
    fn betted(&self, bet: Two) -> Two {
        bet
    }
    #[level(model = Quick<T>, from = self.quick, steps = 2, begins = dots)]
    fn quick(&self, way: Two) -> Dist<Two> {
        Dist::from_fn(|dots: Two| if dots == way { 0.8 } else { 0.2 })
    }
    #[modality(preference = [0.0, 1.0])]
    fn pays(&self, way: Two, betted: Two) -> bool {
        way == betted
    }
}

#[test]
fn an_action_of_a_level_may_come_about_with_its_time() {
    let (own, options) = (Blocked { quick: Quick { bound: 1.2 } }.family(), AgentOptions::default());
    let plan = <Nests<Blocked<f64>> as StudyBehaviour>::plan(3, 4, &[]).unwrap();
    let mut blocks = own.simulate(&Assigned::default(), &own, &plan, &options, &mut ChaCha8Rng::seed_from_u64(1)).unwrap();
    let whole = tree::<Blocked<f64>, f64>();
    let ticks = Ticks::new(&whole, blocks.clone());
    let scored = own.pointwise(&Assigned::default(), &ticks, &options).unwrap();
    let (places, answered) = (ticks.places(), <Nests<Blocked<f64>> as StudyBehaviour>::answered(&ticks));
    assert_eq!(places.iter().map(|p| &*p.response).take(3).collect::<Vec<_>>(), ["side", "bet", "side"]);
    assert_eq!((scored.len(), answered.len()), (3 * 4 * 2, 3 * 4 * 2));
    assert!(answered.iter().filter(|(which, _)| *which == 0).all(|(_, [_, when])| *when > 0.1));
    let anew = own.answer_anew(&Assigned::default(), &ticks, &options, &mut ChaCha8Rng::seed_from_u64(2)).unwrap();
    assert_eq!(anew.len(), answered.len());
    blocks[0].rows[0].responses[0] = None;
    let error = own.log_likelihood(&Assigned::default(), &Ticks::new(&whole, blocks), &options).unwrap_err().to_string();
    assert!(error.contains("the action is missing, and it comes about by the response `side`"), "{error}");
}

/// Two hands that move at once.
#[derive(Clone, Copy, Debug)]
pub struct Hands<T> {
    pub ease: T,
}

#[generative_model(horizon = 1, actions(left: Two, right: Two))]
impl<T: Real> Hands<T> {
    #[factor(initial = uniform())]
    fn aim(&self, aim: Two) -> Two {
        aim
    }
    #[factor(initial = uniform())]
    fn here(&self, left: Two) -> Two {
        left
    }
    #[factor(initial = uniform())]
    fn there(&self, right: Two) -> Two {
        right
    }
    #[modality(preference = [T::zero(), self.ease, self.ease, T::one()])]
    fn felt(&self, aim: Two, here: Two, there: Two) -> Dist<Index<4>> {
        let both = usize::from(aim == here) + 2 * usize::from(there != here);
        Dist::from_fn(|felt: Index<4>| if felt.index() == both { 0.7 } else { 0.1 })
    }
}

#[derive(Clone, Copy, Debug)]
pub struct Mind<T> {
    pub hands: Hands<T>,
}

#[generative_model(horizon = 1)]
impl<T: Real> Mind<T> {
    #[factor(initial = uniform())]
    fn wish(&self, wish: Two) -> Two {
        wish
    }
    #[level(model = Hands<T>, from = self.hands, steps = 3, begins = aim)]
    fn hands(&self, wish: Two) -> Dist<Two> {
        Dist::from_fn(|aim: Two| if aim == wish { 0.9 } else { 0.1 })
    }
}

#[test]
fn joint_actions_of_a_level_may_be_known_in_part() {
    let (own, options) = (Mind { hands: Hands { ease: 0.4 } }.family(), AgentOptions::default());
    let plan = <Nests<Mind<f64>> as StudyBehaviour>::plan(1, 3, &[]).unwrap();
    let blocks = own.simulate(&Assigned::default(), &own, &plan, &options, &mut ChaCha8Rng::seed_from_u64(4)).unwrap();
    let whole = tree::<Mind<f64>, f64>();
    let scored = |row: usize, parts: [Option<f64>; 2]| {
        let mut blocks = blocks.clone();
        blocks[0].rows[row].responses[..2].copy_from_slice(&parts);
        let ticks = Ticks::new(&whole, blocks);
        assert_eq!(ticks.places()[0].response, "left+right");
        own.pointwise(&Assigned::default(), &ticks, &options).unwrap()
    };
    let each = |parts: [Option<f64>; 2]| scored(1, parts)[1];
    let sum = |logs: &[f64]| logs.iter().map(|log| log.exp()).sum::<f64>().ln();
    let both = [0.0, 1.0].map(|right| each([Some(1.0), Some(right)]));
    assert!((each([Some(1.0), None]) - sum(&both)).abs() < 1e-12);
    // Read from a table, it has to be asked for.
    let folder = Folder::new("nested-in-part");
    let header = "subject,block,step,felt,left,right,mind_step\n";
    let read = |cells: &str| {
        let rows = format!("{header}0,0,0,0,{cells},0\n0,0,1,1,0,0,0\n0,0,2,1,,,0\n");
        std::fs::write(folder.file("data.csv"), rows).unwrap();
        let table = aif::infer::data::RawTable::open(std::path::Path::new(&folder.file("data.csv"))).unwrap();
        <Nests<Mind<f64>> as StudyBehaviour>::read(&[table], &Default::default(), false).map_err(|error| error.to_string())
    };
    assert!(read("1,0").is_ok());
    assert!(read("1,").unwrap_err().contains("no `left+right` in 1 row in which it was due"));
}
