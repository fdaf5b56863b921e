//! The name that somebody may have meant.

/// Returns the name that is nearest to a misspelt one, if one is near enough to have been meant.
pub fn nearest<'a>(misspelt: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = misspelt.chars().count();
    let near_enough = 1 + length / 3;
    let distances = names.into_iter().map(|name| (distance(misspelt, name), name));
    distances
        // Names that have no character in common are as far from each other as they are long.
        .filter(|(distance, name)| *distance <= near_enough && *distance < length.max(name.chars().count()))
        // What is half-typed is the beginning of what was meant.
        .min_by_key(|(distance, name)| (!name.starts_with(misspelt), *distance))
        .map(|(_, name)| name)
}

/// Says that nothing is called so, and what may have been meant.
pub fn no_argument(misspelt: &str, names: &[String]) -> String {
    match (nearest(misspelt, names.iter().map(String::as_str)), names) {
        (Some(near), _) => format!("there is no argument `{misspelt}`; did you mean `{near}`?"),
        (None, []) => format!("there is no argument `{misspelt}`: this function takes none"),
        (None, [one]) => format!("there is no argument `{misspelt}`; there is only `{one}`"),
        (None, names) => format!("there is no argument `{misspelt}`; there are `{}`", names.join("`, `")),
    }
}

/// Counts the characters to insert, to remove, to replace, or to swap with their neighbour; capitals are no other
/// characters.
fn distance(from: &str, to: &str) -> usize {
    let [from, to] = [from, to].map(|name| name.to_lowercase().chars().collect::<Vec<_>>());
    let mut rows = vec![(0..=to.len()).collect::<Vec<_>>()];
    for (i, a) in from.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, b) in to.iter().enumerate() {
            let replaced = rows[i][j] + usize::from(a != b);
            let mut best = replaced.min(rows[i][j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *a == to[j - 1] && from[i - 1] == *b {
                best = best.min(rows[i - 1][j - 1] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[from.len()][to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 4] = ["ttl", "ttl_with", "ignore", "refresh_ahead"];

    #[test]
    fn a_slip_of_the_finger_finds_the_name_that_was_meant() {
        for (misspelt, meant) in [
            ("tll", "ttl"),
            ("TTL", "ttl"),
            ("ignor", "ignore"),
            ("ingore", "ignore"),
            ("refreshAhead", "refresh_ahead"),
        ] {
            assert_eq!(nearest(misspelt, NAMES), Some(meant));
        }
    }

    #[test]
    fn a_name_that_nobody_meant_finds_nothing() {
        assert_eq!(nearest("color", NAMES), None);
        assert_eq!(nearest("x", []), None);
        assert_eq!(nearest("x", ["y"]), None);
        assert_eq!(nearest("id", ["db"]), None);
    }
}
