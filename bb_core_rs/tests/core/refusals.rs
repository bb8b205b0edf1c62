//! Malformed programs and requests are refused with a reason; nothing panics.

use bb_core_rs::error::Error;
use bb_core_rs::rollout::{Request, play};
use bb_core_rs::stepper::Stepper;

use crate::common::{Compiled, FIREFIGHTER, Scenario, Strategy};

/// Two heuristic, one social and one tabular agent on a ring of four.
fn valid() -> Compiled {
    let scenario = Scenario { houses: 4, homes: vec![0, 1, 2, 3], ..Scenario::named("default-v2") };
    let table = vec![vec![0.125; 8]; 81];
    let [one, two] = [FIREFIGHTER; 2].map(Strategy::Heuristic);
    Compiled::single(&scenario, &[one, two, Strategy::Social(FIREFIGHTER), Strategy::Tabular(table)])
}

fn refusal(spoil: impl FnOnce(&mut Compiled)) -> String {
    let mut compiled = valid();
    spoil(&mut compiled);
    match compiled.program() {
        Err(Error::Invalid(message)) => message,
        other => panic!("not refused: {other:?}"),
    }
}

/// The message must name the field.
macro_rules! refused {
    ($($part:literal: $spoil:expr;)*) => {
        $({
            let message = refusal($spoil);
            assert!(message.contains($part), "{message:?} does not name {:?}", $part);
        })*
    };
}

#[test]
fn the_sound_program_is_accepted() {
    assert!(valid().program().is_ok());
}

#[test]
fn wrong_lengths_are_refused() {
    refused! {
        "num_agents": |c| c.num_agents = 0;
        "num_agents": |c| c.num_agents = 17;
        "homes": |c| c.num_agents = 3;
        "before_burn_out": |c| c.before_burn_out.clear();
        "until_no_fires": |c| c.until_no_fires.push(true);
        "min_nights": |c| c.min_nights.clear();
        "max_nights": |c| c.max_nights.clear();
        "homes": |c| c.homes.truncate(3);
        "initial_fire": |c| c.initial_fire.clear();
        "ignite": |c| c.ignite.truncate(2);
        "extinguish": |c| c.extinguish.truncate(4);
        "policy_houses": |c| c.policy_houses.truncate(3);
        "chances": |c| c.chances.truncate(11);
        "table_start": |c| c.table_start.truncate(4);
        "table_start": |c| c.table_start.clear();
        "seats": |c| c.seats.truncate(3);
        "seats": |c| c.town.push(0);
    }
}

#[test]
fn numbers_out_of_range_are_refused() {
    let beyond = (1 << 32) + 1;
    refused! {
        "num_houses": |c| c.num_houses[0] = 17;
        "num_houses": |c| c.num_houses[0] = 1;
        "min_nights": |c| c.min_nights[0] = 0;
        "min_nights": |c| c.min_nights[0] = 101;
        "max_nights": |c| c.max_nights[0] = 10_001;
        "max_nights": |c| c.max_nights[0] = 0;
        "homes": |c| c.homes[2] = 4;
        "initial_fire": |c| c.initial_fire[0] = beyond;
        "ignite": |c| c.ignite[2] = u64::MAX;
        "extinguish": |c| c.extinguish[4] = beyond;
        "chances": |c| c.chances[0] = beyond;
        "kind": |c| c.kind[0] = 4;
        "policy_houses": |c| c.policy_houses[0] = 0;
        "town of entry 0": |c| c.town[0] = 1;
        "seats of entry 0": |c| c.seats[3] = 4;
    }
}

#[test]
fn policies_that_do_not_fit_are_refused() {
    refused! {
        "table of policy 2": |c| c.kind[2] = 0;
        "table of policy 2": |c| c.kind[2] = 2;
        "table of policy 3": |c| c.kind[3] = 1;
        "table of policy 2": |c| c.kind[2] = 3;
        "ring of 4": |c| c.policy_houses[0] = 5;
        "table_start": |c| c.table_start[0] = 1;
        "table_start": |c| c.table_start[2] = -1;
        "table_start": |c| c.table_start[1] = i64::MAX;
        "table of policy 2": |c| c.table_start[3] = 0;
        "table_start": |c| c.tables.push(0);
        "social intent": |c| c.tables[0] = 2;
        "social table": |c| c.tables[1] = (1 << 32) + 1;
        "social weight": |c| c.tables[20] = 0;
        "social weight": |c| c.tables[21] = (1 << 28) + 1;
        "policy 3, state 80": |c| *c.tables.last_mut().expect("a table") -= 1;
        "policy 3, state 0": |c| { let start = usize::try_from(c.table_start[3]).expect("a place"); c.tables[start] = 1 << 31; };
    }
}

