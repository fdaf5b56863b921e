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
        if path.is_empty() {
            return Err(drawing::error(literal, range.start - 1..range.end + 1, EMPTY));
        }
        if path.contains(char::is_whitespace) {
            let name = if path.trim().contains(char::is_whitespace) { "id" } else { path.trim() };
            return Err(wrong(&format!("a place has no white space: write `<{name}>`")));
        }
        let annotation = match inside.get(path.len() + 1..) {
            None => None,
            Some(text) => Some(annotation(literal, path, text, &range)?),
        };
        let expression: Expr = LitStr::new(path, literal.span()).parse().map_err(|_| wrong(&unreadable(path)))?;
        let root = root(&expression).map_err(|message| wrong(&message))?;
        let steps = steps(&expression);
        // Comments and attributes are lost on the way here, and the pattern would be another with them.
        if spelt(&quote!(#root #steps)) != path {
            return Err(wrong(NOT_A_PLACE));
        }
        Ok(Self { root, steps, annotation, text: path.to_owned(), range })
    }
}

const EMPTY: &str =
    "a place is not empty: write a name into it, as in `<id>`, and `<<>>` for the characters themselves";

const NOT_A_PLACE: &str = "a place is a name, with fields or methods without arguments behind it, as in `<id>`, `<user.id>`, \
     `<path.as_str()>`: give anything else a name before";

/// Says why a path cannot be read at all.
fn unreadable(path: &str) -> String {
    let is_name = |name: &str| syn::parse_str::<Ident>(name).is_ok();
    let keyword = path.split('.').find(|name| !is_name(name) && is_name(&format!("r#{name}")));
    keyword.map_or(NOT_A_PLACE.to_owned(), |name| format!("`{name}` is a keyword: write `r#{name}` in its place"))
}

/// Reads the type behind the colon.
fn annotation(literal: &LitStr, path: &str, text: &str, range: &Stretch) -> Result<Type, syn::Error> {
    let meant = text.trim();
    let repair = format!("write one, as in `<{path}: u64>`, or leave the colon out");
    if meant.is_empty() {
        return Err(drawing::error(literal, range.clone(), format!("no type stands behind the colon: {repair}")));
    }
    let from = range.end - text.trim_start().len();
    let wrong = || drawing::error(literal, from..from + meant.len(), format!("`{meant}` is no type: {repair}"));
    let ty = LitStr::new(text, literal.span()).parse().map_err(|_| wrong())?;
    // These name no type: the compiler would have to find it, and companions have arguments of it.
    if matches!(ty, Type::Infer(_) | Type::ImplTrait(_) | Type::Macro(_)) { Err(wrong()) } else { Ok(ty) }
}

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
                "`{}` is a path, and a place is a name: give its value a name before, as in `<id>`",
                spelt(path)
            )),
        },
        Expr::Field(ExprField { base, .. }) => root(base),
        Expr::MethodCall(ExprMethodCall { receiver, method, args, turbofish, .. }) => {
            if !args.is_empty() || turbofish.is_some() {
                return Err(format!(
                    "a method in a key takes no arguments: give what `{method}` returns a name before, as in `<id>`"
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
