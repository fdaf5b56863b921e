//! What expansions look like.

use proc_macro2::TokenStream;
use quote::quote;

use super::expand;
use crate::shown;

fn pretty(options: TokenStream, item: &TokenStream) -> String {
    shown::pretty(&expand(options, item))
}

#[test]
fn the_docs_show_the_whole_expansion_of_the_quickstarts_function_and_it_fits_a_screen() {
    let (options, function) = shown::of_example("quickstart", "profile", "cached");
    let expansion = pretty(options, &function);
    shown::shown_in("src/docs/cached.md", &expansion);
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
