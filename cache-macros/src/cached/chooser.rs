//! Choosers: what looks at a value, or at an error, and says whether it is kept, or for how long.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::visit::Visit;
use syn::{Expr, ExprClosure, ExprReturn, Pat, ReturnType};

/// A function of the value: a closure, or the name of one.
pub enum Chooser {
    Closure(Box<ExprClosure>),
    Path(Expr),
}

impl Chooser {
    pub fn read(option: &str, example: &str, expr: Expr) -> syn::Result<Self> {
        let message = match expr {
            Expr::Closure(closure)
                if closure.inputs.len() == 1 && closure.asyncness.is_none() && closure.capture.is_none() =>
            {
                return Ok(Self::Closure(Box::new(closure)));
            }
            Expr::Path(_) => return Ok(Self::Path(expr)),
            Expr::Closure(ref closure) if closure.asyncness.is_some() => {
                format!("`{option}` looks at the value only, and cannot wait: write a closure without `async`")
            }
            Expr::Closure(ref closure) if closure.capture.is_some() => {
                format!("`{option}` sees the value and nothing else, so there is nothing to move: leave `move` out")
            }
            Expr::Closure(_) => format!("`{option}` is a closure of one argument, as in `{option} = {example}`"),
            _ => {
                format!(
                    "`{option}` is a closure of one argument, or the name of a function: write `{option} = {example}`"
                )
            }
        };
        Err(syn::Error::new_spanned(expr, message))
    }

    /// Emits a chooser that is called with a reference to a type.
    pub fn expand(&self, about: &TokenStream) -> TokenStream {
        match self {
            Self::Path(path) => quote!(#path),
            Self::Closure(closure) => {
                let ExprClosure { attrs, body, output, .. } = &**closure;
                let input = typed(closure, about);
                quote!(#(#attrs)* |#input| #output #body)
            }
        }
    }

    /// Emits one whose answer is converted, so that it can be written as seconds or as a `Duration`.
    pub fn converted(&self, about: &TokenStream, convert: impl FnOnce(TokenStream) -> TokenStream) -> TokenStream {
        match self {
            Self::Path(path) => {
                let time = convert(quote_spanned!(Span::mixed_site()=> #path(__value)));
                quote_spanned!(Span::mixed_site()=> |__value| #time)
            }
            Self::Closure(closure) => {
                let ExprClosure { attrs, body, output, .. } = &**closure;
                let input = typed(closure, about);
                let answer = match (output, &**body) {
                    (ReturnType::Default, body) if !may_return(body) => quote!(#body),
                    (output, body) => quote!((|| #output #body)()),
                };
                let time = convert(answer);
                quote!(#(#attrs)* |#input| #time)
            }
        }
    }
}

/// Emits a closure's argument with its type, which the compiler does not find out by itself where that is a part of
/// another.
fn typed(closure: &ExprClosure, about: &TokenStream) -> TokenStream {
    match closure.inputs.first() {
        Some(Pat::Type(pat)) => quote!(#pat),
        pat => quote!(#pat: &#about),
    }
}

/// A `return` ends the closure that it was written in, and not the one around it.
fn may_return(body: &Expr) -> bool {
    struct Search(bool);
    impl Visit<'_> for Search {
        fn visit_expr_return(&mut self, _: &ExprReturn) {
            self.0 = true;
        }
    }
    let mut search = Search(false);
    search.visit_expr(body);
    search.0
}
