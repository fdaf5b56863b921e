//! Functions that cannot be cached, and what to do instead.

use quote::ToTokens;
use syn::visit::{self, Visit};
use syn::{FnArg, Pat, Receiver, ReceiverKind, ReturnType, Safety, Type, TypeReference};

use crate::attributes::{is_condition, keeps};
use crate::cached::model::{Model, Stand};
use crate::errors::Errors;
use crate::function::{CACHED_AND_CHANGING, CACHED_AND_PAGE};
use crate::spelling;

pub fn check(model: &Model, errors: &Errors) {
    has_a_body(model, errors);
    is_a_plain_function(model, errors);
    is_annotated_once(model, errors);
    changes_nothing_elsewhere(model, errors);
    does_not_change_itself(model, errors);
    has_every_argument_always(model, errors);
    names_what_it_takes(model, errors);
    returns_something(model, errors);
    returns_a_value_that_can_be_kept(model, errors);
    returns_a_value_that_can_be_read_back(model, errors);
    fits_its_companion(model, errors);
}

/// A trait's declaration has nothing to run on a miss.
fn has_a_body(model: &Model, errors: &Errors) {
    if model.function.body.is_none() {
        errors.on(
            &model.function.sig,
            "a function without a body cannot be cached: put the attribute on the function in the `impl`",
        );
    }
}

/// The wrapper looks into a cache at run time, and is called like any safe Rust function.
fn is_a_plain_function(model: &Model, errors: &Errors) {
    let sig = &model.function.sig;
    if let Some(word) = &sig.constness {
        errors.on(
            word,
            "a `const fn` runs when the program is compiled, where there is no cache: remove `const`, or the attribute",
        );
    }
    if let Safety::Unsafe(word) = &sig.safety {
        // What a caller has to guarantee is not known to a refresh that runs later, or to `uncached`.
        errors.on(
            word,
            "an `unsafe fn` cannot be cached: cache a safe function that calls it, and upholds what it asks for",
        );
    }
    if let Some(abi) = &sig.abi {
        errors.on(
            abi,
            "a function for other languages cannot be cached: cache a Rust function, and call it from this one",
        );
    }
    if let Some(variadic) = &sig.variadic {
        errors.on(variadic, "a key needs a fixed number of arguments: take a slice instead");
    }
}

/// Two wrappers would look twice and share a companion.
fn is_annotated_once(model: &Model, errors: &Errors) {
    if let Some(attr) = model.function.attribute(&["cache_page"]) {
        errors.on(attr, CACHED_AND_PAGE);
    } else if let Some(attr) = model.function.attrs.iter().find(|attr| keeps(attr)) {
        errors.on(attr, "a function is cached once: say everything in one `#[cached(…)]`");
    }
}

/// On a hit the body does not run, and what it would have changed elsewhere would go on being served.
fn changes_nothing_elsewhere(model: &Model, errors: &Errors) {
    if let Some(attr) = model.function.attribute(&["invalidates", "updates"]) {
        errors.on(attr, CACHED_AND_CHANGING);
    }
}

/// On a hit the body does not run, and what it would have changed stays as it was.
fn does_not_change_itself(model: &Model, errors: &Errors) {
    if let Some(receiver) = model.receiver.as_ref().filter(|receiver| is_exclusive(receiver)) {
        errors.on(
            receiver,
            "a hit does not run the body, so nothing would change in `self`: take `&self`, and keep what must change behind a lock",
        );
    }
}

fn is_exclusive(receiver: &Receiver) -> bool {
    match &receiver.kind {
        ReceiverKind::Reference(_, _, mutability) => mutability.is_some(),
        ReceiverKind::Typed(_, ty) => holds_exclusive_reference(ty),
        _ => false,
    }
}

fn holds_exclusive_reference(ty: &Type) -> bool {
    match spelling::bare(ty) {
        Type::Reference(reference) => reference.mutability.is_some(),
        other => spelling::type_arguments(other).into_iter().any(holds_exclusive_reference),
    }
}

/// One function with two argument lists would need two companions.
fn has_every_argument_always(model: &Model, errors: &Errors) {
    for arg in &model.function.sig.inputs {
        let (FnArg::Typed(syn::PatType { attrs, .. }) | FnArg::Receiver(Receiver { attrs, .. })) = arg;
        if let Some(attr) = attrs.iter().find(|attr| is_condition(attr)) {
            errors.on(
                attr,
                "an argument that is not always there cannot be keyed: write two functions, each under its `cfg`",
            );
        }
    }
}

/// What a macro in a pattern's place binds is not seen, and a key would forget it.
fn names_what_it_takes(model: &Model, errors: &Errors) {
    struct Macros<'a>(&'a Errors);
    impl Visit<'_> for Macros<'_> {
        fn visit_pat(&mut self, pat: &Pat) {
            if matches!(pat, Pat::Macro(_)) {
                let message = "the key cannot see the names behind this macro: write the pattern itself, or one name";
                self.0.on(pat, message);
            }
            visit::visit_pat(self, pat);
        }
    }
    for argument in &model.arguments {
        Macros(errors).visit_pat(&argument.pat);
    }
}

