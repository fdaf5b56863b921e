//! What expansions look like.

use std::fs;
use std::path::Path;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::Item;

use super::expand;

fn pretty(options: TokenStream, item: &TokenStream) -> String {
    let tokens = expand(options, item);
    let file = syn::parse2(tokens.clone()).unwrap_or_else(|error| panic!("{error}: {tokens}"));
    prettyplease::unparse(&file)
}

/// Returns an item of the quickstart, and what its attribute says.
fn of_the_quickstart(name: &str) -> (TokenStream, TokenStream) {
    let source = read("../examples/quickstart.rs");
    let file = syn::parse_file(&source).expect("the quickstart is Rust");
    let functions = file.items.into_iter().filter_map(|item| match item {
        Item::Fn(function) => Some(function),
        _ => None,
    });
    let mut function = functions.into_iter().find(|function| function.sig.ident == name).expect("it stands there");
    let at = function.attrs.iter().position(|attr| attr.path().is_ident("cached")).expect("it is cached");
    let options = function.attrs.remove(at).parse_args().expect("options");
    (options, function.into_token_stream())
}

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).expect("a readable file")
}

/// Compares with the code of a page of the docs; `LARDER_BLESS=1` writes it anew.
fn shown_in(page: &str, expansion: &str) {
    const BEGIN: &str = "```text\n";
    let text = read(page);
    let begin = text.find("# The expansion").expect("its place");
    let begin = begin + text[begin..].find(BEGIN).expect("a block of code") + BEGIN.len();
    let end = begin + text[begin..].find("```").expect("its end");
    if std::env::var_os("LARDER_BLESS").is_some() {
        let blessed = format!("{}{expansion}{}", &text[..begin], &text[end..]);
        fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join(page), blessed).expect("the docs can be written");
    } else {
        assert_eq!(
            &text[begin..end],
            expansion,
            "{page} shows another expansion; `LARDER_BLESS=1 cargo test -p cache-macros` writes it"
        );
    }
}

#[test]
fn the_docs_show_the_whole_expansion_of_the_quickstarts_function_and_it_fits_a_screen() {
    let (options, function) = of_the_quickstart("profile");
    let expansion = pretty(options, &function);
    shown_in("../src/docs/cached.md", &expansion);
    assert!(expansion.lines().count() <= 64, "{} lines", expansion.lines().count());
}

#[test]
fn a_mistake_leaves_the_function_and_a_hollow_companion() {
    let expansion = pretty(
        quote!(key = "profile:<id>", tll = 5),
        &quote!(
            fn profile(id: u64) -> u64 {
                id
            }
        ),
    );
    for kept in ["compile_error", "fn profile(id: u64) -> u64", "hollow blocking", "unimplemented"] {
        assert!(expansion.contains(kept), "{kept}: {expansion}");
    }
    assert_eq!(expansion.matches("compile_error").count(), 1, "{expansion}");
}

#[test]
fn an_item_that_is_no_function_is_left_alone() {
    let expansion = pretty(
        quote!(),
        &quote!(
            struct A;
        ),
    );
    assert!(expansion.contains("goes on functions") && expansion.contains("struct A;"), "{expansion}");
}
