//! Bodies that can go on without their caller: served stale, or after a soft time limit, the caller leaves and the load
//! stays.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{ReceiverKind, Type, parse_quote};

use super::model::Model;
use super::signature::call_uncached;
use super::spelling;

/// Emits a load with everything it takes to go on as a task, or `None` where nobody would want that, or where an
/// argument belongs to the caller. Arguments are cloned only when it comes to that.
pub fn expand(model: &Model) -> Option<TokenStream> {
    if !is_wanted(model) || !model.function.is_async() {
        return None;
    }
    let larder = model.larder();
    let types = owned_types(model)?;
    let names = names(model);
    let own_arguments = super::signature::passed(model);
    let arguments = quote!(#(#names),*);
    let body = call_uncached(model, &arguments);
    let tuple = quote!((#(#names,)*));
    Some(quote_spanned! {Span::mixed_site()=>
        {
            use #larder::__private::{Fallback as _, NoSpawn as _};
            __miss.load_beside(
                (#own_arguments,),
                |#tuple| #body,
                |#tuple| {
                    let #tuple = (#((#larder::__private::Owned::<#types>::CLONE?)(#names),)*);
                    #larder::__private::Spawn(move || #body).boxed()
                },
            ).await
        }
    })
}

fn is_wanted(model: &Model) -> bool {
    let times = &model.written.times;
    let has_soft_limit = times.timeout.as_ref().is_some_and(|said| said.value.soft.is_some());
    times.stale.is_some() || times.refresh_ahead.is_some() || has_soft_limit
}

/// Returns the types of all arguments, if none of them borrows.
fn owned_types(model: &Model) -> Option<Vec<Type>> {
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
fn names(model: &Model) -> Vec<proc_macro2::Ident> {
    let receiver = model.receiver.iter().map(|_| super::model::own("this"));
    receiver.chain(model.arguments.iter().map(|argument| argument.name.clone())).collect()
}
