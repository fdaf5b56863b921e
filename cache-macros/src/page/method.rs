//! Handlers in an `impl`: beside them there is no room for a type, so their companion is a value that an associated function
//! returns.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};

use super::model::Model;
use super::name::{self, From};
use super::{expand, parameters};

/// Emits what stands beside a handler in an `impl`.
pub fn beside(model: &Model) -> TokenStream {
    let (cfg, vis, larder) = (&model.attributes.cfg, &model.function.vis, model.larder());
    let (pages, site) = (name::beside(model, "pages"), name::beside(model, "site"));
    let (uncached, place) = (expand::uncached(model), expand::place(model));
    let parameters = model.key.as_ref().and_then(|key| parameters::parameters(model, key).ok()).unwrap_or_default();
    let types: Vec<_> = parameters.iter().map(|parameter| parameter.in_tuple(model)).collect();
    let names = parameters.iter().map(|parameter| &parameter.name);
    let borrows = types.iter().any(|ty| ty.to_string().contains("'k"));
    let lifetime = borrows.then(|| quote!(<'k>));
    let write = match &model.key {
        Some(key) => {
            let written = name::written(model, key, From::Companion);
            quote_spanned!(Span::mixed_site()=> |&(#(#names,)*)| #written)
        }
        None => {
            let path = name::path(model);
            quote_spanned!(Span::mixed_site()=> |&()| #larder::Key::from(#path))
        }
    };
    let doc = format!(" Returns the pages of `{}`: their name, and what becomes of them.", model.function.sig.ident);
    quote_spanned! {Span::mixed_site()=>
        #uncached

        #(#cfg)*
        #[doc = #doc]
        #[must_use]
        #[allow(dead_code)]
        #vis fn #site #lifetime () -> #larder::page::PageCompanion<(#(#types,)*)> {
            #larder::page::PageCompanion::__new(Self::#pages(), #write)
        }

        #(#cfg)*
        #[doc(hidden)]
        fn #pages() -> &'static #larder::page::__private::PageSite {
            #place
        }
    }
}
