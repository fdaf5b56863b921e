//! What is written for people.

use std::time::Duration;

use larder::Inspected;
use larder::{Key, Ttl};
use serde_json::{Value, json};

/// Returns a time as people say it.
pub fn time(ttl: Ttl) -> String {
    match ttl {
        Ttl::Default => "300 s".to_owned(),
        Ttl::Forever => "never ends".to_owned(),
        Ttl::For(Duration::ZERO) => "0 s: nothing is kept".to_owned(),
        Ttl::For(time) if time.subsec_millis() == 0 => format!("{} s", time.as_secs()),
        Ttl::For(time) => format!("{} ms", time.as_millis()),
    }
}

/// Returns names as people list them.
pub fn names<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<_> = names.into_iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}

/// Returns a number with its thousands apart.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Returns a number of things.
pub fn many(number: u64, one: &str, more: &str) -> String {
    format!("{} {}", grouped(number), if number == 1 { one } else { more })
}

/// Returns a number of bytes as people say it.
pub fn size(bytes: u64) -> String {
    let units = ["KiB", "MiB", "GiB", "TiB"];
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    let power = usize::try_from(bytes.ilog2() / 10).unwrap_or(1).min(units.len());
    let tenths = (u128::from(bytes) * 10) >> (10 * power);
    format!("{}.{} {}", tenths / 10, tenths % 10, units[power - 1])
}

/// Returns a time in few signs, for a column.
pub fn short_time(time: Duration) -> String {
    let (seconds, tenths) = (time.as_secs(), time.subsec_millis() / 100);
    match seconds {
        0 if time < Duration::from_millis(1) => format!("{} µs", time.as_micros()),
        0 if time < Duration::from_millis(100) => format!("{:.1} ms", time.as_secs_f64() * 1000.0),
        0 => format!("{} ms", time.as_millis()),
        1..10 => format!("{seconds}.{tenths} s"),
        10..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", seconds / 60),
        7_200..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} d", seconds / 86_400),
    }
}

/// Returns a time in the two units that say most of it.
pub fn long_time(time: Duration) -> String {
    let seconds = time.as_secs();
    let two = |large: u64, unit: &str, small: u64, part: &str| {
        if small == 0 { format!("{large} {unit}") } else { format!("{large} {unit} {small} {part}") }
    };
    match seconds {
        0..60 => short_time(time),
        60..3_600 => two(seconds / 60, "min", seconds % 60, "s"),
        3_600..86_400 => two(seconds / 3_600, "h", seconds % 3_600 / 60, "min"),
        _ => two(seconds / 86_400, "d", seconds % 86_400 / 3_600, "h"),
    }
}

/// Returns how long something has left, for a column.
pub fn left(left: Ttl) -> String {
    match left {
        Ttl::For(time) => short_time(time),
        Ttl::Forever | Ttl::Default => "ever".to_owned(),
    }
}

/// Returns until when something is so.
pub fn until(left: Ttl) -> String {
    match left {
        Ttl::For(time) => format!("for {}", long_time(time)),
        Ttl::Forever | Ttl::Default => "for ever".to_owned(),
    }
}

/// Reads a key or a tag as it is shown, or as it stands in code.
pub fn key(text: &str) -> Key {
    Key::reading(text).unwrap_or_else(|| Key::from(text))
}

/// Returns a number as far as it is one that programs read.
pub fn whole(number: u128) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

/// Returns what is known of an entry.
pub fn entry_in_json(key: &Key, entry: &Inspected) -> Value {
    let millis = |time: Duration| whole(time.as_millis());
    let left = |left: Ttl| if let Ttl::For(time) = left { Some(millis(time)) } else { None };
    let value = entry.value.as_deref();
    json!({
        "key": key.as_str(),
        "age_ms": entry.age.map(millis),
        "fresh_for_ms": left(entry.fresh_for),
        "kept_for_ms": left(entry.kept_for),
        "cost_us": entry.cost.map(|cost| whole(cost.as_micros())),
        "bytes": entry.bytes,
        "codec": entry.codec.map(|codec| format!("{codec:?}")),
        "is_failure": entry.is_failure,
        "value": value.and_then(|text| serde_json::from_str::<Value>(text).ok()),
        "text": value,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_sizes_and_times_read_as_people_say_them() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!(
            [1, 1023, 1024, 1536, 1 << 20, u64::MAX].map(size),
            ["1 B", "1023 B", "1.0 KiB", "1.5 KiB", "1.0 MiB", "16777215.9 TiB"]
        );
        let millis = [0, 7, 150, 1_250, 45_000, 125_000, 7_200_000, 200_000_000].map(Duration::from_millis);
        assert_eq!(millis.map(short_time), ["0 µs", "7.0 ms", "150 ms", "1.2 s", "45 s", "2 min", "2 h", "2 d"]);
        assert_eq!(millis.map(long_time), ["0 µs", "7.0 ms", "150 ms", "1.2 s", "45 s", "2 min 5 s", "2 h", "2 d 7 h"]);
    }
}
