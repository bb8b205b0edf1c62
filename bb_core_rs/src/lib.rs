//! The Rust backend of Bucket Brigade: the rules of the game on integers, many games at a time.
//!
//! # General layout
//!
//! Floats have no part in play: a [`program::Program`] holds scenarios and strategies as integer thresholds and
//! tables, and everything below it compares, counts and shifts. Read in this order:
//!
//! - [`draws`]: the random words; each has one fixed place, so words that cannot matter are never drawn;
//! - [`program`]: what is to be played, checked once, so that play has nothing left to check;
//! - [`rules`]: one night on bit masks, bit `h` being house `h`;
//! - [`policies`]: what the native strategies do;
//! - [`counts`]: the integers that are counted, their sums and products;
//! - [`stepper`]: games night by night, for seats that are played from outside;
//! - [`batch`]: many games night by night, as learners need them: one call plays a night of each, writes
//!   observations and rewards, and goes on where a game has ended;
//! - [`rollout`]: whole games, a tensor of entries and games at a time, on several threads. It plays by
//!   the same rules and policies, but draws the words of eight nights at once (module `ahead`) and counts
//!   by events (module `game`), compiled for several instruction sets (module `instructions`);
//! - [`exact`]: expectations and best play without sampling, the one place where floats are worked with.
//!
//! With the feature `python`, the module `python` makes all this a Python extension; nothing else knows
//! Python.

#![allow(clippy::inline_always, reason = "play has to become part of functions compiled for wide registers")]

pub mod batch;
pub mod counts;
pub mod draws;
pub mod error;
pub mod exact;
pub mod policies;
pub mod program;
pub mod rollout;
pub mod rules;
pub mod stepper;

mod ahead;
mod game;
mod instructions;
mod memory;
mod threads;

#[cfg(feature = "python")]
mod python;

#[cfg(test)]
extern crate self as bb_core_rs;
#[cfg(test)]
#[allow(dead_code, reason = "shared with the tests outside, which use all of it")]
#[path = "../tests/common/mod.rs"]
mod common;
