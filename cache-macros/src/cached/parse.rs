//! From what stands between the parentheses of `#[cached(…)]` to options, each looked at by itself.

use proc_macro2::{TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Ident, Lit, Token, token};

use super::options::{Form, NEEDLESS, Options, ROWS, Row, missing};
use crate::errors::Errors;
use crate::list;
use crate::nearest::nearest;

/// Reads all options.
pub fn parse(tokens: TokenStream, errors: &Errors) -> Options {
    let mut options = Options::default();
    let mut seen = Vec::new();
    list::read(tokens, errors, |input| {
        let before = seen.len();
        let read = option(input, &mut options, &mut seen);
        if read.is_err() {
            options.broken.extend(&seen[before..]);
        }
        read
    });
    options
}

fn option(input: ParseStream<'_>, options: &mut Options, seen: &mut Vec<&'static str>) -> syn::Result<()> {
    if input.peek(Lit) {
        return Err(bare_literal(input));
    }
    let Ok(word) = input.call(Ident::parse_any) else {
        return Err(syn::Error::new(input.span(), "an option starts with its name, as in `ttl = 300`"));
    };
    let row = find(&word)?;
    if seen.contains(&row.name) {
        return Err(syn::Error::new(word.span(), format!("`{}` is said twice: leave one out", row.name)));
    }
    seen.push(row.name);
    form(input, &word, row)?;
    (row.read)(options, word, input)?;
    if input.is_empty() || input.peek(Token![,]) {
        return Ok(());
    }
    Err(syn::Error::new(
        input.span(),
        format!("the value of `{}` has ended here: options are separated by commas", row.name),
    ))
}

/// A value without a name, as other libraries take it.
fn bare_literal(input: ParseStream<'_>) -> syn::Error {
    let message = match input.fork().parse() {
        Ok(Lit::Str(text)) => format!("an option has a name: write `key = {:?}`", text.value()),
        Ok(Lit::Int(number)) => format!("an option has a name: write `ttl = {number}`"),
        _ => "an option has a name, as in `ttl = 300`".to_owned(),
    };
    syn::Error::new(input.span(), message)
}

fn find(word: &Ident) -> syn::Result<&'static Row> {
    let name = word.unraw().to_string();
    if let Some(row) = ROWS.iter().find(|row| row.name == name) {
        return Ok(row);
    }
    if let Some((_, message)) = NEEDLESS.iter().find(|(names, _)| names.contains(&name.as_str())) {
        return Err(syn::Error::new(word.span(), format!("there is no option `{name}`: {message}")));
    }
    let foreign = ROWS.iter().find(|row| row.also.contains(&name.as_str()));
    let near = foreign.or_else(|| {
        let near = nearest(&name, ROWS.iter().map(|row| row.name))?;
        ROWS.iter().find(|row| row.name == near)
    });
    let message = near.map_or_else(
        || {
            let all: Vec<_> = ROWS.iter().map(|row| row.name).collect();
            format!("there is no option `{name}`; there are {}", all.join(", "))
        },
        |row| format!("there is no option `{name}`; did you mean `{}`, as in `{}`?", row.name, row.example),
    );
    Err(syn::Error::new(word.span(), message))
}

/// Checks that a word stands alone and a value stands behind `=`, and goes past the `=`.
fn form(input: ParseStream<'_>, word: &Ident, row: &Row) -> syn::Result<()> {
    let wrong = |message: String| Err(syn::Error::new(word.span(), message));
    let ended = input.is_empty() || input.peek(Token![,]);
    match row.form {
        Form::Word if ended => Ok(()),
        Form::Word => wrong(format!("`{0}` is a word by itself: write `{0}`, or leave it out", row.name)),
        Form::List | Form::ValueOrList if input.peek(token::Paren) => Ok(()),
        Form::List => wrong(format!("`{}` takes names in parentheses: write `{}`", row.name, listed(input, row))),
        Form::Value | Form::ValueOrList if input.peek(Token![=]) && !input.peek(Token![==]) => {
            input.parse::<Token![=]>()?;
            if input.is_empty() || input.peek(Token![,]) { Err(missing(word.span(), row)) } else { Ok(()) }
        }
        Form::Value | Form::ValueOrList if ended => Err(missing(word.span(), row)),
        Form::Value | Form::ValueOrList => {
            wrong(format!("the value of `{0}` stands behind `=`: write `{1}`", row.name, assigned(input, row)))
        }
    }
}