#[test]
fn requests_that_do_not_fit_are_refused() {
    let compiled = valid();
    let program = compiled.program().expect("a valid program");
    let good = Request {
        seed: 0,
        games: 2,
        first_game: &[0],
        keep_games: true,
        second_moments: false,
        workers: Some(1),
    };
    let refused = |request: &Request| matches!(play(&program, request, || true), Err(Error::Invalid(_)));
    assert!(!refused(&good));
    assert!(refused(&Request { first_game: &[0, 0], ..good }));
    assert!(refused(&Request { first_game: &[u64::MAX], ..good }));
    assert!(!refused(&Request { first_game: &[u64::MAX - 1], ..good }));
    assert!(refused(&Request { games: 0, ..good }));
    assert!(refused(&Request { workers: Some(0), ..good }));
    assert!(refused(&Request { workers: Some(1025), ..good }));
    assert!(refused(&Request { workers: Some(usize::MAX), ..good }));
    assert!(!refused(&Request { workers: Some(1024), ..good }));
    let vast = Request { games: 1 << 53, ..good };
    assert!(matches!(play(&program, &vast, || true), Err(Error::Memory(_))));
}

#[test]
fn the_caller_may_stop_play_halfway() {
    let compiled = valid();
    let program = compiled.program().expect("a valid program");
    let first_game = &[0];
    for workers in [1, 2, 1024] {
        let request = Request {
            seed: 0,
            games: 1 << 50,
            first_game,
            keep_games: false,
            second_moments: true,
            workers: Some(workers),
        };
        let mut asked = 0;
        let go_on = || {
            asked += 1;
            asked < 4
        };
        assert_eq!(play(&program, &request, go_on), Err(Error::Stopped));
        assert_eq!(asked, 4, "not asked again once the answer was no");
    }
}

#[test]
fn external_seats_are_left_to_the_stepper() {
    let mut scenario = Scenario::named("default-v1");
    scenario.agents = 1;
    scenario.homes = vec![3];
    let compiled = Compiled::single(&scenario, &[Strategy::External]);
    let program = compiled.program().expect("a valid program");
    let request = Request {
        seed: 0,
        games: 1,
        first_game: &[0],
        keep_games: false,
        second_moments: false,
        workers: None,
    };
    assert!(matches!(play(&program, &request, || true), Err(Error::Invalid(_))));

    let mut stepper = Stepper::new(program.into_owned(), 0, &[0, 0], &[0, 1]).expect("a valid request");
    assert_eq!(stepper.decide(), [0; 6]);
    for bad in [&[0, 0, 0][..], &[10, 0, 0, 0, 0, 0], &[0, 2, 0, 0, 0, 0], &[0, 0, 0, 0, 0, 2]] {
        assert!(matches!(stepper.apply(bad), Err(Error::Invalid(_))));
    }
    assert_eq!(stepper.nights(), [0, 0], "a refused night must not be half played");
    while stepper.finished() == [0, 0] {
        stepper.apply(&[9, 1, 1, 0, 0, 0]).expect("valid actions");
    }
    let running = stepper.finished().iter().position(|&end| end == 0);
    if let Some(running) = running {
        let before = stepper.nights();
        let mut actions = [255; 6];
        actions[3 * running..][..3].fill(0);
        stepper.apply(&actions).expect("the actions of a finished game are not looked at");
        assert_eq!(stepper.nights()[running], before[running] + 1);
        assert_eq!(stepper.nights()[1 - running], before[1 - running]);
    }
}

#[test]
fn steppers_are_refused_what_they_cannot_play() {
    let program = || valid().program().expect("a valid program").into_owned();
    for (entries, games) in [(&[0, 0][..], &[0][..]), (&[1], &[0])] {
        assert!(matches!(Stepper::new(program(), 0, entries, games), Err(Error::Invalid(_))));
    }
    let mut two_rings = valid();
    let town = two_rings.add_town(&Scenario::named("default-v1"));
    two_rings.add_entry(town, &[(); 4].map(|()| Strategy::External));
    let program = two_rings.program().expect("a valid program").into_owned();
    assert!(matches!(Stepper::new(program, 0, &[0], &[0]), Err(Error::Invalid(_))));
}
