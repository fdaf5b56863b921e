//! Secrets are in no output, whatever stands around them.

use crate::{read, wrong};

const MARK: &str = "hunter2";

/// A generator that is the same in each run.
struct Draw(u64);

impl Draw {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % bound
    }

    fn some(&mut self, of: &[&str], most: usize) -> String {
        (0..self.below(most)).map(|_| of[self.below(of.len())]).collect()
    }
}

/// Everything that can be seen of a configuration.
fn seen(text: &str, variables: &[(&str, &str)]) -> String {
    match read(text, variables) {
        Err(error) => format!("{error} {error:?}"),
        Ok(builder) => match builder.described() {
            Err(error) => format!("{builder:?} {error} {error:?}"),
            Ok(described) => format!("{builder:?} {described:?} {:?}", builder.settings()),
        },
    }
}

#[test]
fn no_secret_of_a_file_is_ever_shown() {
    let around = [
        "", ":", "/", "?", "#", "@", "%", "%40", "1", "a", "[", "]", ",", "é", " ", "&", "=", "\\\\", "$", "$$", "{",
        "}", "'",
    ];
    let wrong = [
        "",
        "ttl = \"soon\"\n",
        "max_entires = 5\n",
        "colour = {\n",
        "off = \n",
        "]\n",
        "key_prefix = \"\"\"\n",
        "'''\n",
    ];
    let mut draw = Draw(11);
    for _ in 0..5_000 {
        let secret = format!("{}{MARK}{}", draw.some(&around, 4), draw.some(&around, 4));
        let line = match draw.below(9) {
            0 => format!("url = \"postgres://user:{secret}@host:5432/db\""),
            1 => format!("url = \"postgres://user:{secret}@${{HOST}}/db\" # {secret}"),
            2 => format!("location = [\"memcached://:{secret}@a\", \"memcached://b\"]"),
            3 => format!("options = {{ password = \"{secret}\", table = 5 }}"),
            4 => format!("pasword = \"{secret}\""),
            5 => format!("url = \"mystore://x\" # the old one was {secret}"),
            6 => "url = \"${SECRET_URL}\"".to_owned(),
            7 => format!("url = \"\"\"\npostgres://user:{secret}@host/db\n\"\"\""),
            _ => format!("encrypt = \"{secret}\""),
        };
        let text = format!(
            "{}[caches.default]\n{}{line}\n{}",
            draw.some(&wrong, 2),
            draw.some(&wrong, 2),
            draw.some(&wrong, 3)
        );
        let secret_url = format!("postgres://user:{secret}@host/db");
        let seen = seen(&text, &[("SECRET_URL", &secret_url), ("LARDER_OPTIONS__PASSWORD", &secret)]);
        assert!(!seen.contains(MARK), "{text}\nis shown as\n{seen}");
    }
}

#[test]
fn no_secret_of_a_variable_is_ever_shown() {
    let around = ["", ":", "/", "?", "#", "@", "%", "1", "[", " ", "&", "="];
    let mut draw = Draw(13);
    for _ in 0..5_000 {
        let secret = format!("{}{MARK}{}", draw.some(&around, 4), draw.some(&around, 4));
        let url = format!("postgres://user:{secret}@host/db?password={secret}");
        let name = [
            "LARDER_URL",
            "LARDER_CACHES__PAGES__LOCATION",
            "LARDER_OPTIONS__PASSWORD",
            "LARDER_ULR",
            "LARDER_CACHES__X",
            "LARDER_TTL",
        ];
        let seen = seen("", &[(name[draw.below(name.len())], &url)]);
        assert!(!seen.contains(MARK), "{url} is shown as {seen}");
    }
}

/// Words whose text is told to people: whoever looks at a cache wants to know what its entries are called.
const TOLD: [&str; 3] = ["key_prefix", "version", "key_function"];

#[test]
fn three_words_are_told_wherever_they_come_from_and_no_other() {
    let words = [
        "url",
        "location",
        "ttl",
        "timeout",
        "max_entries",
        "max_bytes",
        "cull_frequency",
        "off",
        "store_timeout",
        "time_limit",
        "retry",
        "breaker",
        "breaker_rest",
        "compress",
        "encrypt",
        "sign",
        "options.table",
    ];
    for (word, is_told) in TOLD.map(|word| (word, true)).into_iter().chain(words.map(|word| (word, false))) {
        let filled_in = seen(&format!("[caches.default]\n{word} = \"${{TEXT}}\""), &[("TEXT", MARK)]);
        let name = format!("LARDER_{}", word.replace('.', "__").to_uppercase());
        let said = seen("", &[(&name, MARK)]);
        assert_eq!([filled_in.contains(MARK), said.contains(MARK)], [is_told; 2], "{word}: {filled_in} {said}");
    }
    let long = "v".repeat(50);
    let sentence = wrong("[caches.default]\nversion = \"${TEXT}\"", &[("TEXT", &long)]);
    assert!(sentence.contains(&long) && sentence.contains("shorten them"), "{sentence}");
}

#[test]
fn the_docs_name_the_words_that_are_told() {
    let docs = include_str!("../../src/docs/configuration.md");
    let (_, secrets) = docs.split_once("# Mistakes and secrets").expect("a heading");
    let (_, told) = secrets.split_once("What stands in a variable is shown for ").expect("a sentence");
    let (told, _) = told.split_once(" alone").expect("its end");
    let told: Vec<_> = told.split('`').skip(1).step_by(2).collect();
    assert_eq!(told, TOLD);
}
