//! What follows from an annotated function: the arguments of its companion, the generics they need, what is kept.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Generics, Ident, Type, parse_quote};

use super::model::{Model, Stand, kind, own};
use crate::generics;
use crate::key::{Key, Place};
use crate::returned::{self, Kind};
use crate::spelling;

/// What an expansion is made from.
pub struct Facts {
    pub returns: Return,
    pub parameters: Vec<Parameter>,
    /// The generics that the key, or what is kept, is about.
    pub generics: Generics,
}

/// What a function returns, and what of it is kept.
pub struct Return {
    pub ty: Type,
    pub kind: Kind,
}

/// An argument of the companion.
pub struct Parameter {
    pub name: Ident,
    pub ty: Type,
    pub subject: Subject,
}

/// What a companion's argument stands for.
pub enum Subject {
    Receiver,
    /// The whole argument, by its place in the model.
    Argument(usize),
    /// A part of one, as in `<user.id: u64>`.
    Part,
}

impl Facts {
    pub fn new(model: &Model, key: &Key) -> Option<Self> {
        let returns = Return::new(model)?;
        let parameters = parameters(model, key);
        let generics = needed(model, key, &parameters, &returns);
        Some(Self { returns, parameters, generics })
    }
}

impl Return {
    fn new(model: &Model) -> Option<Self> {
        let ty = model.function.returns()?.clone();
        let kind = match &model.each {
            Some(each) => each.kind,
            None => kind(&model.function, &ty, &model.options, model.stand),
        };
        Some(Self { ty, kind })
    }

    /// Emits the number that stands for the kind.
    pub fn number(&self, model: &Model) -> TokenStream {
        if let Some(each) = &model.each {
            return each.number(&model.larder(), model.stand);
        }
        match self.kind {
            Kind::Value => quote!(0),
            Kind::Result => quote!(1),
            Kind::Probed if model.stand == Stand::Free => quote!({ Self::__KIND }),
            Kind::Probed => self.probe(model),
        }
    }

    /// Emits the question what kind it is.
    pub fn probe(&self, model: &Model) -> TokenStream {
        match &model.each {
            Some(each) => each.probe(&model.larder()),
            None => returned::probe(&model.larder(), &self.ty),
        }
    }

    /// Emits the type of an error, which is not kept.
    pub fn error(&self, model: &Model) -> TokenStream {
        match (self.kind, spelling::type_arguments(&self.ty).as_slice()) {
            (Kind::Result, [_, error]) => quote!(#error),
            _ => self.part(model, "Error"),
        }
    }

    /// Emits the type of what is kept.
    pub fn kept(&self, model: &Model) -> TokenStream {
        let ty = &self.ty;
        let arguments = spelling::type_arguments(ty);
        match (self.kind, arguments.as_slice()) {
            _ if model.each.is_some() => self.part(model, "Kept"),
            (Kind::Value, _) => quote!(#ty),
            // `Result<T>` may be any alias; one of two types keeps the first by all conventions.
            (Kind::Result, [kept, _]) => quote!(#kept),
            _ => self.part(model, "Kept"),
        }
    }

    /// Emits the type that the companion takes and hands out.
    pub fn given(&self, model: &Model) -> TokenStream {
        if model.each.is_some() { self.part(model, "Given") } else { self.kept(model) }
    }

    fn part(&self, model: &Model, name: &str) -> TokenStream {
        let (larder, ty, number) = (model.larder(), &self.ty, self.number(model));
        let name = format_ident!("{name}");
        quote_spanned!(ty.span().resolved_at(Span::mixed_site())=> <#ty as #larder::__private::Outcome<#number>>::#name)
    }
}

/// Returns the arguments of the companion, in the order of the function's.
pub fn parameters(model: &Model, key: &Key) -> Vec<Parameter> {
    let receiver = Parameter { name: own("this"), ty: parse_quote!(Self), subject: Subject::Receiver };
    let mut parameters = of_places(&key.places_of(None), receiver);
    for (index, argument) in model.arguments.iter().enumerate() {
        let (name, ty) = (argument.name.clone(), argument.ty.clone());
        let whole = Parameter { name, ty, subject: Subject::Argument(index) };
        parameters.extend(of_places(&key.places_of(Some(index)), whole));
    }
    parameters
}

/// Returns the parts that these places name with their types; the whole, where one of them does not.
fn of_places(places: &[&Place], whole: Parameter) -> Vec<Parameter> {
    if places.iter().any(|place| place.annotation.is_none()) {
        return vec![whole];
    }
    let mut parts: Vec<Parameter> = Vec::new();
    for place in places {
        let Some(ty) = place.annotation.clone() else { continue };
        let name = place.part_name();
        if !parts.iter().any(|part| part.name == name) {
            parts.push(Parameter { name, ty, subject: Subject::Part });
        }
    }
    parts
}

/// Returns the generics that the companion cannot do without.
fn needed(model: &Model, key: &Key, parameters: &[Parameter], returns: &Return) -> Generics {
    let types = parameters.iter().map(|parameter| parameter.ty.to_token_stream());
    let about = types.chain([returns.ty.to_token_stream()]).chain(key.parameters());
    generics::needed(&model.function.sig.generics, about)
}

/// Returns the name of a function without `r#`, for text.
pub fn plain_name(model: &Model) -> String {
    model.function.sig.ident.unraw().to_string()
}
