//! Whether the functions of a companion do something, or only have their signatures.

use proc_macro2::TokenStream;
use quote::quote;

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

    /// Emits what keeps the compiler quiet about a function that is hollow because of something else.
    pub fn allow(self) -> TokenStream {
        match self {
            Self::Real => TokenStream::new(),
            Self::Hollow => quote!(#[allow(unused)]),
        }
    }
}
