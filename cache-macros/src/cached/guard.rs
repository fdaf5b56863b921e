//! What keeps two functions from having one pattern in one cache, where they would share their entries.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;
use syn::LitStr;

use super::model::Model;
use crate::key::{Key, Origin};

/// Emits a name that can be there once in a crate.
///
/// An exported macro is the one item whose name is the crate's, that stands anywhere and that nothing can be broken by.
pub fn guard(model: &Model, key: &Key) -> TokenStream {
    // Without `key` the function's own path is the pattern, and that is there once already.
    let Origin::Written { literal, text } = &key.origin else { return TokenStream::new() };
    let cache = model.options.naming.cache.as_ref().map_or_else(|| "default".to_owned(), LitStr::value);
    once("one_key_for_two_functions", &cache, text, literal.span())
}

/// Emits a name that can be there once in a crate: of this pattern in this cache, with what is wrong where there are two.
pub fn once(wrong: &str, cache: &str, pattern: &str, span: Span) -> TokenStream {
    let name = Ident::new(&name(wrong, cache, pattern), Span::mixed_site().located_at(span));
    // The compiler shows where the two stand: at the patterns.
    quote_spanned! {name.span()=>
        #[doc(hidden)]
        #[macro_export]
        #[allow(non_local_definitions)]
        macro_rules! #name { () => {} }
    }
}

fn name(wrong: &str, cache: &str, pattern: &str) -> String {
    let readable: String = pattern
        .chars()
        .take(40)
        .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' })
        .collect();
    let bytes = cache.bytes().chain([0]).chain(pattern.bytes());
    // FNV-1a: the same on every machine, and as wide as the chance of an accident asks for.
    let hash =
        bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    // All that the compiler says of two macros is their name.
    format!("__larder_{wrong}__give_each_its_own__{}_{hash:016x}", readable.trim_matches('_'))
}
