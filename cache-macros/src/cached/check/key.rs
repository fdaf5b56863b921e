//! Keys that forget something, or that say what cannot be.

use std::collections::HashSet;

use quote::ToTokens;
use syn::ext::IdentExt;
use syn::{GenericParam, Ident, Type};

use crate::cached::facts;
use crate::cached::model::{Model, Stand};
use crate::cached::tags;
use crate::errors::Errors;
use crate::key::{Key, Origin, Source};
use crate::nearest::nearest;
use crate::spelling;

pub fn check(model: &Model, errors: &Errors) {
    let ignored_are_known = ignored_exist(model, errors);
    ignored_are_said_once(model, errors);
    // A broken pattern has been reported, and what it would have named is not known.
    let Some(key) = &model.key else { return };
    if !names_are_one_each(model, errors) {
        return;
    }
    ignored_are_unused(model, key, errors);
    if matches!(key.origin, Origin::Default) && !may_go_without_key(model, errors) {
        return;
    }
    if ignored_are_known {
        receiver_is_accounted_for(model, key, errors);
        arguments_are_accounted_for(model, key, errors);
        parameters_are_accounted_for(model, key, errors);
    }
    arguments_have_keys(model, key, errors);
    tags_are_written_from_the_key(model, key, errors);
    parts_or_the_whole(model, key, errors);
}

/// A word that names nothing was meant to name something.
fn ignored_exist(model: &Model, errors: &Errors) -> bool {
    if model.options.broken.contains(&"ignore") {
        return false;
    }
    let scope = model.scope();
    let mut names: Vec<String> = scope.names().iter().map(ToString::to_string).collect();
    names.extend(scope.has_receiver.then(|| "self".to_owned()));
    let mut all_known = true;
    for ignored in model.ignored() {
        let name = ignored.to_string();
        let is_around = name == "Self" && model.stand != Stand::Free;
        if names.contains(&name) || is_around {
            continue;
        }
        all_known = false;
        let message = match nearest(&name, names.iter().map(String::as_str)) {
            Some(near) => format!("there is no argument `{name}` to ignore; did you mean `{near}`?"),
            None => format!("there is no argument `{name}` to ignore: leave it out"),
        };
        errors.at(ignored.span(), message);
    }
    all_known
}

/// A macro can hand over a name that is spelled like one of its own, and a type parameter can be called like an argument:
/// the compiler tells them apart, and a pattern, which is text, cannot.
fn names_are_one_each(model: &Model, errors: &Errors) -> bool {
    let mut seen = HashSet::new();
    let mut all_differ = true;
    for name in model.scope().names() {
        if !seen.insert(name.unraw().to_string()) {
            errors.at(
                name.span(),
                format!("two things are called `{name}` here, and a key tells them apart by name alone: rename one"),
            );
            all_differ = false;
        }
    }
    all_differ
}

fn ignored_are_said_once(model: &Model, errors: &Errors) {
    let mut seen = HashSet::new();
    for ignored in model.ignored() {
        if !seen.insert(ignored.to_string()) {
            errors.at(ignored.span(), format!("`{ignored}` is ignored twice: leave one out"));
        }
    }
}

/// Half of it would be a contradiction, and all of it a mistake.
fn ignored_are_unused(model: &Model, key: &Key, errors: &Errors) {
    for ignored in model.ignored() {
        if key.uses(ignored) || (ignored == "self" && key.uses_receiver()) {
            errors.at(
                ignored.span(),
                format!("`{ignored}` is in the key, and so cannot be ignored: take it out of one of them"),
            );
        }
    }
}

/// A macro sees neither `Self` nor the types that parameters stand for; only a free function's path says all.
fn may_go_without_key(model: &Model, errors: &Errors) -> bool {
    let generics = &model.function.sig.generics;
    let what = if model.stand != Stand::Free {
        "a method names its key, since an attribute does not see its type"
    } else if generics.type_params().next().is_some() || generics.const_params().next().is_some() {
        "a generic function names its key, and what it is generic over"
    } else {
        return true;
    };
    errors.at(model.function.sig.ident.span(), format!("{what}: write `key = \"{}\"`", proposal(model)));
    false
}