/// Repairs `ignore = db` in the user's own words.
fn listed(input: ParseStream<'_>, row: &Row) -> String {
    let fork = input.fork();
    let name = fork.parse::<Token![=]>().and_then(|_| fork.call(Ident::parse_any));
    name.map_or_else(|_| row.example.to_owned(), |name| format!("{}({name})", row.name))
}

/// Repairs `ttl(300)` and `ttl: 300` in the user's own words.
fn assigned(input: ParseStream<'_>, row: &Row) -> String {
    match input.fork().parse() {
        Ok(TokenTree::Group(group)) if !group.stream().is_empty() => format!("{} = {}", row.name, group.stream()),
        _ => row.example.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;

    fn messages(tokens: TokenStream) -> Vec<String> {
        let errors = Errors::new();
        parse(tokens, &errors);
        errors.finish().map(|all| all.into_iter().map(|error| error.to_string()).collect()).unwrap_or_default()
    }

    #[test]
    fn every_option_reads_its_own_example() {
        for row in ROWS {
            let tokens: TokenStream = row.example.parse().unwrap();
            assert_eq!(messages(tokens), [""; 0], "{}", row.name);
        }
    }

    #[test]
    fn what_is_wrong_with_one_option_does_not_hide_what_is_wrong_with_the_next() {
        let all = messages(quote!(tlt = 5, stale = "60", ignore(&db), local = true, jitter = 10));
        assert_eq!(all.len(), 5, "{all:#?}");
        assert!(all[0].contains("did you mean `ttl`"), "{all:#?}");
        assert!(all[4].contains("jitter = 0.1"), "{all:#?}");
    }

    #[test]
    fn each_wrong_form_is_told_its_repair() {
        for (wrong, repair) in [
            (quote!(300), "write `ttl = 300`"),
            (quote!("a:<b>"), "write `key = \"a:<b>\"`"),
            (quote!(ttl(60 * 5)), "write `ttl = 60 * 5`"),
            (quote!(ttl: 300), "write `ttl = 300`"),
            (quote!(ttl), "write `ttl = 300`"),
            (quote!(ttl =), "write `ttl = 300`"),
            (quote!(ttl = 1, ttl = 2), "said twice"),
            (quote!(ttl = 60 120), "separated by commas"),
            (quote!(local = true), "write `local`"),
            (quote!(ignore = db), "write `ignore(db)`"),
            (quote!(ignore(&db)), "leave the `&` out"),
            (quote!(ignore("db")), "without quotes"),
            (quote!(ignore()), "leave it out"),
            (quote!(ignore(user.id)), "whole arguments"),
            (quote!(key = id), "<id>"),
            (quote!(key = format!("{id}")), "not an expression"),
            (quote!(key = 5), "in quotes"),
            (quote!(cache = sessions), "write `cache = \"sessions\"`"),
            (quote!(cache = ""), "leave `cache` out"),
            (quote!(cache = "a b"), "holds ' '"),
            (quote!(version = "2"), "write `version = 2`"),
            (quote!(version = -1), "whole number"),
            (quote!(refresh_ahead = 80), "write `refresh_ahead = 0.8`"),
            (quote!(refresh_ahead = 1.0), "between 0 and 1"),
            (quote!(when = 5), "closure of one argument"),
            (quote!(when = |a, b| true), "closure of one argument"),
            (quote!(when = async |a| true), "cannot wait"),
            (quote!(when = move |a| true), "leave `move` out"),
            (quote!(timeout(1)), "say which"),
            (quote!(timeout(soft = 1, soft = 2)), "said twice"),
            (quote!(timeout(sort = 1)), "`soft` or `hard`"),
            (quote!(companion = "P"), "without quotes"),
            (quote!(crate = "a::b"), "write `crate = a::b`"),
            (quote!(returns = option), "`value` or `result`"),
            (quote!(expire = 5), "did you mean `ttl`"),
            (quote!(result = true), "leave this out"),
            (quote!(size = 100), "configured"),
            (quote!(zzzzzzz = 100), "there are ttl, key"),
        ] {
            let said = messages(wrong.clone());
            assert_eq!(said.len(), 1, "{wrong}: {said:#?}");
            assert!(said[0].contains(repair), "{wrong}: {}", said[0]);
        }
    }
}
