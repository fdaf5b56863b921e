//! Times as people write them: `300`, `60 * 15`, a constant, a `Duration`, or the word `forever`.

use std::fmt::Display;

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::spanned::Spanned;
use syn::{BinOp, Expr, ExprLit, Generics, Lit, LitFloat, LitInt, LitStr, Path, UnOp};

use crate::{generics, larder_path, self_type};

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

/// Where a time was asked for, in whose words its repair is written.
#[derive(Clone, Copy)]
pub enum Asked<'a> {
    Option(&'a str),
    /// `ttl`, which may also be the word.
    Lasting,
    /// What stands first, and has no name.
    First,
    /// The time of one status.
    Status(u16),
}

impl<'a> From<&'a str> for Asked<'a> {
    fn from(option: &'a str) -> Self {
        Self::Option(option)
    }
}

impl Asked<'_> {
    /// Returns what to write.
    fn with(self, time: impl Display) -> String {
        match self {
            Self::Option(option) => format!("{option} = {time}"),
            Self::Lasting => format!("ttl = {time}"),
            Self::First => time.to_string(),
            Self::Status(status) => format!("statuses({status} = {time})"),
        }
    }

    /// Returns how it is called.
    fn name(self) -> String {
        match self {
            Self::Option(option) => format!("`{option}`"),
            Self::Lasting => "`ttl`".to_owned(),
            Self::First => "the time of a page".to_owned(),
            Self::Status(status) => format!("`{status}`"),
        }
    }

    /// Returns whether nothing is kept without it.
    fn is_all(self) -> bool {
        matches!(self, Self::Lasting | Self::First | Self::Option("ttl"))
    }

    fn may_last(self) -> bool {
        matches!(self, Self::Lasting)
    }
}

impl Ttl {
    pub fn read(expr: Expr) -> syn::Result<Self> {
        if is_word(&expr, "forever") {
            return Ok(Self::Forever);
        }
        Time::read(Asked::Lasting, expr).map(Self::For)
    }
}

impl Time {
    pub fn read<'a>(asked: impl Into<Asked<'a>>, expr: Expr) -> syn::Result<Self> {
        let asked = asked.into();
        let time = Self::read_even_zero(asked, expr)?;
        if time.seconds == Some(0) { Err(zero(asked, &time.expr)) } else { Ok(time) }
    }

    /// Reads a time that may be none.
    pub fn read_even_zero<'a>(asked: impl Into<Asked<'a>>, expr: Expr) -> syn::Result<Self> {
        let asked = asked.into();
        refuse_words(asked, &expr)?;
        let seconds = seconds(asked, &expr)?;
        if seconds.is_some_and(|seconds| seconds >= CENTURY) {
            return Err(century(asked, &expr));
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
        constant(&time, &quote_spanned!(span=> ::core::time::Duration), generics)
    }
}

