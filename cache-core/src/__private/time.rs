//! Times in attributes: whole seconds of any integer type, or a `Duration`, checked when the program is compiled.
//!
//! Each function tracks its caller, so that the compiler points at the attribute alone, and not into this file.

use std::time::Duration;

/// Makes a time from seconds that are more than none.
#[must_use]
#[track_caller]
pub const fn seconds(seconds: u64) -> Duration {
    assert!(seconds > 0, "larder: a time of 0 seconds keeps nothing; write a time over 0, or leave the attribute out");
    Duration::from_secs(seconds)
}

/// A time whose type an attribute cannot see.
pub struct Time<T>(pub T);

impl Time<Duration> {
    #[must_use]
    #[track_caller]
    pub const fn get(self) -> Duration {
        assert!(
            !self.0.is_zero(),
            "larder: a time of 0 keeps nothing; write a time over 0, or leave the attribute out"
        );
        self.0
    }

    #[must_use]
    pub const fn even_zero(self) -> Duration {
        self.0
    }
}

macro_rules! whole_seconds {
    ($($integer:ty)*) => {$(
        impl Time<$integer> {
            #[must_use]
            #[track_caller]
            #[allow(clippy::cast_sign_loss, clippy::cast_lossless, unused_comparisons, reason = "the sign is checked first")]
            pub const fn get(self) -> Duration {
                assert!(self.0 >= 0, "larder: a time cannot be negative");
                seconds(self.0 as u64)
            }

            #[must_use]
            #[track_caller]
            #[allow(clippy::cast_sign_loss, clippy::cast_lossless, unused_comparisons, reason = "the sign is checked first")]
            pub const fn even_zero(self) -> Duration {
                assert!(self.0 >= 0, "larder: a time cannot be negative");
                Duration::from_secs(self.0 as u64)
            }
        }
    )*};
}

whole_seconds! { u8 u16 u32 u64 usize i8 i16 i32 i64 isize }

macro_rules! no_times {
    ($($other:ty)*) => {$(
        impl Time<$other> {
            #[must_use]
            #[track_caller]
            pub const fn get(self) -> Duration {
                panic!("larder: a time is a whole number of seconds, such as `60 * 15`, or a `Duration`")
            }

            #[must_use]
            #[track_caller]
            pub const fn even_zero(self) -> Duration {
                self.get()
            }
        }
    )*};
}

no_times! { f32 f64 bool char &str }
