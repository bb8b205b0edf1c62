//! The same code, compiled for several instruction sets; the machine's best is chosen when work starts.
//!
//! Work is plain Rust that compilers turn into vector instructions; everything below [`Work::run`] is inlined into
//! the functions here, so that it is compiled for theirs.

/// Something to do with whatever instructions there are.
pub(crate) trait Work {
    /// What comes of it.
    type Out;

    /// Does it; has to be inlined always.
    fn run(self) -> Self::Out;
}

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

    /// Every level of this machine.
    #[cfg(test)]
    pub(crate) fn all() -> Vec<Self> {
        #[cfg(target_arch = "x86_64")]
        let wide = [(has_v3(), Set::V3), (has_v4(), Set::V4)];
        #[cfg(not(target_arch = "x86_64"))]
        let wide = [];
        let found = wide.into_iter().filter_map(|(has, set)| has.then_some(Self(set)));
        found.chain([Self(Set::Any)]).collect()
    }

    /// Does some work.
    #[allow(unsafe_code, reason = "only these calls cannot be checked by the compiler")]
    pub(crate) fn run<W: Work>(self, work: W) -> W::Out {
        match self.0 {
            Set::Any => work.run(),
            // SAFETY: a level exists only after its features have been seen on this machine.
            #[cfg(target_arch = "x86_64")]
            Set::V3 => unsafe { run_v3(work) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Set::V4 => unsafe { run_v4(work) },
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
fn run_v3<W: Work>(work: W) -> W::Out {
    work.run()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt,avx512f,avx512bw,avx512cd,avx512dq,avx512vl")]
fn run_v4<W: Work>(work: W) -> W::Out {
    work.run()
}
