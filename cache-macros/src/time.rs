//! Times as people write them: `300`, `60 * 15`, a constant, a `Duration`, or the word `forever`.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::spanned::Spanned;
use syn::{BinOp, Expr, ExprLit, GenericParam, Generics, Lit, LitFloat, LitInt, LitStr, Path, UnOp};

use crate::{larder_path, self_type, spelling};

/// More than this is a slip of the keyboard, and would leave the range of clocks.
const CENTURY: u64 = 100 * 366 * 24 * 60 * 60;

/// A time that an option gives.
pub struct Time {
    pub expr: Expr,
    /// The seconds, where literals alone say them.
    pub seconds: Option<u64>,
}

/// The time of `ttl`, which may also be the word.
pub enum Ttl {
    Forever,
    For(Time),
}

impl Ttl {
    pub fn read(option: &str, expr: Expr) -> syn::Result<Self> {
        if is_word(&expr, "forever") {
            return Ok(Self::Forever);
        }
        Time::read(option, expr).map(Self::For)
    }
}

impl Time {
    pub fn read(option: &str, expr: Expr) -> syn::Result<Self> {
        let time = Self::read_even_zero(option, expr)?;
        if time.seconds == Some(0) { Err(zero(option, &time.expr)) } else { Ok(time) }
    }

    /// Reads a time that may be none.
    pub fn read_even_zero(option: &str, expr: Expr) -> syn::Result<Self> {
        refuse_words(option, &expr)?;
        let seconds = seconds(option, &expr)?;
        if seconds.is_some_and(|seconds| seconds >= CENTURY) {
            return Err(century(option, &expr));
        }
        Ok(Self { expr, seconds })
    }

