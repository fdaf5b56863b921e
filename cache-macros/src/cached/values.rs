//! The values of options that only cached functions have.

use syn::parse::ParseStream;
use syn::punctuated::Punctuated;
use syn::{Expr, Ident, Lit, LitBool, LitFloat, Token, parse_quote};

use super::chooser::Chooser;
use super::options::{ErrorTtl, Returns};
use crate::time::Time;
use crate::values::{expression, inside};

/// Reads a time for all errors, or what chooses one for each.
pub fn error_ttl(input: ParseStream<'_>) -> syn::Result<ErrorTtl> {
    let expr = expression(input)?;
    match expr {
        Expr::Closure(_) => {
            Chooser::read("error_ttl", "|error| error.is_not_found().then_some(5)", expr).map(ErrorTtl::Chosen)
        }
        expr => Time::read("error_ttl", expr).map(ErrorTtl::All),
    }
}

/// Reads what a type parameter stands for.
pub fn returns(input: ParseStream<'_>) -> syn::Result<Returns> {
    let expr = expression(input)?;
    if let Expr::Path(path) = &expr {
        if path.path.is_ident("value") {
            return Ok(Returns::Value);
        }
        if path.path.is_ident("result") {
            return Ok(Returns::Result);
        }
    }
    let message = "what a function returns is `value` or `result`: write `returns = value`, or `returns = result` where only `Ok` is kept";
    Err(syn::Error::new_spanned(expr, message))
}

/// Reads `(a, b)`, as `ignore` takes it.
pub fn names(input: ParseStream<'_>) -> syn::Result<Vec<Ident>> {
    let start = input.span();
    let names = inside(input, Punctuated::<Expr, Token![,]>::parse_terminated)?;
    if names.is_empty() {
        let message = "nothing is ignored here: name an argument, as in `ignore(db)`, or leave it out";
        return Err(syn::Error::new(start, message));
    }
    names.iter().map(name).collect()
}

fn name(expr: &Expr) -> syn::Result<Ident> {
    let inner = match expr {
        Expr::Reference(reference) => &reference.expr,
        other => other,
    };
    let message = match inner {
        Expr::Path(path) if path.qself.is_none() && path.path.get_ident().is_some() && std::ptr::eq(inner, expr) => {
            return path.path.require_ident().cloned();
        }
        Expr::Path(path) if path.path.get_ident().is_some() => {
            "an argument is ignored by its bare name: leave the `&` out".to_owned()
        }
        Expr::Field(_) | Expr::MethodCall(_) => {
            "only whole arguments can be ignored; those with a part in the key need nothing".to_owned()
        }
        Expr::Lit(literal) if matches!(literal.lit, Lit::Str(_)) => {
            "an argument is named without quotes, as in `ignore(db)`".to_owned()
        }
        Expr::Infer(_) => "an argument called `_` cannot be read, and needs nothing: leave it out".to_owned(),
        _ => "only the names of arguments stand here, as in `ignore(db, log)`".to_owned(),
    };
    Err(syn::Error::new_spanned(expr, message))
}

/// Reads what stands behind `early`, if anything does: how much sooner a value is loaded anew, as a multiple of its cost.
pub fn beta(input: ParseStream<'_>) -> syn::Result<Expr> {
    if input.is_empty() || input.peek(Token![,]) {
        return Ok(parse_quote!(1.0));
    }
    if input.peek(LitBool) {
        let message = "`early` is a word by itself, or has a number: write `early`, `early = 1.0`, or leave it out";
        return Err(syn::Error::new(input.span(), message));
    }
    let expr = expression(input)?;
    let wrong = |message: &str| Err(syn::Error::new_spanned(&expr, message));
    let should = "`early` is a number over 0, by which the time is multiplied that a value took to load: write `early`, or \
         `early = 1.0`";
    match &expr {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Float(number) if matches!(number.suffix(), "" | "f32") => match number.base10_parse::<f32>() {
                Ok(value) if value > 0.0 && value.is_finite() => Ok(expr),
                _ => wrong(should),
            },
            Lit::Int(number) if number.suffix().is_empty() => match number.base10_parse::<u8>() {
                Ok(whole) if whole > 0 => {
                    let float = LitFloat::new(&format!("{whole}.0"), number.span());
                    Ok(parse_quote!(#float))
                }
                _ => wrong(should),
            },
            _ => wrong(should),
        },
        Expr::Path(_) => Ok(expr),
        _ => wrong(should),
    }
}

/// Reads a part of all hits: a number from 0 to 1.
pub fn sample(input: ParseStream<'_>) -> syn::Result<Expr> {
    let expr = expression(input)?;
    let should = "`verify` is the part of all hits on which the body runs too, from 0 to 1: write `verify = 0.001`";
    let is_part = match &expr {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Float(number) if matches!(number.suffix(), "" | "f32") => {
                number.base10_parse::<f32>().is_ok_and(|part| (0.0..=1.0).contains(&part))
            }
            Lit::Int(number) if number.base10_digits() == "0" => return Ok(parse_quote!(0.0)),
            Lit::Int(number) if number.base10_digits() == "1" => return Ok(parse_quote!(1.0)),
            _ => false,
        },
        Expr::Path(_) => true,
        _ => false,
    };
    if is_part { Ok(expr) } else { Err(syn::Error::new_spanned(&expr, should)) }
}

/// Reads a part of a time: a number between 0 and 1.
pub fn part(option: &str, example: &str, input: ParseStream<'_>) -> syn::Result<Expr> {
    let expr = expression(input)?;
    let wrong = |message: String| Err(syn::Error::new_spanned(&expr, message));
    let meaning = match option {
        "jitter" => "the part of the time that is left to chance",
        _ => "the part of its time after which a value is loaded anew",
    };
    let should = format!("`{option}` is {meaning}, between 0 and 1: write `{option} = {example}`");
    match &expr {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Float(number) if matches!(number.suffix(), "" | "f32") => match number.base10_parse::<f32>() {
                Ok(value) if value > 0.0 && value < 1.0 => Ok(expr),
                _ => wrong(should),
            },
            Lit::Int(number) => match number.base10_parse::<u8>() {
                Ok(percent @ 2..=99) => {
                    let value = format!("0.{percent:02}");
                    wrong(format!(
                        "`{option}` is {meaning}, between 0 and 1: write `{option} = {}`",
                        value.trim_end_matches('0')
                    ))
                }
                _ => wrong(should),
            },
            _ => wrong(should),
        },
        Expr::Path(_) => Ok(expr),
        _ => wrong(should),
    }
}
