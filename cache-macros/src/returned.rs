//! Whether a function returns a `Result`: what its spelling says, and else a question for the compiler.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Path, Type};

use crate::function::Function;
use crate::spelling;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Value,
    Result,
    /// Behind an alias: the compiler finds out.
    Probed,
}

impl Kind {
    /// Returns what this type of a function's is, as far as it tells, and else `otherwise`.
    pub fn of(function: &Function, ty: &Type, in_impl: bool, otherwise: Self) -> Self {
        if is_surely_result(function, ty, in_impl) {
            Self::Result
        } else if spelling::is_known_value(ty) {
            Self::Value
        } else {
            otherwise
        }
    }
}

/// A `Result` of one parameter may be a type of the user's own. That is for the compiler to find out, where it can: not
/// where a lifetime is part of it, or a type parameter, of the function or of an `impl` that an attribute cannot see.
fn is_surely_result(function: &Function, ty: &Type, in_impl: bool) -> bool {
    let is_generic = in_impl || is_generic(function, ty) || spelling::mentions_letter(ty.to_token_stream());
    let can_be_asked = !is_generic && !spelling::borrows(ty);
    spelling::is_result(ty) && (spelling::type_arguments(ty).len() > 1 || !can_be_asked)
}

/// Returns whether a type parameter of the function is part of this type.
pub fn is_generic(function: &Function, ty: &Type) -> bool {
    function.sig.generics.type_params().any(|param| spelling::mentions(ty.to_token_stream(), &param.ident))
}

/// Emits the question what kind a type is.
pub fn probe(larder: &Path, ty: &Type) -> TokenStream {
    quote! {{
        use #larder::__private::Fallback as _;
        #larder::__private::Probe::<#ty>::KIND
    }}
}
