//! The time limits of a body, and for how long it has a lock.

use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Ident, Lit, LitBool, Token, token};

use crate::time::Time;
use crate::values::inside;

/// After how long a caller, or everybody, stops waiting.
#[derive(Default)]
pub struct Timeout {
    pub soft: Option<Time>,
    pub hard: Option<Time>,
}

/// For how long a body keeps those of other processes from running.
pub enum Lock {
    Usual,
    For(Time),
}

impl Lock {
    /// Reads what stands behind `lock`, if anything does.
    pub fn read(input: ParseStream<'_>) -> syn::Result<Self> {
        if input.is_empty() || input.peek(Token![,]) {
            return Ok(Self::Usual);
        }
        if input.peek(LitBool) {
            let message = "`lock` is a word by itself, or has a time: write `lock`, `lock = 10`, or leave it out";
            return Err(syn::Error::new(input.span(), message));
        }
        Time::read("lock", input.parse()?).map(Self::For)
    }
}

impl Timeout {
    /// Reads what stands behind `timeout`: `= 5`, or `(soft = 1, hard = 5)`.
    pub fn read(input: ParseStream<'_>) -> syn::Result<Self> {
        if !input.peek(token::Paren) {
            return Ok(Self { soft: None, hard: Some(Time::read("timeout", input.parse()?)?) });
        }
        let start = input.span();
        let limits = inside(input, Self::limits)?;
        if limits.soft.is_none() && limits.hard.is_none() {
            return Err(syn::Error::new(start, "write `timeout(soft = 1, hard = 5)`, or `timeout = 5`"));
        }
        Ok(limits)
    }

    fn limits(content: ParseStream<'_>) -> syn::Result<Self> {
        let mut limits = Self::default();
        while !content.is_empty() {
            limits.limit(content)?;
            if !content.is_empty() {
                content.parse::<Token![,]>()?;
            }
        }
        Ok(limits)
    }

    fn limit(&mut self, content: ParseStream<'_>) -> syn::Result<()> {
        if content.peek(Lit) {
            let message = "say which: `timeout(soft = 1, hard = 5)`, or `timeout = 5` for a hard one";
            return Err(syn::Error::new(content.span(), message));
        }
        let word = content.call(Ident::parse_any)?;
        let place = match word.to_string().as_str() {
            "soft" => &mut self.soft,
            "hard" => &mut self.hard,
            _ => {
                return Err(syn::Error::new(
                    word.span(),
                    "a time limit is `soft` or `hard`: write `timeout(soft = 1, hard = 5)`",
                ));
            }
        };
        if place.is_some() {
            return Err(syn::Error::new(word.span(), format!("`{word}` is said twice: leave one out")));
        }
        if !content.peek(Token![=]) {
            return Err(syn::Error::new(word.span(), format!("`{word}` needs a time: write `{word} = 5`")));
        }
        content.parse::<Token![=]>()?;
        *place = Some(Time::read(word.to_string().as_str(), content.parse()?)?);
        Ok(())
    }
}
