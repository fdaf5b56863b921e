//! The entries that an attribute names, as calls of cached functions.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Expr, ExprCall, Ident, Lit, Pat, Path, PathArguments, PathSegment, Token};

use super::Effect;
use super::targets::takes;
use crate::cached::changes;

/// An entry: a call of a cached function.
pub struct Target {
    /// The pattern of `|saved| …`, where the result decides which entry it is.
    pub result: Option<Pat>,
    pub function: Path,
    pub arguments: Punctuated<Expr, Token![,]>,
}

impl Target {
    pub fn new(effect: Effect, expr: Expr) -> syn::Result<Self> {
        match expr {
            Expr::Closure(mut closure) if closure.inputs.len() == 1 && closure.asyncness.is_none() => {
                let pat = closure.inputs.pop();
                let mut target = Self::new(effect, *closure.body)?;
                target.result = pat;
                Ok(target)
            }
            Expr::Closure(closure) => {
                let message = "the closure is given the result and nothing else, as in `|saved| profile(saved.id)`";
                Err(syn::Error::new_spanned(closure, message))
            }
            Expr::Paren(inner) => Self::new(effect, *inner.expr),
            Expr::Block(block) if block.label.is_none() => match block.block.stmts.as_slice() {
                [syn::Stmt::Expr(inner, None)] => Self::new(effect, inner.clone()),
                _ => Err(not_a_call(effect, &Expr::Block(block))),
            },
            Expr::Call(call) => Self::call(effect, call),
            other => Err(not_a_call(effect, &other)),
        }
    }

    fn call(effect: Effect, call: ExprCall) -> syn::Result<Self> {
        let Expr::Path(path) = *call.func else { return Err(not_a_call(effect, &call.func)) };
        if let Some(error) = path.qself.as_ref().map(|_| &path).map(qualified) {
            return Err(error);
        }
        if let Some(error) = a_verb(&path.path, &call.args) {
            return Err(error);
        }
        Ok(Self { result: None, function: path.path, arguments: call.args })
    }

    pub fn span(&self) -> Span {
        self.function.span()
    }

    /// Returns whether the path names a method: a type stands before the name.
    fn is_method(&self) -> bool {
        let mut segments = self.function.segments.iter().rev().skip(1);
        segments.next().is_some_and(|owner| owner.ident.unraw().to_string().starts_with(char::is_uppercase))
    }

    /// Emits the entry, in the user's own words, so that a wrong name, type or number of arguments is found where it was
    /// written.
    pub fn entry(&self) -> TokenStream {
        let arguments = &self.arguments;
        if self.is_method() {
            let site = self.site();
            quote!(#site.entry(#arguments))
        } else {
            let entry = self.associated("__entry");
            quote!(#entry(#arguments))
        }
    }

    /// Emits the call that the entry belongs to.
    pub fn site_call(&self) -> TokenStream {
        if self.is_method() {
            let site = self.site();
            quote!(#site.call())
        } else {
            let call = self.associated("__call");
            quote!(#call())
        }
    }

    /// Turns `Repo::profile` into `Repo::profile_site()`.
    fn site(&self) -> TokenStream {
        let mut path = self.function.clone();
        if let Some(last) = path.segments.last_mut() {
            last.ident = format_ident!("{}_site", last.ident, span = last.ident.span());
        }
        let span = self.function.span().resolved_at(Span::mixed_site());
        let path = turbofished(path);
        quote_spanned!(span=> #path())
    }

    /// Turns `find::<User>` into `find::__entry::<User>`.
    fn associated(&self, name: &str) -> TokenStream {
        let mut path = self.function.clone();
        let mut arguments = PathArguments::None;
        let mut span = Span::call_site();
        if let Some(last) = path.segments.last_mut() {
            arguments = std::mem::replace(&mut last.arguments, PathArguments::None);
            span = last.ident.span();
        }
        path.segments.push(PathSegment { ident: Ident::new(name, span), arguments });
        turbofished(path)
    }
}

fn turbofished(path: Path) -> TokenStream {
    Expr::Path(syn::ExprPath { attrs: Vec::new(), qself: None, path }).into_token_stream()
}

fn qualified(path: &syn::ExprPath) -> syn::Error {
    syn::Error::new_spanned(path, "a method is named by its type: write `Type::method(…)`")
}

/// Repairs `profile::invalidate(id)`.
fn a_verb(path: &Path, arguments: &Punctuated<Expr, Token![,]>) -> Option<syn::Error> {
    let mut names = path.segments.iter().rev().map(|segment| &segment.ident);
    let (verb, owner) = (names.next()?.to_string(), names.next()?);
    if !changes(&verb) || owner.to_string().starts_with(char::is_uppercase) {
        return None;
    }
    // The others take more than an entry is named by.
    let arguments = if verb.starts_with("invalidate") { text(arguments) } else { "…".to_owned() };
    let message = format!("only the call of the cached function stands here: write `{owner}({arguments})`");
    Some(syn::Error::new_spanned(path, message))
}

fn not_a_call(effect: Effect, expr: &Expr) -> syn::Error {
    let name = effect.name();
    let message = match expr {
        Expr::Lit(literal) if matches!(literal.lit, Lit::Str(_)) => {
            format!(
                "`#[{name}]` is checked by the compiler: write the call of the cached function, as in `profile(user.id)`"
            )
        }
        Expr::MethodCall(call) => {
            let (method, receiver, arguments) = (&call.method, text(&call.receiver), text(&call.args));
            let separator = if arguments.is_empty() { "" } else { ", " };
            format!("a method is named by its type: write `Type::{method}({receiver}{separator}{arguments})`")
        }
        Expr::Path(path) => format!("say for which arguments: write `{}(…)`", text(&path.path)),
        Expr::Assign(_) => takes(effect).to_owned(),
        Expr::Await(_) => "nothing is awaited here: write the call alone, as in `profile(user.id)`".to_owned(),
        _ => "this is not the call of a cached function, as in `profile(user.id)`".to_owned(),
    };
    syn::Error::new_spanned(expr, message)
}

fn text(tokens: impl ToTokens) -> String {
    tokens.to_token_stream().to_string().replace(" . ", ".").replace(" :: ", "::").replace(" ,", ",").replace("& ", "&")
}
