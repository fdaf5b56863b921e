//! `#[derive(KeyName)]`: the name that stands for a type in keys.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Attribute, DeriveInput, Expr, ExprLit, Ident, Lit, LitStr, Path};

use crate::derive::{allowed, check_inside, larder};
use crate::errors::Errors;
use crate::spelling::plain;

pub fn expand(input: TokenStream) -> TokenStream {
    syn::parse2::<DeriveInput>(input).map_or_else(|error| error.to_compile_error(), |input| derive(&input))
}

/// The name is there also when something is wrong with it, so that nobody who uses it is blamed for that.
fn derive(input: &DeriveInput) -> TokenStream {
    let errors = Errors::new();
    check_inside(input, &errors);
    check_parameters(input, &errors);
    let (larder, ty, chosen) = (larder(input, &errors), &input.ident, chosen(input, &errors));
    let name = chosen.as_ref().map_or_else(|| own_name(ty), |text| quote!(#text));
    let (impl_generics, type_generics, where_clause) = input.generics.split_for_impl();
    let errors = errors.finish().map(|error| error.to_compile_error());
    let check = (chosen.is_none() && errors.is_none()).then(|| in_a_module(ty, &larder));
    let allowed = allowed(input);
    quote! {
        #errors
        #allowed
        #check
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

/// Returns the name that was chosen.
fn chosen(input: &DeriveInput, errors: &Errors) -> Option<LitStr> {
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
    chosen
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

/// The type's own name behind its module, which no other type has that stands in the module itself.
fn own_name(ty: &Ident) -> TokenStream {
    let own = format!("::{}", plain(ty));
    quote!(::core::concat!(::core::module_path!(), #own))
}

/// Emits a check that a type stands in its module, and not in a function there, where another function can have one of
/// the same name. What the module itself calls so is looked up with a stand-in around it, since a path to nothing would
/// be an error that names no repair. Functions of a type need not say its lifetimes, where no lint of the author looks.
fn in_a_module(name: &Ident, larder: &Path) -> TokenStream {
    let mut ty = name.clone();
    ty.set_span(Span::mixed_site());
    let message = "a type inside a function has its name chosen, since its path is not its own: write \
                   `#[key_name = \"…\"]` over it";
    let check = quote_spanned! {Span::mixed_site().located_at(name.span())=>
        ::core::assert!(#larder::__private::Same::<fn(&#ty), __Derived>::SAME, #message)
    };
    quote_spanned! {Span::mixed_site()=>
        const _: () = {
            use #larder::__private::Other as _;
            type __Derived = fn(&#ty);
            const _: () = {
                struct #ty;
                const _: () = {
                    use self::*;
                    #check
                };
            };
        };
    }
}
