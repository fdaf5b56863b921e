//! Bodies that can go on without their caller: served stale, or after a soft time limit, the caller leaves and the load
//! stays.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{ReceiverKind, Type, parse_quote};

use super::model::{Model, Stand, own};
use super::signature::{call_uncached, owner, passed_each};
use crate::bodies::Bodies;
use crate::generics::turbofish;
use crate::spelling;

/// Emits a load that can go on as a task, or `None` where nobody would want that, or where an argument belongs to the
/// caller.
pub fn load(model: &Model) -> Option<TokenStream> {
    let beside = beside(model)?;
    Some(quote_spanned!(Span::mixed_site()=> __miss.load_beside(#beside).await))
}

/// Emits what is held against a hit, as [`load`] does for what is loaded.
pub fn verify(model: &Model, same: &TokenStream) -> Option<TokenStream> {
    let beside = beside(model)?;
    Some(quote_spanned!(Span::mixed_site()=> __call.verify_beside(__found, __key, #same, (#beside)).await))
}

/// Emits the arguments of a body, the body, and the function that makes it one with arguments of its own.
fn beside(model: &Model) -> Option<TokenStream> {
    owned_types(model)?;
    let own_arguments = passed_each(model);
    let names = names(model);
    let body = call_uncached(model, &quote!(#(#names),*));
    let (owner, detached, fish) = (owner(model), detached_name(model), turbofish(&model.function.sig.generics));
    Some(quote_spanned! {Span::mixed_site()=>
        (#(#own_arguments,)*), |(#(#names,)*)| #body, #owner::#detached #fish
    })
}

/// Emits the function that makes a body with arguments of its own, if the types of all can be cloned and sent.
///
/// A function, and no closure in the wrapper: to know whether the body's future can be sent, the compiler looks into it,
/// and a body that calls its own function would have it look into the wrapper while that is still being compiled.
pub fn detached(model: &Model, bodies: Bodies) -> Option<TokenStream> {
    let types = owned_types(model)?;
    let larder = model.larder();
    let (cfg, vis, name) = (&model.attributes.cfg, &model.function.vis, detached_name(model));
    let (generics, bounds) = (&model.function.sig.generics, &model.function.sig.generics.where_clause);
    let returned = model.function.returns()?;
    let names = names(model);
    let body = call_uncached(model, &quote!(#(#names),*));
    let made = bodies.of(quote_spanned! {Span::mixed_site()=> {
        use #larder::__private::{Fallback as _, NoSpawn as _};
        let (#(#names,)*) = __arguments;
        let (#(#names,)*) = (#((#larder::__private::Owned::<#types>::CLONE?)(#names),)*);
        #larder::__private::Spawn(move || #body).boxed()
    }});
    Some(quote_spanned! {Span::mixed_site()=>
        #(#cfg)*
        #[doc(hidden)]
        #vis fn #name #generics (
            __arguments: &(#(#types,)*)
        ) -> ::core::option::Option<#larder::__private::Detached<#returned>> #bounds #made
    })
}

fn detached_name(model: &Model) -> Ident {
    match model.stand {
        Stand::Method => format_ident!("__{}_detached", model.companion(), span = Span::mixed_site()),
        _ => own("__detached"),
    }
}

fn is_wanted(model: &Model) -> bool {
    let times = &model.options.times;
    let has_soft_limit = times.timeout.as_ref().is_some_and(|said| said.value.soft.is_some());
    times.stale.is_some()
        || times.refresh_ahead.is_some()
        || times.early.is_some()
        || has_soft_limit
        || model.options.keeping.verify.is_some()
}

/// Returns the types of all arguments, if none of them borrows, and somebody wants them.
fn owned_types(model: &Model) -> Option<Vec<Type>> {
    if !is_wanted(model) || !model.function.is_async() {
        return None;
    }
    let receiver = match &model.receiver {
        None => None,
        Some(receiver) => Some(match &receiver.kind {
            ReceiverKind::Value => parse_quote!(Self),
            ReceiverKind::Typed(_, ty) => (**ty).clone(),
            _ => return None,
        }),
    };
    let types: Vec<Type> =
        receiver.into_iter().chain(model.arguments.iter().map(|argument| argument.ty.clone())).collect();
    let is_owned = |ty: &Type| !spelling::borrows(ty) && spelling::impl_trait(ty).is_none();
    types.iter().all(is_owned).then_some(types)
}

/// Returns names for all arguments; `self` cannot be bound.
fn names(model: &Model) -> Vec<Ident> {
    let receiver = model.receiver.iter().map(|_| own("this"));
    receiver.chain(model.arguments.iter().map(|argument| argument.name.clone())).collect()
}
