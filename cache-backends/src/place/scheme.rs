//! What stands before `://`, where several words stand for one store.

/// Other words for a store, each with the usual one.
///
/// ```
/// use cache_backends::place::ALIASES;
///
/// assert!(ALIASES.contains(&("postgresql", "postgres")) && ALIASES.contains(&("mariadb", "mysql")));
/// ```
pub const ALIASES: [(&str, &str); 9] = [
    ("postgresql", "postgres"),
    ("mariadb", "mysql"),
    ("valkey", "redis"),
    ("valkeys", "rediss"),
    ("valkey+unix", "redis+unix"),
    ("valkey+sentinel", "redis+sentinel"),
    ("valkeys+sentinel", "rediss+sentinel"),
    ("valkey+cluster", "redis+cluster"),
    ("valkeys+cluster", "rediss+cluster"),
];

/// Returns one word for all that stand for the same store.
///
/// ```
/// use cache_backends::place::usual_scheme;
///
/// assert_eq!(["postgresql", "postgres", "mariadb"].map(usual_scheme), ["postgres", "postgres", "mysql"]);
/// assert_eq!(usual_scheme("mystore"), "mystore");
/// ```
#[must_use]
pub fn usual_scheme(scheme: &str) -> &str {
    ALIASES.iter().find(|(alias, _)| *alias == scheme).map_or(scheme, |(_, usual)| usual)
}
