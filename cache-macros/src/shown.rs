//! Expansions as the docs show them.

use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Ident, Item};

use crate::errors::Errors;

/// Writes an expansion as people write code.
pub fn pretty(tokens: &TokenStream) -> String {
    let file = syn::parse2(tokens.clone()).unwrap_or_else(|error| panic!("{error}: {tokens}"));
    prettyplease::unparse(&file)
}

/// Returns what an attribute of a function says that stands in an example, and the function without it.
pub fn of_example(example: &str, name: &str, attribute: &str) -> (TokenStream, TokenStream) {
    let source = fs::read_to_string(at(&format!("examples/{example}.rs"))).expect("an example");
    let file = syn::parse_file(&source).expect("an example is Rust");
    let functions = file.items.into_iter().filter_map(|item| match item {
        Item::Fn(function) => Some(function),
        _ => None,
    });
    let mut function = functions.into_iter().find(|function| function.sig.ident == name).expect("it stands there");
    let place = function.attrs.iter().position(|attr| attr.path().is_ident(attribute)).expect("it has the attribute");
    let options = function.attrs.remove(place).parse_args().expect("options");
    (options, function.into_token_stream())
}

/// Compares an expansion with the one that a page of the docs shows; `LARDER_BLESS=1` writes it anew.
pub fn shown_in(page: &str, expansion: &str) {
    const BEGIN: &str = "```text\n";
    let text = fs::read_to_string(at(page)).expect("a page");
    let begin = text.find("# The expansion").expect("its place");
    let begin = begin + text[begin..].find(BEGIN).expect("a block of code") + BEGIN.len();
    let end = begin + text[begin..].find("```").expect("its end");
    if std::env::var_os("LARDER_BLESS").is_some() {
        let blessed = format!("{}{expansion}{}", &text[..begin], &text[end..]);
        fs::write(at(page), blessed).expect("the docs can be written");
    } else {
        assert_eq!(
            &text[begin..end],
            expansion,
            "{page} shows another expansion; `LARDER_BLESS=1 cargo test -p cache-macros` writes it"
        );
    }
}

/// An option, as a page of the docs shows it.
pub struct Shown {
    pub name: String,
    pub text: String,
}

/// Returns the options that the tables of a page show: what stands in the first column of a table of options, and in
/// each `#[cached(…)]` there is in that of another.
pub fn options_in(page: &str, attribute: &str) -> Vec<Shown> {
    let text = fs::read_to_string(at(page)).expect("a page");
    let mut is_of_options = false;
    let mut shown = Vec::new();
    for line in text.lines() {
        let Some(row) = line.strip_prefix('|') else {
            is_of_options = false;
            continue;
        };
        let row = row.replace("\\|", "\0");
        let cell = row.split('|').next().unwrap_or_default().replace('\0', "|");
        is_of_options |= cell.trim() == "option";
        for code in cell.split('`').skip(1).step_by(2) {
            let options = code.strip_prefix(&format!("#[{attribute}(")).and_then(|rest| rest.strip_suffix(")]"));
            shown.extend(options.or(is_of_options.then_some(code)).map(Shown::new));
        }
    }
    shown
}

impl Shown {
    fn new(text: &str) -> Self {
        let name = |input: ParseStream<'_>| {
            let name = input.call(Ident::parse_any)?;
            input.parse::<TokenStream>().map(|_| name.to_string())
        };
        // A time that stands first has none.
        let name = name.parse2(tokens(text)).unwrap_or_default();
        Self { name, text: text.to_owned() }
    }

    /// Returns what is wrong with it.
    pub fn wrong(&self, parse: impl FnOnce(TokenStream, &Errors)) -> Vec<String> {
        let errors = Errors::new();
        parse(tokens(&self.text), &errors);
        errors.finish().into_iter().flatten().map(|error| error.to_string()).collect()
    }
}

/// What is left out in the docs is a number.
fn tokens(shown: &str) -> TokenStream {
    shown.replace('…', "5").parse().expect("the docs show Rust")
}

fn at(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}
