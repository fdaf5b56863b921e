//! Where larder is: `crate = path`, for those who reach it through another crate.

use syn::parse::ParseStream;
use syn::{LitStr, Path, Token};

const TAKES: &str = "`crate` takes the path of larder: `crate = framework::cache`";

/// Reads `= path`, behind the word `crate`.
pub fn parse(word: Token![crate], input: ParseStream<'_>) -> syn::Result<Path> {
    // Where nothing follows, the compiler would point at all that the word stands in.
    let nothing = || syn::Error::new(word.span, TAKES);
    if input.is_empty() {
        return Err(nothing());
    }
    input.parse::<Token![=]>().map_err(|error| syn::Error::new(error.span(), TAKES))?;
    if input.is_empty() { Err(nothing()) } else { path(input) }
}

/// Reads the path itself.
pub fn path(input: ParseStream<'_>) -> syn::Result<Path> {
    if let Ok(quoted) = input.fork().parse::<LitStr>() {
        let without = quoted.parse_with(Path::parse_mod_style).map(|_| quoted.value());
        let write = without.unwrap_or_else(|_| "framework::cache".to_owned());
        return Err(syn::Error::new(quoted.span(), format!("a path has no quotes: write `crate = {write}`")));
    }
    Path::parse_mod_style(input).map_err(|error| syn::Error::new(error.span(), TAKES))
}

/// Returns where larder is when nothing else is said.
pub fn usual() -> Path {
    syn::parse_quote!(::larder)
}
