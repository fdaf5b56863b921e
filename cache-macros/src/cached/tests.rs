//! What expansions look like.

use std::fs;
use std::path::Path;

use proc_macro2::TokenStream;
use quote::quote;

use super::expand;

fn pretty(options: TokenStream, item: &TokenStream) -> String {
    let tokens = expand(options, item);
    let file = syn::parse2(tokens.clone()).unwrap_or_else(|error| panic!("{error}: {tokens}"));
    prettyplease::unparse(&file)
}

/// Compares with a file of the docs; `LARDER_BLESS=1` writes it anew.
fn same_as(name: &str, expansion: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(name);
    if std::env::var_os("LARDER_BLESS").is_some() {
        fs::write(&path, expansion).expect("the docs can be written");
    }
    let shown = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        shown, expansion,
        "docs/{name} shows another expansion; `LARDER_BLESS=1 cargo test -p cache-macros` writes it"
    );
}

#[test]
fn the_docs_show_the_expansion_of_a_function() {
    let expansion = pretty(
        quote!(key = "profile:<id>", ignore(db)),
        &quote! {
            /// Loads a profile.
            pub async fn profile(db: &Db, id: u64) -> Result<Profile, DbError> {
                db.load(id).await
            }
        },
    );
    same_as("expansion.rs", &expansion);
    assert!(expansion.lines().count() < 130, "it fits two screens: {}", expansion.lines().count());
}

#[test]
fn the_docs_show_the_expansion_of_a_method() {
    let expansion = pretty(
        quote!(key = "profile:<self.tenant>,<id>", ttl = 60 * 15, stale = 30),
        &quote! {
            /// Loads a profile.
            pub async fn profile(&self, id: u64) -> Result<Profile, DbError> {
                self.db.load(id).await
            }
        },
    );
    same_as("method.rs", &expansion);
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
    for kept in ["compile_error", "fn profile(id: u64) -> u64", "fn invalidate(id: u64)", "unimplemented"] {
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
