//! Dates of HTTP (RFC 9110, 5.6.7): three forms are read, one is written.

use http::{HeaderMap, HeaderName, HeaderValue};

use super::line;

const WEEKDAYS: [&[u8; 3]; 7] = [b"Sun", b"Mon", b"Tue", b"Wed", b"Thu", b"Fri", b"Sat"];
/// How the long names of weekdays go on after the short ones.
const WEEKDAY_ENDS: [&[u8]; 7] = [b"day", b"day", b"sday", b"nesday", b"rsday", b"day", b"urday"];
const MONTHS: [&[u8; 3]; 12] =
    [b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec"];
const DAY: i64 = 86_400;
/// The last second of the year 9999; later ones have no form of their own.
const LAST: i64 = 253_402_300_799;

/// Reads a date as seconds since 1970; zero for what was before.
///
/// White space is as the RFC writes it. Case does not matter (RFC 9111, 4.2), nor whether the day of the week is the one
/// that the day was, which says nothing that the rest does not. A year of two digits is in the past where it would be more
/// than fifty years from `now`.
pub fn parse(value: &[u8], now: u64) -> Option<u64> {
    let mut text = Text(value);
    let weekday = text.name(&WEEKDAYS)?;
    let written = match text.0.first()? {
        b',' => text.imf_fixdate()?,
        b' ' => text.asctime()?,
        _ => text.rfc850(weekday, now)?,
    };
    let seconds = days_of(written.year, written.month, written.day) * DAY + written.seconds;
    text.0.is_empty().then(|| u64::try_from(seconds).unwrap_or(0))
}

/// Reads the date that a field says in its one line; `now` is as in [`parse`].
pub fn of(headers: &HeaderMap, name: &HeaderName, now: u64) -> Option<u64> {
    parse(line::only(headers, name)?, now)
}

/// Writes a date, like `Sun, 06 Nov 1994 08:49:37 GMT`.
pub fn write(secs: u64) -> HeaderValue {
    let secs = i64::try_from(secs).unwrap_or(LAST).min(LAST);
    let (days, second) = (secs / DAY, secs % DAY);
    let (year, month, day) = civil(days);
    let mut text = *b"Day, 00 Mon 0000 00:00:00 GMT";
    text[..3].copy_from_slice(WEEKDAYS[weekday_of(days)]);
    text[8..11].copy_from_slice(MONTHS[month]);
    let pairs =
        [(5, day), (12, year / 100), (14, year % 100), (17, second / 3600), (20, second / 60 % 60), (23, second % 60)];
    for (at, number) in pairs {
        text[at] += digit(number / 10);
        text[at + 1] += digit(number % 10);
    }
    HeaderValue::from_bytes(&text).expect("letters and digits make a value")
}

fn digit(number: i64) -> u8 {
    u8::try_from(number).unwrap_or_default()
}

/// What a date says; `month` counts from zero, `seconds` from midnight.
struct Written {
    year: i64,
    month: usize,
    day: i64,
    seconds: i64,
}

impl Written {
    fn new(year: i64, month: usize, day: i64, seconds: i64) -> Option<Self> {
        (1..=days_in(year, month)).contains(&day).then_some(Self { year, month, day, seconds })
    }
}

/// What is left of a date to be read. Each reader takes one thing from its beginning.
struct Text<'a>(&'a [u8]);

