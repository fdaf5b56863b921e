//! What both derives read of a type besides its fields: where larder is.

use syn::{DeriveInput, Path};

/// Returns the path of larder: `#[larder(crate = path)]`, or the usual one.
pub fn larder(input: &DeriveInput) -> syn::Result<Path> {
    let mut path = None;
    for attribute in input.attrs.iter().filter(|attribute| attribute.path().is_ident("larder")) {
        attribute.parse_nested_meta(|meta| {
            if !meta.path.is_ident("crate") {
                return Err(
                    meta.error("this takes nothing else but `crate = path`: `#[larder(crate = framework::cache)]`")
                );
            }
            path = Some(meta.value()?.call(Path::parse_mod_style)?);
            Ok(())
        })?;
    }
    Ok(path.unwrap_or_else(|| syn::parse_quote!(::larder)))
}

/// Returns a name as it reads in keys: without the mark of raw identifiers.
pub fn plain(name: &syn::Ident) -> String {
    let name = name.to_string();
    name.strip_prefix("r#").map(str::to_owned).unwrap_or(name)
}