/// Proposes a key: the function's name, and all that is not ignored.
fn proposal(model: &Model) -> String {
    let mut places = Vec::new();
    if model.receiver.is_some() && !model.ignored().iter().any(|name| name == "self") {
        places.push("<self.id>".to_owned());
    }
    for param in &model.function.sig.generics.params {
        match param {
            GenericParam::Type(param) => places.push(format!("<{}>", param.ident)),
            GenericParam::Const(param) => places.push(format!("<{}>", param.ident)),
            GenericParam::Lifetime(_) => {}
        }
    }
    let bindings = model.arguments.iter().flat_map(|argument| &argument.bindings);
    places.extend(bindings.filter(|name| !model.is_ignored(name)).map(|name| format!("<{name}>")));
    let name = facts::plain_name(model);
    if places.is_empty() { name } else { format!("{name}:{}", places.join(",")) }
}

/// Through `&self` one tenant would read another's value.
fn receiver_is_accounted_for(model: &Model, key: &Key, errors: &Errors) {
    let Some(receiver) = &model.receiver else { return };
    if key.uses_receiver() || model.ignored().iter().any(|name| name == "self") {
        return;
    }
    let repair = ignoring(model, "self");
    let message = format!(
        "`self` is neither in the key nor ignored: put into the key what the value depends on, as in `<self.id>`, or write `{repair}`"
    );
    errors.on(receiver, message);
}

/// What is left out of a key makes two calls one: the second caller gets the first one's value.
fn arguments_are_accounted_for(model: &Model, key: &Key, errors: &Errors) {
    let arguments = model.arguments.iter().filter(|argument| !argument.is_conditional);
    for binding in arguments.flat_map(|argument| &argument.bindings) {
        if key.uses(binding) || model.is_ignored(binding) {
            continue;
        }
        let repair = ignoring(model, &binding.to_string());
        let message = format!(
            "`{binding}` is neither in the key nor ignored: put `<{binding}>` into the key, or write `{repair}`"
        );
        errors.at(binding.span(), message);
    }
}

/// `load::<User>(1)` and `load::<Post>(1)` are two functions. A parameter that only says how an ignored argument is
/// made, such as the type of a connection, is ignored with it.
fn parameters_are_accounted_for(model: &Model, key: &Key, errors: &Errors) {
    for param in &model.function.sig.generics.params {
        let (name, what) = match param {
            GenericParam::Type(param) => (&param.ident, "type"),
            GenericParam::Const(param) => (&param.ident, "constant"),
            GenericParam::Lifetime(_) => continue,
        };
        if key.uses(name) || model.is_ignored(name) || is_about_ignored_alone(model, name) {
            continue;
        }
        let repair = ignoring(model, &name.to_string());
        let message = format!(
            "the {what} `{name}` is neither in the key nor ignored: put `<{name}>` into the key, or write `{repair}`"
        );
        errors.at(name.span(), message);
    }
}

/// What names the parameter itself, in its result or its body, can depend on more than on the argument.
fn is_about_ignored_alone(model: &Model, param: &Ident) -> bool {
    let mentions = |tokens: &dyn ToTokens| spelling::mentions(tokens.to_token_stream(), param);
    if mentions(&model.function.sig.output) || mentions(&model.function.body) {
        return false;
    }
    let mut all = model.arguments.iter().filter(|argument| mentions(&argument.ty)).peekable();
    let is_ignored = |argument: &crate::argument::Argument| {
        !argument.bindings.is_empty() && argument.bindings.iter().all(|binding| model.is_ignored(binding))
    };
    all.peek().is_some() && all.all(is_ignored)
}

/// `put` and `invalidate` have nothing but what is in the key, and what they write has the same tags.
fn tags_are_written_from_the_key(model: &Model, key: &Key, errors: &Errors) {
    for tag in &model.tags {
        for place in tag.places().filter(|place| !tags::is_in_the_key(place, key)) {
            let message = format!(
                "`<{}>` is not in the key, and a tag is written from what the key is written from: put it there, or say \
                 it in the body with `larder::entry::tag(…)`",
                place.text
            );
            errors.at(place.span, message);
        }
    }
}

