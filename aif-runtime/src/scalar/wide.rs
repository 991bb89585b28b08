//! Work that is compiled twice: for any machine of its kind, and for vector units that are twice as wide, where one is found.
//!
//! The numbers are the same to the bit: what is added to what is written down, and nothing is fused.

/// Loops over numbers side by side.
pub(crate) trait Work {
    /// What comes of it.
    type Output;
    /// Does it; to be inlined always, for it is compiled for the machine of its caller.
    fn run(self) -> Self::Output;
}

/// Does the work with the widest vectors that this machine has.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(crate) fn wide<W: Work>(work: W) -> W::Output {
    #[cfg(all(feature = "std", target_arch = "x86_64"))]
    {
        #[target_feature(enable = "avx2")]
        fn doubled<W: Work>(work: W) -> W::Output {
            work.run()
        }
        if std::is_x86_feature_detected!("avx2") {
            // SAFETY: the machine has just been asked whether it has these instructions.
            #[allow(unsafe_code)]
            return unsafe { doubled(work) };
        }
    }
    work.run()
}
