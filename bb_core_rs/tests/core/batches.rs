//! Batches play the games that steppers play, on any number of threads, and refuse what does not fit.

use bb_core_rs::batch::{Autoreset, Batch, Encoding, Output, PRICES, Request};
use bb_core_rs::counts::num_counts;
use bb_core_rs::error::Error;
use bb_core_rs::program::Program;
use bb_core_rs::stepper::Stepper;

use crate::common::{Compiled, FIREFIGHTER, Scenario, Strategy};
use crate::random::{Source, program};

/// Observations of the houses: one entry each, of every seat alike.
fn houses_of(program: &Program, seats: usize) -> Encoding<u8> {
    let ring = program.town(0).houses;
    let source: Vec<u16> = (0..ring as u16).collect();
    Encoding { source: source.repeat(seats), start: vec![0; ring * seats], table: vec![10, 11, 12] }
}

struct Told {
    observations: Vec<u8>,
    rewards: Vec<f64>,
    flags: [Vec<bool>; 3],
    finals: Vec<u8>,
    counts: Vec<i32>,
}

impl Told {
    fn new<T: Copy + Send + Sync>(batch: &Batch<T>) -> Self {
        let rows = batch.num_games();
        Self {
            observations: vec![0; rows * batch.observation_size()],
            rewards: vec![0.0; rows * batch.num_observed()],
            flags: [vec![false; rows], vec![false; rows], vec![false; rows]],
            finals: vec![0; rows * batch.observation_size()],
            counts: vec![0; rows * batch.num_counts()],
        }
    }

    fn output(&mut self) -> Output<'_, u8> {
        let [terminated, truncated, started] = &mut self.flags;
        Output {
            observations: &mut self.observations,
            rewards: &mut self.rewards,
            terminated,
            truncated,
            started,
            final_observations: &mut self.finals,
            final_counts: &mut self.counts,
        }
    }
}

fn batch(
    compiled: &Compiled,
    rows: usize,
    autoreset: Autoreset,
    workers: Option<usize>,
) -> Result<Batch<u8>, Error> {
    let program = compiled.program().expect("a valid program").into_owned();
    let entries: Vec<u32> = (0..rows).map(|row| (row % program.entries()) as u32).collect();
    let games: Vec<u64> = (0..rows as u64).map(|row| row + (1 << 32) - 3).collect();
    let observed: Vec<u8> = (0..program.agents as u8).collect();
    Batch::new(Request {
        encoding: houses_of(&program, observed.len()),
        prices: &vec![1.0; program.entries() * observed.len() * PRICES],
        entries: &entries,
        seeds: &vec![9; rows],
        games: &games,
        stride: 1 << 33,
        autoreset,
        observed: &observed,
        workers,
        program,
    })
}

#[test]
fn batches_play_the_games_of_steppers() {
    let mut source = Source::new(11);
    for case in 0..150 {
        let compiled = program(&mut source, 1, 3);
        let width = num_counts(compiled.num_agents);
        for autoreset in [Autoreset::NextStep, Autoreset::SameStep] {
            let mut batch = batch(&compiled, 6, autoreset, Some(1)).expect("a valid request");
            let before = batch.states();
            let program = compiled.program().expect("a valid program").into_owned();
            let mut stepper =
                Stepper::new(program, 9, &before.entries, &before.games).expect("a valid request");
            let mut told = Told::new(&batch);
            for night in 0..=40 {
                let running: Vec<bool> = stepper.finished().iter().map(|&end| end == 0).collect();
                let actions = stepper.decide();
                stepper.apply(&actions).expect("native strategies act by the rules");
                batch.step::<u8>(&[], told.output()).expect("nobody acts from outside");
                for row in (0..6).filter(|&row| running[row]) {
                    let end = stepper.finished()[row];
                    assert_eq!(told.flags[0][row], end == 1, "case {case}, night {night}");
                    assert_eq!(told.flags[1][row], end == 2, "case {case}, night {night}");
                    if end != 0 {
                        let counts = &stepper.counts()[row * width..][..width];
                        assert_eq!(
                            &told.counts[row * width..][..width],
                            counts,
                            "case {case}, night {night}"
                        );
                    }
                }
            }
            assert!(!stepper.finished().contains(&0), "case {case}");
            let moved = |(before, after): (&u64, &u64)| after.wrapping_sub(*before) % (1 << 33) == 0;
            assert!(before.games.iter().zip(&batch.states().games).all(moved), "case {case}");
        }
    }
}

#[test]
fn threads_and_restored_states_change_nothing() {
    let scenario = Scenario::named("default-v2");
    let team = [Strategy::External, Strategy::Social(FIREFIGHTER), Strategy::External];
    let team: Vec<Strategy> = team.into_iter().chain([Strategy::Heuristic(FIREFIGHTER)]).collect();
    let compiled = Compiled::single(&scenario, &team);
    let rows = 1100;
    let mut batches: Vec<Batch<u8>> = [Some(1), Some(2), Some(3)]
        .into_iter()
        .map(|workers| batch(&compiled, rows, Autoreset::NextStep, workers).expect("a valid request"))
        .collect();
    let mut source = Source::new(4);
    for night in 0..40 {
        let actions: Vec<i64> = (0..rows * 2)
            .flat_map(|_| [source.between(0, 9), source.between(0, 1), source.between(0, 1)])
            .map(i64::from)
            .collect();
        let told: Vec<Told> = batches
            .iter_mut()
            .map(|batch| {
                let mut told = Told::new(batch);
                batch.step(&actions, told.output()).expect("actions by the rules");
                told
            })
            .collect();
        for other in &told[1..] {
            assert_eq!(told[0].observations, other.observations);
            assert_eq!(told[0].flags, other.flags);
            assert!(told[0].rewards == other.rewards);
        }
        if night == 20 {
            let states = batches[0].states();
            let mut restored = batch(&compiled, rows, Autoreset::NextStep, Some(2)).expect("a valid request");
            restored.load(&states).expect("states of this batch");
            batches.push(restored);
        }
    }
    let states: Vec<_> = batches.iter().map(Batch::states).collect();
    assert!(states.iter().all(|other| *other == states[0]));
}

#[test]
fn what_does_not_fit_is_refused_and_moves_nothing() {
    let scenario = Scenario::named("easy-v2");
    let compiled = Compiled::single(&scenario, &vec![Strategy::External; 4]);
    let mut batch = batch(&compiled, 2, Autoreset::Disabled, None).expect("a valid request");
    let before = batch.states();
    let mut told = Told::new(&batch);
    let mut actions = vec![0_i64; 24];
    actions[13] = 2;
    let refused = batch.step(&actions, told.output()).expect_err("mode 2");
    assert!(refused.to_string().contains("actions[1, 0]: mode 2 of seat 0"), "{refused}");
    actions[13] = -1;
    assert!(batch.step(&actions, told.output()).is_err());
    assert!(batch.step(&actions[..12], told.output()).is_err());
    actions[13] = 0;
    let mut short = Told { rewards: vec![], ..Told::new(&batch) };
    assert!(batch.step(&actions, short.output()).is_err());
    assert_eq!(batch.states(), before);
    let mut broken = before.clone();
    broken.actions[0] = 10;
    assert!(batch.load(&broken).is_err());
    broken = before.clone();
    broken.houses.pop();
    assert!(batch.load(&broken).is_err());
    while batch.states().finished == [0, 0] {
        batch.step(&actions, told.output()).expect("games that run");
    }
    let refused = batch.step(&actions, told.output()).expect_err("an ended game");
    assert!(refused.to_string().contains("has ended"), "{refused}");
}
