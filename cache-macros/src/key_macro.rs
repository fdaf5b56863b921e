//! `key!`: the key of a pattern, by hand.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::parse::{Parse, ParseStream};
use syn::{LitStr, Path, Token};

use crate::pattern::{Part, Pattern, Place};

/// `"pattern"`, and where larder is.
struct Input {
    pattern: LitStr,
    larder: Path,
}

impl Parse for Input {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let pattern = input.parse().map_err(|error| {
            syn::Error::new(error.span(), "`key!` takes the pattern of a key as a string: `key!(\"profile:<id>\")`")
        })?;
        let larder = parse_crate(input)?.unwrap_or_else(|| syn::parse_quote!(::larder));
        Ok(Self { pattern, larder })
    }
}

/// Reads `, crate = path`, where it stands.
fn parse_crate(input: ParseStream<'_>) -> syn::Result<Option<Path>> {
    if input.is_empty() {
        return Ok(None);
    }
    input.parse::<Token![,]>()?;
    if input.is_empty() {
        return Ok(None);
    }
    let unknown = "`key!` takes nothing else but `crate = path`: values stand in the pattern, as in `<user.id>`";
    input.parse::<Token![crate]>().map_err(|error| syn::Error::new(error.span(), unknown))?;
    input.parse::<Token![=]>()?;
    let path = Path::parse_mod_style(input)?;
    input.parse::<Option<Token![,]>>()?;
    Ok(Some(path))
}

pub fn expand(input: TokenStream) -> TokenStream {
    let written = syn::parse2::<Input>(input).and_then(|input| Ok((Pattern::parse(&input.pattern)?, input.larder)));
    match written {
        Ok((pattern, larder)) => key(&pattern, &larder),
        Err(error) => error.to_compile_error(),
    }
}

fn key(pattern: &Pattern, larder: &Path) -> TokenStream {
    let writes = pattern.parts.iter().map(|part| match part {
        Part::Literal(text) => quote!(.literal(#text)),
        Part::Place(place) => {
            let (value, span) = (value(place), pattern.literal.span());
            quote_spanned!(span=> .part(#value))
        }
    });
    let text = &pattern.text;
    // No name that stands where the macro is called can be this one.
    let out = Ident::new("__key", Span::mixed_site());
    quote! {
        #larder::Key::write(const { #larder::__private::mark(#text) }, |#out| {
            #out #(#writes)*;
        })
    }
}

fn value(place: &Place) -> TokenStream {
    let Place { root, steps, annotation, .. } = place;
    let span = root.span();
    if let Some(ty) = annotation {
        quote_spanned!(span=> ::core::convert::identity::<&#ty>(&#root #steps))
    } else {
        quote_spanned!(span=> &#root #steps)
    }
}
