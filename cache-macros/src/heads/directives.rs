//! The directives of `#[cache_control]`: one row each, with its form, its example and how else people spell it.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote_spanned};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Expr, Generics, Ident, Lit, LitStr, Path, Token, token};

use super::names::{self, Name};
use crate::nearest::nearest;
use crate::time::Time;

/// One directive.
pub struct Directive {
    pub word: Ident,
    pub name: &'static str,
    pub value: Value,
}

pub enum Value {
    None,
    /// Names of fields.
    Fields(Vec<Name>),
    Time(Time),
}

impl Value {
    pub fn is_fields(&self) -> bool {
        matches!(self, Self::Fields(_))
    }
}

impl Directive {
    /// Emits the call that says so, in a function with these parameters.
    pub fn expand(&self, larder: &Path, generics: &Generics) -> TokenStream {
        let span = self.word.span().resolved_at(Span::mixed_site());
        let method = Ident::new(self.name, span);
        match &self.value {
            Value::None => quote_spanned!(span=> .#method()),
            Value::Time(time) => {
                let time = time.expand_even_zero(larder, generics);
                quote_spanned!(span=> .#method(#time))
            }
            Value::Fields(fields) => {
                let method = format_ident!("{}_fields", self.name, span = span);
                let fields = fields.iter().map(Name::literal);
                quote_spanned!(span=> .#method(#larder::page::__private::names([#(#fields),*])))
            }
        }
    }

    /// Returns whether this says a time of nothing, as far as literals tell.
    pub fn is_zero(&self) -> bool {
        matches!(&self.value, Value::Time(time) if time.seconds == Some(0))
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Word,
    WordOrFields,
    Time,
}

struct Row {
    name: &'static str,
    form: Form,
    /// What others call it.
    also: &'static [&'static str],
}

const fn row(name: &'static str, form: Form, also: &'static [&'static str]) -> Row {
    Row { name, form, also }
}

const ROWS: [Row; 13] = [
    row("public", Form::Word, &["shared"]),
    row("private", Form::WordOrFields, &[]),
    row("no_cache", Form::WordOrFields, &["nocache", "always_revalidate"]),
    row("no_store", Form::Word, &["nostore", "never", "none"]),
    row("no_transform", Form::Word, &["notransform"]),
    row("must_revalidate", Form::Word, &["revalidate"]),
    row("proxy_revalidate", Form::Word, &[]),
    row("must_understand", Form::Word, &[]),
    row("immutable", Form::Word, &["static", "forever"]),
    row("max_age", Form::Time, &["ttl", "age", "expires", "seconds", "timeout", "time"]),
    row("s_maxage", Form::Time, &["s_max_age", "smaxage", "shared_max_age", "cdn_max_age"]),
    row("stale_while_revalidate", Form::Time, &["swr", "stale"]),
    row("stale_if_error", Form::Time, &["sie"]),
];

impl Row {
    fn example(&self) -> String {
        match self.form {
            Form::Word | Form::WordOrFields => self.name.to_owned(),
            Form::Time => format!("{} = 60", self.name),
        }
    }
}

/// Reads one.
pub fn read(input: ParseStream<'_>) -> syn::Result<Directive> {
    if input.peek(Lit) {
        return Err(literal(input));
    }
    let Ok(word) = input.call(Ident::parse_any) else {
        return Err(syn::Error::new(input.span(), "a directive starts with its name, as in `max_age = 3600`"));
    };
    if input.peek(Token![-]) {
        return Err(hyphenated(&word, input));
    }
    let row = find(&word)?;
    let value = value(&word, row, input)?;
    Ok(Directive { word, name: row.name, value })
}

/// What stands in quotes, or a bare number.
fn literal(input: ParseStream<'_>) -> syn::Error {
    let message = match input.fork().parse() {
        Ok(Lit::Str(text)) => format!("directives stand without quotes: write `{}`", unquoted(&text.value())),
        Ok(Lit::Int(number)) => format!("a time has a name: write `max_age = {number}`"),
        _ => "a directive starts with its name, as in `max_age = 3600`".to_owned(),
    };
    syn::Error::new(input.span(), message)
}

/// Turns `public, max-age=60` into `public, max_age = 60`.
fn unquoted(text: &str) -> String {
    let each = text.split(',').map(|directive| {
        let (name, value) = directive.split_once('=').unwrap_or((directive, ""));
        let name = name.trim().to_lowercase().replace('-', "_");
        if value.is_empty() { name } else { format!("{name} = {}", value.trim()) }
    });
    let written = each.collect::<Vec<_>>().join(", ");
    if written.is_empty() { "public, max_age = 3600".to_owned() } else { written }
}

/// What is spelt as it is in the header: `max-age = 60`.
fn hyphenated(word: &Ident, input: ParseStream<'_>) -> syn::Error {
    let mut name = word.to_string();
    while input.parse::<Token![-]>().is_ok() {
        if let Ok(next) = input.call(Ident::parse_any) {
            name = format!("{name}_{next}");
        }
    }
    let written = match (ROWS.iter().find(|row| row.name == name), input.peek(Token![=])) {
        (Some(row), true) if row.form == Form::Time => assigned(row, input),
        (Some(row), _) => row.example(),
        (None, _) => "max_age = 60".to_owned(),
    };
    syn::Error::new(word.span(), format!("words are joined by `_` here: write `{written}`"))
}

fn find(word: &Ident) -> syn::Result<&'static Row> {
    let name = word.unraw().to_string();
    if let Some(row) = ROWS.iter().find(|row| row.name == name) {
        return Ok(row);
    }
    let foreign = ROWS.iter().find(|row| row.also.contains(&name.as_str()));
    let near = foreign.or_else(|| {
        let near = nearest(&name, ROWS.iter().map(|row| row.name))?;
        ROWS.iter().find(|row| row.name == near)
    });
    let message = near.map_or_else(
        || {
            let all: Vec<_> = ROWS.iter().map(|row| row.name).collect();
            format!("there is no directive `{name}`; there are {}", all.join(", "))
        },
        |row| format!("there is no directive `{name}`; did you mean `{}`?", row.example()),
    );
    Err(syn::Error::new(word.span(), message))
}

fn value(word: &Ident, row: &Row, input: ParseStream<'_>) -> syn::Result<Value> {
    let wrong = |message: String| Err(syn::Error::new(word.span(), message));
    let ended = input.is_empty() || input.peek(Token![,]);
    match row.form {
        Form::Word | Form::WordOrFields if ended => Ok(Value::None),
        Form::WordOrFields if input.peek(token::Paren) => fields(row, input),
        Form::Word | Form::WordOrFields if input.peek(Ident::peek_any) || input.peek(Lit) => Ok(Value::None),
        Form::Word | Form::WordOrFields => wrong(a_word(row, input)),
        Form::Time if input.peek(Token![=]) && !input.peek(Token![==]) => {
            input.parse::<Token![=]>()?;
            if input.is_empty() || input.peek(Token![,]) {
                return wrong(format!("`{}` needs a time: write `{}`", row.name, row.example()));
            }
            Time::read_even_zero(row.name, input.parse()?).map(Value::Time)
        }
        Form::Time if ended => wrong(format!("`{}` needs a time: write `{}`", row.name, row.example())),
        Form::Time => wrong(format!("the time of `{}` stands behind `=`: write `{}`", row.name, assigned(row, input))),
    }
}

/// Reads `("set-cookie")`.
fn fields(row: &Row, input: ParseStream<'_>) -> syn::Result<Value> {
    let content;
    let parentheses = syn::parenthesized!(content in input);
    let fields = listed(&content);
    // One error is enough: what is left behind it would be another.
    let _: TokenStream = content.parse()?;
    let fields = fields?;
    if fields.is_empty() {
        let message = format!("no field is named here: write `{0}` for all of it, or `{0}(\"set-cookie\")`", row.name);
        return Err(syn::Error::new(parentheses.span.join(), message));
    }
    Ok(Value::Fields(fields))
}

fn listed(content: ParseStream<'_>) -> syn::Result<Vec<Name>> {
    let mut fields = Vec::new();
    while !content.is_empty() {
        let name = names::read(content)?;
        names::is_new(&fields, &name)?;
        fields.push(name);
        if !content.is_empty() {
            content.parse::<Token![,]>()?;
        }
    }
    Ok(fields)
}

/// Says how to write what is no more than a word: `public = True`, `private = "set-cookie"`.
fn a_word(row: &Row, input: ParseStream<'_>) -> String {
    let fork = input.fork();
    let value = fork.parse::<Token![=]>().and_then(|_| fork.parse::<Expr>()).ok();
    if let (Form::WordOrFields, Some(Expr::Lit(literal))) = (row.form, &value)
        && let Lit::Str(field) = &literal.lit
    {
        return format!("names of fields stand in parentheses: write `{}({})`", row.name, quoted(field));
    }
    match value {
        Some(Expr::Path(path)) if path.path.is_ident("False") => is_false(row),
        Some(Expr::Lit(literal)) if matches!(&literal.lit, Lit::Bool(value) if !value.value) => is_false(row),
        _ => format!("`{0}` is a word by itself: write `{0}`, or leave it out", row.name),
    }
}

fn is_false(row: &Row) -> String {
    format!("what is not said is not there: leave `{}` out", row.name)
}

fn quoted(text: &LitStr) -> String {
    format!("{:?}", text.value())
}

/// Repairs `max_age(60)`, `max_age: 60` and `max-age = 60` in the user's own words.
fn assigned(row: &Row, input: ParseStream<'_>) -> String {
    let fork = input.fork();
    let value = match fork.parse() {
        Ok(TokenTree::Group(group)) if !group.stream().is_empty() => Some(group.stream().to_string()),
        Ok(TokenTree::Punct(_)) => fork.parse::<Expr>().ok().map(|expr| expr.to_token_stream().to_string()),
        _ => None,
    };
    value.map_or_else(|| row.example(), |value| format!("{} = {value}", row.name))
}

#[cfg(test)]
mod tests {
    use syn::parse::Parser;

    use super::*;

    #[test]
    fn every_directive_reads_its_own_example() {
        for row in &ROWS {
            let read = read.parse_str(&row.example()).unwrap_or_else(|error| panic!("{}: {error}", row.name));
            assert_eq!(read.name, row.name);
        }
    }
}
