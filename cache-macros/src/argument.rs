//! The arguments of a function, brought into one form.

use proc_macro2::Span;
use quote::format_ident;
use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};
use syn::{Ident, Pat, PatIdent, PatOr, PatType, Type};

use super::attributes::is_condition;

/// An argument that is not the receiver.
pub struct Argument {
    /// As it was written: the body keeps it.
    pub pat: Pat,
    pub ty: Type,
    /// What the wrapper and the companion call it.
    pub name: Ident,
    /// The names it gives to the body.
    pub bindings: Vec<Ident>,
    /// Whether it stands under a `cfg`.
    pub is_conditional: bool,
}

impl Argument {
    pub fn new(index: usize, arg: &PatType) -> Self {
        let mut names = Names(Vec::new());
        names.visit_pat(&arg.pat);
        let name = match names.0.as_slice() {
            [one] => one.clone(),
            _ => format_ident!("__{index}", span = Span::mixed_site()),
        };
        let is_conditional = arg.attrs.iter().any(is_condition);
        Self { pat: (*arg.pat).clone(), ty: (*arg.ty).clone(), name, bindings: names.0, is_conditional }
    }

    /// Returns whether its one binding is the whole of it.
    pub fn is_plain(&self) -> bool {
        matches!(&self.pat, Pat::Ident(PatIdent { subpat: None, .. }))
    }

    /// Returns its pattern for matching by reference, so that a key can be written before the body takes the argument:
    /// without `mut`, `ref` and `&`, which the binding mode of references replaces.
    pub fn by_reference(&self) -> Pat {
        let mut pat = self.pat.clone();
        ByReference.visit_pat_mut(&mut pat);
        pat
    }
}

struct Names(Vec<Ident>);

impl Visit<'_> for Names {
    fn visit_pat_ident(&mut self, pat: &PatIdent) {
        self.0.push(pat.ident.clone());
        visit::visit_pat_ident(self, pat);
    }

    /// Each side of `Ok(x) | Err(x)` gives the same names.
    fn visit_pat_or(&mut self, pat: &PatOr) {
        pat.cases.first().into_iter().for_each(|side| self.visit_pat(side));
    }
}

struct ByReference;

impl VisitMut for ByReference {
    fn visit_pat_mut(&mut self, pat: &mut Pat) {
        while let Pat::Reference(reference) = pat {
            *pat = (*reference.pat).clone();
        }
        visit_mut::visit_pat_mut(self, pat);
    }

    fn visit_pat_ident_mut(&mut self, pat: &mut PatIdent) {
        pat.by_ref = None;
        pat.mutability = None;
        visit_mut::visit_pat_ident_mut(self, pat);
    }
}

#[cfg(test)]
mod tests {
    use quote::ToTokens;
    use syn::{FnArg, Signature, parse_quote};

    use super::*;

    fn arguments(sig: &Signature) -> Vec<Argument> {
        let typed = |(index, arg): (usize, &FnArg)| match arg {
            FnArg::Typed(arg) => Argument::new(index, arg),
            FnArg::Receiver(_) => unreachable!("there is none"),
        };
        sig.inputs.iter().enumerate().map(typed).collect()
    }

    #[test]
    fn a_pattern_of_one_name_is_called_by_it_and_others_by_their_number() {
        let sig: Signature = parse_quote!(fn f(
            id: u64,
            mut x: u8,
            State(db): State<Db>,
            (a, b): (u8, u8),
            _: u8,
            Point { x: px, .. }: Point,
            w @ Wrap(_): Wrap
        ));
        let names: Vec<_> = arguments(&sig).iter().map(|argument| argument.name.to_string()).collect();
        assert_eq!(names, ["id", "x", "db", "__3", "__4", "px", "w"]);
        let plain: Vec<_> = arguments(&sig).iter().map(Argument::is_plain).collect();
        assert_eq!(plain, [true, true, false, false, false, false, false]);
    }

    #[test]
    fn a_pattern_matches_by_reference_without_its_marks() {
        let sig: Signature = parse_quote!(fn f(
            &(mut a, ref b): &(u8, u8),
            Point { mut x, y: &y }: Point<'_>
        ));
        let patterns: Vec<_> =
            arguments(&sig).iter().map(|argument| argument.by_reference().to_token_stream().to_string()).collect();
        assert_eq!(patterns, ["(a , b)", "Point { x , y : y }"]);
    }
}
