//! What can go wrong, as a value.

use std::fmt;

/// Why nothing was played.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// The request breaks the contract; the text says where and what is allowed.
    Invalid(String),
    /// The answer does not fit in memory.
    Memory(String),
    /// The system would not start the threads.
    Threads(String),
    /// The caller asked to stop.
    Stopped,
}

impl Error {
    pub(crate) fn invalid<T>(message: impl Into<String>) -> Result<T, Self> {
        Err(Self::Invalid(message.into()))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid(message) | Self::Memory(message) | Self::Threads(message) => f.write_str(message),
            Self::Stopped => f.write_str("stopped by the caller"),
        }
    }
}

impl std::error::Error for Error {}
