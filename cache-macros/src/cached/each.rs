//! `each(id in ids)`: a function that is asked for many, of which each is an entry of its own.
//!
//! What is checked, and what stands in its companion, is the function of one that follows from it: with one element in the
//! place of all, and what there is for one in the place of what is returned.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{FnArg, Ident, Path, Signature, Token, Type, parse_quote};

use super::model::Stand;
use super::options::Said;
use crate::argument::Argument;
use crate::errors::Errors;
use crate::function::Function;
use crate::nearest::no_argument;
use crate::pattern::Pattern;
use crate::returned::{self, Kind};
use crate::spelling;
use crate::values::inside;

/// What was written.
pub struct Written {
    /// What one of them is called.
    pub one: Ident,
    /// The argument that has all.
    pub all: Ident,
}

/// What follows from it.
pub struct Each {
    /// The function as it was written.
    pub function: Function,
    /// Its arguments.
    pub arguments: Vec<Argument>,
    pub one: Ident,
    /// The place of the argument that has all.
    pub index: usize,
    /// The type of one.
    element: Type,
    takes: Takes,
    /// What it returns.
    pub returns: Type,
    pub kind: Kind,
}

/// How the body takes those that are missing.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Takes {
    /// `&[T]`, or `&Vec<T>`.
    Slice,
    Vec,
    /// What can be collected into: `HashSet<T>`.
    Set,
    /// `&HashSet<T>`.
    BorrowedSet,
}

impl Written {
    /// Reads `(id in ids)`.
    pub fn read(input: ParseStream<'_>) -> syn::Result<Self> {
        inside(input, |content| {
            let wrong = |error: syn::Error| {
                let message =
                    "this names one of all that are asked for, and the argument that has them: write `each(id in ids)`";
                syn::Error::new(error.span(), message)
            };
            let one = content.call(Ident::parse_any).map_err(wrong)?;
            content.parse::<Token![in]>().map_err(wrong)?;
            let all = content.call(Ident::parse_any).map_err(wrong)?;
            if content.is_empty() { Ok(Self { one, all }) } else { Err(wrong(content.error(""))) }
        })
    }
}

impl Each {
    /// Binds what was written; `None` where that is not possible, which has been reported then.
    pub fn bind(
        function: &Function,
        said: &Said<Written>,
        kind: impl FnOnce(&Type) -> Kind,
        errors: &Errors,
    ) -> Option<Self> {
        let Written { one, all } = &said.value;
        let typed = |(index, arg): (usize, &FnArg)| match arg {
            FnArg::Typed(arg) => Some(Argument::new(index, arg)),
            FnArg::Receiver(_) => None,
        };
        let arguments: Vec<_> = function.sig.inputs.iter().enumerate().filter_map(typed).collect();
        let is_all = |argument: &&Argument| argument.is_plain() && argument.name.unraw() == all.unraw();
        let Some(argument) = arguments.iter().find(is_all) else {
            let names: Vec<_> =
                arguments.iter().flat_map(|argument| &argument.bindings).map(ToString::to_string).collect();
            errors.at(all.span(), no_argument(&all.to_string(), &names));
            return None;
        };
        let Some((element, takes)) = elements(&argument.ty) else {
            let message = format!(
                "the body is handed those of `{all}` that are missing, so this is a slice, a `Vec` or a set of them, as in \
                 `{all}: &[u64]`"
            );
            errors.on(&argument.ty, message);
            return None;
        };
        let index = arguments.iter().position(|argument| argument.name.unraw() == all.unraw())?;
        let returns = returns(function, &element, errors)?;
        let kind = kind(&returns);
        let function = Function {
            attrs: function.attrs.clone(),
            vis: function.vis.clone(),
            sig: function.sig.clone(),
            body: function.body.clone(),
        };
        Some(Self { function, arguments, one: one.clone(), index, element, takes, returns, kind })
    }

