//! The words that a cache is described with, wherever they are written.

/// A word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Word {
    Url,
    Ttl,
    MaxEntries,
    MaxBytes,
    CullFrequency,
    KeyPrefix,
    Version,
    KeyFunction,
    Off,
    StoreTimeout,
    Retry,
    Breaker,
    BreakerRest,
    NearTtl,
    NearEntries,
    NearBytes,
    MaxValueBytes,
    Codec,
    Compress,
    Encrypt,
    Sign,
}

/// What stands behind a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Takes {
    /// One address, or several.
    Places,
    /// A time, or for ever.
    Time,
    /// A time that ends, and is some.
    Span,
    /// A number of bytes.
    Size,
    /// A number of other things, from one on.
    Count,
    /// A text.
    Text,
    /// A text, or a number that is taken for one.
    Version,
    /// Yes or no.
    Flag,
    /// One key to seal with, or several.
    Keys,
}

/// How a word is written, and what stands behind it. What it says, the docs tell.
pub(super) struct Row {
    pub(super) word: Word,
    pub(super) name: &'static str,
    /// Another name for the same, where people know it by that.
    pub(super) alias: Option<&'static str>,
    pub(super) takes: Takes,
}

const fn row(word: Word, name: &'static str, takes: Takes) -> Row {
    Row { word, name, alias: None, takes }
}

/// All words, in the order of the docs.
pub(super) const ROWS: [Row; 21] = [
    Row { alias: Some("location"), ..row(Word::Url, "url", Takes::Places) },
    Row { alias: Some("timeout"), ..row(Word::Ttl, "ttl", Takes::Time) },
    row(Word::MaxEntries, "max_entries", Takes::Count),
    row(Word::MaxBytes, "max_bytes", Takes::Size),
    row(Word::CullFrequency, "cull_frequency", Takes::Count),
    row(Word::KeyPrefix, "key_prefix", Takes::Text),
    row(Word::Version, "version", Takes::Version),
    row(Word::KeyFunction, "key_function", Takes::Text),
    row(Word::Off, "off", Takes::Flag),
    Row { alias: Some("time_limit"), ..row(Word::StoreTimeout, "store_timeout", Takes::Span) },
    row(Word::Retry, "retry", Takes::Count),
    row(Word::Breaker, "breaker", Takes::Count),
    row(Word::BreakerRest, "breaker_rest", Takes::Span),
    Row { alias: Some("near"), ..row(Word::NearTtl, "near_ttl", Takes::Span) },
    row(Word::NearEntries, "near_entries", Takes::Count),
    row(Word::NearBytes, "near_bytes", Takes::Size),
    row(Word::MaxValueBytes, "max_value_bytes", Takes::Size),
    row(Word::Codec, "codec", Takes::Text),
    row(Word::Compress, "compress", Takes::Size),
    row(Word::Encrypt, "encrypt", Takes::Keys),
    row(Word::Sign, "sign", Takes::Keys),
];

/// What stores are told that is no word of a cache: for who writes it where the words stand.
const OPTIONS_OF_STORES: [&str; 41] = [
    "application_name",
    "busy_timeout",
    "clear_timeout",
    "database",
    "dbname",
    "host",
    "hostaddr",
    "lock_timeout",
    "max_value",
    "password",
    "pool",
    "port",
    "read",
    "read_replicas",
    "read_your_writes",
    "replicas",
    "response_timeout",
    "sentinel_password",
    "sentinel_user",
    "socket",
    "ssl-ca",
    "ssl-cert",
    "ssl-key",
    "ssl-mode",
    "ssl-root-cert",
    "sslca",
    "sslcert",
    "sslkey",
    "sslmode",
    "sslrootcert",
    "statement-cache-capacity",
    "statement_timeout",
    "table",
    "tells",
    "tls",
    "tls_ca",
    "tls_cert",
    "tls_key",
    "tls_name",
    "user",
    "weights",
];

/// Returns whether this is told to a store, and no word of a cache.
pub(super) fn is_of_a_store(name: &str) -> bool {
    OPTIONS_OF_STORES.contains(&name)
}

