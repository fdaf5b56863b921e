//! What functions with effects look like, and what mistakes are told.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Effect, expand};

fn expanded(effect: Effect, options: TokenStream, item: &TokenStream) -> String {
    let tokens = expand(effect, options, item);
    let file = syn::parse2(tokens.clone()).unwrap_or_else(|error| panic!("{error}: {tokens}"));
    prettyplease::unparse(&file).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_call_becomes_an_entry_of_the_companion() {
    let item = quote!(
        async fn save(id: u64) -> Result<u64, String> {
            Ok(id)
        }
    );
    for (call, entry) in [
        (quote!(profile(id)), "profile::__entry(id)"),
        (quote!(a::b::profile(id, 2)), "a::b::profile::__entry(id, 2)"),
        (quote!(find::<User>(id)), "find::__entry::<User>(id)"),
        (quote!(Repo::list(self, 5)), "Repo::list_site().entry(self, 5)"),
        (quote!(a::Repo::<u8>::list(5)), "a::Repo::<u8>::list_site().entry(5)"),
        (quote!(|saved| profile(saved.id)), "let saved = __kept; profile::__entry(saved.id)"),
        (quote!(|(a, _): &(u8, u8)| { profile(*a) }), "let (a, _): &(u8, u8) = __kept; profile::__entry(*a)"),
    ] {
        let expansion = expanded(Effect::Invalidates, call.clone(), &item);
        assert!(expansion.contains(entry), "{call}: {expansion}");
    }
}

#[test]
fn each_mistake_is_told_its_repair() {
    let item = quote!(
        fn save(id: u64) -> u64 {
            id
        }
    );
    for (wrong, repair) in [
        (quote!(), "write `#[invalidates(profile(user.id))]`"),
        (quote!("profile:<id>"), "write the call of the cached function"),
        (quote!(profile), "write `profile(…)`"),
        (quote!(a::profile), "write `a::profile(…)`"),
        (quote!(profile::invalidate(id)), "write `profile(id)`"),
        (quote!(self.profile(id)), "write `Type::profile(self, id)`"),
        (quote!(profile(id).await), "nothing is awaited"),
        (quote!(profile(id) list(id)), "separated by commas"),
        (quote!(group = "a"), "takes calls of cached functions"),
        (quote!(|a, b| profile(a)), "the result and nothing else"),
        (quote!(profile(id), after), "leave `after` out"),
        (quote!(profile(id), before, before), "said twice"),
        (quote!(|saved| profile(saved), before), "not there before"),
    ] {
        let expansion = expanded(Effect::Invalidates, wrong.clone(), &item);
        assert_eq!(expansion.matches("compile_error").count(), 1, "{wrong}: {expansion}");
        assert!(expansion.contains(repair) && expansion.contains("fn save"), "{wrong}: {expansion}");
    }
}

#[test]
fn an_update_needs_a_result() {
    let nothing = expanded(
        Effect::Updates,
        quote!(profile(1)),
        &quote!(
            fn save() {}
        ),
    );
    assert!(nothing.contains("return the new value"), "{nothing}");
    let before = expanded(
        Effect::Updates,
        quote!(profile(1), before),
        &quote!(
            fn save() -> u8 {
                1
            }
        ),
    );
    assert!(before.contains("leave `before` out"), "{before}");
}
