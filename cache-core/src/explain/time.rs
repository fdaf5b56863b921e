//! How a time reads.

use std::fmt::{self, Display};
use std::time::Duration;

/// Writes a time as people say it, in one or two units.
pub(super) struct Time(pub(super) Duration);

impl Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.as_secs();
        let two = |f: &mut fmt::Formatter<'_>, count: u64, unit: &str, rest: u64, smaller: &str| {
            write!(f, "{count} {unit}")?;
            if rest > 0 { write!(f, " {rest} {smaller}") } else { Ok(()) }
        };
        match seconds {
            0 => write!(f, "{} ms", tenths(self.0.as_micros() / 100)),
            1..60 => write!(f, "{} s", tenths(self.0.as_millis() / 100)),
            60..3_600 => two(f, seconds / 60, "min", seconds % 60, "s"),
            3_600..86_400 => two(f, seconds / 3_600, "h", seconds / 60 % 60, "min"),
            _ => two(f, seconds / 86_400, "d", seconds / 3_600 % 24, "h"),
        }
    }
}

/// Writes so many tenths; of ten and more, whole ones.
fn tenths(tenths: u128) -> String {
    match (tenths / 10, tenths % 10) {
        (whole, 0) | (whole @ 10.., _) => whole.to_string(),
        (whole, rest) => format!("{whole}.{rest}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_said_in_one_or_two_units() {
        let table = [
            (0, "0 ms"),
            (340, "0.3 ms"),
            (12_340, "12 ms"),
            (1_500_000, "1.5 s"),
            (40_000_000, "40 s"),
            (300_000_000, "5 min"),
            (280_000_000, "4 min 40 s"),
            (7_500_000_000, "2 h 5 min"),
            (97_200_000_000, "1 d 3 h"),
        ];
        for (micros, said) in table {
            assert_eq!(Time(Duration::from_micros(micros)).to_string(), said);
        }
    }
}
