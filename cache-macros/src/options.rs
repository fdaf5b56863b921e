//! From what stands between the parentheses of an attribute to options, each looked at by itself.

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Ident, Lit, Token, token};

use crate::errors::Errors;
use crate::list;
use crate::nearest::nearest;

/// The options of an attribute: one row each, with its spelling, its example and the words other libraries use for it.
pub struct Table<O: 'static> {
    pub rows: &'static [Row<O>],
    /// Options of other libraries that have nothing to say here, and why.
    pub needless: &'static [(&'static [&'static str], &'static str)],
    /// How a time is said: `ttl = 300`.
    pub example: &'static str,
    /// Reads what stands first and has no name, if that is one of those.
    pub first: Option<First<O>>,
}

/// Returns the name of the option that it stands for; `None` where it is none of those.
pub type First<O> = fn(&mut O, ParseStream<'_>) -> syn::Result<Option<&'static str>>;

pub struct Row<O> {
    pub name: &'static str,
    pub form: Form,
    pub example: &'static str,
    /// What other libraries call it.
    pub also: &'static [&'static str],
    pub read: fn(&mut O, Ident, ParseStream<'_>) -> syn::Result<()>,
}

/// How an option is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Word,
    Value,
    List,
    ValueOrList,
    WordOrValue,
}

/// An option's value, and the word that it was given by.
pub struct Said<T> {
    pub word: Ident,
    pub value: T,
}

pub const fn row<O>(
    name: &'static str,
    form: Form,
    example: &'static str,
    also: &'static [&'static str],
    read: fn(&mut O, Ident, ParseStream<'_>) -> syn::Result<()>,
) -> Row<O> {
    Row { name, form, example, also, read }
}

/// What was read.
pub struct Read<O> {
    pub options: O,
    /// The options that were named, and could not be read.
    pub broken: Vec<&'static str>,
}

/// Reads all options.
pub fn read<O: Default>(table: &Table<O>, tokens: TokenStream, errors: &Errors) -> Read<O> {
    let (mut options, mut broken, mut is_first) = (O::default(), Vec::new(), true);
    let mut seen = Vec::new();
    list::read(tokens, errors, |input| {
        let before = seen.len();
        let read = table.option(input, &mut options, &mut seen, is_first);
        is_first = false;
        if read.is_err() {
            broken.extend(&seen[before..]);
        }
        read
    });
    Read { options, broken }
}

impl<O> Table<O> {
    fn option(
        &self,
        input: ParseStream<'_>,
        options: &mut O,
        seen: &mut Vec<&'static str>,
        is_first: bool,
    ) -> syn::Result<()> {
        if let Some(first) = self.first.filter(|_| is_first)
            && let Some(name) = first(options, input)?
        {
            seen.push(name);
            return ended(input, name);
        }
        if input.peek(Lit) {
            return Err(bare_literal(input, self.example));
        }
        let Ok(word) = input.call(Ident::parse_any) else {
            let message = format!("an option starts with its name, as in `{}`", self.example);
            return Err(syn::Error::new(input.span(), message));
        };
        let row = self.find(&word)?;
        if seen.contains(&row.name) {
            return Err(syn::Error::new(word.span(), format!("`{}` is said twice: leave one out", row.name)));
        }
        seen.push(row.name);
        form(input, &word, row)?;
        (row.read)(options, word, input)?;
        ended(input, row.name)
    }

