//! Names of headers, in quotes.

use proc_macro2::Span;
use quote::ToTokens;
use syn::parse::ParseStream;
use syn::{Expr, LitStr};

use crate::values::{expression, text};

/// The name of a header.
pub struct Name {
    /// In lower case, as names of headers are compared.
    pub lower: String,
    pub span: Span,
}

impl Name {
    pub fn cookie() -> Self {
        Self { lower: "cookie".to_owned(), span: Span::call_site() }
    }

    pub fn literal(&self) -> LitStr {
        LitStr::new(&self.lower, self.span)
    }
}

/// Reads one.
pub fn read(input: ParseStream<'_>) -> syn::Result<Name> {
    let expr = expression(input)?;
    let Some(text) = text(&expr) else { return Err(not_quoted(&expr)) };
    let value = text.value();
    match wrong(&value) {
        Some(message) => Err(syn::Error::new(text.span(), message)),
        None => Ok(Name { lower: value.to_ascii_lowercase(), span: text.span() }),
    }
}

/// Complains where a name stands in a list already.
pub fn is_new(names: &[Name], name: &Name) -> syn::Result<()> {
    if names.iter().all(|other| other.lower != name.lower) {
        return Ok(());
    }
    let message = format!("`{}` is said twice, and names of headers have no case: leave one out", name.lower);
    Err(syn::Error::new(name.span, message))
}

fn not_quoted(expr: &Expr) -> syn::Error {
    let constant = match expr {
        Expr::Path(path) => path.path.segments.last().map(|segment| spelt(&segment.ident.to_string())),
        Expr::Binary(_) => {
            let text = expr.to_token_stream().to_string().replace(' ', "");
            text.chars().all(is_of_name).then_some(text)
        }
        _ => None,
    };
    let message = match constant {
        Some(name) => format!("the name of a header stands in quotes: write `{name:?}`"),
        None => "only names of headers stand here, as in `\"Accept-Language\"`".to_owned(),
    };
    syn::Error::new_spanned(expr, message)
}

/// Turns the name of a constant into that of its header.
fn spelt(constant: &str) -> String {
    let word = |word: &str| {
        let (first, rest) = word.split_at(word.chars().next().map_or(0, char::len_utf8));
        first.to_uppercase() + &rest.to_lowercase()
    };
    constant.split('_').map(word).collect::<Vec<_>>().join("-")
}

fn wrong(name: &str) -> Option<String> {
    let several: Vec<_> = name.split([',', ' ']).filter(|part| !part.is_empty()).collect();
    match name {
        "" => Some("this names no header: write one, as in `\"Accept-Language\"`".to_owned()),
        "*" => Some(
            "`*` says that nobody knows what the page depends on, and no cache keeps it: name the headers, or write \
             `#[never_cache]`"
                .to_owned(),
        ),
        _ if name.chars().all(is_of_name) => None,
        _ if name.contains(',') && several.iter().all(|part| part.chars().all(is_of_name)) => {
            let each: Vec<_> = several.iter().map(|part| format!("{part:?}")).collect();
            Some(format!("each header has quotes of its own: write `{}`", each.join(", ")))
        }
        _ if name.chars().all(|c| is_of_name(c) || c == ' ') => {
            Some(format!("the name of a header holds no white space: write `{:?}`", several.join("-")))
        }
        _ => {
            let odd = name.chars().find(|c| !is_of_name(*c)).unwrap_or_default();
            Some(format!("this is no name of a header, which cannot hold {odd:?}"))
        }
    }
}

/// Returns whether a name may hold this (RFC 9110, 5.6.2).
fn is_of_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c)
}
