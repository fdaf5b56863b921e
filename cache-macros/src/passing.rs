//! How a companion takes an argument: as callers have it at hand, and without copying it.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::visit_mut::{self, VisitMut};
use syn::{GenericParam, Generics, Lifetime, Path, Type, TypeReference, parse_quote};

use crate::spelling;

/// How a companion takes an argument of some type.
pub enum Passing {
    /// References, and what is as small.
    AsItIs(Type),
    /// `&str` for `String`.
    Str,
    /// `Option<&str>` for `Option<String>`.
    OptionStr,
    /// By reference, where more would leave type or lifetime parameters unknown.
    Reference(Type),
    /// Owned or by reference, as the caller likes.
    Borrow(Type),
}

impl Passing {
    pub fn of(generics: &Generics, ty: &Type) -> Self {
        let ty = elided(ty);
        if is_small(&ty) || spelling::impl_trait(&ty).is_some() {
            Self::AsItIs(ty)
        } else if spelling::last_name(&ty).is_some_and(|name| name == "String") {
            Self::Str
        } else if is_optional_text(&ty) {
            Self::OptionStr
        } else if spelling::borrows(&ty) || is_generic(generics, &ty) {
            Self::Reference(ty)
        } else {
            Self::Borrow(ty)
        }
    }

    /// Whether the companion's own functions have a reference in their hands.
    pub fn is_reference(&self) -> bool {
        match self {
            Self::AsItIs(ty) => matches!(spelling::bare(ty), Type::Reference(_)),
            Self::OptionStr => false,
            _ => true,
        }
    }

    /// Emits the type of a function's argument.
    pub fn argument(&self, larder: &Path) -> TokenStream {
        match self {
            Self::AsItIs(ty) => quote!(#ty),
            Self::Str => quote!(&::core::primitive::str),
            Self::OptionStr => quote!(::core::option::Option<&::core::primitive::str>),
            Self::Reference(ty) => quote!(&#ty),
            Self::Borrow(ty) => quote!(impl #larder::__private::Whole<#ty>),
        }
    }

    /// Emits the type of a part of the tuple that a method's companion takes.
    pub fn in_tuple(&self) -> TokenStream {
        match self {
            Self::AsItIs(ty) => named(ty).to_token_stream(),
            Self::Str => quote!(&'k ::core::primitive::str),
            Self::OptionStr => quote!(::core::option::Option<&'k ::core::primitive::str>),
            Self::Reference(ty) | Self::Borrow(ty) => {
                let ty = named(ty);
                quote!(&'k #ty)
            }
        }
    }
}

/// Whether a type is spelled as one that is copied without a thought.
fn is_small(ty: &Type) -> bool {
    match spelling::bare(ty) {
        Type::Reference(_) => true,
        Type::Tuple(tuple) => tuple.elems.iter().all(is_small),
        ty if spelling::last_name(ty).is_some_and(|name| name == "Option") => {
            spelling::type_arguments(ty).into_iter().all(is_small)
        }
        ty => spelling::is_primitive(ty),
    }
}

/// Whether a type is spelled as a text that may be missing. Who has a part of another text at hand need not copy it.
fn is_optional_text(ty: &Type) -> bool {
    let is = |ty: &Type, expected: &str| spelling::last_name(ty).is_some_and(|name| name == expected);
    is(ty, "Option") && matches!(spelling::type_arguments(ty).as_slice(), [text] if is(text, "String"))
}

/// Whether a type is made of a parameter, which a caller's argument then has to determine.
fn is_generic(generics: &Generics, ty: &Type) -> bool {
    generics.params.iter().any(|param| match param {
        GenericParam::Type(param) => spelling::mentions(ty.to_token_stream(), &param.ident),
        GenericParam::Const(param) => spelling::mentions(ty.to_token_stream(), &param.ident),
        GenericParam::Lifetime(_) => false,
    })
}

/// Leaves the lifetimes of a type to inference: a key reads its arguments, and keeps none of them.
pub fn elided(ty: &Type) -> Type {
    let mut ty = ty.clone();
    Relabel(None).visit_type_mut(&mut ty);
    ty
}

/// Gives all lifetimes of a type the one name that a return type can mention.
fn named(ty: &Type) -> Type {
    let mut ty = ty.clone();
    Relabel(Some(Lifetime::new("'k", Span::mixed_site()))).visit_type_mut(&mut ty);
    ty
}

struct Relabel(Option<Lifetime>);

impl VisitMut for Relabel {
    fn visit_type_reference_mut(&mut self, reference: &mut TypeReference) {
        reference.lifetime.clone_from(&self.0);
        visit_mut::visit_type_mut(self, &mut reference.elem);
    }

    fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
        if lifetime.ident != "static" {
            *lifetime = self.0.clone().unwrap_or_else(|| parse_quote!('_));
        }
    }

    // Lifetimes of a callee's own stay as they are.
    fn visit_type_fn_ptr_mut(&mut self, _: &mut syn::TypeFnPtr) {}
    fn visit_parenthesized_generic_arguments_mut(&mut self, _: &mut syn::ParenthesizedGenericArguments) {}
}
