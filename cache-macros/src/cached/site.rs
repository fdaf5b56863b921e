//! The site: what is known of it when the program is compiled, and the call that every use of it goes through.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};

use super::facts::{Facts, plain_name};
use super::guard::guard;
use super::model::Model;
use super::options::{ErrorTtl, Times};
use super::timeout::Lock;
use super::writing::default_path;
use crate::key::{Key, Origin};
use crate::returned::Kind;
use crate::time::{Time, Ttl};

/// Emits a reference to the site, as the end of a block.
pub fn site(model: &Model, key: &Key) -> TokenStream {
    let larder = model.larder();
    let name = plain_name(model);
    let pattern = match &key.origin {
        Origin::Written { literal, text } => {
            let span = literal.span();
            quote_spanned!(span=> #text)
        }
        Origin::Default => default_path(model, key, &key.text()),
    };
    let unnamed = matches!(key.origin, Origin::Default).then(|| {
        let companion = model.companion();
        quote!(.unnamed(::core::any::type_name::<#companion>))
    });
    let words = words(model);
    let words = (unnamed.is_some() || !words.is_empty()).then(|| quote!(, #unnamed #words));
    let guard = guard(model, key);
    let site = quote_spanned!(Span::mixed_site()=> #larder::__private::site!(#name, #pattern #words));
    quote!(#guard #site)
}

fn words(model: &Model) -> TokenStream {
    let (larder, naming, keeping) = (model.larder(), &model.options.naming, &model.options.keeping);
    let mut words = TokenStream::new();
    if let Some(name) = &naming.cache {
        words.extend(quote!(.cache(#name)));
    }
    if let Some(version) = &naming.version {
        words.extend(quote!(.version(#version)));
    }
    let times = times(model, &model.options.times);
    if !times.is_empty() {
        words.extend(quote!(.options(#larder::Options::DEFAULT #times)));
    }
    if naming.tags.is_some() {
        let tags = model.tags.iter().map(Key::text);
        words.extend(quote!(.tags(&[#(#tags),*])));
    }
    if naming.local.is_some() {
        words.extend(quote!(.local()));
    }
    if keeping.strict.is_some() {
        words.extend(quote!(.strict()));
    }
    if keeping.error_ttl.is_some() {
        words.extend(quote!(.keeps_errors()));
    }
    words
}

fn times(model: &Model, times: &Times) -> TokenStream {
    let larder = model.larder();
    let mut words = match times.ttl.as_ref().map(|said| &said.value) {
        None => TokenStream::new(),
        Some(Ttl::Forever) => quote!(.with_ttl(#larder::Ttl::Forever)),
        Some(Ttl::For(time)) => {
            let time = time.expand(&model.larder());
            quote!(.with_ttl(#larder::Ttl::For(#time)))
        }
    };
    let timeout = times.timeout.as_ref().map(|said| &said.value);
    let named: [(&str, Option<&Time>); 4] = [
        ("stale", times.stale.as_ref().map(|said| &said.value)),
        ("stale_if_error", times.stale_if_error.as_ref().map(|said| &said.value)),
        ("soft_timeout", timeout.and_then(|limits| limits.soft.as_ref())),
        ("hard_timeout", timeout.and_then(|limits| limits.hard.as_ref())),
    ];
    for (name, time) in named {
        let Some(time) = time else { continue };
        let (name, time) = (format_ident!("__{name}"), time.expand(&model.larder()));
        words.extend(quote!(.#name(#time)));
    }
    words.extend(times.lock.as_ref().map(|said| match &said.value {
        Lock::Usual => quote!(.__lock(#larder::Options::USUAL_LOCK)),
        Lock::For(time) => {
            let time = time.expand(&model.larder());
            quote!(.__lock(#time))
        }
    }));
    let parts = [("refresh_ahead", &times.refresh_ahead), ("early", &times.early), ("jitter", &times.jitter)];
    for (name, part) in parts {
        let Some(part) = part else { continue };
        let (name, part) = (format_ident!("{name}"), &part.value);
        words.extend(quote!(.#name(#part)));
    }
    words
}

/// Emits the call: the site with the types of the function.
pub fn call(model: &Model, facts: &Facts, site: &TokenStream) -> TokenStream {
    let larder = model.larder();
    let ty = &facts.returns.ty;
    let kept = facts.returns.kept(model);
    let reach = if model.options.naming.local.is_some() { quote!(local) } else { quote!(shared) };
    let sharing = match facts.returns.kind {
        Kind::Value => TokenStream::new(),
        Kind::Result | Kind::Probed => quote!(.sharing(#larder::__private::Probe::<#ty>::SHARE)),
    };
    let choices = choices(model, facts);
    let within = within(model);
    let is_plain = quote!(#larder::__private::Copied::<#kept>::PLAIN);
    let rules = if sharing.is_empty() && choices.is_empty() {
        quote!(::core::convert::identity)
    } else {
        quote_spanned!(Span::mixed_site()=> |__rules| __rules #sharing #choices)
    };
    quote_spanned! {Span::mixed_site()=>
        use #larder::__private::Fallback as _;
        #larder::__private::Call::new(#site, #larder::__private::#reach::<#kept>(#is_plain), #rules) #within
    }
}

/// Emits what keeps the types around a method apart, where its key names one parameter of them: nobody sees here whether
/// there are others.
fn within(model: &Model) -> Option<TokenStream> {
    let key = model.key.as_ref()?;
    (key.names_what_is_around() && !model.ignores_what_is_around())
        .then(|| quote!(.within(::core::any::type_name::<Self>)))
}

fn choices(model: &Model, facts: &Facts) -> TokenStream {
    let (larder, keeping) = (model.larder(), &model.options.keeping);
    let (given, kept) = (facts.returns.given(model), facts.returns.kept(model));
    let is_each = model.each.is_some();
    let mut words = TokenStream::new();
    if is_each && keeping.none_ttl.is_none() {
        words.extend(quote!(.unless_absent()));
    }
    if let Some(when) = &keeping.when {
        let mut when = when.value.expand(&given);
        if is_each {
            when = quote_spanned!(Span::mixed_site()=> |__one: &#kept| ::core::option::Option::is_none_or(__one.as_ref(), #when));
        }
        words.extend(quote!(.when(#when)));
    }
    if let Some(ttl_with) = &keeping.ttl_with {
        let mut ttl_with = ttl_with.value.converted(&given, |time| quote!(#larder::IntoTime::into_time(#time)));
        if is_each {
            let none = quote!(::core::time::Duration::ZERO);
            ttl_with = quote_spanned!(Span::mixed_site()=> |__one: &#kept| ::core::option::Option::map_or(__one.as_ref(), #none, #ttl_with));
        }
        words.extend(quote!(.ttl_with(#ttl_with)));
    }
    if let Some(none_ttl) = &keeping.none_ttl {
        let time = none_ttl.value.expand(&model.larder());
        words.extend(quote!(.none_ttl(#time)));
    }
    if let Some(error_ttl) = &keeping.error_ttl {
        let choose = error_times(model, facts, &error_ttl.value);
        words.extend(quote!(.error_ttl(#choose)));
    }
    let has_hard_limit = model.options.times.timeout.as_ref().is_some_and(|said| said.value.hard.is_some());
    let word = keeping.strict.as_ref().map(Ident::span);
    let word = word.or_else(|| {
        has_hard_limit.then(|| model.options.times.timeout.as_ref().map(|said| said.word.span())).flatten()
    });
    if let Some(word) = word {
        words.extend(quote_spanned!(word.resolved_at(Span::mixed_site())=> .or_trouble(::core::convert::From::from)));
    }
    words
}

fn error_times(model: &Model, facts: &Facts, error_ttl: &ErrorTtl) -> TokenStream {
    match error_ttl {
        ErrorTtl::All(time) => {
            let time = time.expand(&model.larder());
            quote!(|_| ::core::option::Option::Some(#time))
        }
        ErrorTtl::Chosen(chooser) => {
            let (larder, about) = (model.larder(), facts.returns.error(model));
            chooser.converted(&about, |time| quote!(::core::option::Option::map(#time, #larder::IntoTime::into_time)))
        }
    }
}
