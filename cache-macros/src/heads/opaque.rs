//! `impl Trait` where a handler says what it returns.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};
use syn::{Generics, Path, Type, TypeImplTrait, TypeParamBound, parse_quote};

/// Returns a type in which the compiler finds out what stands behind each `impl Trait`.
pub fn inferred(ty: &Type) -> Type {
    struct Infer;
    impl VisitMut for Infer {
        fn visit_type_mut(&mut self, ty: &mut Type) {
            if let Type::ImplTrait(_) = ty {
                *ty = parse_quote!(_);
            }
            visit_mut::visit_type_mut(self, ty);
        }
    }
    let mut ty = ty.clone();
    Infer.visit_type_mut(&mut ty);
    ty
}

/// Emits something that names these traits and does nothing: who has imported one for this type has done so to use it.
pub fn mentioned(ty: &Type, generics: &Generics) -> TokenStream {
    let mut search = Traits(Vec::new());
    search.visit_type(ty);
    let can_be_named = search.0.into_iter().filter(|path| is_plain(path, generics));
    let mentions = can_be_named.map(|path| quote_spanned!(Span::mixed_site()=> fn __mentioned<T: #path>() {}));
    // In braces of its own, each: they have one name.
    mentions.map(|mention| quote_spanned!(Span::mixed_site()=> { #mention })).collect()
}

struct Traits<'a>(Vec<&'a Path>);

impl<'a> Visit<'a> for Traits<'a> {
    fn visit_type_impl_trait(&mut self, found: &'a TypeImplTrait) {
        self.0.extend(found.bounds.iter().filter_map(|bound| match bound {
            TypeParamBound::Trait(bound) => Some(&bound.path),
            _ => None,
        }));
        visit::visit_type_impl_trait(self, found);
    }
}

/// Returns whether an item inside the function can name a trait: one that names parameters of the function cannot.
fn is_plain(path: &Path, generics: &Generics) -> bool {
    let is_of_the_function = |first: &syn::PathSegment| {
        first.ident == "Self" || generics.type_params().any(|param| param.ident == first.ident)
    };
    let has_arguments = path.segments.iter().any(|segment| !segment.arguments.is_none());
    !has_arguments && !path.segments.first().is_some_and(is_of_the_function)
}
