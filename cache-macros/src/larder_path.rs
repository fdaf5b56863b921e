//! Where larder is: `crate = path`, for those who reach it through another crate.

use syn::parse::ParseStream;
use syn::{Lit, Path, Token};

/// Reads `= path`, behind the word `crate`.
pub fn parse(input: ParseStream<'_>) -> syn::Result<Path> {
    let takes = "`crate` takes the path of larder: `crate = framework::cache`";
    input.parse::<Token![=]>().map_err(|error| syn::Error::new(error.span(), takes))?;
    if let Ok(quoted) = input.fork().parse::<Lit>() {
        return Err(syn::Error::new(quoted.span(), "a path has no quotes: write `crate = framework::cache`"));
    }
    Path::parse_mod_style(input).map_err(|error| syn::Error::new(error.span(), takes))
}

/// Returns where larder is when nothing else is said.
pub fn usual() -> Path {
    syn::parse_quote!(::larder)
}
