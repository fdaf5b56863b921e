//! The generics of a function, and which of them what stands beside it needs.

use std::collections::HashSet;

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{GenericParam, Generics, WherePredicate};

/// Returns the generics of a function without those that these tokens are not about.
pub fn needed(all: &Generics, about: impl IntoIterator<Item = TokenStream>) -> Generics {
    let mut names = Names::default();
    about.into_iter().for_each(|tokens| names.add(tokens));
    names.close(all);
    let mut generics = all.clone();
    generics.params = all.params.iter().filter(|param| names.has(param)).cloned().collect();
    if let Some(clause) = &mut generics.where_clause {
        let dropped: Vec<_> = all.params.iter().filter(|param| !names.has(param)).map(param_name).collect();
        let stays = |predicate: &&WherePredicate| {
            let mut mentioned = Names::default();
            mentioned.add(predicate.to_token_stream());
            !dropped.iter().any(|name| mentioned.0.contains(name))
        };
        clause.predicates = clause.predicates.iter().filter(stays).cloned().collect();
    }
    if generics.params.is_empty() {
        (generics.lt_token, generics.gt_token) = (None, None);
    }
    generics
}

/// The names in a piece of code; lifetimes with their tick.
#[derive(Default)]
struct Names(HashSet<String>);

impl Names {
    fn add(&mut self, tokens: TokenStream) {
        let mut tick = "";
        for token in tokens {
            match token {
                TokenTree::Ident(ident) => {
                    self.0.insert(format!("{tick}{ident}"));
                    tick = "";
                }
                TokenTree::Punct(punct) => tick = if punct.as_char() == '\'' { "'" } else { "" },
                TokenTree::Group(group) => self.add(group.stream()),
                TokenTree::Literal(_) => {}
            }
        }
    }

    fn has(&self, param: &GenericParam) -> bool {
        self.0.contains(&param_name(param))
    }

    /// Adds what the bounds of those in need are about.
    fn close(&mut self, generics: &Generics) {
        loop {
            let before = self.0.len();
            for param in &generics.params {
                if self.has(param) {
                    self.add(param.to_token_stream());
                }
            }
            if self.0.len() == before {
                return;
            }
        }
    }
}

fn param_name(param: &GenericParam) -> String {
    match param {
        GenericParam::Lifetime(param) => format!("'{}", param.lifetime.ident),
        GenericParam::Type(param) => param.ident.to_string(),
        GenericParam::Const(param) => param.ident.to_string(),
    }
}

/// Emits `::<T, N>`, without lifetimes: they are inferred.
pub fn turbofish(generics: &Generics) -> TokenStream {
    let params: Vec<_> = generics
        .params
        .iter()
        .filter_map(|param| match param {
            GenericParam::Lifetime(_) => None,
            GenericParam::Type(param) => Some(&param.ident),
            GenericParam::Const(param) => Some(&param.ident),
        })
        .collect();
    if params.is_empty() { TokenStream::new() } else { quote!(::<#(#params),*>) }
}
