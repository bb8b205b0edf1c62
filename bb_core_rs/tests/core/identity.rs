//! The same games, however they are played.

use bb_core_rs::counts::num_counts;
use bb_core_rs::error::Error;
use bb_core_rs::program::Program;
use bb_core_rs::rollout::{Answer, Request, play};
use bb_core_rs::stepper::Stepper;

use crate::common::{Compiled, FIREFIGHTER, Scenario, Strategy};
use crate::random::{Source, program};

fn request(seed: u64, games: u64, first_game: &[u64]) -> Request<'_> {
    Request { seed, games, first_game, keep_games: true, second_moments: true, workers: Some(1) }
}

fn answer(program: &Program, request: &Request) -> Answer {
    play(program, request, || true).expect("a valid request")
}

/// Sums and products as they follow from the counts of every game.
fn totals(per_game: &[i32], width: usize, games: usize) -> (Vec<i64>, Vec<i64>) {
    let (mut sums, mut products) = (vec![], vec![]);
    for entry in per_game.chunks_exact(width * games) {
        let rows: Vec<&[i32]> = entry.chunks_exact(width).collect();
        for i in 0..width {
            sums.push(rows.iter().map(|row| i64::from(row[i])).sum());
            for j in 0..width {
                products.push(rows.iter().map(|row| i64::from(row[i]) * i64::from(row[j])).sum());
            }
        }
    }
    (sums, products)
}

#[test]
fn rollout_and_stepper_play_the_same_games() {
    let mut source = Source::new(1);
    let games = 6_u64;
    for case in 0..400 {
        let compiled = program(&mut source, 1, 3);
        let program = compiled.program().expect("a valid program");
        let seed = u64::from(source.word()) << 32 | u64::from(source.word());
        // Around 2^32, where the high half of a game's number sets in.
        let first: Vec<u64> = (0..3).map(|_| u64::from(source.word()) + 0xF000_0000).collect();
        let rolled = answer(&program, &request(seed, games, &first));

        let entries: Vec<u32> = (0..3).flat_map(|entry| [entry; 6]).collect();
        let numbers: Vec<u64> = first.iter().flat_map(|&first| first..first + games).collect();
        let mut stepper =
            Stepper::new(program.into_owned(), seed, &entries, &numbers).expect("a valid request");
        while stepper.finished().contains(&0) {
            let actions = stepper.decide();
            stepper.apply(&actions).expect("native strategies act by the rules");
        }
        assert_eq!(rolled.per_game, stepper.counts(), "case {case}");
        let (sums, products) = totals(&rolled.per_game, num_counts(compiled.num_agents), games as usize);
        assert_eq!(rolled.sums, sums, "case {case}");
        assert_eq!(rolled.products, products, "case {case}");
    }
}

#[test]
fn threads_and_options_change_nothing() {
    let mut source = Source::new(2);
    let compiled = program(&mut source, 3, 5);
    let program = compiled.program().expect("a valid program");
    let first = [0, 1 << 32, 7, u64::MAX - 2_000, 5];
    let asked = request(3, 2_000, &first);
    let alone = answer(&program, &asked);
    for workers in [Some(2), Some(3), Some(2), None] {
        assert!(alone == answer(&program, &Request { workers, ..asked }), "{workers:?} workers");
    }
    let lean = answer(&program, &Request { keep_games: false, second_moments: false, ..asked });
    assert_eq!(lean.sums, alone.sums);
    assert!(lean.products.is_empty() && lean.per_game.is_empty());
}

#[test]
fn games_can_be_split_into_batches() {
    let mut source = Source::new(3);
    for _ in 0..20 {
        let compiled = program(&mut source, 2, 3);
        let program = compiled.program().expect("a valid program");
        let whole = answer(&program, &request(9, 50, &[0, 10, 1 << 40]));
        let (mut sums, mut products) = (vec![0; whole.sums.len()], vec![0; whole.products.len()]);
        for (start, games) in [(0, 1), (1, 19), (20, 30)] {
            let part = answer(&program, &request(9, games, &[start, 10 + start, (1 << 40) + start]));
            sums.iter_mut().zip(&part.sums).for_each(|(sum, x)| *sum += x);
            products.iter_mut().zip(&part.products).for_each(|(sum, x)| *sum += x);
        }
        assert_eq!(sums, whole.sums);
        assert_eq!(products, whole.products);
    }
}

#[test]
fn the_order_of_entries_changes_nothing() {
    let mut source = Source::new(4);
    let compiled = program(&mut source, 2, 4);
    let agents = compiled.num_agents;
    let mut turned = compiled.clone();
    turned.town.reverse();
    turned.seats = compiled.seats.chunks_exact(agents).rev().flatten().copied().collect();
    let (here, there) = (compiled.program().expect("valid"), turned.program().expect("valid"));
    let (here, there) = (answer(&here, &request(1, 30, &[3; 4])), answer(&there, &request(1, 30, &[3; 4])));
    let width = num_counts(agents);
    let back: Vec<i64> = there.sums.chunks_exact(width).rev().flatten().copied().collect();
    assert_eq!(here.sums, back);
}

#[test]
fn a_long_play_can_be_stopped() {
    let team = [(); 4].map(|()| Strategy::Heuristic(FIREFIGHTER));
    let compiled = Compiled::single(&Scenario::named("default-v1"), &team);
    let program = compiled.program().expect("a valid program");
    let endless = Request { keep_games: false, ..request(0, 1 << 53, &[0]) };
    let mut left = 3;
    let stopped = play(&program, &endless, || {
        left -= 1;
        left > 0
    });
    assert_eq!(stopped, Err(Error::Stopped));
}