/// Nothing can be kept of a function that is called for its effect.
fn returns_something(model: &Model, errors: &Errors) {
    let sig = &model.function.sig;
    if spelling::is_unit(&sig.output) {
        let message = "this function returns nothing that could be kept, and on a hit its effect would not happen: \
             remove the attribute, or return a value";
        return match &sig.output {
            ReturnType::Default => errors.on(&sig.ident, message),
            ReturnType::Type(_, ty) => errors.on(ty, message),
        };
    }
    if let Some(ty) = model.returns().filter(|ty| matches!(spelling::bare(ty), Type::Never(_))) {
        errors.on(ty, "this function never returns, so nothing can be kept of it: remove the attribute");
    }
}

/// A kept value is handed to many callers, long after the arguments are gone.
fn returns_a_value_that_can_be_kept(model: &Model, errors: &Errors) {
    let Some(ty) = model.returns() else { return };
    if let Some(message) = refused(ty) {
        errors.on(ty, message);
    }
}

fn refused(ty: &Type) -> Option<String> {
    future(ty).or_else(|| once_only(ty)).or_else(|| hidden(ty)).or_else(|| borrowed(ty))
}

/// Returns whether there is no type that a companion could speak of.
pub fn returns_nothing_to_keep(model: &Model) -> bool {
    model.returns().is_none_or(|ty| refused(ty).is_some() || matches!(spelling::bare(ty), Type::Never(_)))
}

/// `#[async_trait]` has already rewritten the function when an attribute inside it is met.
fn future(ty: &Type) -> Option<String> {
    if spelling::traits(ty).iter().any(|name| name == "Future") {
        let output = spelling::future_output(ty).map_or_else(|| "T".to_owned(), text);
        return Some(format!("a future runs once and cannot be kept: write `async fn … -> {output}`"));
    }
    spelling::is_boxed_future(ty).then(|| {
        "a boxed future runs once and cannot be kept: write `async fn`; under `#[async_trait]`, \
         move the body into a cached function beside the `impl` and call it from here"
            .to_owned()
    })
}

fn once_only(ty: &Type) -> Option<String> {
    let name = spelling::last_name(ty).unwrap_or_default();
    let inner = spelling::type_arguments(ty).into_iter().find(|ty| !spelling::traits(ty).is_empty());
    let traits = [spelling::traits(ty), inner.map(spelling::traits).unwrap_or_default()].concat();
    if traits.iter().any(|name| name.ends_with("Iterator")) {
        return Some("an iterator runs once and cannot be kept: collect it, and return the `Vec`".to_owned());
    }
    let is_stream = traits.iter().any(|name| name == "Stream") || name == "BoxStream";
    is_stream.then(|| "a stream runs once and cannot be kept: collect it, and return the `Vec`".to_owned())
}

fn hidden(ty: &Type) -> Option<String> {
    let found = spelling::impl_trait(ty)?;
    Some(format!("a kept value needs a type that can be named: return a type instead of `{}`", text(found)))
}

fn borrowed(ty: &Type) -> Option<String> {
    if !spelling::borrows(ty) {
        return None;
    }
    let owned = match spelling::bare(ty) {
        Type::Reference(reference) => format!("`{}`", owned(reference)),
        _ => "an owned value".to_owned(),
    };
    Some(format!("a kept value outlives the call, so it cannot borrow: return {owned}"))
}

/// Names what is owned in the place of a reference.
fn owned(reference: &TypeReference) -> String {
    match spelling::bare(&reference.elem) {
        Type::Path(path) if path.path.is_ident("str") => "String".to_owned(),
        Type::Slice(slice) => format!("Vec<{}>", text(&slice.elem)),
        inner => format!("{0}` or `Arc<{0}>", text(inner)),
    }
}

/// What comes back from outside the process is owned: nothing there lives for as long as the program.
fn returns_a_value_that_can_be_read_back(model: &Model, errors: &Errors) {
    let said = model.options.naming.local.is_some() || model.options.broken.contains(&"local");
    let Some(ty) = model.returns().filter(|ty| !said && refused(ty).is_none()) else { return };
    if let Some(reference) = kept_reference(ty) {
        let message = format!(
            "a reference cannot be read back from outside the process: return `{}`, or write `local`, and the value \
             stays in this one",
            owned(reference)
        );
        errors.on(reference, message);
    }
}

/// Returns the first reference that would be kept, as far as the spelling tells: errors are not, and never leave.
fn kept_reference(ty: &Type) -> Option<&TypeReference> {
    match spelling::bare(ty) {
        Type::Reference(reference) => Some(reference),
        Type::Tuple(tuple) => tuple.elems.iter().find_map(kept_reference),
        Type::Array(array) => kept_reference(&array.elem),
        ty if spelling::is_result(ty) => spelling::type_arguments(ty).first().copied().and_then(kept_reference),
        ty if spelling::is_known_value(ty) => spelling::type_arguments(ty).into_iter().find_map(kept_reference),
        _ => None,
    }
}

/// The companion of a method takes its arguments as one tuple, and those end somewhere.
fn fits_its_companion(model: &Model, errors: &Errors) {
    const MOST: usize = 8;
    if model.stand != Stand::Method {
        return;
    }
    let Some(key) = &model.key else { return };
    if super::super::facts::parameters(model, key).len() > MOST {
        errors.on(
            &model.function.sig.ident,
            format!("the key of a method holds at most {MOST} arguments: take some of them together, in a struct with `#[derive(KeyPart)]`"),
        );
    }
}

fn text(tokens: impl ToTokens) -> String {
    tokens.to_token_stream().to_string().replace(" :: ", "::").replace(" < ", "<").replace(" >", ">").replace("& ", "&")
}
