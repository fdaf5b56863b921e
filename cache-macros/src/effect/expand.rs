//! The function with its effects.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{Path, Type, parse_quote};

use super::Effect;
use super::target::Target;
use super::targets::Targets;
use crate::function::Function;
use crate::key_macro;
use crate::larder_path;
use crate::returned::{self, Kind};
use crate::spelling;

/// What all pieces need.
struct Expansion<'a> {
    function: &'a Function,
    targets: &'a Targets,
    larder: Path,
}

pub fn expand(effect: Effect, function: &Function, targets: &Targets) -> TokenStream {
    let larder = targets.larder.clone().unwrap_or_else(larder_path::usual);
    let expansion = Expansion { function, targets, larder };
    let body = match effect {
        Effect::Invalidates if targets.before.is_some() => expansion.before(),
        Effect::Invalidates => expansion.after(),
        Effect::Updates => expansion.updates(),
    };
    let Function { attrs, vis, sig, .. } = function;
    let body = function.braced(body);
    quote!(#(#attrs)* #vis #sig #body)
}

impl Expansion<'_> {
    fn known(&self) -> Vec<&Target> {
        self.targets.all.iter().filter(|target| target.result.is_none()).collect()
    }

    fn looking(&self) -> Vec<&Target> {
        self.targets.all.iter().filter(|target| target.result.is_some()).collect()
    }

    /// Returns what the function is called, for those who want to see what withdraws what.
    fn name(&self) -> String {
        spelling::plain(&self.function.sig.ident)
    }

    /// Emits a call of the engine's in the colour of the function.
    fn call(&self, on: &TokenStream, name: &str, arguments: &TokenStream) -> TokenStream {
        let asked = self.ask(on, name, arguments);
        quote_spanned!(Span::mixed_site()=> #asked;)
    }

    /// Emits the same, for what it returns.
    fn ask(&self, on: &TokenStream, name: &str, arguments: &TokenStream) -> TokenStream {
        if self.function.is_async() {
            let name = format_ident!("{name}");
            quote_spanned!(Span::mixed_site()=> #on.#name(#arguments).await)
        } else {
            let name = format_ident!("{name}_blocking");
            quote_spanned!(Span::mixed_site()=> #on.#name(#arguments))
        }
    }

    /// Emits the body as a closure that is called at once, so that `return` and `?` end it and not the function.
    ///
    /// It goes through the engine to be a closure that is called once, which alone may hand out what it borrows from an
    /// argument that is `&mut`.
    fn run(&self) -> TokenStream {
        let (larder, block) = (&self.larder, &self.function.body);
        let nameable = self.function.returns().filter(|ty| spelling::impl_trait(ty).is_none());
        let output = match self.function.returns() {
            None => quote!(-> ()),
            Some(_) => nameable.map(|ty| quote!(-> #ty)).unwrap_or_default(),
        };
        let ty = nameable.map(|ty| quote!(: #ty)).unwrap_or_default();
        // Without a type that can be named, the closure's is inferred, which takes a block without a type too.
        if self.function.is_async() {
            quote_spanned!(Span::mixed_site()=> let __out #ty = #larder::__private::once_async(async move || #output #block)().await;)
        } else {
            quote_spanned!(Span::mixed_site()=> let __out #ty = #larder::__private::once(move || #output #block)();)
        }
    }

    fn entries(targets: &[&Target]) -> TokenStream {
        let entries = targets.iter().map(|target| target.entry());
        quote!([#(#entries),*])
    }

    fn returned(&self) -> Type {
        self.function.returns().cloned().unwrap_or_else(|| parse_quote!(()))
    }

    /// Emits whether the function has done what it was called for.
    fn succeeded(&self) -> TokenStream {
        let (larder, ty) = (&self.larder, self.returned());
        if spelling::impl_trait(&ty).is_some() {
            return quote!(true);
        }
        quote_spanned! {Span::mixed_site()=> {
            use #larder::__private::Fallback as _;
            #larder::__private::Probe::<#ty>::succeeded(&__out)
        }}
    }

    /// Emits what the result has to say, if it is one of success.
    fn kept(&self) -> TokenStream {
        let (larder, ty) = (&self.larder, self.returned());
        if spelling::impl_trait(&ty).is_some() {
            return quote_spanned!(Span::mixed_site()=> ::core::option::Option::Some(&__out));
        }
        let number = self.number(&ty);
        quote_spanned!(Span::mixed_site()=> #larder::__private::Outcome::<#number>::kept(&__out))
    }

    fn number(&self, ty: &Type) -> TokenStream {
        let otherwise = if returned::is_generic(self.function, ty) { Kind::Value } else { Kind::Probed };
        match Kind::of(self.function, ty, self.function.is_surely_in_an_impl(), otherwise) {
            Kind::Value => quote!(0),
            Kind::Result => quote!(1),
            Kind::Probed => returned::probe(&self.larder, ty),
        }
    }

    /// Emits what is known before the body runs: entries, and tags.
    fn invalidation(&self) -> TokenStream {
        let (larder, entries) = (&self.larder, Self::entries(&self.known()));
        let tags = self.targets.tags.iter().map(|tag| {
            let writes = key_macro::writes_in(&self.function.sig.generics, tag);
            let text = &tag.text;
            quote_spanned!(Span::mixed_site()=> .tag(#text, |__key| { __key #writes; }))
        });
        let name = self.name();
        quote_spanned!(Span::mixed_site()=> #larder::__private::Invalidation::by(#name, #entries) #(#tags)*)
    }

    fn before(&self) -> TokenStream {
        let (run, invalidation) = (self.run(), self.invalidation());
        let now = self.call(&invalidation, "now", &TokenStream::new());
        quote_spanned!(Span::mixed_site()=> #now #run __out)
    }

    fn after(&self) -> TokenStream {
        let (run, invalidation, succeeded) = (self.run(), self.invalidation(), self.succeeded());
        let (named, finish) = match self.named_by_result() {
            None => (TokenStream::new(), self.finish("finish", &succeeded)),
            Some(named) => (
                quote_spanned!(Span::mixed_site()=> let __named = #named;),
                self.finish("finish_with", &quote_spanned!(Span::mixed_site()=> #succeeded, __named)),
            ),
        };
        quote_spanned!(Span::mixed_site()=> let __after = #invalidation; #run #named #finish __out)
    }

    fn finish(&self, name: &str, arguments: &TokenStream) -> TokenStream {
        self.call(&quote_spanned!(Span::mixed_site()=> __after), name, arguments)
    }

    /// Emits the entries that the result names, each with its place in the list.
    fn named_by_result(&self) -> Option<TokenStream> {
        let places = self.targets.all.iter().enumerate().filter(|(_, target)| target.result.is_some());
        let entries: Vec<_> = places
            .map(|(place, target)| {
                let (pat, entry) = (&target.result, target.entry());
                quote_spanned!(Span::mixed_site()=> (#place, { let #pat = __kept; #entry }))
            })
            .collect();
        let kept = self.kept();
        (!entries.is_empty())
            .then(|| quote_spanned!(Span::mixed_site()=> ::core::option::Option::map(#kept, |__kept| [#(#entries),*])))
    }

    fn updates(&self) -> TokenStream {
        let (larder, run, kept) = (&self.larder, self.run(), self.kept());
        // A copy at once: what is borrowed while it is being kept would have to be `Sync`.
        let value =
            quote_spanned!(Span::mixed_site()=> ::core::option::Option::map(#kept, ::core::clone::Clone::clone));
        let known: Vec<_> = self.known().into_iter().enumerate().collect();
        let names: Vec<_> =
            known.iter().map(|(index, _)| format_ident!("__entry_{index}", span = Span::mixed_site())).collect();
        let entry = |target: &Target| self.ask(&target.entry(), "watched", &TokenStream::new());
        let entries: Vec<_> = known.iter().map(|(_, target)| entry(target)).collect();
        let before = (!known.is_empty()).then(|| {
            quote_spanned! {Span::mixed_site()=>
                #(let #names = #entries;)*
                let __guard = #larder::__private::Invalidation::new([#(#names.entry()),*]);
            }
        });
        let finish = (!known.is_empty())
            .then(|| self.call(&quote_spanned!(Span::mixed_site()=> __guard), "finish", &quote!(false)));
        let puts = known.iter().zip(&names).map(|((_, target), name)| {
            let put = self.put(target, &quote_spanned!(Span::mixed_site()=> #name));
            quote_spanned!(Span::mixed_site()=> if let ::core::option::Option::Some(__value) = #value { #put })
        });
        let since = |index| format_ident!("__since_{index}", span = Span::mixed_site());
        let sinces = self.looking().into_iter().enumerate().map(|(index, target)| {
            let (since, asked) = (since(index), self.ask(&target.site_call(), "since", &TokenStream::new()));
            quote_spanned!(Span::mixed_site()=> let #since = #asked;)
        });
        let sinces: TokenStream = sinces.collect();
        let looked = |index| format_ident!("__looked_{index}", span = Span::mixed_site());
        // Of all of them before anything is kept: what is kept for one must not look like another's being changed.
        let watches = self.looking().into_iter().enumerate().map(|(index, target)| {
            let (pat, entry, since, looked) = (&target.result, target.entry(), since(index), looked(index));
            quote_spanned! {Span::mixed_site()=>
                let #looked = ::core::option::Option::map(#kept, |__kept| {
                    ({ let #pat = __kept; #entry }.watched_since(&#since), ::core::clone::Clone::clone(__kept))
                });
            }
        });
        let watches: TokenStream = watches.collect();
        let puts_from_result = self.looking().into_iter().enumerate().map(|(index, target)| {
            let (put, looked) = (self.put(target, &quote_spanned!(Span::mixed_site()=> __entry)), looked(index));
            quote_spanned! {Span::mixed_site()=>
                if let ::core::option::Option::Some((__entry, __value)) = #looked { #put }
            }
        });
        let (puts, puts_from_result): (TokenStream, TokenStream) = (puts.collect(), puts_from_result.collect());
        quote_spanned!(Span::mixed_site()=> #before #sinces #run #watches #puts #puts_from_result #finish __out)
    }

    fn put(&self, target: &Target, entry: &TokenStream) -> TokenStream {
        let value = target.span();
        let value = quote_spanned!(value.resolved_at(Span::mixed_site())=> __value);
        let name = self.name();
        self.call(&target.site_call(), "update", &quote_spanned!(Span::mixed_site()=> #name, #entry, #value))
    }
}
