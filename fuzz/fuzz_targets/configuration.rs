//! Whatever stands in a file, an address or a variable, it is a configuration or an error: nothing panics, no secret is in
//! what is shown, and no more memory is taken than the input allows.
#![no_main]

use larder::config::Location;

/// A secret, where secrets are written. No input is taken that has it already.
const MARK: &str = "hunter2";

/// The variables that an input may set, each by its first byte.
const NAMES: [&str; 14] = [
    "LARDER_URL",
    "LARDER_LOCATION",
    "LARDER_TTL",
    "LARDER_MAX_BYTES",
    "LARDER_MAX_ENTRIES",
    "LARDER_VERSION",
    "LARDER_OFF",
    "LARDER_KEY_PREFIX",
    "LARDER_OPTIONS__PASSWORD",
    "LARDER_CACHES__A_B__URL",
    "LARDER_CACHES__DEFALT__TTL",
    "LARDER_CACHES__",
    "LARDER_ULR",
    "NAME",
];

libfuzzer_sys::fuzz_target!(|input: &str| {
    if input.to_ascii_lowercase().contains(MARK) {
        return;
    }
    let mut parts = input.splitn(3, '\0');
    let [file, address, variables] = std::array::from_fn(|_| parts.next().unwrap_or_default());
    let address = address.lines().next().unwrap_or_default();
    let len = input.len() as u64;
    let taken = allocation_counter::measure(|| {
        shows_no_secret(file, &[]);
        shows_no_secret(&with_a_secret(file, address), &variables_in(variables));
        shows_no_secret("", &variables_in(&format!("{variables}\n\u{0}{address}{MARK}\n\u{8}{MARK}")));
        addresses(address);
    });
    assert!(taken.bytes_max <= 2_000 * len + 4_000_000, "{} bytes for {len}", taken.bytes_max);
});

/// Puts a table with secrets behind a text.
fn with_a_secret(text: &str, address: &str) -> String {
    // What belongs to TOML itself would end the text that the secret stands in.
    let address: String = address.chars().filter(|c| !matches!(c, '"' | '\\' | '$') && !c.is_control()).collect();
    format!(
        "{text}\n[caches.secret]\nurl = \"postgres://user:{address}{MARK}@host/db\"\noptions.password = \"{MARK}{address}\"\nencrypt = \"{MARK}\"\npasword = \"{MARK}\" # {MARK}\n"
    )
}

/// Reads variables line by line: a byte for the name, and then the value.
fn variables_in(text: &str) -> Vec<(String, String)> {
    let lines = text.lines().filter_map(|line| {
        let first = line.chars().next()?;
        Some((NAMES[first as usize % NAMES.len()].to_owned(), line[first.len_utf8()..].to_owned()))
    });
    lines.collect()
}

/// Reads a configuration, and looks at everything that anybody sees of it.
fn shows_no_secret(text: &str, variables: &[(String, String)]) {
    let read = larder::builder().toml(text).and_then(|builder| builder.environment_of(variables.iter().cloned()));
    let shown = match read {
        Err(error) => format!("{error}{error:?}"),
        Ok(builder) => match builder.described() {
            Err(error) => format!("{builder:?}{error}{error:?}"),
            Ok(described) => format!("{builder:?}{described:?}{:?}", builder.settings()),
        },
    };
    assert!(!shown.contains(MARK), "{shown}");
    assert!(shown.len() <= 50 * (4_000 + text.len().min(500_000)), "{} bytes are shown", shown.len());
}

/// Reads an address, and what is taken out of it again.
fn addresses(text: &str) {
    for text in [text.to_owned(), format!("{text}{MARK}@host/db"), format!("mystore://u:{text}{MARK}@a,b:1/x?y=z")] {
        match Location::parse(&text) {
            Err(error) => assert!(!format!("{error}{error:?}").contains(MARK), "{error}"),
            Ok(location) => {
                let secret = location.password().is_some_and(|word| word.contains(MARK));
                let shown = format!("{location}{location:?}");
                assert!(!secret || !shown.contains(MARK), "{text} is shown as {shown}");
                assert_eq!(location.with_secrets(), text);
                let query: Vec<_> = location.query().collect();
                assert!(query.iter().all(|(name, _)| !name.is_empty()));
                let again = Location::parse(location.with_secrets()).expect("what was read can be read again");
                assert_eq!(again, location);
            }
        }
    }
}
