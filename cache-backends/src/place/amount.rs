//! Times and sizes as people write them.

use std::time::Duration;

use cache_core::error::Error;

const TIMES: [(&str, u64); 6] =
    [("ms", 1), ("s", 1_000), ("m", 60_000), ("min", 60_000), ("h", 3_600_000), ("d", 86_400_000)];

const SIZES: [(&str, u64); 8] = [
    ("b", 1),
    ("kb", 1_000),
    ("mb", 1_000_000),
    ("gb", 1_000_000_000),
    ("kib", 1 << 10),
    ("mib", 1 << 20),
    ("gib", 1 << 30),
    ("tib", 1 << 40),
];

/// The longest time that can be written: longer than anybody lives, and a number of milliseconds in any unit.
const LONGEST: Duration = Duration::from_secs(100 * 365 * 86_400);

/// Reads a time: whole seconds, or a whole number with `ms`, `s`, `m` (or `min`), `h` or `d` behind it.
///
/// ```
/// use std::time::Duration;
/// use cache_backends::place::time;
///
/// assert_eq!(time("600")?, Duration::from_secs(600));
/// assert_eq!(time("10m")?, time("600 s")?);
/// assert!(time("10 minuts").is_err() && time("-1").is_err() && time("0.5").is_err());
/// # Ok::<(), cache_core::error::Error>(())
/// ```
///
/// # Errors
///
/// When it is none, or over a hundred years.
pub fn time(text: &str) -> Result<Duration, Error> {
    let wrong = || {
        Error::configuration(
            "a time is whole seconds such as 600, or a text such as \"500ms\", \"90s\", \"10m\", \"6h\", \"7d\"",
        )
    };
    let (number, unit) = split(text).ok_or_else(wrong)?;
    let unit = if unit.is_empty() { "s" } else { unit };
    let millis = TIMES.iter().find(|(name, _)| *name == unit).ok_or_else(wrong)?.1;
    let time = number.checked_mul(millis).map(Duration::from_millis).filter(|time| *time <= LONGEST);
    time.ok_or_else(|| Error::configuration("a time is a hundred years at most; for ever is \"never\""))
}

/// Reads a size: a whole number of bytes, or one with `kB`, `MB`, `GB`, `KiB`, `MiB`, `GiB` or `TiB` behind it.
///
/// ```
/// use cache_backends::place::bytes;
///
/// assert_eq!((bytes("64 MiB")?, bytes("64MB")?, bytes("64")?), (64 << 20, 64_000_000, 64));
/// assert!(bytes("64M").is_err(), "that is two sizes");
/// # Ok::<(), cache_core::error::Error>(())
/// ```
///
/// # Errors
///
/// When it is none, or too many.
pub fn bytes(text: &str) -> Result<u64, Error> {
    let wrong = || {
        Error::configuration(
            "a size is whole bytes such as 65536, or a text such as \"64 MiB\" (1024 × 1024) or \"64 MB\" (1000 × 1000)",
        )
    };
    let (number, unit) = split(text).ok_or_else(wrong)?;
    let unit = if unit.is_empty() { "b".to_owned() } else { unit.to_ascii_lowercase() };
    let size = SIZES.iter().find(|(name, _)| *name == unit).ok_or_else(wrong)?.1;
    number
        .checked_mul(size)
        .filter(|bytes| i64::try_from(*bytes).is_ok())
        .ok_or_else(|| Error::configuration("that is too many bytes"))
}

/// Reads a whole number that is not below zero; as in TOML, underscores between digits make it easier to read.
pub(super) fn whole(text: &str) -> Option<u64> {
    let digits = text.split('_');
    let is_number = digits.clone().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    is_number.then(|| digits.collect::<String>().parse().ok()).flatten()
}

/// Splits a number from the unit behind it.
fn split(text: &str) -> Option<(u64, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '_').unwrap_or(text.len());
    Some((whole(&text[..end])?, text[end..].trim_start_matches(' ')))
}

#[cfg(test)]
mod tests {
    use cache_core::error::Kind;

    use super::*;

    #[test]
    fn a_time_is_read_in_every_unit() {
        let millis = |text| time(text).map(|time| time.as_millis()).ok();
        for (text, read) in [("0", 0), ("500ms", 500), ("90s", 90_000), ("10 min", 600_000), ("1_000h", 3_600_000_000)]
        {
            assert_eq!(millis(text), Some(read), "{text}");
        }
        assert_eq!(millis("36500d"), Some(3_153_600_000_000));
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in ["", "m", "-1", "1.5h", "10 minuts", "1h30m", "_1", "1__0", "36501d", "99999999999999999999", "10M"]
        {
            assert_eq!(time(text).map_err(|error| error.kind()), Err(Kind::Configuration), "{text}");
        }
    }

    #[test]
    fn a_size_is_of_bytes_and_never_of_something_that_may_be_two() {
        assert_eq!(bytes("1tib").unwrap(), 1 << 40);
        for text in ["64M", "64K", "1.5 GiB", "-1", "9000000 TiB", "18446744073709551615", "MiB"] {
            assert!(bytes(text).is_err(), "{text}");
        }
    }
}