    /// Returns the row of this name.
    pub fn named(&self, name: &str) -> Option<&'static Row<O>> {
        self.rows.iter().find(|row| row.name == name)
    }

    /// Returns whether a name is one of an option, of one that other libraries have, or of nearly one.
    pub fn knows(&self, name: &str) -> bool {
        let is_foreign = self.rows.iter().any(|row| row.also.contains(&name));
        let is_needless = self.needless.iter().any(|(names, _)| names.contains(&name));
        is_foreign || is_needless || nearest(name, self.names()).is_some()
    }

    /// Returns the names of all options, without those that are for other attributes.
    fn names(&self) -> impl Iterator<Item = &'static str> {
        self.rows.iter().map(|row| row.name).filter(|name| !name.starts_with('_'))
    }

    fn find(&self, word: &Ident) -> syn::Result<&'static Row<O>> {
        let name = word.unraw().to_string();
        if let Some(row) = self.named(&name) {
            return Ok(row);
        }
        if let Some((_, message)) = self.needless.iter().find(|(names, _)| names.contains(&name.as_str())) {
            return Err(syn::Error::new(word.span(), format!("there is no option `{name}`: {message}")));
        }
        let foreign = self.rows.iter().find(|row| row.also.contains(&name.as_str()));
        let near = foreign.or_else(|| self.named(nearest(&name, self.names())?));
        let message = near.map_or_else(
            || format!("there is no option `{name}`; there are {}", self.names().collect::<Vec<_>>().join(", ")),
            |row| format!("there is no option `{name}`; did you mean `{}`, as in `{}`?", row.name, row.example),
        );
        Err(syn::Error::new(word.span(), message))
    }
}

fn ended(input: ParseStream<'_>, name: &str) -> syn::Result<()> {
    if input.is_empty() || input.peek(Token![,]) {
        return Ok(());
    }
    let message = format!("the value of `{name}` has ended here: options are separated by commas");
    Err(syn::Error::new(input.span(), message))
}

/// Makes an error for an empty place, such as behind `ttl =`.
pub fn missing<O>(span: Span, row: &Row<O>) -> syn::Error {
    syn::Error::new(span, format!("`{}` needs a value: write `{}`", row.name, row.example))
}

/// A value without a name, as other libraries take it.
fn bare_literal(input: ParseStream<'_>, example: &str) -> syn::Error {
    let message = match input.fork().parse() {
        Ok(Lit::Str(text)) => format!("an option has a name: write `key = {:?}`", text.value()),
        Ok(Lit::Int(number)) => format!("an option has a name: write `ttl = {number}`"),
        _ => format!("an option has a name, as in `{example}`"),
    };
    syn::Error::new(input.span(), message)
}

/// Checks that a word stands alone and a value stands behind `=`, and goes past the `=`.
fn form<O>(input: ParseStream<'_>, word: &Ident, row: &Row<O>) -> syn::Result<()> {
    let wrong = |message: String| Err(syn::Error::new(word.span(), message));
    let ended = input.is_empty() || input.peek(Token![,]);
    match row.form {
        Form::Word | Form::WordOrValue if ended => Ok(()),
        Form::Word => wrong(format!("`{0}` is a word by itself: write `{0}`, or leave it out", row.name)),
        Form::List | Form::ValueOrList if input.peek(token::Paren) => Ok(()),
        Form::List => wrong(format!("`{}` takes names in parentheses: write `{}`", row.name, listed(input, row))),
        Form::Value | Form::ValueOrList | Form::WordOrValue if input.peek(Token![=]) && !input.peek(Token![==]) => {
            input.parse::<Token![=]>()?;
            if input.is_empty() || input.peek(Token![,]) { Err(missing(word.span(), row)) } else { Ok(()) }
        }
        Form::Value | Form::ValueOrList if ended => Err(missing(word.span(), row)),
        Form::Value | Form::ValueOrList | Form::WordOrValue => {
            wrong(format!("the value of `{0}` stands behind `=`: write `{1}`", row.name, assigned(input, row)))
        }
    }
}

/// Repairs `ignore = db` and `query = "page"` in the user's own words.
fn listed<O>(input: ParseStream<'_>, row: &Row<O>) -> String {
    let fork = input.fork();
    match fork.parse::<Token![=]>().and_then(|_| fork.parse()) {
        Ok(TokenTree::Group(_)) | Err(_) => row.example.to_owned(),
        // Where names stand without quotes, they do so in the repair.
        Ok(item) if !row.example.contains('"') => format!("{}({})", row.name, item.to_string().trim_matches('"')),
        Ok(item) => format!("{}({item})", row.name),
    }
}

/// Repairs `ttl(300)` and `ttl: 300` in the user's own words.
fn assigned<O>(input: ParseStream<'_>, row: &Row<O>) -> String {
    match input.fork().parse() {
        Ok(TokenTree::Group(group)) if !group.stream().is_empty() => format!("{} = {}", row.name, group.stream()),
        _ => row.example.to_owned(),
    }
}
