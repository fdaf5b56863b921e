//! What is said of an argument that nobody has accounted for, and what its author can write.

use proc_macro2::Ident;
use syn::{Pat, Type};

use crate::page::extractor::{Extractor, Kind};
use crate::page::model::Model;
use crate::page::vary::By;
use crate::spelling;

/// Something to write, and what it means.
type Choice = (String, &'static str);

/// Says it of a guard.
pub fn whole(model: &Model, extractor: &Extractor) -> String {
    let ty = extractor.spelt();
    if let Type::Tuple(_) = spelling::bare(&extractor.argument.ty) {
        return format!(
            "`{ty}` is several extractors in one, and each is accounted for by itself: make each an argument of its own"
        );
    }
    let Some(name) = extractor.argument.bindings.first() else { return unnamed(extractor) };
    let name = spelling::plain(name);
    // With its type, `invalidate` takes the part alone. Of what may be missing there is none.
    let has_parts = is_whole(extractor) && !is_optional(&extractor.argument.ty);
    let place = if has_parts { format!("{name}.id: u64") } else { name.clone() };
    let key = (key(model, &place), "each has a page of their own");
    if extractor.kind == Kind::Extension {
        let shared = (shared(&name), "it is the same in every request");
        return choices(&format!("`{ty}` may have been put into each request anew"), &[shared, key]);
    }
    if extractor.is_all() {
        let what = format!("`{ty}` holds all that a visitor has sent, of which nothing can be hidden");
        let see = ("see(\"X-Request-Id\")".to_owned(), "it reads this header, and its page does not depend on it");
        let vary = (vary(model, extractor, &name), "its page depends on this header alone");
        return choices(&what, &[vary, see, (shared(&name), "its page depends on nothing but the URL")]);
    }
    let vary = (vary(model, extractor, &name), "this header decides it");
    let shared = (shared(&name), "all whom it lets in may share a page");
    let first = if has_cookies(extractor) { [vary, shared, key] } else { [key, vary, shared] };
    choices(
        &format!("`{ty}` may differ from visitor to visitor, and the first one's page would be everybody's"),
        &first,
    )
}

/// Says it of a name that comes with another one, which is accounted for.
pub fn part(model: &Model, said: &Ident, unsaid: &Ident) -> String {
    let name = spelling::plain(unsaid);
    choices(
        &format!("`{said}` is accounted for, and `{unsaid}`, which comes with it, may differ all the same"),
        &[(key(model, &name), "pages are told apart by it"), (shared(&name), "it makes no difference to pages")],
    )
}

/// Says it of `self`.
pub fn receiver(model: &Model) -> String {
    choices(
        "two values of this type may make two pages of one URL",
        &[(key(model, "self.name"), "pages are told apart by it"), (shared("self"), "all values make the same page")],
    )
}

fn unnamed(extractor: &Extractor) -> String {
    let ty = extractor.spelt();
    let name = spelling::last_name(&extractor.argument.ty).unwrap_or_else(|| "Guard".to_owned());
    let name = format!("_{}", in_small_letters(&name, '_'));
    format!(
        "`{ty}` may let some visitors in and others not, and nothing can be said of it without a name: write `{name}: {ty}`, \
         and `shared({name})` if all whom it lets in may share a page"
    )
}

/// Draws what can be written, one below the other.
fn choices(what: &str, choices: &[Choice]) -> String {
    let width = choices.iter().map(|(write, _)| write.chars().count()).max().unwrap_or_default();
    let lines = choices.iter().map(|(write, means)| format!("    {write:width$}  {means}\n"));
    format!("{what}; write one of\n\n{}", lines.collect::<String>())
}

fn is_optional(ty: &Type) -> bool {
    spelling::last_name(ty).is_some_and(|name| name == "Option" || name == "Result")
}

fn is_whole(extractor: &Extractor) -> bool {
    matches!(&extractor.argument.pat, Pat::Ident(_))
}

fn key(model: &Model, place: &str) -> String {
    match &model.options.naming.key {
        Some(key) => format!("key = \"{}:<{place}>\"", key.value()),
        None => format!("key = \"<{place}>\""),
    }
}

fn shared(name: &str) -> String {
    format!("shared({name})")
}

/// Names the header that pages vary on already, or that the extractor is likely to read.
fn vary(model: &Model, extractor: &Extractor, name: &str) -> String {
    let said = model.options.telling.vary.iter().find(|vary| vary.guard.is_none());
    let by = match said.map(|vary| &vary.by) {
        Some(By::Header(header)) => format!("{:?}", header.value()),
        Some(By::Cookie(cookie)) => format!("cookie({:?})", cookie.value()),
        None => format!("{:?}", likely_header(extractor)),
    };
    format!("vary({name} = {by})")
}

/// `TypedHeader<UserAgent>` says it.
fn likely_header(extractor: &Extractor) -> String {
    let ty = &extractor.argument.ty;
    let is_typed = spelling::last_name(ty).is_some_and(|name| name == "TypedHeader");
    let header = spelling::type_arguments(ty).first().and_then(|header| spelling::last_name(header));
    header.filter(|_| is_typed).map_or_else(|| "Cookie".to_owned(), |name| parted(&name, '-'))
}

fn has_cookies(extractor: &Extractor) -> bool {
    let name = spelling::last_name(&extractor.argument.ty).unwrap_or_default();
    name.contains("Cookie") || name.contains("Session") || name == "TypedHeader"
}

fn in_small_letters(name: &str, between: char) -> String {
    parted(name, between).to_lowercase()
}

/// Parts the words of a type's name.
fn parted(name: &str, between: char) -> String {
    let mut parted = String::new();
    for (index, letter) in name.chars().enumerate() {
        if index > 0 && letter.is_uppercase() {
            parted.push(between);
        }
        parted.push(letter);
    }
    parted
}
