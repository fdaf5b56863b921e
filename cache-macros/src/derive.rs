//! What both derives read of a type besides its fields: where larder is.

use proc_macro2::TokenStream;
use quote::quote;
use syn::spanned::Spanned;
use syn::{Attribute, Data, DeriveInput, Field, Path};

use crate::errors::Errors;
use crate::larder_path;

/// The attributes that stand over a type, and what to say of them anywhere else.
const OVER_TYPES: [(&str, &str); 2] = [
    (
        "larder",
        "`larder` stands over a type, and each field and variant is part of its keys: to leave one out, write `impl \
         KeyPart` in place of the derive",
    ),
    ("key_name", "`key_name` stands over a type: fields and variants have the names that they are declared with"),
];

/// Returns the path of larder: `#[larder(crate = path)]`, or the usual one.
pub fn larder(input: &DeriveInput, errors: &Errors) -> Path {
    let mut path = None;
    for attribute in input.attrs.iter().filter(|attribute| attribute.path().is_ident("larder")) {
        if let Some(found) = errors.ok(parse(attribute))
            && path.replace(found).is_some()
        {
            errors.on(attribute, "larder is in one place: leave one of these out");
        }
    }
    path.unwrap_or_else(larder_path::usual)
}

/// Reads `#[larder(crate = path)]`.
fn parse(attribute: &Attribute) -> syn::Result<Path> {
    const TAKES: &str = "this takes `crate = path` and nothing else: `#[larder(crate = framework::cache)]`";
    attribute.meta.require_list().map_err(|_| syn::Error::new_spanned(attribute, TAKES))?;
    attribute.parse_args_with(|input: syn::parse::ParseStream<'_>| {
        let word = input.parse().map_err(|error| syn::Error::new(error.span(), TAKES))?;
        let path = larder_path::parse(word, input)?;
        input.parse::<Option<syn::Token![,]>>()?;
        if input.is_empty() { Ok(path) } else { Err(input.error(TAKES)) }
    })
}

/// Refuses attributes over fields and variants, which would say nothing there and look as if they did.
pub fn check_inside(input: &DeriveInput, errors: &Errors) {
    for attribute in inside(&input.data) {
        if let Some((_, message)) = OVER_TYPES.iter().find(|(name, _)| attribute.path().is_ident(name)) {
            errors.at(attribute.path().span(), message);
        }
    }
}

/// Lets an impl name what nobody else should name any more. Only where there is such a thing: whoever forbids a lint
/// forbids that it is allowed, too.
pub fn allowed(input: &DeriveInput) -> Option<TokenStream> {
    let mut all = input.attrs.iter().chain(inside(&input.data));
    all.any(|attribute| attribute.path().is_ident("deprecated")).then(|| quote!(#[allow(deprecated)]))
}

/// Returns the attributes over fields and variants.
fn inside(data: &Data) -> Vec<&Attribute> {
    let over_variants: Vec<&Attribute> = match data {
        Data::Enum(data) => data.variants.iter().flat_map(|variant| &variant.attrs).collect(),
        Data::Struct(_) | Data::Union(_) => Vec::new(),
    };
    let over_fields = fields(data).into_iter().flat_map(|field| &field.attrs);
    over_variants.into_iter().chain(over_fields).collect()
}

/// Returns the fields of a type, those of all its variants.
pub fn fields(data: &Data) -> Vec<&Field> {
    match data {
        Data::Struct(data) => data.fields.iter().collect(),
        Data::Enum(data) => data.variants.iter().flat_map(|variant| &variant.fields).collect(),
        Data::Union(data) => data.fields.named.iter().collect(),
    }
}
