//! The arguments of a companion: what the name of pages is made of, without the extractors around it.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Pat, PatTuple, PatTupleStruct, Type, parse_quote};

use super::model::Model;
use crate::bodies::Bodies;
use crate::key::{Place, Source};
use crate::passing::Passing;
use crate::spelling;

/// An argument of the companion.
pub struct Parameter {
    pub name: Ident,
    pub ty: Type,
}

/// Returns the arguments of the companion, in the order of the handler's; or the first place whose type nobody can see.
pub fn parameters(model: &Model) -> Result<Vec<Parameter>, &Place> {
    let mut all: Vec<Parameter> = Vec::new();
    let Some(key) = &model.key else { return Ok(all) };
    let own = key.places_of(None);
    let arguments = (0..model.extractors.len()).flat_map(|index| key.places_of(Some(index)));
    for place in own.into_iter().chain(arguments) {
        let parameter = parameter(model, place).ok_or(place)?;
        if !all.iter().any(|other| other.name == parameter.name) {
            all.push(parameter);
        }
    }
    Ok(all)
}

fn parameter(model: &Model, place: &Place) -> Option<Parameter> {
    if let Some(ty) = &place.annotation {
        return Some(Parameter { name: place.part_name(), ty: ty.clone() });
    }
    match &place.source {
        Source::Receiver => {
            Some(Parameter { name: format_ident!("this", span = Span::mixed_site()), ty: parse_quote!(Self) })
        }
        Source::Argument { index, binding } => {
            let extractor = &model.extractors[*index];
            let argument = &extractor.argument;
            let ty = model.inside(extractor).cloned().or_else(|| type_of(&argument.pat, &argument.ty, binding))?;
            Some(Parameter { name: binding.clone(), ty })
        }
        _ => None,
    }
}

/// Returns the type of what a pattern binds to a name, as far as it can be read off: `Path(id): Path<u64>` says it.
fn type_of(pat: &Pat, ty: &Type, name: &Ident) -> Option<Type> {
    match pat {
        Pat::Ident(pat) if pat.ident == *name => Some(ty.clone()),
        Pat::TupleStruct(PatTupleStruct { path, elems, .. }) if elems.len() == 1 => {
            let is_its_own = path.segments.last().map(|segment| segment.ident.to_string()) == spelling::last_name(ty);
            let inner = spelling::type_arguments(ty).first().copied()?;
            if is_its_own { type_of(elems.first()?, inner, name) } else { None }
        }
        Pat::Tuple(PatTuple { elems, .. }) => match spelling::bare(ty) {
            Type::Tuple(tuple) if tuple.elems.len() == elems.len() => {
                elems.iter().zip(&tuple.elems).find_map(|(pat, ty)| type_of(pat, ty, name))
            }
            _ => None,
        },
        _ => None,
    }
}

impl Parameter {
    /// Emits it as a function takes it.
    pub fn declared(&self, model: &Model, bodies: Bodies) -> TokenStream {
        let (name, ty) = (bodies.name(&self.name), self.passing(model).argument(&model.larder()));
        quote_spanned!(self.ty.span()=> #name: #ty)
    }

    /// Emits what makes a reference of it, where it may be owned or one.
    pub fn borrowed(&self, model: &Model) -> Option<TokenStream> {
        let name = &self.name;
        match self.passing(model) {
            Passing::Borrow(ty) => {
                let larder = model.larder();
                Some(quote_spanned!(Span::mixed_site()=> let #name: &#ty = #larder::__private::Whole::whole(&#name);))
            }
            _ => None,
        }
    }

    /// Returns whether the companion has a reference in its hands.
    pub fn is_reference(&self, model: &Model) -> bool {
        self.passing(model).is_reference()
    }

    /// Emits its type in the tuple that a method's companion takes.
    pub fn in_tuple(&self, model: &Model) -> TokenStream {
        if spelling::last_name(&self.ty).is_some_and(|name| name == "Self") {
            quote!(&'k Self)
        } else {
            self.passing(model).in_tuple()
        }
    }

    fn passing(&self, model: &Model) -> Passing {
        Passing::of(&model.function.sig.generics, &self.ty)
    }
}