impl Text<'_> {
    /// Reads `, 06 Nov 1994 08:49:37 GMT`.
    fn imf_fixdate(&mut self) -> Option<Written> {
        self.literal(b", ")?;
        let day = self.digits(2)?;
        self.literal(b" ")?;
        let month = self.name(&MONTHS)?;
        self.literal(b" ")?;
        let year = self.digits(4)?;
        let seconds = self.time_of_day()?;
        self.literal(b" GMT")?;
        Written::new(year, month, day, seconds)
    }

    /// Reads `day, 06-Nov-94 08:49:37 GMT`.
    fn rfc850(&mut self, weekday: usize, now: u64) -> Option<Written> {
        self.literal(WEEKDAY_ENDS[weekday])?;
        self.literal(b", ")?;
        let day = self.digits(2)?;
        self.literal(b"-")?;
        let month = self.name(&MONTHS)?;
        self.literal(b"-")?;
        let digits = self.digits(2)?;
        let seconds = self.time_of_day()?;
        self.literal(b" GMT")?;
        century(digits, month, day, seconds, now)
    }

    /// Reads ` Nov  6 08:49:37 1994`.
    fn asctime(&mut self) -> Option<Written> {
        self.literal(b" ")?;
        let month = self.name(&MONTHS)?;
        self.literal(b" ")?;
        let day = if self.literal(b" ").is_some() { self.digits(1)? } else { self.digits(2)? };
        let seconds = self.time_of_day()?;
        self.literal(b" ")?;
        let year = self.digits(4)?;
        Written::new(year, month, day, seconds)
    }

    /// Reads ` 08:49:37`, and the leap second ` 23:59:60`.
    fn time_of_day(&mut self) -> Option<i64> {
        self.literal(b" ")?;
        let hour = self.digits(2)?;
        self.literal(b":")?;
        let minute = self.digits(2)?;
        self.literal(b":")?;
        let second = self.digits(2)?;
        let is_usual = hour < 24 && minute < 60 && second < 60;
        (is_usual || (hour, minute, second) == (23, 59, 60)).then_some(hour * 3600 + minute * 60 + second)
    }

    fn name<const N: usize>(&mut self, names: &[&[u8; 3]; N]) -> Option<usize> {
        let (name, rest) = self.0.split_first_chunk::<3>()?;
        self.0 = rest;
        names.iter().position(|known| known.eq_ignore_ascii_case(name))
    }

    fn literal(&mut self, literal: &[u8]) -> Option<()> {
        let (text, rest) = self.0.split_at_checked(literal.len())?;
        self.0 = if text.eq_ignore_ascii_case(literal) { rest } else { return None };
        Some(())
    }

    fn digits(&mut self, count: usize) -> Option<i64> {
        let (digits, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        let add = |number: i64, digit: &u8| digit.is_ascii_digit().then(|| number * 10 + i64::from(digit - b'0'));
        digits.iter().try_fold(0, add)
    }
}

