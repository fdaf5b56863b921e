//! Whether the effects make sense on this function.

use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::visit::Visit;
use syn::{ExprAsync, ExprClosure, ExprReturn, ExprTry, Item};

use super::Effect;
use super::targets::Targets;
use crate::errors::Errors;
use crate::function::{CACHED_AND_CHANGING, Function, PAGE_AND_CHANGING};
use crate::nearest::nearest;

pub fn check(effect: Effect, function: &Function, targets: &Targets, errors: &Errors) {
    has_a_body(effect, function, errors);
    is_not_cached_too(function, errors);
    names_something(effect, targets, errors);
    ends_nowhere_but_in_its_body(targets, errors);
    tags_name_arguments(function, targets, errors);
    runs_with_the_program(effect, function, errors);
    ends_after_its_body(effect, function, errors);
    before_is_for_what_is_known(effect, targets, errors);
    updates_with_something(effect, function, errors);
}

fn has_a_body(effect: Effect, function: &Function, errors: &Errors) {
    if function.body.is_none() {
        let message = format!("`#[{}]` goes on the function in the `impl`, where its body is", effect.name());
        errors.on(&function.sig, message);
    }
}

/// On a hit nothing would happen.
fn is_not_cached_too(function: &Function, errors: &Errors) {
    if let Some(attr) = function.attribute(&["cached"]) {
        errors.on(attr, CACHED_AND_CHANGING);
    } else if let Some(attr) = function.attribute(&["cache_page"]) {
        errors.on(attr, PAGE_AND_CHANGING);
    }
}

/// `before` and `crate` are said of entries.
fn names_something(effect: Effect, targets: &Targets, errors: &Errors) {
    if targets.is_all_there && targets.all.is_empty() && targets.tags.is_empty() {
        let message = format!("say what this function {0}: write `#[{0}(profile(user.id))]`", effect.name());
        errors.at(Span::call_site(), message);
    }
}

/// An argument of an entry is read before the body, and what leaves it there would leave the function.
fn ends_nowhere_but_in_its_body(targets: &Targets, errors: &Errors) {
    for argument in targets.all.iter().flat_map(|target| &target.arguments) {
        Leaves(errors).visit_expr(argument);
    }
}

/// A place can name a constant too; what is nearly the name of an argument was meant to be it.
fn tags_name_arguments(function: &Function, targets: &Targets, errors: &Errors) {
    let names: Vec<_> = function.bindings().iter().map(|name| name.unraw().to_string()).collect();
    for pattern in &targets.tags {
        for place in pattern.places() {
            let root = place.root.unraw().to_string();
            if !names.contains(&root)
                && let Some(near) = nearest(&root, names.iter().map(String::as_str))
            {
                errors.push(pattern.error(place, format!("there is no argument `{root}`; did you mean `{near}`?")));
            }
        }
    }
}

struct Leaves<'a>(&'a Errors);

impl Visit<'_> for Leaves<'_> {
    fn visit_expr_try(&mut self, leaves: &ExprTry) {
        self.leaving(&leaves.question_token, "?");
    }

    fn visit_expr_return(&mut self, leaves: &ExprReturn) {
        self.leaving(&leaves.return_token, "return");
    }

    // What these hold ends them, and not the function.
    fn visit_expr_closure(&mut self, _: &ExprClosure) {}
    fn visit_expr_async(&mut self, _: &ExprAsync) {}
    fn visit_item(&mut self, _: &Item) {}
}

impl Leaves<'_> {
    fn leaving(&self, word: &impl quote::ToTokens, text: &str) {
        let message = format!(
            "`{text}` would leave the function before its body has begun: name the entry by what is there without it, or \
             by the result, as in `|saved| profile(saved.id)`"
        );
        self.0.on(word, message);
    }
}

/// There is no cache when the program is compiled.
fn runs_with_the_program(effect: Effect, function: &Function, errors: &Errors) {
    if let Some(word) = &function.sig.constness {
        let message = format!(
            "a `const fn` can run when the program is compiled, where there is no cache: remove `const`, or `#[{}]`",
            effect.name()
        );
        errors.on(word, message);
    }
}

/// Whoever returns a future has done nothing yet: the effect would come before the body, and whatever that comes to.
fn ends_after_its_body(effect: Effect, function: &Function, errors: &Errors) {
    if let Some(ty) = function.returns().filter(|ty| crate::spelling::is_future(ty)) {
        let message = format!(
            "this function ends before the body of its future has begun: write `async fn`; under `#[async_trait]`, put \
             `#[{}]` on an `async fn` beside the `impl` and call it from here",
            effect.name()
        );
        errors.on(ty, message);
    }
}

/// Before the body there is no result to look at, or to keep.
fn before_is_for_what_is_known(effect: Effect, targets: &Targets, errors: &Errors) {
    let Some(word) = &targets.before else { return };
    if effect == Effect::Updates {
        errors.at(word.span(), "what is kept is the result, and that is not there before: leave `before` out");
    } else if targets.all.iter().any(|target| target.result.is_some()) {
        errors.at(
            word.span(),
            "the closure sees the result, and that is not there before: leave `before` out, or name the arguments",
        );
    }
}

/// The result becomes what is kept.
fn updates_with_something(effect: Effect, function: &Function, errors: &Errors) {
    if effect == Effect::Updates && crate::spelling::is_unit(&function.sig.output) {
        errors.on(
            &function.sig.ident,
            "this function returns nothing that could be kept: return the new value, or write `#[invalidates(…)]`",
        );
    }
}
