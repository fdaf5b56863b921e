//! What expansions look like.

use proc_macro2::TokenStream;
use quote::quote;

use super::expand;
use crate::framework::Framework;
use crate::shown;

fn pretty(options: TokenStream, item: &TokenStream) -> String {
    shown::pretty(&expand(Framework::Axum, options, item))
}

#[test]
fn the_docs_show_the_whole_expansion_of_a_handler() {
    let (options, handler) = shown::of_example("pages", "article", "cache_page");
    let expansion = pretty(options, &handler);
    shown::shown_in("src/docs/cache_page.md", &expansion);
    assert!(expansion.lines().count() <= 64, "{} lines", expansion.lines().count());
}

#[test]
fn the_expansion_of_a_handler_fits_a_screen() {
    let handler = quote!(
        async fn front(State(db): State<Db>) -> Html<String> {
            db.front().await
        }
    );
    let expansion = pretty(quote!(900, vary = "Cookie"), &handler);
    assert!(expansion.lines().count() < 60, "{expansion}");
}

#[test]
fn the_expansion_of_a_guarded_handler_with_a_key_fits_one_too() {
    let handler = quote!(
        async fn dashboard(user: User, State(db): State<Db>) -> Html<String> {
            db.dashboard(user.id).await
        }
    );
    let expansion = pretty(quote!(60, key = "dash:<user.id>"), &handler);
    assert!(expansion.lines().count() <= 64, "{expansion}");
}

#[test]
fn a_mistake_leaves_the_handler_and_a_hollow_companion() {
    let handler = quote!(
        async fn article(Path(id): Path<u64>) -> String {
            id.to_string()
        }
    );
    let expansion = pretty(quote!(60, key = "article:<id>", tll = 5), &handler);
    for kept in ["compile_error", "fn article(", "id.to_string()", "hollow", "unimplemented"] {
        assert!(expansion.contains(kept), "{kept}: {expansion}");
    }
    assert_eq!(expansion.matches("compile_error").count(), 1, "{expansion}");
}

#[test]
fn an_item_that_is_no_function_is_left_alone() {
    let item = quote!(
        struct A;
    );
    let expansion = pretty(quote!(60), &item);
    assert!(expansion.contains("goes on functions") && expansion.contains("struct A;"), "{expansion}");
}
