//! `#[derive(KeyPart)]`: a value of one's own type, written into a key.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Data, DataEnum, DeriveInput, Field, Fields, Generics, Path, Type};

use crate::derive::{allowed, check_inside, fields, larder};
use crate::errors::Errors;
use crate::spelling;
use crate::spelling::plain;

pub fn expand(input: TokenStream) -> TokenStream {
    syn::parse2::<DeriveInput>(input).map_or_else(|error| error.to_compile_error(), |input| derive(&input))
}

/// The trait is implemented also when something is wrong, so that nobody who uses the type is blamed for that.
fn derive(input: &DeriveInput) -> TokenStream {
    let errors = Errors::new();
    check_inside(input, &errors);
    types_are_known(input, &errors);
    let (larder, name, mut body) = (larder(input, &errors), &input.ident, body(input, &errors));
    let generics = bounded(&input.generics, &larder);
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
    let errors = errors.finish().map(|error| error.to_compile_error());
    if errors.is_some() {
        body = TokenStream::new();
    }
    let allowed = allowed(input);
    quote! {
        #errors
        #allowed
        #[automatically_derived]
        impl #impl_generics #larder::KeyPart for #name #type_generics #where_clause {
            fn write_key(&self, __place: #larder::key::Place<'_>) {
                #body
            }
        }
    }
}

/// Two types can read the same, and behind `dyn` there may be either.
fn types_are_known(input: &DeriveInput, errors: &Errors) {
    for field in fields(&input.data).into_iter().filter(|field| spelling::is_dyn(&field.ty)) {
        let message = "what stands behind `dyn` has a type that is not known here, and two types can read the same in a \
             key: make it an enum, or write `impl KeyPart` by hand";
        errors.on(&field.ty, message);
    }
}

fn bounded(generics: &Generics, larder: &Path) -> Generics {
    let mut generics = generics.clone();
    for parameter in generics.type_params_mut() {
        parameter.bounds.push(syn::parse_quote!(#larder::KeyPart));
    }
    generics
}

fn body(input: &DeriveInput, errors: &Errors) -> TokenStream {
    match &input.data {
        Data::Struct(data) => of_struct(&input.ident, &data.fields),
        Data::Enum(data) if data.variants.is_empty() => quote!(match *self {}),
        Data::Enum(data) => of_enum(data),
        Data::Union(_) => {
            errors.on(&input.ident, A_UNION);
            TokenStream::new()
        }
    }
}

const A_UNION: &str = "a union does not know which of its fields it holds, so it cannot be part of a key: make it an enum, or give the \
     key the field that counts";

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
            let value = at(&unnamed.unnamed[0].ty, &bindings[0]);
            quote!(__place.part(#value))
        }
        _ => write_into(&quote!(__place), fields, &bindings),
    };
    quote! {
        let Self #pattern = self;
        #write
    }
}

fn of_enum(data: &DataEnum) -> TokenStream {
    let arms = data.variants.iter().map(|variant| {
        let (name, text, bindings) = (&variant.ident, plain(&variant.ident), bindings(&variant.fields));
        let pattern = pattern(&variant.fields, &bindings);
        let write = match &variant.fields {
            Fields::Unit => quote!(__place.variant(#text).unit()),
            fields => write_into(&quote!(__place.variant(#text)), fields, &bindings),
        };
        quote!(Self::#name #pattern => { #write })
    });
    quote!(match self { #(#arms)* })
}

/// Names for the fields that cannot meet any name of the type's author.
fn bindings(fields: &Fields) -> Vec<Ident> {
    (0..fields.len()).map(|index| Ident::new(&format!("__field{index}"), Span::mixed_site())).collect()
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

fn write(field: &Field, binding: &Ident) -> TokenStream {
    let value = at(&field.ty, binding);
    let Some(name) = field.ident.as_ref().map(plain) else { return quote!(.item(#value)) };
    quote!(.field(#name, #value))
}

/// Emits a field's value where its type stands, from its first token to its last, since that is what an error is about.
fn at(ty: &Type, value: &Ident) -> TokenStream {
    let mut tokens = ty.to_token_stream().into_iter().map(|token| Span::mixed_site().located_at(token.span()));
    let first = tokens.next().unwrap_or_else(Span::mixed_site);
    let last = tokens.last().unwrap_or(first);
    let mut value = value.clone();
    value.set_span(last);
    let reference = quote_spanned!(first=> &*);
    quote!(#reference #value)
}
