//! The values of options that several attributes have: one reader each, with what to say of a wrong one.

use proc_macro2::TokenStream;
use syn::parse::ParseStream;
use syn::{Expr, ExprLit, Ident, Lit, LitStr};

/// Reads the pattern of `key`.
pub fn key(input: ParseStream<'_>) -> syn::Result<LitStr> {
    let expr = expression(input)?;
    if let Some(pattern) = text(&expr) {
        return Ok(pattern.clone());
    }
    let message = match (&expr, bare_name(&expr)) {
        (_, Some(name)) => format!(
            "a key is a pattern in quotes: write `key = \"<{name}>\"`, or put some text before it, as in `key = \"item:<{name}>\"`"
        ),
        (Expr::Macro(_), _) => {
            "a key is a pattern that the compiler checks, not an expression: write `key = \"profile:<id>\"`".to_owned()
        }
        (Expr::Lit(_), _) => "a key is a pattern in quotes, as in `key = \"profile:<id>\"`".to_owned(),
        _ => "a key is one literal, as in `key = \"profile:<id>\"`: the compiler checks it".to_owned(),
    };
    Err(syn::Error::new_spanned(expr, message))
}

/// Reads the name of a cache.
pub fn cache(input: ParseStream<'_>) -> syn::Result<LitStr> {
    let expr = expression(input)?;
    let Some(name) = text(&expr) else {
        let message = match bare_name(&expr) {
            Some(name) => format!("this is text: write `cache = \"{name}\"`"),
            None => "this is one literal in quotes, as in `cache = \"sessions\"`".to_owned(),
        };
        return Err(syn::Error::new_spanned(expr, message));
    };
    let value = name.value();
    if value.is_empty() {
        return Err(syn::Error::new(name.span(), "a cache has a name: leave `cache` out for the one called `default`"));
    }
    if let Some(wrong) = value.chars().find(|c| !c.is_ascii_alphanumeric() && !matches!(c, '_' | '-' | '.')) {
        let message =
            format!("the name of a cache is made of letters, digits, `_`, `-` and `.`; this one holds {wrong:?}");
        return Err(syn::Error::new(name.span(), message));
    }
    Ok(name.clone())
}

/// Reads an expression without the invisible group that a macro puts around one that it was handed.
pub fn expression(input: ParseStream<'_>) -> syn::Result<Expr> {
    let mut expr: Expr = input.parse()?;
    while let Expr::Group(group) = expr {
        expr = *group.expr;
    }
    Ok(expr)
}

/// Returns the text that an expression is.
pub fn text(expr: &Expr) -> Option<&LitStr> {
    match expr {
        Expr::Group(group) => text(&group.expr),
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text),
        _ => None,
    }
}

/// Returns the one name that an expression is.
pub fn bare_name(expr: &Expr) -> Option<&Ident> {
    match expr {
        Expr::Group(group) => bare_name(&group.expr),
        Expr::Path(path) if path.qself.is_none() => path.path.get_ident(),
        _ => None,
    }
}

/// Reads the patterns of `tags`.
pub fn tags(input: ParseStream<'_>) -> syn::Result<Vec<LitStr>> {
    let expr = expression(input)?;
    if let Some(one) = text(&expr) {
        let message = format!("tags are a list: write `tags = [{:?}]`", one.value());
        return Err(syn::Error::new(one.span(), message));
    }
    let Expr::Array(list) = &expr else {
        return Err(syn::Error::new_spanned(expr, "tags are a list of patterns, as in `tags = [\"author:<author>\"]`"));
    };
    if list.elems.is_empty() {
        return Err(syn::Error::new_spanned(list, "there is no tag here: write one, or leave `tags` out"));
    }
    let each = list.elems.iter().map(|expr| match (text(expr), bare_name(expr)) {
        (Some(pattern), _) => Ok(pattern.clone()),
        (None, Some(name)) => {
            Err(syn::Error::new_spanned(expr, format!("a tag is a pattern in quotes: write `\"{name}:<{name}>\"`")))
        }
        (None, None) => Err(syn::Error::new_spanned(expr, "a tag is a pattern in quotes, as in `\"author:<author>\"`")),
    });
    each.collect()
}

/// Reads the number of a version.
pub fn version(input: ParseStream<'_>) -> syn::Result<String> {
    let expr = expression(input)?;
    let wrong = |message: &str| Err(syn::Error::new_spanned(&expr, message));
    let Expr::Lit(literal) = &expr else {
        return wrong("a version is a whole number, as in `version = 2`");
    };
    match &literal.lit {
        Lit::Int(number) if number.suffix().is_empty() && number.base10_parse::<u64>().is_ok() => {
            Ok(number.base10_digits().to_owned())
        }
        Lit::Str(text) if text.value().parse::<u64>().is_ok() => {
            wrong(&format!("a version is a whole number, without quotes: write `version = {}`", text.value()))
        }
        _ => wrong("a version is a whole number, as in `version = 2`"),
    }
}

/// Reads what stands in parentheses. What is left behind by an error is dropped: one error is enough.
pub fn inside<T>(input: ParseStream<'_>, read: impl FnOnce(ParseStream<'_>) -> syn::Result<T>) -> syn::Result<T> {
    let content;
    syn::parenthesized!(content in input);
    let result = read(&content);
    let _: TokenStream = content.parse()?;
    result
}

/// Reads the name of a companion.
pub fn companion(input: ParseStream<'_>) -> syn::Result<Ident> {
    let expr = expression(input)?;
    if let Some(name) = bare_name(&expr) {
        return Ok(name.clone());
    }
    let message = match text(&expr) {
        Some(_) => "a companion is named without quotes, as in `companion = profiles`",
        None => "a companion is given one name, as in `companion = profiles`",
    };
    Err(syn::Error::new_spanned(expr, message))
}
