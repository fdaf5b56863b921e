//! Times as people write them: `300`, `60 * 15`, a constant, a `Duration`, or the word `forever`.

mod repair;

use std::fmt::Display;

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::spanned::Spanned;
use syn::{BinOp, Expr, ExprLit, Generics, Lit, LitInt, Path, UnOp};

use crate::{generics, larder_path, self_type};
use repair::{century, fraction, not_a_time, quoted, refuse_words, too_long, with_unit, zero};

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
