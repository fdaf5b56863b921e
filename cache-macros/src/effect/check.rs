//! Whether the effects make sense on this function.

use super::Effect;
use super::targets::Targets;
use crate::errors::Errors;
use crate::function::Function;

pub fn check(effect: Effect, function: &Function, targets: &Targets, errors: &Errors) {
    has_a_body(effect, function, errors);
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
