//! What is left to chance: by how much a value ends early, so that not all end at once.

use ahash::RandomState;

use crate::policy::Options;

/// Returns a number from 0 to 1 by chance, where the options leave something to it.
#[expect(clippy::cast_precision_loss, reason = "24 bits fit an `f32` exactly")]
pub(super) fn draw(options: &Options) -> f32 {
    if options.jitter <= 0.0 {
        return 0.0;
    }
    (RandomState::new().hash_one(()) >> 40) as f32 / (1_u32 << 24) as f32
}