    /// Returns the function of one.
    pub fn of_one(&self, larder: &Path, stand: Stand) -> Function {
        let Function { attrs, vis, sig, body } = &self.function;
        let mut sig: Signature = sig.clone();
        let mut typed = sig.inputs.iter_mut().filter_map(|arg| match arg {
            FnArg::Typed(arg) => Some(arg),
            FnArg::Receiver(_) => None,
        });
        if let Some(argument) = typed.nth(self.index) {
            let one = &self.one;
            *argument.pat = parse_quote!(#one);
            *argument.ty = self.element.clone();
        }
        let (returns, number) = (&self.returns, self.number(larder, stand));
        sig.output = parse_quote!(-> #larder::__private::One<#returns, #number>);
        Function { attrs: attrs.clone(), vis: vis.clone(), sig, body: body.clone() }
    }

    /// Emits the number of the kind of what there is for one.
    pub fn number(&self, larder: &Path, stand: Stand) -> TokenStream {
        match self.kind {
            Kind::Value => quote!(2),
            Kind::Result => quote!(3),
            Kind::Probed if stand == Stand::Free => quote!({ Self::__KIND }),
            Kind::Probed => self.probe(larder),
        }
    }

    /// Emits the question for that number.
    pub fn probe(&self, larder: &Path) -> TokenStream {
        let kind = returned::probe(larder, &self.returns);
        quote!({ 2 + #kind })
    }

    /// Emits the arguments of the body, with those that are missing, so that it can be called again with others.
    pub fn arguments_again(&self, receiver: Option<TokenStream>, missing: &Ident) -> TokenStream {
        let arguments = self.arguments.iter().enumerate().map(|(index, argument)| {
            if index == self.index { self.handed(missing) } else { again(&argument.name, &argument.ty) }
        });
        let all = receiver.into_iter().chain(arguments);
        quote!(#(#all),*)
    }

    /// Emits the same for a body that is called once.
    pub fn arguments_once(&self, receiver: Option<TokenStream>, missing: &Ident) -> TokenStream {
        let arguments = self.arguments.iter().enumerate().map(|(index, argument)| {
            if index == self.index { self.handed(missing) } else { argument.name.to_token_stream() }
        });
        let all = receiver.into_iter().chain(arguments);
        quote!(#(#all),*)
    }

    fn handed(&self, missing: &Ident) -> TokenStream {
        let collected = quote_spanned! {Span::mixed_site()=>
            ::core::iter::Iterator::collect(::core::iter::IntoIterator::into_iter(#missing))
        };
        match self.takes {
            Takes::Slice => quote!(&#missing),
            Takes::Vec => quote!(#missing),
            Takes::Set => collected,
            Takes::BorrowedSet => quote!(&#collected),
        }
    }

    /// Emits what goes over all that are asked for.
    pub fn all(&self) -> TokenStream {
        let name = &self.arguments[self.index].name;
        match self.takes {
            Takes::Slice | Takes::BorrowedSet => quote!(#name),
            Takes::Vec | Takes::Set => quote_spanned!(Span::mixed_site()=> &#name),
        }
    }
}

/// What is owned is copied for each run of the body; what is lent, is lent again.
fn again(name: &Ident, ty: &Type) -> TokenStream {
    match spelling::bare(ty) {
        Type::Reference(_) => quote!(#name),
        ty if spelling::is_primitive(ty) => quote!(#name),
        _ => quote_spanned!(name.span().resolved_at(Span::mixed_site())=> ::core::clone::Clone::clone(&#name)),
    }
}

/// Returns the type of one of many, and how the body takes them.
fn elements(ty: &Type) -> Option<(Type, Takes)> {
    let of = |ty: &Type| spelling::type_arguments(ty).first().map(|ty| (*ty).clone());
    let name = |ty: &Type| spelling::last_name(ty);
    match spelling::bare(ty) {
        Type::Reference(reference) if reference.mutability.is_none() => match spelling::bare(&reference.elem) {
            Type::Slice(slice) => Some(((*slice.elem).clone(), Takes::Slice)),
            ty => match name(ty)?.as_str() {
                "Vec" => Some((of(ty)?, Takes::Slice)),
                "HashSet" | "BTreeSet" => Some((of(ty)?, Takes::BorrowedSet)),
                _ => None,
            },
        },
        ty => match name(ty)?.as_str() {
            "Vec" => Some((of(ty)?, Takes::Vec)),
            "HashSet" | "BTreeSet" => Some((of(ty)?, Takes::Set)),
            _ => None,
        },
    }
}

/// Returns the type that is returned, unless it is spelled like one that has no keys, or others.
fn returns(function: &Function, element: &Type, errors: &Errors) -> Option<Type> {
    let message = "with `each` a function returns its values by their keys: return `HashMap<Id, Value>`, \
         `BTreeMap<Id, Value>` or `Vec<(Id, Value)>`, or one of them in a `Result`";
    let Some(ty) = function.returns() else {
        errors.on(&function.sig.ident, message);
        return None;
    };
    let found = if spelling::is_result(ty) { spelling::type_arguments(ty).first().copied() } else { Some(ty) };
    let is_map = |ty: &Type| match spelling::last_name(ty).as_deref() {
        Some("HashMap" | "BTreeMap") => true,
        Some("Vec") => matches!(spelling::type_arguments(ty)[..], [Type::Tuple(pair)] if pair.elems.len() == 2),
        _ => false,
    };
    if let Some(wrong) = found.filter(|ty| spelling::is_known_value(ty) && !is_map(ty)) {
        errors.on(wrong, message);
        return None;
    }
    if let Some(id) = found.and_then(id)
        && let (Some(own), Some(other)) = (plain_name(element), plain_name(id))
        && own != other
    {
        let message =
            format!("what is asked for by `{own}` is returned by `{other}`: let the keys be what the elements are");
        errors.on(id, message);
        return None;
    }
    Some(ty.clone())
}

/// Returns the type of the keys of a map.
fn id(map: &Type) -> Option<&Type> {
    match *spelling::type_arguments(map).first()? {
        Type::Tuple(pair) => pair.elems.first(),
        ty => Some(ty),
    }
}

/// Returns the name of a type that is spelled like a number or a text, lent or owned.
fn plain_name(ty: &Type) -> Option<String> {
    let ty = match spelling::bare(ty) {
        Type::Reference(reference) => &*reference.elem,
        ty => ty,
    };
    match spelling::last_name(ty)?.as_str() {
        "str" | "String" => Some("String".to_owned()),
        name => spelling::is_primitive(ty).then(|| name.to_owned()),
    }
}

/// Returns whether what one of many is told by is ignored, and says so.
pub fn is_ignored(written: &Written, ignored: &[Ident], errors: &Errors) -> bool {
    let Written { one, all } = written;
    let Some(word) = ignored.iter().find(|ignored| ignored.unraw() == one.unraw()) else { return false };
    let message =
        format!("`{one}` is what the entries of `{all}` are told apart by, and so cannot be ignored: leave it out");
    errors.at(word.span(), message);
    true
}

/// Returns whether a written pattern says what one of many is, and not what all are.
pub fn is_in_the_key(literal: &syn::LitStr, written: &Written, errors: &Errors) -> bool {
    // What is wrong with the pattern itself is said by whoever binds it.
    let Ok(pattern) = Pattern::parse(literal) else { return true };
    let Written { one, all } = written;
    if let Some(place) = pattern.places().find(|place| place.root.unraw() == all.unraw()) {
        let message =
            format!("each of `{all}` is an entry of its own, and its key holds that one alone: write `<{one}>`");
        errors.push(pattern.error(place, message));
        return false;
    }
    if pattern.places().any(|place| place.root.unraw() == one.unraw()) {
        return true;
    }
    let message =
        format!("`{one}` is not in the key, and so all of `{all}` would be one entry: put `<{one}>` into the key");
    errors.at(one.span(), message);
    false
}
