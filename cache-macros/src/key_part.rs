//! `#[derive(KeyPart)]`: a value of one's own type, written into a key.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Data, DataEnum, DeriveInput, Field, Fields};

use crate::derive::{larder, plain};

pub fn expand(input: TokenStream) -> TokenStream {
    let derived = syn::parse2::<DeriveInput>(input).and_then(|input| derive(&input));
    derived.unwrap_or_else(|error| error.to_compile_error())
}

fn derive(input: &DeriveInput) -> syn::Result<TokenStream> {
    let larder = larder(input)?;
    let (name, body) = (&input.ident, body(input)?);
    let mut generics = input.generics.clone();
    for parameter in generics.type_params_mut() {
        parameter.bounds.push(syn::parse_quote!(#larder::KeyPart));
    }
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
    Ok(quote! {
        #[automatically_derived]
        impl #impl_generics #larder::KeyPart for #name #type_generics #where_clause {
            fn write_key(&self, __place: #larder::key::Place<'_>) {
                #body
            }
        }
    })
}

fn body(input: &DeriveInput) -> syn::Result<TokenStream> {
    match &input.data {
        Data::Struct(data) => Ok(of_struct(&input.ident, &data.fields)),
        Data::Enum(data) => of_enum(input, data),
        Data::Union(_) => Err(syn::Error::new_spanned(
            &input.ident,
            "a union does not know which of its fields it holds, so it cannot be part of a key: derive it on an enum",
        )),
    }
}

fn of_struct(name: &Ident, fields: &Fields) -> TokenStream {
    let bindings = bindings(fields);
    let pattern = pattern(fields, &bindings);
    let write = match fields {
        Fields::Unit => {
            let text = plain(name);
            quote!(__place.variant(#text).unit())
        }
        // Transparent: whatever reads like its only field means the same.
        Fields::Unnamed(unnamed) if unnamed.unnamed.len() == 1 => {
            let field = &unnamed.unnamed[0];
            let binding = &bindings[0];
            quote_spanned!(field.ty.span()=> __place.part(#binding))
        }
        _ => write_into(&quote!(__place), fields, &bindings),
    };
    quote! {
        let Self #pattern = self;
        #write
    }
}

fn of_enum(input: &DeriveInput, data: &DataEnum) -> syn::Result<TokenStream> {
    if data.variants.is_empty() {
        return Err(syn::Error::new_spanned(
            &input.ident,
            "an enum without variants has no values, so there is nothing to write into a key",
        ));
    }
    let arms = data.variants.iter().map(|variant| {
        let (name, text, bindings) = (&variant.ident, plain(&variant.ident), bindings(&variant.fields));
        let pattern = pattern(&variant.fields, &bindings);
        let write = match &variant.fields {
            Fields::Unit => quote!(__place.variant(#text).unit()),
            fields => write_into(&quote!(__place.variant(#text)), fields, &bindings),
        };
        quote!(Self::#name #pattern => { #write })
    });
    Ok(quote!(match self { #(#arms)* }))
}

/// Names for the fields that cannot meet any name of the type's author.
fn bindings(fields: &Fields) -> Vec<Ident> {
    (0..fields.len()).map(|index| format_ident!("__field{index}")).collect()
}

fn pattern(fields: &Fields, bindings: &[Ident]) -> TokenStream {
    match fields {
        Fields::Unit => TokenStream::new(),
        Fields::Unnamed(_) => quote!((#(#bindings),*)),
        Fields::Named(fields) => {
            let names = fields.named.iter().map(|field| &field.ident);
            quote!({ #(#names: #bindings),* })
        }
    }
}

/// Writes fields into a place or a variant: both take a tuple or a record.
fn write_into(place: &TokenStream, fields: &Fields, bindings: &[Ident]) -> TokenStream {
    let writes = fields.iter().zip(bindings).map(|(field, binding)| write(field, binding));
    match fields {
        Fields::Named(_) => quote!(#place.record(|__fields| { #(__fields #writes;)* })),
        Fields::Unnamed(_) | Fields::Unit => quote!(#place.tuple(|__items| { #(__items #writes;)* })),
    }
}

/// A field that cannot be part of a key is an error at its type.
fn write(field: &Field, binding: &Ident) -> TokenStream {
    let span = field.ty.span();
    if let Some(name) = &field.ident {
        let name = plain(name);
        quote_spanned!(span=> .field(#name, #binding))
    } else {
        quote_spanned!(span=> .item(#binding))
    }
}
