//! The name that somebody may have meant.

/// Returns the name that is nearest to a misspelt one, if one is near enough to have been meant.
pub fn nearest<'a>(misspelt: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let near_enough = 1 + misspelt.chars().count() / 3;
    let distances = names.into_iter().map(|name| (distance(misspelt, name), name));
    distances
        .filter(|(distance, _)| *distance <= near_enough)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// Counts the characters to insert, to remove, to replace, or to swap with their neighbour.
fn distance(from: &str, to: &str) -> usize {
    let (from, to): (Vec<char>, Vec<char>) = (from.chars().collect(), to.chars().collect());
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
        for (misspelt, meant) in
            [("tll", "ttl"), ("ignor", "ignore"), ("ingore", "ignore"), ("refresh_ahaed", "refresh_ahead")]
        {
            assert_eq!(nearest(misspelt, NAMES), Some(meant));
        }
    }

    #[test]
    fn a_name_that_nobody_meant_finds_nothing() {
        assert_eq!(nearest("color", NAMES), None);
        assert_eq!(nearest("x", []), None);
    }
}
