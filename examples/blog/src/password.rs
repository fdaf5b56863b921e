//! Passwords, of which only a digest is kept.
//!
//! PBKDF2 is what a crate that is here anyway has. A real site takes Argon2id, by the crate `argon2`: it needs memory too,
//! so that guessing on graphic cards does not pay. It also limits how often somebody may try.

use std::fmt::Write;
use std::num::NonZeroU32;

use ring::pbkdf2;
use ring::rand::{SecureRandom, SystemRandom};

/// As many rounds as OWASP asks for; in a build for trying things out, where each takes ten times as long, few. Each digest
/// says its own, so that there can be more one day.
const ROUNDS: NonZeroU32 =
    NonZeroU32::new(if cfg!(debug_assertions) { 2_000 } else { 600_000 }).expect("more than none");

/// Returns what is kept of a password: rounds, salt and digest. It takes a good part of a second, on purpose.
pub(crate) fn digest(password: &str) -> String {
    digest_with(&random::<16>(), password)
}

fn digest_with(salt: &[u8], password: &str) -> String {
    let mut digest = [0; 32];
    pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, ROUNDS, salt, password.as_bytes(), &mut digest);
    format!("{ROUNDS}:{}:{}", hex(salt), hex(&digest))
}

/// Returns whether this is the password. It takes as long whether it is or not, also where nothing is kept: how long an
/// answer takes says nothing of who has an account.
pub(crate) fn is_right(password: &str, kept: Option<&str>) -> bool {
    let Some((rounds, salt, kept)) = kept.and_then(parts) else {
        digest_with(&[0; 16], password);
        return false;
    };
    pbkdf2::verify(pbkdf2::PBKDF2_HMAC_SHA256, rounds, &salt, password.as_bytes(), &kept).is_ok()
}

fn parts(kept: &str) -> Option<(NonZeroU32, Vec<u8>, Vec<u8>)> {
    let mut parts = kept.split(':');
    Some((parts.next()?.parse().ok()?, bytes(parts.next()?)?, bytes(parts.next()?)?))
}

/// Returns bytes that nobody can guess.
///
/// # Panics
///
/// Where the system has none to give. Nobody should log in then.
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).expect("a system that has random bytes");
    bytes
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn bytes(hex: &str) -> Option<Vec<u8>> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_right_for_its_own_digest_alone() {
        let kept = digest("a secret");
        assert!(is_right("a secret", Some(&kept)));
        assert!(!is_right("a secrets", Some(&kept)));
        assert!(!is_right("a secret", None));
        assert!(!kept.contains("a secret"));
    }
}
