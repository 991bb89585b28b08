//! Ready-made games, and worlds of several.

use aif::runtime::society::{Player, PlayerOptions, Society, SocietyError, plays};
use aif::society::*;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

fn chance(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

/// An investor who does not know how much guilt the trustee feels.
fn trusting() -> Player<Investor> {
    let guilts = [0.0, 1.0].map(|guilt| {
        let trustee =
            Trustee { guilt, ..Trustee::default() }.player(PlayerOptions { horizon: Some(1), ..PlayerOptions::default() });
        trustee.unwrap()
    });
    let investor = Investor::default().player(PlayerOptions::default()).unwrap();
    investor.minding_one_of(&[(0.5, &guilts[0]), (0.5, &guilts[1])], to_trustee).unwrap()
}

fn trustee(guilt: f64) -> Player<Trustee> {
    Trustee { guilt, ..Trustee::default() }.player(PlayerOptions { horizon: Some(1), ..PlayerOptions::default() }).unwrap()
}

#[test]
fn trust_grows_where_it_is_answered_and_a_table_has_both_sides() {
    let mut sent = [0.0; 2];
    for (guilt, sent) in [0.0, 1.0].into_iter().zip(&mut sent) {
        for seed in 0..5 {
            let society = Society::new(Investor::default()).unwrap();
            let mut society = society
                .seat("investor", trusting(), |seen| *seen)
                .unwrap()
                .seat("trustee", trustee(guilt), seen_by_trustee)
                .unwrap();
            let rounds = society.play(20, &mut chance(seed)).unwrap();
            assert_eq!(rounds.len(), 21);
            for (step, round) in rounds[..20].iter().enumerate() {
                assert_eq!([round.actions[0].is_some(), round.actions[1].is_some()], [step % 2 == 0, step % 2 == 1]);
            }
            *sent += rounds.iter().skip(10).filter_map(|round| round.actions[0]).sum::<usize>() as f64;
            let table = society.table(&rounds);
            let mut lines = table.lines();
            let columns = "step,investor.stage,investor.investment,investor.settlement,investor.send,\
                           trustee.stage,trustee.investment,trustee.settlement,trustee.repay";
            assert_eq!(lines.next(), Some(columns));
            assert_eq!(lines.next().map(|line| line.ends_with(",Begun,0,0,")), Some(true));
            assert_eq!(lines.count(), 20);
            // What was played can be scored, on both sides.
            let own = plays::<Investor, _>(&rounds, 0, |seen| (*seen).into());
            let its = plays::<Investor, _>(&rounds, 1, |seen| seen_by_trustee(seen).into());
            assert_eq!(trusting().pointwise(&own).unwrap().len(), 10);
            let likelihoods = [0.0, 1.0].map(|guilt| trustee(guilt).log_likelihood(&its).unwrap());
            assert!((likelihoods[1] > likelihoods[0]) == (guilt == 1.0), "{likelihoods:?}");
        }
    }
    assert!(sent[1] > 2.0 * sent[0], "{sent:?}");
}

#[test]
fn a_deep_trustee_answers_better_than_a_near_sighted_one() {
    // Who looks ahead to the investor's next move returns more, out of no guilt at all.
    let near = trustee(0.0);
    let far = Trustee { guilt: 0.0, ..Trustee::default() }.player(PlayerOptions { horizon: Some(3), ..PlayerOptions::default() });
    let far = far.unwrap().minding(&trusting(), to_investor).unwrap();
    assert_eq!(far.depth(), 3);
    let begun = TrusteeObservation { stage: Exchange::Begun, investment: part(0), settlement: settlement(0) };
    let sent = TrusteeObservation { stage: Exchange::Sent, investment: part(2), ..begun };
    let returned = [near, far].map(|mut player| {
        player.observe(begun).unwrap();
        assert!(!player.acts() && player.choose(&mut chance(1)).unwrap().is_none());
        player.observe(sent).unwrap();
        let choice = player.choice().unwrap();
        choice.iter().enumerate().map(|(back, log_p)| back as f64 * log_p.exp()).sum::<f64>()
    });
    assert!(returned[1] > returned[0] + 0.1, "{returned:?}");
}

fn part(of: usize) -> Sent {
    aif::prelude::Index::new(of).unwrap()
}

fn settlement(of: usize) -> Settlement {
    aif::prelude::Index::new(of).unwrap()
}

#[test]
fn who_expects_envy_offers_more() {
    let offers = [0.0, 1.0].map(|envy| {
        let responder = Responder { envy, ..Responder::default() }.player(PlayerOptions::default()).unwrap();
        let proposer = Proposer { guilt: 0.0, ..Proposer::default() }.player(PlayerOptions::default()).unwrap();
        let mut proposer = proposer.minding(&responder, to_responder).unwrap();
        let open = ProposerObservation { stage: Bargain::Open, end: (Ending::Nothing, aif::prelude::Index::new(0).unwrap()) };
        proposer.observe(open).unwrap();
        let choice = proposer.choice().unwrap();
        choice.iter().enumerate().map(|(offer, log_p)| offer as f64 * log_p.exp()).sum::<f64>()
    });
    assert!(offers[0] < 2.5 && offers[1] > 4.0, "{offers:?}");
}

#[test]
fn walkers_who_mind_each_other_bump_less() {
    let mut bumps = [0; 3];
    for (depths, bumps) in [[0, 0], [1, 1], [2, 1]].into_iter().zip(&mut bumps) {
        let [first, second] = depths.map(|depth| Walker::default().player(depth, PlayerOptions::default()).unwrap());
        let society = Society::new(Walker::default()).unwrap();
        let mut society = society.seat("ann", first, |seen| *seen).unwrap().seat("bob", second, seen_by_other_walker).unwrap();
        for seed in 0..3 {
            let rounds = society.play(8, &mut chance(seed)).unwrap();
            *bumps += rounds.iter().filter(|round| round.seen.felt).count();
        }
    }
    assert!(bumps[0] > 8 && 2 * bumps[1] < bumps[0] && 2 * bumps[2] < bumps[0], "{bumps:?}");
}

#[test]
fn a_seeker_who_minds_the_hider_is_near_it_more_often() {
    let together = [0, 1].map(|depth| {
        let (seeking, hiding) = (Seeker::<3, 3>::seeking(), Seeker::<3, 3>::hiding());
        let seeker = seeking.player(hiding, depth, PlayerOptions::default()).unwrap();
        let hider = hiding.player(seeking, 0, PlayerOptions::default()).unwrap();
        let society = Society::new(HideAndSeek::<3, 3>).unwrap();
        let mut society = society.seat("seeker", seeker, seen_by_seeker).unwrap().seat("hider", hider, seen_by_hider).unwrap();
        let mut count = 0;
        for seed in 0..4 {
            let rounds = society.play(12, &mut chance(seed)).unwrap();
            count += rounds.iter().filter(|round| round.seen.seeker_at == round.seen.hider_at).count();
        }
        count
    });
    assert!(together[1] > together[0], "{together:?}");
    // What is hidden makes beliefs about beliefs: a seeker of depth 2 carries many.
    let mut deep = Seeker::<2, 2>::seeking().player(Seeker::hiding(), 2, PlayerOptions::default()).unwrap();
    deep.observe(seen_by_seeker(&HideAndSeekObservation::<2, 2> {
        seeker_at: aif::prelude::Cell::new(0, 0).unwrap(),
        hider_at: aif::prelude::Cell::new(1, 1).unwrap(),
    }))
    .unwrap();
    deep.choice().unwrap();
    assert!(deep.deliberation().beliefs > 1 && deep.deliberation().merged == 0.0, "{:?}", deep.deliberation());
}

#[test]
fn a_code_comes_about() {
    let society = Society::new(Signalling).unwrap();
    let options = PlayerOptions { state_information_gain: 0.0, ..PlayerOptions::default() };
    let sender = Sender { worth: 3.0, reliability: 0.8 }.player(options).unwrap();
    let receiver = Receiver { worth: 3.0, reliability: 0.8 }.player(options).unwrap();
    let mut society =
        society.seat("sender", sender, seen_by_sender).unwrap().seat("receiver", receiver, seen_by_receiver).unwrap();
    let mut right = [0; 2];
    for seed in 0..3 {
        let rounds = society.play(120, &mut chance(seed)).unwrap();
        let told: Vec<bool> = rounds
            .iter()
            .filter(|round| round.seen.at == Stage::Told)
            .map(|round| round.seen.shown == round.seen.acted)
            .collect();
        right[0] += told[..10].iter().filter(|right| **right).count();
        right[1] += told[told.len() - 10..].iter().filter(|right| **right).count();
    }
    assert!(right[1] >= 25 && right[1] > right[0], "{right:?}");
}

#[test]
fn seats_are_for_those_who_fit() {
    let society = || Society::new(Walker::default()).unwrap();
    let player = || Walker::default().player(0, PlayerOptions::default()).unwrap();
    let mut alone = society().seat("ann", player(), |seen| *seen).unwrap();
    let refused = alone.play(1, &mut chance(1)).unwrap_err();
    assert_eq!(refused, SocietyError::Seats { world: "Walker", seat: 1, actions: 2 });
    assert_eq!(alone.seat("ann", player(), |seen| *seen).unwrap_err(), SocietyError::Name { name: "ann".into() });
    let refused = society().seat("ann", trustee(0.0), |_| aif::runtime::Assignment::first()).unwrap_err();
    let words = "`go` of Walker has the values Ahead, Aside, Wait, but Trustee chooses among 0, 1, 2, 3, 4";
    assert_eq!(refused.to_string(), words);
}
