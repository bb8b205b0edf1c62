//! Exact answers against a twin that enumerates everything.

mod best;
#[path = "../common/mod.rs"]
mod common;
mod expect;
#[path = "../core/random.rs"]
mod random;
mod twin;
