//! Names of headers, in quotes.

use proc_macro2::Span;
use quote::ToTokens;
use syn::parse::ParseStream;
use syn::{Expr, LitStr};

use crate::header_name;
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
            text.chars().all(header_name::is_of_name).then_some(text)
        }
        _ => None,
    };
    let message = match constant {
        Some(name) => format!("a header is named in quotes: write `{name:?}`"),
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
    if name == "*" {
        let message = "`*` says that nobody knows what the page depends on, and no cache keeps it: name the headers, or write \
                       `#[never_cache]`";
        return Some(message.to_owned());
    }
    header_name::wrong(name, str::to_owned)
}
