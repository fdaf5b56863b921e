//! `Vary`: what its elements mean (RFC 9110, 12.5.5).

use http::HeaderName;

/// Returns whether an element means every header: `*`, which is a name by the grammar of names, or what is none and cannot
/// be compared.
pub fn is_any(element: &[u8]) -> bool {
    element == b"*" || HeaderName::from_bytes(element).is_err()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_name_of_a_header_means_all_of_them() {
        assert!(is_any(b"*") && is_any(b"a b") && is_any(b""));
        assert!(!is_any(b"Accept-Language") && !is_any(b"x-*"));
    }
}
