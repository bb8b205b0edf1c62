//! Many games side by side, night by night, for learners: one call plays a night of every game.
//!
//! Some seats are played from outside; the others by native strategies. A game that has ended is followed by
//! another one in the same row, without a way back to the caller. Games are numbered, so what is played depends
//! neither on the batch nor on the threads.
//!
//! A [`Request`] makes a [`Batch`], which is cut into chunks of rows, each played on one thread.

mod actions;
mod chunk;
mod games;
mod request;
mod states;
mod wire;
mod words;

pub use actions::Number;
pub use games::Batch;
pub use request::{Autoreset, Output, Request};
pub use states::States;
pub use wire::{Encoding, PRICES};
