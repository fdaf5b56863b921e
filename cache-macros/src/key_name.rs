//! `#[derive(KeyName)]`: the name that stands for a type in keys.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{DeriveInput, LitStr};

use crate::derive::{larder, plain};

pub fn expand(input: TokenStream) -> TokenStream {
    let derived = syn::parse2::<DeriveInput>(input).and_then(|input| derive(&input));
    derived.unwrap_or_else(|error| error.to_compile_error())
}

fn derive(input: &DeriveInput) -> syn::Result<TokenStream> {
    if let Some(parameter) = input.generics.type_params().next() {
        return Err(syn::Error::new_spanned(
            parameter,
            format!(
                "one name cannot stand for a type with parameters, since `{0}<A>` and `{0}<B>` would have the same keys: \
                 implement `KeyName` for each of them",
                plain(&input.ident)
            ),
        ));
    }
    let (larder, ty, name) = (larder(input)?, &input.ident, name(input)?);
    let (impl_generics, type_generics, where_clause) = input.generics.split_for_impl();
    Ok(quote! {
        #[automatically_derived]
        impl #impl_generics #larder::KeyName for #ty #type_generics #where_clause {
            const KEY_NAME: &'static ::core::primitive::str = #name;
        }
    })
}

/// The name that was chosen, or the type's own after its module, so that no two types of a program have one.
fn name(input: &DeriveInput) -> syn::Result<TokenStream> {
    let mut chosen = None;
    for attribute in input.attrs.iter().filter(|attribute| attribute.path().is_ident("key_name")) {
        let pair = attribute
            .meta
            .require_name_value()
            .map_err(|error| syn::Error::new(error.span(), "the name is a string: `#[key_name = \"article\"]`"))?;
        let text: LitStr = syn::parse2(quote::ToTokens::to_token_stream(&pair.value))
            .map_err(|error| syn::Error::new(error.span(), "the name is a string: `#[key_name = \"article\"]`"))?;
        if text.value().is_empty() {
            return Err(syn::Error::new_spanned(text, "the name is empty: write one, or leave the attribute out"));
        }
        if chosen.replace(text).is_some() {
            return Err(syn::Error::new_spanned(attribute, "a type has one name: leave one of these out"));
        }
    }
    Ok(if let Some(text) = chosen {
        quote!(#text)
    } else {
        let own = format!("::{}", plain(&input.ident));
        quote!(::core::concat!(::core::module_path!(), #own))
    })
}
