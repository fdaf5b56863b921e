//! Dates and times of `chrono`, without a colon, which would have to be escaped: `2024-02-29T030405.5Z`.
//!
//! A moment with an offset reads as in UTC, with the offset behind it (`2024-02-29T030405Z+053000`), although `chrono` calls it equal to the same moment elsewhere: what
//! a function makes of it may depend on where it is.

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike, Utc};

use crate::key::{KeyPart, KeyWriter, Place};

const NANOS: u32 = 1_000_000_000;

impl KeyWriter<'_> {
    fn date(&mut self, date: NaiveDate) {
        if date.year() < 0 {
            self.push(b"-");
        }
        self.padded(date.year().unsigned_abs().into(), 4);
        self.push(b"-");
        self.padded(date.month().into(), 2);
        self.push(b"-");
        self.padded(date.day().into(), 2);
    }

    /// A leap second is a second and more: it is marked, since some other second may show the same digits.
    fn time(&mut self, time: NaiveTime) {
        self.push(b"T");
        self.clock(time.num_seconds_from_midnight());
        self.fraction(time.nanosecond() % NANOS);
        if time.nanosecond() >= NANOS {
            self.push(b"L");
        }
    }

    fn moment(&mut self, moment: NaiveDateTime) {
        self.date(moment.date());
        self.time(moment.time());
    }

    fn offset(&mut self, offset: FixedOffset) {
        let east = offset.local_minus_utc();
        self.push(if east < 0 { b"-" } else { b"+" });
        self.clock(east.unsigned_abs());
    }

    /// Writes hours, minutes and seconds: `030405`.
    fn clock(&mut self, seconds: u32) {
        for part in [seconds / 3600, seconds / 60 % 60, seconds % 60] {
            self.padded(part.into(), 2);
        }
    }
}

#[diagnostic::do_not_recommend]
impl KeyPart for NaiveDate {
    fn write_key(&self, place: Place<'_>) {
        place.plain(|writer| writer.date(*self));
    }
}

#[diagnostic::do_not_recommend]
impl KeyPart for NaiveTime {
    fn write_key(&self, place: Place<'_>) {
        place.plain(|writer| writer.time(*self));
    }
}

#[diagnostic::do_not_recommend]
impl KeyPart for NaiveDateTime {
    fn write_key(&self, place: Place<'_>) {
        place.plain(|writer| writer.moment(*self));
    }
}

#[diagnostic::do_not_recommend]
impl KeyPart for DateTime<Utc> {
    fn write_key(&self, place: Place<'_>) {
        place.plain(|writer| {
            writer.moment(self.naive_utc());
            writer.push(b"Z");
        });
    }
}

#[diagnostic::do_not_recommend]
impl KeyPart for DateTime<FixedOffset> {
    fn write_key(&self, place: Place<'_>) {
        place.plain(|writer| {
            // The local time would be nicer to read; at the ends of the calendar there is none, and `chrono` panics.
            writer.moment(self.naive_utc());
            writer.push(b"Z");
            writer.offset(*self.offset());
        });
    }
}

/// Seconds, with as many digits as count, as for `std::time::Duration`.
#[diagnostic::do_not_recommend]
impl KeyPart for TimeDelta {
    fn write_key(&self, place: Place<'_>) {
        place.plain(|writer| {
            if *self < Self::zero() {
                writer.push(b"-");
            }
            let magnitude = self.abs();
            writer.padded(magnitude.num_seconds().unsigned_abs(), 1);
            writer.fraction(magnitude.subsec_nanos().unsigned_abs());
            writer.push(b"s");
        });
    }
}
