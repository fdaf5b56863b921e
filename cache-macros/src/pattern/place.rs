//! A place in a pattern: an argument, a field of one, or a method without arguments.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::{Expr, ExprField, ExprMethodCall, LitStr, Type};

use super::{Stretch, drawing};

/// What a place names.
pub struct Place {
    /// The name it begins with.
    pub root: Ident,
    /// What follows: `.id`, `.0`, `.as_str()`.
    pub steps: TokenStream,
    /// The type that is said of it: `<user.id: u64>`.
    pub annotation: Option<Type>,
    /// It as it was written, without the type.
    pub text: String,
    /// Where it stands in the pattern, without its brackets.
    pub range: Stretch,
}

impl Place {
    /// Reads what stands between two brackets.
    pub(super) fn parse(literal: &LitStr, inside: &str, range: Stretch) -> Result<Self, syn::Error> {
        let wrong = |message: &str| drawing::error(literal, range.clone(), message);
        let path = path(inside);
        let annotation = inside.get(path.len() + 1..);
        if path.is_empty() {
            return Err(wrong("a place names an argument: write `<id>`, and `<<>>` for the characters themselves"));
        }
        if path.contains(char::is_whitespace) {
            return Err(wrong("a place has no white space: write `<id>`"));
        }
        let annotation = match annotation {
            None => None,
            Some(text) => Some(LitStr::new(text, literal.span()).parse().map_err(|_| {
                wrong(&format!("`{}` is no type: write `<{path}: u64>`, or leave it out", text.trim()))
            })?),
        };
        let expression: Expr = LitStr::new(path, literal.span()).parse().map_err(|_| wrong(NOT_A_PLACE))?;
        let root = root(&expression).map_err(|message| wrong(&message))?;
        let steps = steps(&expression);
        Ok(Self { root, steps, annotation, text: path.to_owned(), range })
    }
}

const NOT_A_PLACE: &str =
    "a place names an argument, a field or a method without arguments: `<id>`, `<user.id>`, `<path.as_str()>`";

/// Returns what stands before `: Type`; a `::` of a path is something else.
pub(super) fn path(inside: &str) -> &str {
    let is_double = |at: usize| inside[at + 1..].starts_with(':') || inside[..at].ends_with(':');
    let colon = inside.match_indices(':').map(|(at, _)| at).find(|at| !is_double(*at));
    &inside[..colon.unwrap_or(inside.len())]
}

/// Returns the name that an expression begins with, if it is nothing but fields and methods of that.
fn root(expression: &Expr) -> Result<Ident, String> {
    match expression {
        Expr::Path(path) => match path.path.get_ident() {
            Some(name) => Ok(name.clone()),
            None => Err(format!(
                "a place names an argument, and `{}` is a path: write its value into an argument",
                spelt(path)
            )),
        },
        Expr::Field(ExprField { base, .. }) => root(base),
        Expr::MethodCall(ExprMethodCall { receiver, method, args, turbofish, .. }) => {
            if !args.is_empty() || turbofish.is_some() {
                return Err(format!(
                    "a method in a key takes no arguments: work `{method}` out before, and pass it as an argument of its own"
                ));
            }
            root(receiver)
        }
        _ => Err(NOT_A_PLACE.to_owned()),
    }
}

fn spelt(tokens: &impl ToTokens) -> String {
    tokens.to_token_stream().to_string().replace(' ', "")
}

/// Returns what follows the name.
fn steps(expression: &Expr) -> TokenStream {
    match expression {
        Expr::Field(ExprField { base, dot_token, member, .. }) => {
            let before = steps(base);
            quote!(#before #dot_token #member)
        }
        Expr::MethodCall(ExprMethodCall { receiver, dot_token, method, .. }) => {
            let before = steps(receiver);
            quote!(#before #dot_token #method())
        }
        _ => TokenStream::new(),
    }
}
