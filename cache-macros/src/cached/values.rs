//! The values of options that only cached functions have.

use syn::Expr;
use syn::parse::ParseStream;

use super::chooser::Chooser;
use super::options::{ErrorTtl, Returns};
use crate::time::Time;
use crate::values::expression;

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
