//! Where each attribute of the user's function goes, now that one function becomes several.

use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{Attribute, Meta, Token, parse_quote};

/// The attributes of a function, by where they belong.
#[derive(Default)]
pub struct Sorted {
    /// What decides whether the function is there at all: goes on everything.
    pub cfg: Vec<Attribute>,
    /// What a caller sees, such as docs and `must_use`.
    pub wrapper: Vec<Attribute>,
    /// What the body asked for, such as `tracing::instrument`: what stands below `#[cached]` happens inside it.
    pub body: Vec<Attribute>,
}

enum Belongs {
    Everywhere,
    Wrapper,
    Body,
    Both,
}

impl Sorted {
    pub fn new(attrs: &[Attribute]) -> Self {
        let mut sorted = Self::default();
        for attr in attrs {
            sorted.sort(attr);
        }
        sorted
    }

    fn sort(&mut self, attr: &Attribute) {
        if is_cached(attr) {
            return;
        }
        if let Some(parts) = conditional(attr) {
            return parts.iter().for_each(|part| self.put(&part.0, &part.1));
        }
        self.put(&attr.meta, attr);
    }

    fn put(&mut self, meta: &Meta, attr: &Attribute) {
        match belongs(meta) {
            Belongs::Everywhere => self.cfg.push(attr.clone()),
            Belongs::Wrapper => self.wrapper.push(attr.clone()),
            Belongs::Body => self.body.push(attr.clone()),
            Belongs::Both => {
                self.wrapper.push(attr.clone());
                self.body.push(attr.clone());
            }
        }
    }
}

/// Whether this is another `#[cached]`.
pub fn is_cached(attr: &Attribute) -> bool {
    attr.path().segments.last().is_some_and(|segment| segment.ident == "cached")
}

/// Whether this decides if what it stands on is there at all.
pub fn is_condition(attr: &Attribute) -> bool {
    attr.path().is_ident("cfg") || attr.path().is_ident("cfg_attr")
}

fn belongs(meta: &Meta) -> Belongs {
    let Some(name) = meta.path().get_ident() else { return Belongs::Body };
    match name.to_string().as_str() {
        "cfg" => Belongs::Everywhere,
        "doc" | "must_use" | "deprecated" | "no_mangle" | "export_name" | "link_section" | "unsafe" => Belongs::Wrapper,
        "allow" | "warn" | "deny" | "forbid" | "inline" | "cold" | "track_caller" => Belongs::Both,
        // `expect` is met once, and where the code is: on the wrapper it would go unfulfilled.
        _ => Belongs::Body,
    }
}

/// Takes `cfg_attr(condition, a, b)` apart: `a` and `b` may belong to different places.
fn conditional(attr: &Attribute) -> Option<Vec<(Meta, Attribute)>> {
    if !attr.path().is_ident("cfg_attr") {
        return None;
    }
    let tokens = attr.meta.require_list().ok()?.tokens.clone();
    let mut metas = Punctuated::<Meta, Token![,]>::parse_terminated.parse2(tokens).ok()?.into_iter();
    let condition = metas.next()?;
    Some(metas.map(|meta| (meta.clone(), parse_quote!(#[cfg_attr(#condition, #meta)]))).collect())
}

#[cfg(test)]
mod tests {
    use quote::ToTokens;

    use super::*;

    fn texts(attrs: &[Attribute]) -> Vec<String> {
        attrs.iter().map(|attr| attr.to_token_stream().to_string().replace(' ', "")).collect()
    }

    #[test]
    fn each_attribute_goes_where_it_belongs() {
        let function: syn::ItemFn = parse_quote! {
            /// Docs.
            #[cfg(unix)]
            #[must_use]
            #[allow(dead_code)]
            #[expect(unused_variables)]
            #[tracing::instrument]
            #[cfg_attr(test, must_use, instrument, cfg(windows))]
            fn load() {}
        };
        let sorted = Sorted::new(&function.attrs);
        assert_eq!(texts(&sorted.cfg), ["#[cfg(unix)]", "#[cfg_attr(test,cfg(windows))]"]);
        assert_eq!(
            texts(&sorted.wrapper),
            ["#[doc=r\"Docs.\"]", "#[must_use]", "#[allow(dead_code)]", "#[cfg_attr(test,must_use)]"]
        );
        assert_eq!(
            texts(&sorted.body),
            [
                "#[allow(dead_code)]",
                "#[expect(unused_variables)]",
                "#[tracing::instrument]",
                "#[cfg_attr(test,instrument)]"
            ]
        );
    }
}
