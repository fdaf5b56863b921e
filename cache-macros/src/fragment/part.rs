//! A part of the key: a name, with fields and methods without arguments behind it.

use quote::ToTokens;
use syn::{Expr, ExprField, ExprMethodCall};

use super::input::FORM;

/// What the text of a fragment depends on.
pub struct Part {
    pub expr: Expr,
    /// It as it stands in the pattern of the key.
    pub text: String,
}

impl Part {
    pub fn read(expr: Expr) -> syn::Result<Self> {
        if let Err(message) = check(&expr) {
            return Err(syn::Error::new_spanned(&expr, message));
        }
        let text = expr.to_token_stream().to_string().replace(' ', "");
        Ok(Self { expr, text })
    }
}

fn check(expr: &Expr) -> Result<(), String> {
    match expr {
        Expr::Group(group) => check(&group.expr),
        Expr::Path(path) if path.path.get_ident().is_some() => Ok(()),
        Expr::Field(ExprField { base, .. }) => check(base),
        Expr::MethodCall(ExprMethodCall { receiver, args, turbofish: None, .. }) if args.is_empty() => check(receiver),
        Expr::Block(_) | Expr::Async(_) | Expr::Closure(_) => {
            Err(format!("the body of a fragment stands behind a semicolon, by itself: write `{FORM}`"))
        }
        Expr::Reference(reference) if check(&reference.expr).is_ok() => {
            let name = reference.expr.to_token_stream().to_string().replace(' ', "");
            Err(format!("a part of a fragment is borrowed anyway: write `{name}`"))
        }
        _ => Err(
            "a part of a fragment is a name, with fields or methods without arguments behind it, as in `user.name`: \
                  give anything else a name before"
                .to_owned(),
        ),
    }
}