/// Repeats the user's own `ignore(…)` with one name more.
fn ignoring(model: &Model, name: &str) -> String {
    let names: Vec<String> = model.ignored().iter().map(ToString::to_string).chain([name.to_owned()]).collect();
    format!("ignore({})", names.join(", "))
}

/// What the spelling of a type says already; for all others the compiler asks for `KeyPart`.
fn arguments_have_keys(model: &Model, key: &Key, errors: &Errors) {
    let mut seen = HashSet::new();
    for place in key.places() {
        let Source::Argument { index, .. } = &place.source else { continue };
        let argument = &model.arguments[*index];
        let is_whole = place.steps.is_empty() && argument.is_plain();
        if let Some(message) = refused(&argument.ty, &place.text, is_whole)
            && seen.insert(*index)
        {
            errors.on(&argument.ty, message);
        }
    }
}

fn refused(ty: &Type, name: &str, is_whole: bool) -> Option<String> {
    if matches!(spelling::bare(ty), Type::Reference(reference) if reference.mutability.is_some()) {
        return Some(format!(
            "`{name}` can be changed by the body, so its value is no key: ignore it, or take it by `&`"
        ));
    }
    if spelling::impl_trait(ty).is_some() {
        let message = "a type that has no name cannot be told apart in a key: take the type itself, such as `&str`, or name \
             it, as in `fn …<T: KeyName + …>`, and put `<T>` into the key";
        return Some(message.to_owned());
    }
    if !is_whole {
        return None;
    }
    if spelling::is_dyn(ty) {
        return Some(format!(
            "what stands behind `dyn` has a type that is not known here, and two types can read the same in a key: take \
             it as a parameter, `fn …<T: KeyPart + KeyName>`, with `<T>` in the key, or ignore `{name}`"
        ));
    }
    match unkeyed(ty)?.as_str() {
        float @ ("f32" | "f64") => {
            let is_bare = spelling::last_name(spelling::bare(ty)).is_some_and(|name| name == float);
            let bits = if is_bare { format!("write `<{name}.to_bits()>`, or ") } else { String::new() };
            Some(format!(
                "`{float}` has no key: numbers that print the same may differ, 0.0 and -0.0 are equal, and NaN is not equal to itself; \
                 {bits}take a whole number, such as cents"
            ))
        }
        map @ "HashMap" => Some(format!(
            "`{map}` has no key: its order differs from run to run; take a `BTreeMap`, or put the parts that matter into the key"
        )),
        set => {
            Some(format!("`{set}` has no key: its order differs from run to run; take a `BTreeSet`, or a sorted `Vec`"))
        }
    }
}

/// Returns the name of the first type in this one that has no key and is known to have none.
fn unkeyed(ty: &Type) -> Option<String> {
    match spelling::bare(ty) {
        Type::Reference(reference) => unkeyed(&reference.elem),
        Type::Slice(slice) => unkeyed(&slice.elem),
        Type::Array(array) => unkeyed(&array.elem),
        Type::Tuple(tuple) => tuple.elems.iter().find_map(unkeyed),
        ty => match spelling::last_name(ty)?.as_str() {
            name @ ("f32" | "f64" | "HashMap" | "HashSet") => Some(name.to_owned()),
            "Option" | "Vec" | "Box" | "Arc" | "Rc" => spelling::type_arguments(ty).into_iter().find_map(unkeyed),
            _ => None,
        },
    }
}

/// The companion takes an argument as a whole, or the parts that are named with their types.
fn parts_or_the_whole(model: &Model, key: &Key, errors: &Errors) {
    for argument in std::iter::once(None).chain((0..model.arguments.len()).map(Some)) {
        let places = key.places_of(argument);
        let (parts, wholes): (Vec<_>, Vec<_>) = places.into_iter().partition(|place| place.annotation.is_some());
        if let (Some(part), Some(whole)) = (parts.first(), wholes.first()) {
            let message = format!(
                "`<{}>` takes the whole argument, and `<{}: …>` a part of it: give both places a type, or none",
                whole.text, part.text
            );
            errors.at(part.span, message);
        }
    }
}