/// Emits an expression of this type that is computed when a program is checked, inside a function with these parameters.
pub fn constant(expr: &TokenStream, ty: &TokenStream, generics: &Generics) -> TokenStream {
    let names = generics::needed(generics, [expr.clone()]);
    if names.params.is_empty() && !self_type::is_mentioned(expr.clone()) {
        quote_spanned!(Span::mixed_site()=> { const __CONSTANT: #ty = #expr; __CONSTANT })
    } else {
        // What is about parameters cannot be known before there are some.
        quote_spanned!(Span::mixed_site()=> const { #expr })
    }
}

/// Words that other libraries use, and `forever` where there is no such thing.
fn refuse_words(asked: Asked<'_>, expr: &Expr) -> syn::Result<()> {
    let Expr::Path(path) = expr else { return Ok(()) };
    let Some(word) = path.path.get_ident() else { return Ok(()) };
    let message = match word.to_string().as_str() {
        "never" | "infinite" | "infinity" | "eternal" | "always" | "None" | "none" | "Forever" if asked.may_last() => {
            "to keep a value until it is invalidated, write `ttl = forever`".to_owned()
        }
        "never" | "none" | "None" if !asked.is_all() => format!("to go without, leave {} out", asked.name()),
        "forever" | "never" | "infinite" | "infinity" | "eternal" | "always" | "None" | "none" | "Forever" => {
            format!("{} needs an end: write a time, as in `{}`", asked.name(), asked.with(60))
        }
        _ => return Ok(()),
    };
    Err(syn::Error::new_spanned(expr, message))
}

fn zero(asked: Asked<'_>, expr: &Expr) -> syn::Error {
    let message = if asked.is_all() {
        format!("a time of 0 keeps nothing: write the seconds, as in `{}`, or take the attribute off", asked.with(60))
    } else {
        let (name, write) = (asked.name(), asked.with(60));
        format!("a time of 0 does nothing: leave {name} out, or write the seconds, as in `{write}`")
    };
    syn::Error::new_spanned(expr, message)
}

fn century(asked: Asked<'_>, expr: &Expr) -> syn::Error {
    let instead = if asked.may_last() { "write `ttl = forever`" } else { "times are seconds" };
    syn::Error::new_spanned(expr, format!("this is over a hundred years; {instead}"))
}

/// Computes what literals alone say; `None` where a name or a call is part of it, which is the compiler's to compute.
fn seconds(asked: Asked<'_>, expr: &Expr) -> syn::Result<Option<u64>> {
    match expr {
        Expr::Lit(literal) => from_literal(asked, literal),
        Expr::Paren(inner) => seconds(asked, &inner.expr),
        Expr::Group(inner) => seconds(asked, &inner.expr),
        Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => Err(syn::Error::new_spanned(
            expr,
            format!("a time cannot be negative: write the seconds, as in `{}`", asked.with(300)),
        )),
        Expr::Binary(binary) => {
            let sides = (seconds(asked, &binary.left)?, seconds(asked, &binary.right)?);
            let (Some(left), Some(right)) = sides else { return Ok(None) };
            compute(asked, left, &binary.op, right).map_err(|message| syn::Error::new_spanned(expr, message))
        }
        Expr::Closure(_) | Expr::Array(_) | Expr::Tuple(_) | Expr::Range(_) | Expr::Reference(_) => {
            Err(not_a_time(asked, expr))
        }
        _ => Ok(None),
    }
}

fn compute(asked: Asked<'_>, left: u64, op: &BinOp, right: u64) -> Result<Option<u64>, &'static str> {
    let value = match op {
        BinOp::Add(_) => left.checked_add(right),
        BinOp::Mul(_) => left.checked_mul(right),
        BinOp::Sub(_) if left < right => return Err("a time cannot be negative"),
        BinOp::Sub(_) => left.checked_sub(right),
        BinOp::Div(_) if right == 0 => return Err("this divides by zero"),
        BinOp::Div(_) => left.checked_div(right),
        _ => return Ok(None),
    };
    value.map(Some).ok_or_else(|| too_long(asked))
}

fn too_long(asked: Asked<'_>) -> &'static str {
    if asked.may_last() {
        "this is more seconds than fit in a `u64`; to keep a value until it is invalidated, write `forever`"
    } else {
        "this is more seconds than fit in a `u64`"
    }
}

fn from_literal(asked: Asked<'_>, literal: &ExprLit) -> syn::Result<Option<u64>> {
    match &literal.lit {
        Lit::Int(number) => from_integer(asked, number).map(Some),
        Lit::Float(number) => Err(fraction(asked, number)),
        Lit::Str(text) => Err(quoted(asked, text)),
        _ => Err(not_a_time(asked, literal)),
    }
}

fn from_integer(asked: Asked<'_>, number: &LitInt) -> syn::Result<u64> {
    let digits = number.base10_digits();
    if let Some(repair) = with_unit(digits, number.suffix()) {
        return Err(syn::Error::new(
            number.span(),
            format!("times are written in seconds: write `{}`", asked.with(repair)),
        ));
    }
    digits.parse().map_err(|_| syn::Error::new(number.span(), too_long(asked)))
}

/// The repair for a number with a part of a second: milliseconds where they say it, else whole seconds.
fn fraction(asked: Asked<'_>, number: &LitFloat) -> syn::Error {
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
    let message = format!("a time is a whole number of seconds, or a `Duration`: write `{}`", asked.with(repair));
    syn::Error::new(number.span(), message)
}

/// The repair for a time in quotes: `"300"`, `"5m"`, `"1 hour"`.
fn quoted(asked: Asked<'_>, text: &LitStr) -> syn::Error {
    let said = text.value();
    let said = said.trim();
    let end = said.find(|c: char| !c.is_ascii_digit()).unwrap_or(said.len());
    let (digits, rest) = said.split_at(end);
    let repair = if digits.is_empty() {
        "300".to_owned()
    } else {
        with_unit(digits, rest.trim()).unwrap_or_else(|| digits.to_owned())
    };
    let message = if matches!(said, "forever" | "never" | "infinite") && asked.may_last() {
        "a time is not text: write the word without quotes, `ttl = forever`".to_owned()
    } else {
        format!("a time is a number of seconds, not text: write `{}`", asked.with(repair))
    };
    syn::Error::new(text.span(), message)
}

fn not_a_time(asked: Asked<'_>, tokens: impl ToTokens) -> syn::Error {
    let write = asked.with(300);
    let message = format!("this is not a time: write the seconds, as in `{write}`, or a constant `Duration`");
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
        Ttl::read(syn::parse_str(text).unwrap()).err().expect(text).to_string()
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
