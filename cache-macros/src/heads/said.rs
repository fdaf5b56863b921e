//! What one attribute says.

use proc_macro2::{Span, TokenStream};
use syn::parse::ParseStream;
use syn::{Expr, Path, Token};

use super::Head;
use super::directives::{self, Directive};
use super::names::{self, Name};
use super::validator;
use crate::errors::Errors;
use crate::larder_path;
use crate::list;

/// What was written, read by itself.
pub struct Said {
    pub head: Head,
    pub directives: Vec<Directive>,
    /// The headers of the request that the response depends on.
    pub names: Vec<Name>,
    /// What tells versions apart.
    pub validator: Option<Expr>,
    larder: Option<Path>,
}

impl Said {
    pub fn read(head: Head, tokens: TokenStream, errors: &Errors) -> Self {
        let mut said = Self { head, directives: Vec::new(), names: Vec::new(), validator: None, larder: None };
        let mut is_all_there = true;
        list::read(tokens, errors, |input| {
            let item = said.item(input);
            is_all_there &= item.is_ok();
            item
        });
        if head == Head::VaryOnCookie {
            said.names.push(Name::cookie());
        }
        if is_all_there && let Some(nothing) = said.nothing() {
            errors.at(Span::call_site(), nothing);
        }
        said
    }

    /// Reads what another attribute on the function says, which complains of its own mistakes itself.
    pub fn overheard(head: Head, tokens: TokenStream) -> Self {
        let errors = Errors::new();
        let said = Self::read(head, tokens, &errors);
        drop(errors.finish());
        said
    }

    /// Returns where larder is.
    pub fn larder(&self) -> Path {
        self.larder.clone().unwrap_or_else(larder_path::usual)
    }

    fn item(&mut self, input: ParseStream<'_>) -> syn::Result<()> {
        if input.peek(Token![crate]) && !input.peek2(Token![::]) {
            return self.place_of_larder(input);
        }
        match self.head {
            Head::CacheControl => self.directive(input)?,
            Head::VaryOnHeaders => self.name(input)?,
            Head::NeverCache | Head::VaryOnCookie => return Err(self.takes_nothing(input)),
            Head::Etag | Head::LastModified => self.validator(input)?,
        }
        if input.is_empty() || input.peek(Token![,]) {
            return Ok(());
        }
        Err(syn::Error::new(input.span(), "this has ended here: several are separated by commas"))
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

    fn directive(&mut self, input: ParseStream<'_>) -> syn::Result<()> {
        let directive = directives::read(input)?;
        if self
            .directives
            .iter()
            .any(|other| other.name == directive.name && other.value.is_fields() == directive.value.is_fields())
        {
            let message = format!("`{}` is said twice: leave one out", directive.name);
            return Err(syn::Error::new(directive.word.span(), message));
        }
        self.directives.push(directive);
        Ok(())
    }

    fn name(&mut self, input: ParseStream<'_>) -> syn::Result<()> {
        let name = names::read(input)?;
        names::is_new(&self.names, &name)?;
        self.names.push(name);
        Ok(())
    }

    fn validator(&mut self, input: ParseStream<'_>) -> syn::Result<()> {
        let expr = validator::read(self.head, input)?;
        if self.validator.is_some() {
            return Err(syn::Error::new_spanned(expr, validator::is_one(self.head)));
        }
        self.validator = Some(expr);
        Ok(())
    }

    fn takes_nothing(&self, input: ParseStream<'_>) -> syn::Error {
        let message = match self.head {
            Head::NeverCache => {
                "`#[never_cache]` says all that there is to say: leave the parentheses out, or write \
                 `#[cache_control(…)]` in its place"
            }
            _ => {
                "`Vary` names whole headers: leave the parentheses out; a `#[cache_page]` tells pages apart by one cookie \
                 where it says `vary = cookie(\"…\")`"
            }
        };
        syn::Error::new(input.span(), message)
    }

    /// Says what to write where nothing is said that needs to be.
    fn nothing(&self) -> Option<&'static str> {
        let is_nothing = match self.head {
            Head::CacheControl => self.directives.is_empty(),
            Head::VaryOnHeaders => self.names.is_empty(),
            Head::Etag | Head::LastModified => self.validator.is_none(),
            Head::NeverCache | Head::VaryOnCookie => false,
        };
        let message = match self.head {
            Head::CacheControl => "say what caches are told: write `#[cache_control(public, max_age = 3600)]`",
            Head::VaryOnHeaders => {
                "say which headers the page depends on: write `#[vary_on_headers(\"Accept-Language\")]`"
            }
            Head::Etag => "say what changes with the page: write `#[etag(article.version)]`",
            _ => "say when the page has last changed: write `#[last_modified(article.saved_at)]`",
        };
        is_nothing.then_some(message)
    }
}
