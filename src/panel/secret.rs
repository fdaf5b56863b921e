//! Words that nobody guesses.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};

use once_cell::sync::Lazy;

/// What pages of this process send with what they want to be done. One for all panels of a process: workers of actix have one
/// each, and a page asks any of them.
static TOKEN: Lazy<String> = Lazy::new(new);

/// Makes one of 128 bits: of the seeds of hash maps, which come from the system and are never shown.
pub(super) fn new() -> String {
    let mut digest = blake3::Hasher::new();
    for _ in 0..4 {
        digest.update(&RandomState::new().build_hasher().finish().to_le_bytes());
    }
    digest.finalize().to_hex()[..32].to_owned()
}

pub(super) fn token() -> &'static str {
    &TOKEN
}

/// Returns whether somebody has said the token, in the same time however much of it is right.
pub(super) fn is_token(said: &[u8]) -> bool {
    blake3::hash(said) == blake3::hash(TOKEN.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_are_the_same_and_only_the_token_is_the_token() {
        let made: std::collections::HashSet<_> = (0..100).map(|_| new()).collect();
        assert!(made.len() == 100 && made.iter().all(|word| word.len() == 32));
        assert!(is_token(token().as_bytes()) && !is_token(b"") && !is_token(&token().as_bytes()[..31]));
    }
}
