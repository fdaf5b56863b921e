//! What a type's spelling says. A macro sees words and not types; where a word may be an alias, the answer is "unknown".

use proc_macro2::{TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::visit::{self, Visit};
use syn::{
    GenericArgument, Ident, Lifetime, PathArguments, PathSegment, ReturnType, Type, TypeFnPtr, TypeImplTrait,
    TypeParamBound, TypePath, TypeReference,
};

/// Returns a name as it reads in keys: without the mark of raw identifiers.
pub fn plain(name: &Ident) -> String {
    name.unraw().to_string()
}

/// Returns the type inside parentheses and invisible groups.
pub fn bare(ty: &Type) -> &Type {
    match ty {
        Type::Paren(inner) => bare(&inner.elem),
        Type::Group(inner) => bare(&inner.elem),
        other => other,
    }
}

/// Returns whether a type is a future, as far as its spelling tells.
pub fn is_future(ty: &Type) -> bool {
    traits(ty).iter().any(|name| name == "Future") || is_boxed_future(ty)
}

/// Returns whether a type is a future behind a pointer.
pub fn is_boxed_future(ty: &Type) -> bool {
    let name = last_name(ty).unwrap_or_default();
    let boxed = type_arguments(ty).into_iter().flat_map(type_arguments).next();
    let is_boxed = name == "Pin" && boxed.is_some_and(|ty| traits(ty).iter().any(|name| name == "Future"));
    is_boxed || name == "BoxFuture" || name == "LocalBoxFuture"
}

/// Returns the last segment of a plain path, as in `std::result::Result<T, E>`.
pub fn last_segment(ty: &Type) -> Option<&PathSegment> {
    match bare(ty) {
        Type::Path(TypePath { qself: None, path, .. }) => path.segments.last(),
        _ => None,
    }
}

pub fn last_name(ty: &Type) -> Option<String> {
    last_segment(ty).map(|segment| segment.ident.to_string())
}

/// Returns the types between `<` and `>` of the last segment.
pub fn type_arguments(ty: &Type) -> Vec<&Type> {
    let Some(PathSegment { arguments: PathArguments::AngleBracketed(arguments), .. }) = last_segment(ty) else {
        return Vec::new();
    };
    let types = arguments.args.iter().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    });
    types.collect()
}

/// Integers, `bool` and `char`: taken by value wherever they go.
pub fn is_primitive(ty: &Type) -> bool {
    let Type::Path(path) = bare(ty) else { return false };
    let Some(name) = path.path.get_ident() else { return false };
    let name = name.to_string();
    let integers = ["u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize"];
    integers.contains(&name.as_str()) || name == "bool" || name == "char"
}

/// Returns whether a type is spelled like one that is no `Result`.
pub fn is_known_value(ty: &Type) -> bool {
    const VALUES: &[&str] = &[
        "String", "str", "Vec", "Option", "Arc", "Box", "Rc", "HashMap", "HashSet", "BTreeMap", "BTreeSet", "VecDeque",
        "Cow", "Duration", "f32", "f64",
    ];
    match bare(ty) {
        Type::Tuple(_) | Type::Array(_) | Type::Reference(_) | Type::FnPtr(_) | Type::Slice(_) => true,
        ty if is_primitive(ty) => true,
        ty => last_name(ty).is_some_and(|name| VALUES.contains(&name.as_str())),
    }
}

/// Returns whether a name is that of a type which is none without others, so that nobody means a parameter by it.
pub fn takes_types(name: &str) -> bool {
    const WHOLE: [&str; 12] = [
        "Arc", "BTreeMap", "BTreeSet", "Box", "Cow", "HashMap", "HashSet", "Option", "Rc", "Result", "Vec", "VecDeque",
    ];
    WHOLE.contains(&name)
}

/// Returns whether a type is spelled like a `Result`; one without any parameters may be anything.
pub fn is_result(ty: &Type) -> bool {
    last_name(ty).is_some_and(|name| name == "Result") && !type_arguments(ty).is_empty()
}

/// Returns whether a type borrows: by a lifetime other than `'static`, or by the hidden one of `&T`.
pub fn borrows(ty: &Type) -> bool {
    let mut search = Borrows(false);
    search.visit_type(ty);
    search.0
}

struct Borrows(bool);

