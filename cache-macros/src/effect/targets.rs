//! What stands between the parentheses of an attribute with effects.

use proc_macro2::{TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Ident, LitStr, Path, Token};

use super::Effect;
use super::target::Target;
use crate::errors::Errors;
use crate::larder_path;
use crate::list;
use crate::pattern::Pattern;

/// The entries that are named, and what is said about all of them.
#[derive(Default)]
pub struct Targets {
    pub all: Vec<Target>,
    /// The patterns of tags.
    pub tags: Vec<Pattern>,
    /// The word `before`.
    pub before: Option<Ident>,
    pub larder: Option<Path>,
    /// Whether all that was written could be read.
    pub is_all_there: bool,
}

impl Targets {
    pub fn parse(effect: Effect, tokens: TokenStream, errors: &Errors) -> Self {
        let mut targets = Self::default();
        let mut is_all_there = true;
        list::read(tokens, errors, |input| {
            let item = targets.item(effect, input);
            is_all_there &= item.is_ok();
            item
        });
        targets.is_all_there = is_all_there;
        targets
    }

    fn item(&mut self, effect: Effect, input: ParseStream<'_>) -> syn::Result<()> {
        if input.peek(Token![crate]) && !input.peek2(Token![::]) {
            self.place_of_larder(input)?;
        } else if input.peek(Ident) && input.peek2(Token![=]) && !input.peek2(Token![==]) {
            self.tag(effect, input)?;
        } else if input.peek(Ident::peek_any) && (input.peek2(Token![,]) || is_last(input)) {
            self.word(&input.call(Ident::parse_any)?)?;
        } else {
            self.all.push(Target::new(effect, input.parse()?)?);
        }
        if input.is_empty() || input.peek(Token![,]) {
            return Ok(());
        }
        Err(syn::Error::new(input.span(), "this has ended here: several are separated by commas"))
    }

    /// Reads `tag = "author:<author>"`.
    fn tag(&mut self, effect: Effect, input: ParseStream<'_>) -> syn::Result<()> {
        let word: Ident = input.parse()?;
        input.parse::<Token![=]>()?;
        if word != "tag" {
            return Err(syn::Error::new(word.span(), takes(effect)));
        }
        if effect == Effect::Updates {
            let message = "a tag has no value that could be kept: write `#[invalidates(tag = …)]` beside this";
            return Err(syn::Error::new(word.span(), message));
        }
        let wrong = "a tag is a pattern in quotes, as in `tag = \"author:<author>\"`";
        let literal: LitStr = input.parse().map_err(|error| syn::Error::new(error.span(), wrong))?;
        self.tags.push(Pattern::parse(&literal)?);
        Ok(())
    }

    /// Reads `crate = path`.
    fn place_of_larder(&mut self, input: ParseStream<'_>) -> syn::Result<()> {
        let word: Token![crate] = input.parse()?;
        let path = larder_path::parse(word, input)?;
        if self.larder.replace(path).is_some() {
            return Err(syn::Error::new(word.span, "`crate` is said twice: leave one out"));
        }
        Ok(())
    }

    fn word(&mut self, word: &Ident) -> syn::Result<()> {
        let message = match word.to_string().as_str() {
            "before" if self.before.is_none() => {
                self.before = Some(word.clone());
                return Ok(());
            }
            "before" => "`before` is said twice: leave one out".to_owned(),
            "after" => "what is named goes after the function has succeeded anyway: leave `after` out".to_owned(),
            name => format!("say for which arguments: write `{name}(…)`"),
        };
        Err(syn::Error::new(word.span(), message))
    }
}

/// Says what stands between the parentheses.
pub fn takes(effect: Effect) -> &'static str {
    match effect {
        Effect::Invalidates => {
            "`#[invalidates]` takes calls of cached functions, as in `profile(user.id)`, tags, as in \
             `tag = \"author:<author>\"`, and the word `before`"
        }
        Effect::Updates => "`#[updates]` takes calls of cached functions, as in `profile(user.id)`",
    }
}

fn is_last(input: ParseStream<'_>) -> bool {
    let fork = input.fork();
    fork.parse::<TokenTree>().is_ok() && fork.is_empty()
}
