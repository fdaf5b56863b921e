//! What can be the time of the last change.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// What can be the time at which a page has last changed, as `#[last_modified]` takes it.
///
/// A [`SystemTime`], seconds since 1970, or a `DateTime` of `chrono` with the feature of that name; `None` where nothing is
/// known. Whole seconds count, and what was before 1970 was then.
///
/// ```
/// use std::time::{Duration, UNIX_EPOCH};
/// use larder::page::IntoLastModified;
///
/// let time = UNIX_EPOCH + Duration::from_secs(784_111_777);
/// assert_eq!(784_111_777_u64.into_last_modified(), Some(time));
/// assert_eq!(Some(784_111_777_i64).into_last_modified(), Some(time));
/// assert_eq!((-5_i64).into_last_modified(), Some(UNIX_EPOCH));
/// assert_eq!(None::<u64>.into_last_modified(), None);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no time of a change",
    label = "this is no time",
    note = "`#[last_modified]` takes a `SystemTime`, whole seconds since 1970, a `DateTime` of chrono (feature `chrono`), or an `Option` of one"
)]
pub trait IntoLastModified {
    /// Returns the time; `None` where nothing is known.
    fn into_last_modified(self) -> Option<SystemTime>;
}

#[diagnostic::do_not_recommend]
impl IntoLastModified for SystemTime {
    fn into_last_modified(self) -> Option<SystemTime> {
        Some(self)
    }
}

#[diagnostic::do_not_recommend]
impl<T: IntoLastModified> IntoLastModified for Option<T> {
    fn into_last_modified(self) -> Option<SystemTime> {
        self?.into_last_modified()
    }
}

#[diagnostic::do_not_recommend]
impl IntoLastModified for u64 {
    /// What is beyond the range of clocks is no time.
    fn into_last_modified(self) -> Option<SystemTime> {
        UNIX_EPOCH.checked_add(Duration::from_secs(self))
    }
}

#[diagnostic::do_not_recommend]
impl IntoLastModified for i64 {
    fn into_last_modified(self) -> Option<SystemTime> {
        u64::try_from(self).unwrap_or(0).into_last_modified()
    }
}

#[cfg(feature = "chrono")]
#[diagnostic::do_not_recommend]
impl<Z: chrono::TimeZone> IntoLastModified for chrono::DateTime<Z> {
    fn into_last_modified(self) -> Option<SystemTime> {
        self.timestamp().into_last_modified()
    }
}

#[cfg(all(test, feature = "chrono"))]
mod tests {
    use super::*;

    #[test]
    fn a_date_of_chrono_is_the_time_that_it_is_in_whatever_zone() {
        let utc = chrono::DateTime::from_timestamp(784_111_777, 999_000_000).expect("a time");
        let time = UNIX_EPOCH + Duration::from_secs(784_111_777);
        assert_eq!(utc.into_last_modified(), Some(time));
        let zone = chrono::FixedOffset::east_opt(3600).expect("an hour");
        assert_eq!(Some(utc.with_timezone(&zone)).into_last_modified(), Some(time));
        assert_eq!(chrono::DateTime::<chrono::Utc>::MIN_UTC.into_last_modified(), Some(UNIX_EPOCH));
    }
}
