//! Where each attribute of the user's function goes, now that one function becomes several.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{Attribute, Ident, Meta, MetaList, Path, Token, Visibility, parse_quote};

/// The attributes of a function, by where they belong.
#[derive(Default)]
pub struct Sorted {
    /// What decides whether the function is there at all: goes on everything.
    pub cfg: Vec<Attribute>,
    /// What a caller sees, such as docs and `must_use`.
    pub wrapper: Vec<Attribute>,
    /// What the body asked for, such as `tracing::instrument`: what stands below `#[cached]` happens inside it.
    pub body: Vec<Attribute>,
    /// Whether nobody is to call the function: it is deprecated, or expected to be dead.
    pub is_retired: bool,
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
        if keeps(attr) {
            return;
        }
        match conditional(attr) {
            Some((condition, metas)) => {
                for meta in &metas {
                    self.place(meta, Some(&condition), &attribute(Some(&condition), meta));
                }
            }
            // As it was written: lints about docs leave alone what an expansion says.
            None => self.place(&attr.meta, None, attr),
        }
    }

    fn place(&mut self, meta: &Meta, condition: Option<&Meta>, whole: &Attribute) {
        match expected(meta) {
            Some(list) => self.expect(list, condition),
            None => self.put(meta, whole),
        }
    }

    /// An expectation is met once, so that each goes where it can be; at the other place the lint is only allowed.
    fn expect(&mut self, list: &MetaList, condition: Option<&Meta>) {
        let Ok(all) = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated) else { return };
        let reason = all.iter().find(|meta| meta.path().is_ident("reason"));
        let reason = reason.map(|reason| quote!(, #reason));
        for lint in all.iter().filter(|meta| !meta.path().is_ident("reason")) {
            let said = |level: &str| {
                let level = format_ident!("{level}");
                attribute(condition, &parse_quote!(#level(#lint #reason)))
            };
            let (wrapper, body) = met(lint.path());
            self.is_retired |= lint.path().is_ident("dead_code");
            self.wrapper.push(said(wrapper));
            self.body.push(said(body));
        }
    }

    fn put(&mut self, meta: &Meta, attr: &Attribute) {
        self.is_retired |= meta.path().is_ident("deprecated");
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

/// Whether this keeps what its function returns, as this attribute does, be it under the alias that this one goes by.
pub fn keeps(attr: &Attribute) -> bool {
    let name = attr.path().segments.last().map(|segment| segment.ident.to_string());
    let is_named = name.is_some_and(|name| ["cached", "cache_page"].contains(&name.as_str()));
    is_named || alias().is_some_and(|alias| attr.path().to_token_stream().to_string().replace(' ', "") == alias)
}

/// Returns by what path this attribute was written. An attribute is told of its options alone: where the compiler has no
/// source, nobody knows.
fn alias() -> Option<String> {
    let written = Span::call_site().source_text()?;
    let path = written.strip_prefix("#[")?.split(['(', ']', '{', '=']).next()?;
    Some(path.replace(' ', ""))
}

/// Whether this decides if what it stands on is there at all.
pub fn is_condition(attr: &Attribute) -> bool {
    attr.path().is_ident("cfg") || attr.path().is_ident("cfg_attr")
}

/// Emits what keeps lints quiet that are about the docs of visible functions: the user's are on the wrapper.
pub fn allow_docs(vis: &Visibility) -> Option<TokenStream> {
    let is_visible = !matches!(vis, Visibility::Inherited);
    is_visible
        .then(|| quote!(#[allow(clippy::missing_errors_doc, clippy::missing_panics_doc, clippy::must_use_candidate)]))
}

fn belongs(meta: &Meta) -> Belongs {
    let Some(name) = meta.path().get_ident() else { return Belongs::Body };
    match name.to_string().as_str() {
        "cfg" => Belongs::Everywhere,
        "doc" | "must_use" | "deprecated" | "no_mangle" | "export_name" | "link_section" | "unsafe" => Belongs::Wrapper,
        "allow" | "warn" | "deny" | "forbid" | "inline" | "cold" | "track_caller" => Belongs::Both,
        _ => Belongs::Body,
    }
}

/// Takes `cfg_attr(condition, a, b)` apart: `a` and `b` may belong to different places.
fn conditional(attr: &Attribute) -> Option<(Meta, Vec<Meta>)> {
    if !attr.path().is_ident("cfg_attr") {
        return None;
    }
    let tokens = attr.meta.require_list().ok()?.tokens.clone();
    let mut metas = Punctuated::<Meta, Token![,]>::parse_terminated.parse2(tokens).ok()?.into_iter();
    Some((metas.next()?, metas.collect()))
}

/// Puts an attribute back together.
fn attribute(condition: Option<&Meta>, meta: &Meta) -> Attribute {
    match condition {
        Some(condition) => parse_quote!(#[cfg_attr(#condition, #meta)]),
        None => parse_quote!(#[#meta]),
    }
}

fn expected(meta: &Meta) -> Option<&MetaList> {
    meta.require_list().ok().filter(|list| list.path.is_ident("expect"))
}

/// Returns what is said of an expected lint on the wrapper, and what on the body.
fn met(lint: &Path) -> (&'static str, &'static str) {
    // Those about a function as others see it. A group holds some of both kinds, and nobody knows which is meant.
    const OF_WRAPPER: [&str; 5] =
        ["dead_code", "missing_docs", "non_snake_case", "private_interfaces", "unreachable_pub"];
    const GROUPS: [&str; 4] = ["future_incompatible", "nonstandard_style", "unused", "warnings"];
    let is_one_of = |names: &[&str]| names.iter().any(|name| lint.is_ident(name));
    if is_one_of(&OF_WRAPPER) {
        ("expect", "allow")
    } else if is_one_of(&GROUPS) || is_clippy_group(lint) {
        ("allow", "allow")
    } else {
        ("allow", "expect")
    }
}

fn is_clippy_group(lint: &Path) -> bool {
    const GROUPS: [&str; 9] =
        ["all", "cargo", "complexity", "correctness", "nursery", "pedantic", "perf", "style", "suspicious"];
    let is_clippys = lint.segments.first().is_some_and(|tool| tool.ident == "clippy");
    is_clippys && lint.segments.last().is_some_and(|name| GROUPS.iter().any(|group| name.ident == group))
}

/// Returns a name as a word of the expansion, which lints leave alone: declared in the user's own, a companion would be
/// one more that may be dead, and no type's name by its letters. An `allow` could meet a `forbid`.
pub fn ours(name: &Ident) -> Ident {
    let mut ours = name.clone();
    ours.set_span(Span::call_site().located_at(name.span()));
    ours
}

#[cfg(test)]
mod tests {

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
            #[expect(unused_variables, dead_code, clippy::pedantic, reason = "why")]
            #[tracing::instrument]
            #[cfg_attr(test, must_use, instrument, cfg(windows), expect(dead_code))]
            fn load() {}
        };
        let sorted = Sorted::new(&function.attrs);
        assert_eq!(texts(&sorted.cfg), ["#[cfg(unix)]", "#[cfg_attr(test,cfg(windows))]"]);
        assert_eq!(
            texts(&sorted.wrapper),
            [
                "#[doc=r\"Docs.\"]",
                "#[must_use]",
                "#[allow(dead_code)]",
                "#[allow(unused_variables,reason=\"why\")]",
                "#[expect(dead_code,reason=\"why\")]",
                "#[allow(clippy::pedantic,reason=\"why\")]",
                "#[cfg_attr(test,must_use)]",
                "#[cfg_attr(test,expect(dead_code))]"
            ]
        );
        assert_eq!(
            texts(&sorted.body),
            [
                "#[allow(dead_code)]",
                "#[expect(unused_variables,reason=\"why\")]",
                "#[allow(dead_code,reason=\"why\")]",
                "#[allow(clippy::pedantic,reason=\"why\")]",
                "#[tracing::instrument]",
                "#[cfg_attr(test,instrument)]",
                "#[cfg_attr(test,allow(dead_code))]"
            ]
        );
    }
}