impl Visit<'_> for Borrows {
    fn visit_type_reference(&mut self, reference: &TypeReference) {
        self.0 |= reference.lifetime.is_none();
        visit::visit_type_reference(self, reference);
    }

    fn visit_lifetime(&mut self, lifetime: &Lifetime) {
        self.0 |= lifetime.ident != "static";
    }

    // The lifetimes in `fn(&str)` and `dyn Fn(&str)` are the callee's own.
    fn visit_type_fn_ptr(&mut self, _: &TypeFnPtr) {}
    fn visit_parenthesized_generic_arguments(&mut self, _: &syn::ParenthesizedGenericArguments) {}
}

/// Returns the first `impl Trait` in a type.
pub fn impl_trait(ty: &Type) -> Option<&TypeImplTrait> {
    struct Search<'a>(Option<&'a TypeImplTrait>);
    impl<'a> Visit<'a> for Search<'a> {
        fn visit_type_impl_trait(&mut self, found: &'a TypeImplTrait) {
            self.0.get_or_insert(found);
        }
    }
    let mut search = Search(None);
    search.visit_type(ty);
    search.0
}

/// Returns whether a `dyn Trait` stands in a type.
pub fn is_dyn(ty: &Type) -> bool {
    struct Search(bool);
    impl Visit<'_> for Search {
        fn visit_type_trait_object(&mut self, _: &syn::TypeTraitObject) {
            self.0 = true;
        }
    }
    let mut search = Search(false);
    search.visit_type(ty);
    search.0
}

/// Returns the names of the traits in `impl A + B` and `dyn A + B`.
pub fn traits(ty: &Type) -> Vec<String> {
    let bounds = match bare(ty) {
        Type::ImplTrait(ty) => &ty.bounds,
        Type::TraitObject(ty) => &ty.bounds,
        _ => return Vec::new(),
    };
    let names = bounds.iter().filter_map(|bound| match bound {
        TypeParamBound::Trait(bound) => bound.path.segments.last().map(|segment| segment.ident.to_string()),
        _ => None,
    });
    names.collect()
}

/// Returns the type that an `impl Future<Output = T>` ends in.
pub fn future_output(ty: &Type) -> Option<&Type> {
    let bounds = match bare(ty) {
        Type::ImplTrait(ty) => &ty.bounds,
        Type::TraitObject(ty) => &ty.bounds,
        _ => return None,
    };
    bounds.iter().find_map(|bound| {
        let TypeParamBound::Trait(bound) = bound else { return None };
        let segment = bound.path.segments.last().filter(|segment| segment.ident == "Future")?;
        let PathArguments::AngleBracketed(arguments) = &segment.arguments else { return None };
        arguments.args.iter().find_map(|argument| match argument {
            GenericArgument::AssocType(output) if output.ident == "Output" => Some(&output.ty),
            _ => None,
        })
    })
}

pub fn is_unit(output: &ReturnType) -> bool {
    match output {
        ReturnType::Default => true,
        ReturnType::Type(_, ty) => matches!(bare(ty), Type::Tuple(tuple) if tuple.elems.is_empty()),
    }
}

/// Returns whether an identifier stands anywhere in these tokens.
pub fn mentions(tokens: TokenStream, name: &Ident) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == *name,
        TokenTree::Group(group) => mentions(group.stream(), name),
        _ => false,
    })
}

/// Returns whether a name of one capital letter stands in these tokens, as those of type parameters are by convention.
pub fn mentions_letter(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => matches!(ident.to_string().as_bytes(), [b'A'..=b'Z']),
        TokenTree::Group(group) => mentions_letter(group.stream()),
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::*;

    #[test]
    fn a_borrowed_type_is_told_from_an_owned_one() {
        let borrowed: [Type; 5] = [
            parse_quote!(&str),
            parse_quote!(Option<&'a str>),
            parse_quote!(Cow<'_, str>),
            parse_quote!(Vec<(u8, &u8)>),
            parse_quote!(Box<dyn Show + 'a>),
        ];
        let owned: [Type; 5] = [
            parse_quote!(&'static str),
            parse_quote!(Cow<'static, str>),
            parse_quote!(fn(&str) -> &str),
            parse_quote!(Box<dyn Fn(&str)>),
            parse_quote!(Vec<String>),
        ];
        assert!(borrowed.iter().all(borrows));
        assert!(!owned.iter().any(borrows));
    }

    #[test]
    fn a_future_says_what_it_ends_in() {
        let ty: Type = parse_quote!(impl Future<Output = u64> + Send);
        assert!(future_output(&ty).is_some_and(is_primitive));
    }
}
