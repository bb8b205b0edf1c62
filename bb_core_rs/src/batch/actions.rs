//! Actions of the seats played from outside, taken as bytes.

/// Takes actions as bytes; returns whether all are by the rules.
pub(super) fn pack<A: Number>(taken: &mut [u8], given: &[A], houses: u8) -> bool {
    let mut all = true;
    for (taken, given) in taken.chunks_exact_mut(3).zip(given.chunks_exact(3)) {
        for (part, limit) in [houses, 2, 2].into_iter().enumerate() {
            let (byte, fits) = given[part].byte(limit);
            taken[part] = byte;
            all &= fits;
        }
    }
    all
}

/// A number that may be part of an action.
pub trait Number: Copy + Send + Sync + std::fmt::Display {
    /// The number as a byte, and whether it is one below a limit.
    fn byte(self, limit: u8) -> (u8, bool);
}

macro_rules! numbers {
    ($($unsigned:ty, $number:ty);*) => {$(
        impl Number for $number {
            #[inline(always)]
            #[allow(clippy::cast_sign_loss, reason = "a negative number becomes one that is too large")]
            fn byte(self, limit: u8) -> (u8, bool) {
                (self as u8, (self as $unsigned) < <$unsigned>::from(limit))
            }
        }
    )*};
}
numbers!(u8, u8; u32, i32; u64, i64);
