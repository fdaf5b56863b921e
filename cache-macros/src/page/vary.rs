//! What pages vary on: headers, single cookies, and the guards that those decide.

use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::punctuated::Punctuated;
use syn::{Expr, ExprCall, ExprLit, Ident, Lit, LitStr, Token, token};

use crate::header_name;
use crate::values::{bare_name, expression, inside, text};

/// One thing that pages vary on, and the guard that it decides.
pub struct Vary {
    pub guard: Option<Ident>,
    pub by: By,
}

/// What of a request it is.
pub enum By {
    Header(LitStr),
    Cookie(LitStr),
}

/// Reads `= "Cookie"`, or `("Accept", cookie("session"), user = "Cookie")`.
pub fn vary(input: ParseStream<'_>) -> syn::Result<Vec<Vary>> {
    if !input.peek(token::Paren) {
        return Ok(vec![Vary { guard: None, by: by(input)? }]);
    }
    let start = input.span();
    let all = inside(input, |content| Punctuated::<Vary, Token![,]>::parse_terminated_with(content, one))?;
    if all.is_empty() {
        return Err(syn::Error::new(start, "nothing is named here: name a header, or leave `vary` out"));
    }
    Ok(all.into_iter().collect())
}

fn one(input: ParseStream<'_>) -> syn::Result<Vary> {
    let guard = if input.peek(Ident::peek_any) && input.peek2(Token![=]) {
        let guard = input.call(Ident::parse_any)?;
        input.parse::<Token![=]>()?;
        Some(guard)
    } else {
        None
    };
    Ok(Vary { guard, by: by(input)? })
}

fn by(input: ParseStream<'_>) -> syn::Result<By> {
    let expr = expression(input)?;
    match &expr {
        Expr::Lit(ExprLit { lit: Lit::Str(name), .. }) => header("vary", name).map(By::Header),
        Expr::Call(call) if bare_name(&call.func).is_some_and(|name| name == "cookie") => of_a_cookie(call),
        _ => Err(syn::Error::new_spanned(&expr, not_by(&expr))),
    }
}

fn of_a_cookie(call: &ExprCall) -> syn::Result<By> {
    let names: Option<Vec<_>> = call.args.iter().map(text).collect();
    match names.as_deref() {
        Some([name]) => cookie(name).map(By::Cookie),
        Some(names @ [_, ..]) => {
            let all: Vec<_> = names.iter().map(|name| format!("cookie({:?})", name.value())).collect();
            let message = format!("each cookie is named by itself: write `vary({})`", all.join(", "));
            Err(syn::Error::new_spanned(call, message))
        }
        _ => Err(syn::Error::new_spanned(call, "a cookie is named in quotes: write `cookie(\"session\")`")),
    }
}

fn not_by(expr: &Expr) -> String {
    match (expr, bare_name(expr).map(ToString::to_string)) {
        (_, Some(name)) if name == "cookie" => {
            "say which cookie: write `cookie(\"session\")`, or `\"Cookie\"` for all of them".to_owned()
        }
        (_, Some(name)) if name.starts_with(|first: char| first.is_uppercase()) => {
            format!("a header is named in quotes: write `vary = \"{}\"`", name.replace('_', "-"))
        }
        (_, Some(name)) => format!(
            "a header is named in quotes, as in `vary = \"Accept-Language\"`; if one decides what `{name}` is, write \
             `vary({name} = \"Cookie\")`"
        ),
        (Expr::Array(_) | Expr::Tuple(_), _) => {
            "several headers stand in parentheses: write `vary(\"Accept\", \"Accept-Language\")`".to_owned()
        }
        _ => "pages vary on headers, in quotes, or on one cookie: write `vary = \"Accept-Language\"`, or \
              `vary = cookie(\"session\")`"
            .to_owned(),
    }
}

/// Looks whether this can be the name of a header, in an option.
pub fn header(option: &str, name: &LitStr) -> syn::Result<LitStr> {
    let value = name.value();
    let wrong = |message: String| Err(syn::Error::new(name.span(), message));
    let cookie = value.split_once([':', '=']).filter(|(header, _)| header.trim().eq_ignore_ascii_case("cookie"));
    if value == "*" {
        let why =
            if option == "vary" { "no two requests are alike, and nothing would be kept" } else { "headers are named" };
        return wrong(format!("{why}: write `{option}(\"Accept-Language\")`"));
    }
    if let Some((_, cookie)) = cookie {
        return wrong(format!("one cookie is told apart like this: `vary = cookie({:?})`", cookie.trim()));
    }
    match header_name::wrong(&value, |each| format!("{option}({each})")) {
        Some(message) => wrong(message),
        None => Ok(name.clone()),
    }
}

fn cookie(name: &LitStr) -> syn::Result<LitStr> {
    match header_name::wrong_cookie(&name.value()) {
        Some(message) => Err(syn::Error::new(name.span(), message)),
        None => Ok(name.clone()),
    }
}