/// Chooses the century of a year of two digits: the latest one that is not more than fifty years ahead.
fn century(digits: i64, month: usize, day: i64, seconds: i64, now: u64) -> Option<Written> {
    let now = i64::try_from(now).unwrap_or(LAST).min(LAST);
    let (year, this_month, today) = civil(now / DAY);
    let horizon = (year + 50, this_month, today, now % DAY);
    let in_that_century = year / 100 * 100 + digits;
    let candidates = [in_that_century + 100, in_that_century, in_that_century - 100];
    let year = candidates.into_iter().find(|&year| (year, month, day, seconds) <= horizon)?;
    Written::new(year, month, day, seconds)
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_in(year: i64, month: usize) -> i64 {
    match month {
        1 if is_leap(year) => 29,
        1 => 28,
        3 | 5 | 8 | 10 => 30,
        _ => 31,
    }
}

/// Returns the days from 1970 to the first of January of a year.
fn days_before(year: i64) -> i64 {
    let leaps = |year: i64| year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    (year - 1970) * 365 + leaps(year - 1) - leaps(1969)
}

fn days_of(year: i64, month: usize, day: i64) -> i64 {
    let months: i64 = (0..month).map(|month| days_in(year, month)).sum();
    days_before(year) + months + day - 1
}

/// Returns the year, the month from zero and the day of the month.
fn civil(days: i64) -> (i64, usize, i64) {
    // No year is longer than 366 days, so that this is the year or shortly before it.
    let mut year = 1970 + days / 366;
    while days_before(year + 1) <= days {
        year += 1;
    }
    let mut left = days - days_before(year);
    let mut month = 0;
    while left >= days_in(year, month) {
        left -= days_in(year, month);
        month += 1;
    }
    (year, month, left + 1)
}

/// Returns the number of a weekday: 1970 began on a Thursday.
fn weekday_of(days: i64) -> usize {
    usize::try_from((days + 4).rem_euclid(7)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_700_000_000; // 2023-11-14

    #[test]
    fn three_forms_are_one_date() {
        for text in ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"] {
            assert_eq!(parse(text.as_bytes(), NOW), Some(784_111_777), "{text}");
        }
        assert_eq!(parse(b"Wed Nov 16 08:49:37 1994", NOW), Some(784_975_777));
    }

    #[test]
    fn case_and_a_wrong_day_of_the_week_do_not_matter() {
        let table = [
            "sun, 06 Nov 1994 08:49:37 GMT",
            "SUN, 06 NOV 1994 08:49:37 gmt",
            "SUNDAY, 06-nov-94 08:49:37 Gmt",
            "sUN nOV  6 08:49:37 1994",
            "Mon, 06 Nov 1994 08:49:37 GMT",
            "Monday, 06-Nov-94 08:49:37 GMT",
            "Mon Nov  6 08:49:37 1994",
        ];
        for text in table {
            assert_eq!(parse(text.as_bytes(), NOW), Some(784_111_777), "{text}");
        }
    }

    #[test]
    fn a_date_that_the_rfc_would_not_write_is_none() {
        let table = [
            "",
            "0",
            "-1",
            "Sun",
            "Sunday",
            // Weekdays and months that there are not.
            "Mun, 06 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nuv 1994 08:49:37 GMT",
            "Sunsday, 06-Nov-94 08:49:37 GMT",
            // Zones.
            "Sun, 06 Nov 1994 08:49:37 UTC",
            "Sun, 06 Nov 1994 08:49:37 AEST",
            "Sun, 06 Nov 1994 08:49:37",
            "Sun, 06 Nov 1994 08:49:37 ",
            "Sun, 06 Nov 1994 08:49:37 +0000",
            // Signs between.
            "Sun 06 Nov 1994 08:49:37 GMT",
            "Sun, 06  Nov  1994 08:49:37 GMT",
            "Sun, 06-Nov-1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 08.49.37 GMT",
            "Sun,06 Nov 1994 08:49:37 GMT",
            "Sunday, 06 Nov 94 08:49:37 GMT",
            " Sun, 06 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 08:49:37 GMT ",
            "Sun, 06 Nov 1994 08:49:37 GMT, x",
            // Digits.
            "Sun, 6 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 94 08:49:37 GMT",
            "Sun, 06 Nov 1994 8:49:37 GMT",
            "Sun Nov 6 08:49:37 1994",
            "Sun Nov 06 08:49:37 94",
            "Sunday, 06-Nov-1994 08:49:37 GMT",
            "Sun, +6 Nov 1994 08:49:37 GMT",
            // Days and times that there are not.
            "Mon, 32 Oct 2010 16:56:23 GMT",
            "Sun, 00 Nov 1994 08:49:37 GMT",
            "Wed, 29 Feb 2023 08:49:37 GMT",
            "Sun, 06 Nov 1994 24:00:00 GMT",
            "Sun, 06 Nov 1994 08:60:00 GMT",
            "Sun, 06 Nov 1994 08:49:60 GMT",
            "Sun, 06 Nov 1994 23:59:61 GMT",
        ];
        for text in table {
            assert_eq!(parse(text.as_bytes(), NOW), None, "{text}");
        }
        assert_eq!(parse(b"\xffun, 06 Nov 1994 08:49:37 GMT", NOW), None);
    }

    #[test]
    fn edges_of_the_calendar() {
        let table = [
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
            ("Wed, 31 Dec 1969 23:59:59 GMT", 0),
            ("Sat, 01 Jan 0000 00:00:00 GMT", 0),
            ("Tue, 29 Feb 2000 00:00:00 GMT", 951_782_400),
            ("Thu, 29 Feb 2024 12:00:00 GMT", 1_709_208_000),
            ("Sat, 31 Dec 2016 23:59:60 GMT", 1_483_228_800),
            ("Tue, 19 Jan 2038 03:14:08 GMT", 2_147_483_648),
            ("Thu, 18 Aug 2050 02:01:18 GMT", 2_544_400_878),
            ("Fri, 31 Dec 9999 23:59:59 GMT", 253_402_300_799),
        ];
        for (text, secs) in table {
            assert_eq!(parse(text.as_bytes(), NOW), Some(secs), "{text}");
        }
        assert_eq!(parse(b"Mon, 29 Feb 2100 00:00:00 GMT", NOW), None);
    }

    #[test]
    fn a_year_of_two_digits_is_at_most_fifty_years_ahead() {
        assert_eq!(parse(b"Thursday, 18-Aug-50 02:01:18 GMT", NOW), Some(2_544_400_878));
        // Now is Tuesday, 14 November 2023, 22:13:20.
        assert_eq!(parse(b"Tuesday, 14-Nov-73 22:13:20 GMT", NOW), Some(3_277_923_200));
        assert_eq!(parse(b"Wednesday, 14-Nov-73 22:13:21 GMT", NOW), Some(122_163_201));
        // Where 1999 has just begun, 48 is in the next century, and most of 49 in this one.
        let now = 915_148_800;
        assert_eq!(parse(b"Wednesday, 01-Jan-48 00:00:00 GMT", now), Some(2_461_449_600));
        assert_eq!(parse(b"Friday, 01-Jan-49 00:00:00 GMT", now), Some(2_493_072_000));
        assert_eq!(parse(b"Saturday, 01-Jan-49 00:00:01 GMT", now), Some(0));
    }

    #[test]
    fn what_is_written_is_read_again() {
        let step = 86_400 * 13 + 12_347;
        let spread = (0..253_402_300_799_u64).step_by(step * 97);
        for secs in (0..4_102_444_800_u64).step_by(step).chain(spread) {
            let written = write(secs);
            assert_eq!(parse(written.as_bytes(), NOW), Some(secs), "{written:?}");
        }
        assert_eq!(write(784_111_777), "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(write(u64::MAX), "Fri, 31 Dec 9999 23:59:59 GMT");
    }
}