impl Word {
    pub(super) fn row(self) -> &'static Row {
        // Every word has a row: a test counts them.
        ROWS.iter().find(|row| row.word == self).unwrap_or(&ROWS[0])
    }

    pub(super) fn name(self) -> &'static str {
        self.row().name
    }

    /// Returns the word that is written so.
    pub(super) fn named(name: &str) -> Option<Self> {
        ROWS.iter().find(|row| row.name == name || row.alias == Some(name)).map(|row| row.word)
    }

    /// Returns all spellings of all words.
    pub(super) fn names() -> impl Iterator<Item = &'static str> {
        ROWS.iter().flat_map(|row| [Some(row.name), row.alias]).flatten()
    }
}

impl Takes {
    /// Returns whether what stands there may be shown: an address may hold a password, and a key is a secret.
    #[cfg(feature = "toml")]
    pub(super) fn is_harmless(self) -> bool {
        !matches!(self, Self::Places | Self::Keys)
    }

    /// Says what is to stand there.
    pub(super) fn wanted(self) -> &'static str {
        match self {
            Self::Places => "an address, or a list of some: texts, in quotes",
            Self::Time => {
                "whole seconds such as 600, a text such as \"500ms\", \"90s\", \"10m\", \"6h\" or \"7d\", or \"never\""
            }
            Self::Span => {
                "a time that is not 0: whole seconds such as 5, or a text such as \"500ms\", \"5s\" or \"1m\""
            }
            Self::Size => {
                "whole bytes such as 65536, or a text such as \"64 MiB\" (1024 × 1024) or \"64 MB\" (1000 × 1000)"
            }
            Self::Count => "a whole number, 1 or more",
            Self::Text => "a text, in quotes",
            Self::Version => "a text, or a whole number",
            Self::Flag => "true or false",
            Self::Keys => {
                "a key, or a list of some of which the first one writes: texts, as \"${KEY}\"; draw one with `openssl rand -hex 32`"
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_has_a_row_of_its_own() {
        for row in &ROWS {
            assert_eq!((row.word.name(), Word::named(row.name)), (row.name, Some(row.word)));
            assert_eq!(row.alias.map_or(Some(row.word), Word::named), Some(row.word));
        }
        let mut names: Vec<_> = Word::names().collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Word::names().count(), "no name means two things");
    }

    fn in_the_docs(takes: Takes) -> &'static str {
        match takes {
            Takes::Places => "an address, or a list of some",
            Takes::Time => "a time, or `\"never\"`",
            Takes::Span => "a time",
            Takes::Size => "a size",
            Takes::Count => "a number from 1",
            Takes::Text => "a text",
            Takes::Version => "a text or a number",
            Takes::Flag => "`true` or `false`",
            Takes::Keys => "a key, or a list of some",
        }
    }

    #[test]
    fn the_docs_tell_every_word_and_no_other() {
        let docs = include_str!("../docs/configuration.md");
        let table = docs.lines().skip_while(|line| !line.starts_with("| word |")).skip(2);
        let begins: Vec<_> =
            table.take_while(|line| line.starts_with('|')).map(|line| line.rsplitn(4, '|').last()).collect();
        let rows = ROWS.iter().map(|row| {
            let alias = row.alias.map(|alias| format!(", or `{alias}`")).unwrap_or_default();
            format!("| `{}`{alias} | {} ", row.name, in_the_docs(row.takes))
        });
        assert_eq!(begins, rows.collect::<Vec<_>>().iter().map(|row| Some(row.as_str())).collect::<Vec<_>>());
    }

    #[test]
    fn what_the_docs_of_the_stores_tell_of_options_is_known_as_theirs() {
        let mut options = 0;
        for store in ["file", "memcached", "mysql", "postgres", "redis", "sqlite"] {
            let path = format!("{}/cache-backends/src/{store}/docs.md", env!("CARGO_MANIFEST_DIR"));
            let docs = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
            let is_head = |line: &&str| line.starts_with("| option |") || line.starts_with("| word |");
            let table = docs.lines().skip_while(|line| !is_head(line)).skip(2);
            for row in table.take_while(|line| line.starts_with('|')) {
                let first = row.split('|').nth(1).unwrap_or_default();
                let names = first.split('`').skip(1).step_by(2);
                // `options` holds options, in a configuration as for PostgreSQL.
                for name in names.filter(|name| Word::named(name).is_none() && *name != "options") {
                    assert!(is_of_a_store(name), "`{name}` of {store}");
                    options += 1;
                }
            }
        }
        assert!(options > 40, "{options}");
    }
}
