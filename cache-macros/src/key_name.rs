//! `#[derive(KeyName)]`: the name that stands for a type in keys.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, DeriveInput, Expr, ExprLit, Ident, Lit, LitStr};

use crate::derive::{allowed, check_inside, larder, plain};
use crate::errors::Errors;

pub fn expand(input: TokenStream) -> TokenStream {
    syn::parse2::<DeriveInput>(input).map_or_else(|error| error.to_compile_error(), |input| derive(&input))
}

/// The name is there also when something is wrong with it, so that nobody who uses it is blamed for that.
fn derive(input: &DeriveInput) -> TokenStream {
    let errors = Errors::new();
    check_inside(input, &errors);
    check_parameters(input, &errors);
    let (larder, ty, name) = (larder(input, &errors), &input.ident, name(input, &errors));
    let (impl_generics, type_generics, where_clause) = input.generics.split_for_impl();
    let errors = errors.finish().map(|error| error.to_compile_error());
    let allowed = allowed(input);
    quote! {
        #errors
        #allowed
        #[automatically_derived]
        impl #impl_generics #larder::KeyName for #ty #type_generics #where_clause {
            const KEY_NAME: &'static ::core::primitive::str = #name;
        }
    }
}

/// A constant cannot be put together from those of parameters: not on stable Rust.
fn check_parameters(input: &DeriveInput, errors: &Errors) {
    let name = plain(&input.ident);
    if let Some(parameter) = input.generics.type_params().next() {
        errors.on(&parameter.ident, each_by_itself(&name, "A", "B"));
    } else if let Some(parameter) = input.generics.const_params().next() {
        errors.on(&parameter.ident, each_by_itself(&name, "1", "2"));
    }
}

fn each_by_itself(name: &str, one: &str, another: &str) -> String {
    format!(
        "one name cannot stand for `{name}<{one}>` and `{name}<{another}>`, which would have the same keys: leave the \
         derive out, and implement `KeyName` for each of them"
    )
}

/// The name that was chosen, or the type's own behind its module, which no other type has.
fn name(input: &DeriveInput, errors: &Errors) -> TokenStream {
    let mut chosen = None;
    for attribute in input.attrs.iter().filter(|attribute| attribute.path().is_ident("key_name")) {
        let Some(text) = errors.ok(text(attribute)).flatten() else { continue };
        if text.value().is_empty() {
            errors.on(&text, "the name is empty: write one, or leave the attribute out");
        }
        if chosen.replace(text).is_some() {
            errors.on(attribute, "a type has one name: leave one of these out");
        }
    }
    chosen.map_or_else(|| own_name(&input.ident), |text| quote!(#text))
}

/// Reads `#[key_name = "article"]`; `None` for what the compiler itself refuses.
fn text(attribute: &Attribute) -> syn::Result<Option<LitStr>> {
    const IS_TEXT: &str = "the name is a string: `#[key_name = \"article\"]`";
    let pair = attribute.meta.require_name_value().map_err(|_| syn::Error::new_spanned(attribute, IS_TEXT))?;
    match &pair.value {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Ok(Some(text.clone())),
        Expr::Lit(other) => Err(syn::Error::new_spanned(other, IS_TEXT)),
        _ => Ok(None),
    }
}

fn own_name(ty: &Ident) -> TokenStream {
    let own = format!("::{}", plain(ty));
    quote!(::core::concat!(::core::module_path!(), #own))
}
