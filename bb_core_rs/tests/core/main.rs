//! Tests of the core through its public face, without an interpreter.

mod batches;
#[path = "../common/mod.rs"]
mod common;
mod golden;
mod identity;
mod random;
mod refusals;
