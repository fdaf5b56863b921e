//! Whether the functions of a companion do something, or only have their signatures.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::{FnArg, Signature, parse_quote};

/// After an error the functions of a companion only have to be there, so that calls of them are not errors too.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Bodies {
    Real,
    Hollow,
}

impl Bodies {
    /// Emits a function's body: this one, which comes with its braces, or one that is hollow.
    pub fn of(self, block: TokenStream) -> TokenStream {
        match self {
            Self::Real => block,
            Self::Hollow => quote!({ ::core::unimplemented!() }),
        }
    }

    /// Emits the word by which the engine's own macro is told, where it writes the bodies.
    pub fn word(self) -> TokenStream {
        match self {
            Self::Real => quote!(real),
            Self::Hollow => quote!(hollow),
        }
    }

    /// Returns the signature of a function with such a body: what is hollow has no use for names.
    pub fn signature(self, mut sig: Signature) -> Signature {
        if self == Self::Hollow {
            for input in &mut sig.inputs {
                match input {
                    FnArg::Receiver(receiver) => receiver.mutability = None,
                    FnArg::Typed(argument) => *argument.pat = parse_quote!(_),
                }
            }
        }
        sig
    }

    /// Returns the name of an argument, where the engine's own macro writes the signature: one that is the expansion's
    /// may be unused.
    pub fn name(self, name: &Ident) -> Ident {
        let mut name = name.clone();
        if self == Self::Hollow {
            name.set_span(name.span().resolved_at(Span::mixed_site()));
        }
        name
    }
}