    /// Emits a `Duration` that the compiler computes.
    pub fn expand(&self, larder: &Path) -> TokenStream {
        let expr = &self.expr;
        let span = expr.span().resolved_at(Span::mixed_site());
        let larder = larder_path::at(larder, span);
        if self.seconds.is_some() && !has_suffix(expr) {
            quote_spanned!(span=> #larder::__private::seconds(#expr))
        } else {
            quote_spanned!(span=> #larder::__private::Time(#expr).get())
        }
    }

    /// Emits the same of one that may be none, inside a function with these parameters.
    pub fn expand_even_zero(&self, larder: &Path, generics: &Generics) -> TokenStream {
        let expr = &self.expr;
        let span = expr.span().resolved_at(Span::mixed_site());
        if self.seconds.is_some() && !has_suffix(expr) {
            return quote_spanned!(span=> ::core::time::Duration::from_secs(#expr));
        }
        let larder = larder_path::at(larder, span);
        let time = quote_spanned!(span=> #larder::__private::Time(#expr).even_zero());
        if is_of_the_function(expr, generics) {
            quote_spanned!(span=> const { #time })
        } else {
            // This one is computed when a program is checked, and not only when it is built.
            quote_spanned!(span=> { const __TIME: ::core::time::Duration = #time; __TIME })
        }
    }
}

/// Returns whether an expression speaks of parameters of a function, or of the type around it, which no item inside can.
fn is_of_the_function(expr: &Expr, generics: &Generics) -> bool {
    let tokens = expr.to_token_stream();
    let mut names = generics.params.iter().filter_map(|param| match param {
        GenericParam::Type(param) => Some(&param.ident),
        GenericParam::Const(param) => Some(&param.ident),
        GenericParam::Lifetime(_) => None,
    });
    self_type::is_mentioned(tokens.clone()) || names.any(|name| spelling::mentions(tokens.clone(), name))
}

/// Words that other libraries use, and `forever` where there is no such thing.
fn refuse_words(option: &str, expr: &Expr) -> syn::Result<()> {
    let Expr::Path(path) = expr else { return Ok(()) };
    let Some(word) = path.path.get_ident() else { return Ok(()) };
    let message = match word.to_string().as_str() {
        "forever" => format!("`{option}` needs an end: write a time, as in `{option} = 60`"),
        "never" | "infinite" | "infinity" | "eternal" | "always" | "None" | "none" | "Forever" if option == "ttl" => {
            "to keep a value until it is invalidated, write `ttl = forever`".to_owned()
        }
        "never" | "none" | "None" => format!("to go without, leave `{option}` out"),
        _ => return Ok(()),
    };
    Err(syn::Error::new_spanned(expr, message))
}

fn zero(option: &str, expr: &Expr) -> syn::Error {
    let message = if option == "ttl" {
        "a time of 0 keeps nothing: write the seconds, as in `ttl = 60`, or take the attribute off".to_owned()
    } else {
        format!("a time of 0 does nothing: leave `{option}` out, or write the seconds, as in `{option} = 60`")
    };
    syn::Error::new_spanned(expr, message)
}

fn century(option: &str, expr: &Expr) -> syn::Error {
    let instead = if option == "ttl" { "write `ttl = forever`" } else { "times are seconds" };
    syn::Error::new_spanned(expr, format!("this is over a hundred years; {instead}"))
}

/// Computes what literals alone say; `None` where a name or a call is part of it, which is the compiler's to compute.
fn seconds(option: &str, expr: &Expr) -> syn::Result<Option<u64>> {
    match expr {
        Expr::Lit(literal) => from_literal(option, literal),
        Expr::Paren(inner) => seconds(option, &inner.expr),
        Expr::Group(inner) => seconds(option, &inner.expr),
        Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => Err(syn::Error::new_spanned(
            expr,
            format!("a time cannot be negative: write the seconds, as in `{option} = 300`"),
        )),
        Expr::Binary(binary) => {
            let sides = (seconds(option, &binary.left)?, seconds(option, &binary.right)?);
            let (Some(left), Some(right)) = sides else { return Ok(None) };
            compute(left, &binary.op, right).map_err(|message| syn::Error::new_spanned(expr, message))
        }
        Expr::Closure(_) | Expr::Array(_) | Expr::Tuple(_) | Expr::Range(_) | Expr::Reference(_) => {
            Err(not_a_time(option, expr))
        }
        _ => Ok(None),
    }
}

fn compute(left: u64, op: &BinOp, right: u64) -> Result<Option<u64>, &'static str> {
    let value = match op {
        BinOp::Add(_) => left.checked_add(right),
        BinOp::Mul(_) => left.checked_mul(right),
        BinOp::Sub(_) if left < right => return Err("a time cannot be negative"),
        BinOp::Sub(_) => left.checked_sub(right),
        BinOp::Div(_) if right == 0 => return Err("this divides by zero"),
        BinOp::Div(_) => left.checked_div(right),
        _ => return Ok(None),
    };
    value
        .map(Some)
        .ok_or("this is more seconds than fit in a `u64`; to keep a value until it is invalidated, write `forever`")
}

fn from_literal(option: &str, literal: &ExprLit) -> syn::Result<Option<u64>> {
    match &literal.lit {
        Lit::Int(number) => from_integer(option, number).map(Some),
        Lit::Float(number) => Err(fraction(option, number)),
        Lit::Str(text) => Err(quoted(option, text)),
        _ => Err(not_a_time(option, literal)),
    }
}

fn from_integer(option: &str, number: &LitInt) -> syn::Result<u64> {
    let digits = number.base10_digits();
    if let Some(repair) = with_unit(digits, number.suffix()) {
        return Err(syn::Error::new(
            number.span(),
            format!("times are written in seconds: write `{option} = {repair}`"),
        ));
    }
    digits.parse().map_err(|_| {
        let message =
            "this is more seconds than fit in a `u64`; to keep a value until it is invalidated, write `forever`";
        syn::Error::new(number.span(), message)
    })
}

/// The repair for a number with a part of a second: milliseconds where they say it, else whole seconds.
fn fraction(option: &str, number: &LitFloat) -> syn::Error {
    let value: f64 = number.base10_digits().parse().unwrap_or(0.0);
    let repair = match number.suffix() {
        "" | "f32" | "f64" | "s" => {
            if value.fract() == 0.0 {
                format!("{value:.0}")
            } else {
                format!("std::time::Duration::from_millis({:.0})", value * 1000.0)
            }
        }
        suffix => unit(suffix)
            .map_or_else(|| "300".to_owned(), |(_, factor)| format!("{:.0}", value * f64::from(factor.unwrap_or(1)))),
    };
    let message = format!("a time is a whole number of seconds, or a `Duration`: write `{option} = {repair}`");
    syn::Error::new(number.span(), message)
}

/// The repair for a time in quotes: `"300"`, `"5m"`, `"1 hour"`.
fn quoted(option: &str, text: &LitStr) -> syn::Error {
    let said = text.value();
    let said = said.trim();
    let end = said.find(|c: char| !c.is_ascii_digit()).unwrap_or(said.len());
    let (digits, rest) = said.split_at(end);
    let repair = if digits.is_empty() {
        "300".to_owned()
    } else {
        with_unit(digits, rest.trim()).unwrap_or_else(|| digits.to_owned())
    };
    let message = if matches!(said, "forever" | "never" | "infinite") && option == "ttl" {
        "a time is not text: write the word without quotes, `ttl = forever`".to_owned()
    } else {
        format!("a time is a number of seconds, not text: write `{option} = {repair}`")
    };
    syn::Error::new(text.span(), message)
}

fn not_a_time(option: &str, tokens: impl ToTokens) -> syn::Error {
    let message = format!("this is not a time: write the seconds, as in `{option} = 300`, or a constant `Duration`");
    syn::Error::new_spanned(tokens, message)
}

/// Turns `5` and `m` into `5 * 60`.
fn with_unit(digits: &str, suffix: &str) -> Option<String> {
    let (name, factor) = unit(suffix)?;
    Some(match (name, factor) {
        ("ms", _) => format!("std::time::Duration::from_millis({digits})"),
        (_, Some(60)) => format!("{digits} * 60"),
        (_, Some(3600)) => format!("{digits} * 60 * 60"),
        (_, Some(86_400)) => format!("{digits} * 24 * 60 * 60"),
        _ => digits.to_owned(),
    })
}

fn unit(suffix: &str) -> Option<(&'static str, Option<u32>)> {
    Some(match suffix {
        "ms" | "millis" => ("ms", None),
        "s" | "sec" | "secs" | "second" | "seconds" => ("s", Some(1)),
        "m" | "min" | "mins" | "minute" | "minutes" => ("m", Some(60)),
        "h" | "hour" | "hours" => ("h", Some(3600)),
        "d" | "day" | "days" => ("d", Some(86_400)),
        _ => return None,
    })
}

fn is_word(expr: &Expr, word: &str) -> bool {
    matches!(expr, Expr::Path(path) if path.qself.is_none() && path.path.is_ident(word))
}

/// A literal such as `300u32` is not the `u64` that `seconds` takes.
fn has_suffix(expr: &Expr) -> bool {
    match expr {
        Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) => !number.suffix().is_empty(),
        Expr::Paren(inner) => has_suffix(&inner.expr),
        Expr::Group(inner) => has_suffix(&inner.expr),
        Expr::Binary(binary) => has_suffix(&binary.left) || has_suffix(&binary.right),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(text: &str) -> String {
        Ttl::read("ttl", syn::parse_str(text).unwrap()).err().expect(text).to_string()
    }

    fn seconds_of(text: &str) -> Option<u64> {
        Time::read("ttl", syn::parse_str(text).unwrap()).unwrap().seconds
    }

    #[test]
    fn literals_are_computed_and_names_are_left_to_the_compiler() {
        assert_eq!(seconds_of("300"), Some(300));
        assert_eq!(seconds_of("60 * 15"), Some(900));
        assert_eq!(seconds_of("(1 + 1) * 60u64"), Some(120));
        assert_eq!(seconds_of("DAY"), None);
        assert_eq!(seconds_of("2 * times::DAY"), None);
        assert_eq!(seconds_of("Duration::from_secs(5)"), None);
    }

    #[test]
    fn each_wrong_spelling_is_told_its_repair() {
        for (wrong, repair) in [
            ("\"300\"", "write `ttl = 300`"),
            ("\"5m\"", "write `ttl = 5 * 60`"),
            ("\"1 hour\"", "write `ttl = 1 * 60 * 60`"),
            ("\"forever\"", "`ttl = forever`"),
            ("5m", "write `ttl = 5 * 60`"),
            ("250ms", "from_millis(250)"),
            ("1.5", "from_millis(1500)"),
            ("2.0", "write `ttl = 2`"),
            ("1.5h", "write `ttl = 5400`"),
            ("0", "keeps nothing"),
            ("60 * 0", "keeps nothing"),
            ("-5", "negative"),
            ("5 - 6", "negative"),
            ("1 / 0", "divides by zero"),
            ("99999999999999999999", "forever"),
            ("18446744073709551615 * 2", "forever"),
            ("9999999999", "over a hundred years"),
            ("never", "ttl = forever"),
            ("None", "ttl = forever"),
            ("true", "not a time"),
            ("|v| 5", "not a time"),
        ] {
            assert!(message(wrong).contains(repair), "{wrong}: {}", message(wrong));
        }
    }
}
