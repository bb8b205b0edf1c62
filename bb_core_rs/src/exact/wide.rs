//! Kernels compiled for the widest vectors that the machine has.
//!
//! Every version does the same additions and multiplications in the same order (the compiler neither fuses
//! nor reorders floats), so the answers are the same to the last bit on every machine.

/// Defines a function that picks, on each call, the version for this machine.
macro_rules! kernel {
    ($(#[$about:meta])* fn $name:ident($($arg:ident: $type:ty),* $(,)?) $(-> $out:ty)? $body:block) => {
        $(#[$about])*
        pub(super) fn $name($($arg: $type),*) $(-> $out)? {
            #[allow(clippy::inline_always, reason = "has to be compiled for the instructions of its caller")]
            #[inline(always)]
            fn anywhere($($arg: $type),*) $(-> $out)? $body

            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx2")]
                fn v3($($arg: $type),*) $(-> $out)? { anywhere($($arg),*) }

                #[target_feature(enable = "avx2,avx512f,avx512dq,avx512vl")]
                fn v4($($arg: $type),*) $(-> $out)? { anywhere($($arg),*) }

                if is_x86_feature_detected!("avx2") {
                    if is_x86_feature_detected!("avx512f")
                        && is_x86_feature_detected!("avx512dq")
                        && is_x86_feature_detected!("avx512vl")
                    {
                        // SAFETY: the features it is compiled for were just seen.
                        #[allow(unsafe_code)]
                        return unsafe { v4($($arg),*) };
                    }
                    // SAFETY: as above.
                    #[allow(unsafe_code)]
                    return unsafe { v3($($arg),*) };
                }
            }
            anywhere($($arg),*)
        }
    };
}

pub(super) use kernel;
