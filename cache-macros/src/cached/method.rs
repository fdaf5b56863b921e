//! Methods: beside them there is no room for a type, so their companion is a value that an associated function returns.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{GenericParam, Lifetime, LifetimeParam};

use super::facts::{Facts, Subject};
use super::model::Model;
use super::signature;
use super::{detach, many, site, tags, writing};
use crate::bodies::Bodies;
use crate::key::Key;
use crate::passing::Passing;

/// Emits what stands beside a method that has a companion.
pub fn beside(model: &Model, key: &Key, facts: &Facts, bodies: Bodies) -> TokenStream {
    let site = site_function(model, key, facts, bodies);
    let refresh = signature::refresh(model, facts, key, bodies);
    let uncached = signature::uncached(model, bodies);
    let one = many::beside(model, key, facts, bodies);
    let detached = detach::detached(model, bodies);
    quote! {
        #site
        #refresh
        #uncached
        #one
        #detached
    }
}

fn site_function(model: &Model, key: &Key, facts: &Facts, bodies: Bodies) -> TokenStream {
    let (larder, cfg, vis, ty) = (model.larder(), &model.attributes.cfg, &model.function.vis, &facts.returns.ty);
    let name = format_ident!("{}_site", model.companion(), span = Span::mixed_site());
    let number = facts.returns.number(model);
    let companion = companion_type(model);
    let types: Vec<TokenStream> = facts.parameters.iter().map(|parameter| in_tuple(model, parameter)).collect();
    let generics = with_lifetime(facts, &types);
    let bounds = &facts.generics.where_clause;
    let writes = writing::from_tuple(model, key, &facts.parameters);
    let body = body(model, key, facts);
    let make = match tags::from_tuple(model, &facts.parameters) {
        None => quote_spanned!(Span::mixed_site()=> new({ #body }, #writes)),
        Some(tags) => quote_spanned!(Span::mixed_site()=> tagged({ #body }, #writes, #tags)),
    };
    let body = bodies.of(quote_spanned!(Span::mixed_site()=> { #larder::__private::#companion::#make }));
    let doc =
        format!(" Returns the cached side of `{}`: its keys, and what is kept under them.", model.function.sig.ident);
    quote_spanned! {Span::mixed_site()=>
        #(#cfg)*
        #[doc = #doc]
        #[must_use]
        #vis fn #name #generics () -> #larder::__private::#companion<(#(#types,)*), #ty, #number> #bounds #body
    }
}

fn companion_type(model: &Model) -> Ident {
    let name = if model.function.is_async() { "Companion" } else { "BlockingCompanion" };
    Ident::new(name, Span::mixed_site())
}

fn in_tuple(model: &Model, parameter: &super::facts::Parameter) -> TokenStream {
    match parameter.subject {
        Subject::Receiver => quote!(&'k Self),
        Subject::Argument(_) | Subject::Part => Passing::of(&model.function.sig.generics, &parameter.ty).in_tuple(),
    }
}

/// Adds `'k` to the generics, where a type of the tuple borrows.
fn with_lifetime(facts: &Facts, types: &[TokenStream]) -> syn::Generics {
    let mut generics = facts.generics.clone();
    let borrows = types.iter().any(|ty| ty.to_string().contains("'k"));
    if borrows {
        let lifetime = Lifetime::new("'k", Span::mixed_site());
        generics.params.insert(0, GenericParam::Lifetime(LifetimeParam::new(lifetime)));
        generics.lt_token = Some(syn::Token![<](Span::mixed_site()));
        generics.gt_token = Some(syn::Token![>](Span::mixed_site()));
    }
    generics.where_clause = None;
    generics
}

/// Emits the site and its call, to stand in a block.
fn body(model: &Model, key: &Key, facts: &Facts) -> TokenStream {
    let site = site::site(model, key);
    let call = site::call(model, facts, &quote!({ #site }));
    let around = around(model, key);
    quote!(#around #call)
}

/// Emits a check that the `impl` around is not generic, unless the key speaks of that, or it is ignored.
///
/// An attribute cannot see the `impl`; the length of an array cannot be about its parameters, and lifetimes do not count.
fn around(model: &Model, key: &Key) -> TokenStream {
    if key.names_what_is_around() || model.ignores_what_is_around() {
        return TokenStream::new();
    }
    let span = key.span().unwrap_or_else(|| model.function.sig.ident.span());
    let larder = model.larder_at(span);
    let reason =
        "a method of a generic type puts the type's parameters into its key, as in `<T>`, or says `ignore(Self)`";
    let none = quote_spanned!(span=> #larder::__private::nothing::<Self>());
    quote_spanned! {Span::mixed_site()=>
        #[deny(const_evaluatable_unchecked, reason = #reason)]
        { let _ = [(); #none]; }
    }
}

/// Emits a function that has everything inside itself, where nothing may stand beside it.
pub fn inside(model: &Model, key: &Key, facts: &Facts) -> TokenStream {
    let larder = model.larder();
    let (attrs, vis, sig) = (&model.function.attrs, &model.function.vis, &model.function.sig);
    let (ty, block) = (&facts.returns.ty, &model.function.body);
    let number = facts.returns.number(model);
    let call = body(model, key, facts);
    let load = if model.function.is_async() {
        quote_spanned!(Span::mixed_site()=> __miss.load(#larder::__private::once_async(async move || -> #ty #block)).await)
    } else {
        quote_spanned!(Span::mixed_site()=> __miss.load_blocking(move || -> #ty #block))
    };
    let look = signature::look(model, key, &quote_spanned!(Span::mixed_site()=> __call), &load);
    let body = model.function.braced(quote_spanned! {Span::mixed_site()=>
        let __call: #larder::__private::Call<#ty, #number> = { #call };
        #look
    });
    quote!(#(#attrs)* #vis #sig #body)
}
