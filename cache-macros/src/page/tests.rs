//! What expansions of handlers look like.

use proc_macro2::TokenStream;
use quote::quote;

use super::expand;
use crate::shown;

fn pretty(options: TokenStream, item: &TokenStream) -> String {
    shown::pretty(&expand(options, item))
}

#[test]
fn the_docs_show_the_whole_expansion_of_a_handler() {
    let (options, handler) = shown::of_example("pages", "article", "cache_page");
    let expansion = pretty(options, &handler);
    shown::shown_in("src/docs/cache_page.md", &expansion);
    assert!(expansion.lines().count() <= 128, "{} lines", expansion.lines().count());
}

#[test]
fn a_mistake_leaves_the_handler_and_a_hollow_companion() {
    let handler = quote!(
        async fn front(user: User) -> String {
            user.name
        }
    );
    let expansion = pretty(quote!(60), &handler);
    for kept in ["compile_error", "async fn front(user: User) -> String", "enum front {}"] {
        assert!(expansion.contains(kept), "{kept}: {expansion}");
    }
    assert_eq!(expansion.matches("compile_error").count(), 1, "{expansion}");
}
