//! Handlers in an `impl`: beside them there is no room for a type, so their companion is a value that an associated function
//! returns.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};

use super::model::Model;
use super::name::{self, From};
use super::{expand, parameters};
use crate::bodies::Bodies;

/// Emits what stands beside a handler in an `impl`.
pub fn beside(model: &Model, bodies: Bodies) -> TokenStream {
    let (cfg, vis, larder) = (&model.attributes.cfg, &model.function.vis, model.larder());
    let (site, place, key) = (name::beside(model, "site"), expand::place(model), name::key(model, From::Companion));
    let parameters = parameters::parameters(model).unwrap_or_default();
    let types: Vec<_> = parameters.iter().map(|parameter| parameter.in_tuple(model)).collect();
    let names = parameters.iter().map(|parameter| &parameter.name);
    let borrows = types.iter().any(|ty| ty.to_string().contains("'k"));
    let lifetime = borrows.then(|| quote!(<'k>));
    let body = bodies.of(quote_spanned! {Span::mixed_site()=> {
        #larder::page::PageCompanion::__new(#place, |&(#(#names,)*)| #key)
    }});
    let doc = format!(" Returns the pages of `{}`: their name, and what becomes of them.", model.function.sig.ident);
    let uncached = expand::uncached(model, bodies);
    quote_spanned! {Span::mixed_site()=>
        #uncached

        #(#cfg)*
        #[doc = #doc]
        #[must_use]
        #vis fn #site #lifetime () -> #larder::page::PageCompanion<(#(#types,)*)> #body
    }
}
