//! Whether an attribute makes sense on this function, beside what stands below it there.

use proc_macro2::Span;
use syn::Attribute;

use super::page::{contradiction, is_cache_page};
use super::said::Said;
use super::{Head, sense, tokens_of, validator};
use crate::errors::Errors;
use crate::framework::Framework;
use crate::function::Function;

pub fn check(framework: Framework, said: &Said, function: &Function, errors: &Errors) {
    is_of_a_handler(framework, said.head, function, errors);
    is_said_once(said.head, function, errors);
    makes_sense(said, errors);
    makes_sense_beside_never_cache(said, function, errors);
    lets_pages_be_kept(said, function, errors);
    has_room(framework, said.head, function, errors);
}

/// Returns whether a function can be a handler, as far as its form tells.
pub fn is_handler(function: &Function) -> bool {
    function.is_async() && function.body.is_some()
}

fn is_of_a_handler(framework: Framework, head: Head, function: &Function, errors: &Errors) {
    if function.body.is_none() {
        let message = format!("`#[{}]` goes on the function in the `impl`, where its body is", head.name());
        errors.on(&function.sig, message);
    } else if !function.is_async() {
        let (head, framework) = (head.name(), framework.name());
        let message = format!("`#[{head}]` goes on handlers of {framework}, which are async: write `async fn`");
        errors.on(function.sig.fn_token, message);
    }
}

fn is_said_once(head: Head, function: &Function, errors: &Errors) {
    let Some(again) = function.attrs.iter().find(|attr| Head::of(attr) == Some(head)) else { return };
    let repair = match head {
        Head::CacheControl => "put all directives into one",
        Head::VaryOnHeaders => "put all names into one",
        _ => "leave one out",
    };
    errors.on(again, format!("`#[{}]` is said twice: {repair}", head.name()));
}

fn makes_sense(said: &Said, errors: &Errors) {
    sense::contradictions(&said.directives).for_each(|error| errors.push(error));
}

/// Whichever of the two stands above.
fn makes_sense_beside_never_cache(said: &Said, function: &Function, errors: &Errors) {
    let below = |head: Head| function.attrs.iter().find(|attr| Head::of(attr) == Some(head));
    let overheard = |attr: &Attribute| Said::overheard(Head::CacheControl, tokens_of(attr));
    let wrong = match said.head {
        Head::CacheControl if below(Head::NeverCache).is_some() => sense::beside_never_cache(said),
        Head::NeverCache => below(Head::CacheControl).and_then(|attr| sense::beside_never_cache(&overheard(attr))),
        _ => None,
    };
    if let Some(error) = wrong {
        errors.push(error);
    }
}

fn lets_pages_be_kept(said: &Said, function: &Function, errors: &Errors) {
    if function.attrs.iter().any(is_cache_page)
        && let Some(error) = contradiction(said, Span::call_site())
    {
        errors.push(error);
    }
}

fn has_room(framework: Framework, head: Head, function: &Function, errors: &Errors) {
    if head.is_early() {
        errors.ok(validator::has_room(framework, head, function));
    }
}
