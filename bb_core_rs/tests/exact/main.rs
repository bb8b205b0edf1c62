//! Exact answers against a twin that enumerates everything.

mod best;
#[allow(dead_code, reason = "shared with the tests of the core, which use all of it")]
#[path = "../common/mod.rs"]
mod common;
mod expect;
#[allow(dead_code, reason = "as above")]
#[path = "../core/random.rs"]
mod random;
mod tiny;
mod twin;
