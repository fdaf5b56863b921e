//! `key!`: the key of a pattern, by hand.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::parse::{Parse, ParseStream};
use syn::{Generics, LitStr, Path, Token};

use crate::larder_path;
use crate::pattern::{Part, Pattern, Place};

const TAKES_A_PATTERN: &str = "`key!` takes the pattern of a key as a string: `key!(\"profile:<id>\")`";
const TAKES_NO_MORE: &str =
    "`key!` takes nothing else but `crate = path`: values stand in the pattern, as in `<user.id>`";

/// `"pattern"`, and where larder is.
struct Input {
    pattern: LitStr,
    larder: Path,
}

impl Parse for Input {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let pattern = input.parse().map_err(|error| syn::Error::new(error.span(), TAKES_A_PATTERN))?;
        let larder = parse_crate(input)?.unwrap_or_else(larder_path::usual);
        if input.is_empty() { Ok(Self { pattern, larder }) } else { Err(input.error(TAKES_NO_MORE)) }
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
    let word = input.parse().map_err(|error| syn::Error::new(error.span(), TAKES_NO_MORE))?;
    let path = larder_path::parse(word, input)?;
    input.parse::<Option<Token![,]>>()?;
    Ok(Some(path))
}

pub fn expand(input: TokenStream) -> TokenStream {
    let written = syn::parse2::<Input>(input).and_then(|input| Ok((Pattern::parse(&input.pattern)?, input.larder)));
    match written {
        Ok((pattern, larder)) => key(&pattern, &larder),
        Err(error) => all_of(error),
    }
}

/// Where an expression stands, the compiler reads one macro call and leaves out all that follow it.
pub fn all_of(error: syn::Error) -> TokenStream {
    let each = error.into_iter().map(|error| error.to_compile_error());
    quote!({ #(#each)* })
}

pub fn key(pattern: &Pattern, larder: &Path) -> TokenStream {
    let writes = writes(pattern);
    let text = &pattern.text;
    // No name that stands where the macro is called can be this one.
    let out = Ident::new("__key", Span::mixed_site());
    quote! {
        #larder::Key::write(#larder::__private::mark!(#text), |#out| {
            #out #writes;
        })
    }
}

/// Emits the calls that write a pattern from what its places name where they stand.
fn writes(pattern: &Pattern) -> TokenStream {
    writes_in(&Generics::default(), pattern)
}

/// Emits the same where a place can name a type parameter, too.
pub fn writes_in(generics: &Generics, pattern: &Pattern) -> TokenStream {
    let is_type = |place: &Place| place.root == "Self" || generics.type_params().any(|param| param.ident == place.root);
    let parts = pattern.parts.iter().map(|part| match part {
        Part::Literal(text) => quote!(.literal(#text)),
        Part::Place(place) if is_type(place) => {
            let root = &place.root;
            quote_spanned!(root.span()=> .name::<#root>())
        }
        Part::Place(place) => written(place),
    });
    parts.collect()
}

fn written(place: &Place) -> TokenStream {
    let Place { root, steps, annotation, .. } = place;
    // The type that was written is held against the one that is there.
    let ty = annotation.as_ref().map(|ty| quote!(::<#ty>));
    quote_spanned!(root.span()=> .part #ty (&#root #steps))
}
