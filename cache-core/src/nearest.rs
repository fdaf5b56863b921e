//! The word that somebody may have meant.
//!
//! The attributes have the same for the names in them: `cache-macros` takes nothing of ours, since all that it depends on is
//! built for every user.

/// The longest word that is compared: nobody means one of ours by more.
const LONGEST: usize = 64;

/// Returns the word that is nearest to a misspelt one, if one is near enough to have been meant.
///
/// ```
/// use cache_core::nearest::nearest;
///
/// assert_eq!(nearest("max_entires", ["max_bytes", "max_entries"]), Some("max_entries"));
/// assert_eq!(nearest("color", ["max_bytes", "max_entries"]), None);
/// ```
pub fn nearest<'a>(misspelt: &str, words: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = misspelt.chars().count();
    if length > LONGEST {
        return None;
    }
    let near_enough = 1 + length / 3;
    let distances = words.into_iter().map(|word| (distance(misspelt, word), word));
    distances
        // Words that have no character in common are as far from each other as they are long.
        .filter(|(distance, word)| *distance <= near_enough && *distance < length.max(word.chars().count()))
        // What is half-typed is the beginning of what was meant.
        .min_by_key(|(distance, word)| (!word.starts_with(misspelt), *distance))
        .map(|(_, word)| word)
}

/// Counts the characters to insert, to remove or to replace, a swap as one; capitals are no other characters, and a
/// hyphen is an underscore.
fn distance(from: &str, to: &str) -> usize {
    let [from, to] = [from, to].map(|word| word.to_lowercase().replace('-', "_").chars().collect::<Vec<_>>());
    let mut before = vec![0; to.len() + 1];
    let mut row: Vec<_> = (0..=to.len()).collect();
    for (i, a) in from.iter().enumerate() {
        let mut next = vec![i + 1];
        for (j, b) in to.iter().enumerate() {
            let replaced = row[j] + usize::from(a != b);
            let mut best = replaced.min(row[j + 1] + 1).min(next[j] + 1);
            if i > 0 && j > 0 && *a == to[j - 1] && from[i - 1] == *b {
                best = best.min(before[j - 1] + 1);
            }
            next.push(best);
        }
        before = std::mem::replace(&mut row, next);
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: [&str; 5] = ["ttl", "max_entries", "max_bytes", "key_prefix", "table"];

    #[test]
    fn a_slip_of_the_finger_finds_the_word_that_was_meant() {
        for (misspelt, meant) in [
            ("tll", "ttl"),
            ("TTL", "ttl"),
            ("max-entries", "max_entries"),
            ("maxEntries", "max_entries"),
            ("key_prefx", "key_prefix"),
            ("tabel", "table"),
        ] {
            assert_eq!(nearest(misspelt, WORDS), Some(meant));
        }
    }

    #[test]
    fn a_word_that_nobody_meant_finds_nothing() {
        assert_eq!(nearest("color", WORDS), None);
        assert_eq!(nearest("x", []), None);
        assert_eq!(nearest("x", ["y"]), None);
        assert_eq!(nearest(&"table".repeat(1_000_000), WORDS), None, "and is not looked at for long");
    }
}
