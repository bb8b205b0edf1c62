//! The same code, compiled for several instruction sets; the machine's best is chosen when a play starts.
//!
//! Play is plain Rust that compilers turn into vector instructions; everything below [`Job::play`] and
//! [`Chunk::step`] is inlined into the functions here, so that it is compiled for theirs.

use crate::batch::Chunk;
use crate::counts::Totals;
use crate::rollout::Job;

/// A set of instructions that this machine has: there is no other way to get one than to look.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Level(Set);

#[derive(Clone, Copy, Debug)]
enum Set {
    Any,
    #[cfg(target_arch = "x86_64")]
    V3,
    #[cfg(target_arch = "x86_64")]
    V4,
}

impl Level {
    /// The fastest.
    pub(crate) fn best() -> Self {
        #[cfg(target_arch = "x86_64")]
        if has_v4() {
            return Self(Set::V4);
        } else if has_v3() {
            return Self(Set::V3);
        }
        Self(Set::Any)
    }

    /// Plays a block.
    #[allow(unsafe_code, reason = "only these calls cannot be checked by the compiler")]
    pub(crate) fn play(self, job: &mut Job) -> Totals {
        match self.0 {
            Set::Any => job.play(),
            // SAFETY: a level exists only after its features have been seen on this machine.
            #[cfg(target_arch = "x86_64")]
            Set::V3 => unsafe { play_v3(job) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Set::V4 => unsafe { play_v4(job) },
        }
    }

    /// Plays a night of some games.
    #[allow(unsafe_code, reason = "only these calls cannot be checked by the compiler")]
    pub(crate) fn step<T: Copy>(self, chunk: &mut Chunk<T>) {
        match self.0 {
            Set::Any => chunk.step(),
            // SAFETY: a level exists only after its features have been seen on this machine.
            #[cfg(target_arch = "x86_64")]
            Set::V3 => unsafe { step_v3(chunk) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Set::V4 => unsafe { step_v4(chunk) },
        }
    }
}

/// The features of x86-64-v3 that matter here.
#[cfg(target_arch = "x86_64")]
fn has_v3() -> bool {
    is_x86_feature_detected!("avx2")
        && is_x86_feature_detected!("bmi1")
        && is_x86_feature_detected!("bmi2")
        && is_x86_feature_detected!("lzcnt")
        && is_x86_feature_detected!("popcnt")
}

/// The features of x86-64-v4 that matter here.
#[cfg(target_arch = "x86_64")]
fn has_v4() -> bool {
    has_v3()
        && is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512cd")
        && is_x86_feature_detected!("avx512dq")
        && is_x86_feature_detected!("avx512vl")
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
fn play_v3(job: &mut Job) -> Totals {
    job.play()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt,avx512f,avx512bw,avx512cd,avx512dq,avx512vl")]
fn play_v4(job: &mut Job) -> Totals {
    job.play()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
fn step_v3<T: Copy>(chunk: &mut Chunk<T>) {
    chunk.step();
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt,avx512f,avx512bw,avx512cd,avx512dq,avx512vl")]
fn step_v4<T: Copy>(chunk: &mut Chunk<T>) {
    chunk.step();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::{Autoreset, Batch, Encoding, Output, PRICES, Request};
    use crate::common::{Compiled, FIREFIGHTER, Scenario, Strategy};
    use crate::rollout::{self, Block};

    /// Every level of this machine.
    fn levels() -> Vec<Level> {
        #[cfg(target_arch = "x86_64")]
        let wide = [(has_v3(), Set::V3), (has_v4(), Set::V4)];
        #[cfg(not(target_arch = "x86_64"))]
        let wide = [];
        let found = wide.into_iter().filter_map(|(has, set)| has.then_some(Level(set)));
        found.chain([Level(Set::Any)]).collect()
    }

    #[test]
    fn every_instruction_set_plays_the_same_games() {
        for scenario in ["default-v1", "hard-v2", "two_houses-v2"] {
            let scenario = Scenario::named(scenario);
            for strategy in [Strategy::Heuristic(FIREFIGHTER), Strategy::Social(FIREFIGHTER)] {
                let compiled = Compiled::single(&scenario, &vec![strategy; scenario.agents]);
                let program = compiled.program().expect("a valid program");
                let request = rollout::Request {
                    seed: 5,
                    games: 300,
                    first_game: &[(1 << 32) - 150],
                    keep_games: true,
                    second_moments: true,
                    workers: None,
                };
                let answers: Vec<_> = levels()
                    .into_iter()
                    .map(|level| {
                        let mut kept = vec![0; 300 * crate::counts::num_counts(scenario.agents)];
                        let block = Block { entry: 0, game: 0, games: 300 };
                        let totals = level.play(&mut Job {
                            program: &program,
                            request: &request,
                            block,
                            kept: &mut kept,
                        });
                        (totals, kept)
                    })
                    .collect();
                assert!(answers.windows(2).all(|pair| pair[0] == pair[1]));
            }
        }
    }

    #[test]
    fn every_instruction_set_steps_alike() {
        let scenario = Scenario::named("default-v2");
        let strategies =
            [Strategy::External, Strategy::Social(FIREFIGHTER), Strategy::Heuristic(FIREFIGHTER)];
        let team: Vec<Strategy> = strategies.iter().cycle().take(scenario.agents).cloned().collect();
        let compiled = Compiled::single(&scenario, &team);
        let answers: Vec<_> = levels()
            .into_iter()
            .map(|level| {
                let program = compiled.program().expect("a valid program").into_owned();
                let mut batch = Batch::new(Request {
                    program,
                    entries: &[0; 50],
                    seeds: &[3; 50],
                    games: &std::array::from_fn::<u64, 50, _>(|row| row as u64),
                    stride: 50,
                    autoreset: Autoreset::SameStep,
                    observed: &[0],
                    encoding: Encoding { source: vec![0], start: vec![0], table: vec![0_u8, 1, 2] },
                    prices: &[1.0; PRICES],
                    workers: Some(1),
                })
                .expect("a valid request");
                batch.level = level;
                let mut rewards = vec![0.0; 50];
                let mut flags = [[false; 50]; 3];
                for _ in 0..60 {
                    let [terminated, truncated, started] = &mut flags;
                    let out = Output {
                        observations: &mut [0; 50],
                        rewards: &mut rewards,
                        terminated,
                        truncated,
                        started,
                        final_observations: &mut [],
                        final_counts: &mut [],
                    };
                    batch.step(&[1_u8; 2 * 50 * 3], out).expect("actions by the rules");
                }
                (batch.states(), rewards)
            })
            .collect();
        assert!(answers.windows(2).all(|pair| pair[0] == pair[1]));
    }
}
