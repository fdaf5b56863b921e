//! A function as the attributes see it.

use proc_macro2::{Delimiter, Group, Span, TokenStream};
use quote::{ToTokens, TokenStreamExt, quote};
use syn::parse::{Parse, ParseStream};
use syn::visit::{self, Visit};
use syn::{Attribute, Ident, Item, PatIdent, ReturnType, Signature, Token, Type, Visibility};

use crate::self_type;

/// A function whose signature is parsed and whose body is not, so that a half-typed body still gets help from the
/// editor and is complained about by the compiler alone.
pub struct Function {
    pub attrs: Vec<Attribute>,
    pub vis: Visibility,
    pub sig: Signature,
    /// With its braces; nothing where a trait declares a function.
    pub body: Option<TokenStream>,
}

/// What is said of a function that is cached and changes what others keep.
pub const CACHED_AND_CHANGING: &str = "on a hit the body of a cached function does not run, and nothing would be changed: cache the part that reads, \
     in a function of its own";

/// What is said of a function whose page and value are kept.
pub const CACHED_AND_PAGE: &str = "a handler has a page, and `#[cached]` keeps values: leave one of them out, and put `#[cached]` on a function that \
     the handler calls";

/// What is said of a handler whose page is kept, and which changes what others keep.
pub const PAGE_AND_CHANGING: &str = "on a hit the body of a handler does not run, and nothing would be changed: put the attribute on the function that \
     writes";

impl Function {
    /// Returns the first of its attributes that has one of these names, under whatever path.
    pub fn attribute(&self, names: &[&str]) -> Option<&Attribute> {
        let is_one = |attr: &&Attribute| {
            attr.path().segments.last().is_some_and(|segment| names.iter().any(|name| segment.ident == name))
        };
        self.attrs.iter().find(is_one)
    }

    /// Returns the names that its arguments give to the body.
    pub fn bindings(&self) -> Vec<Ident> {
        struct Names(Vec<Ident>);
        impl Visit<'_> for Names {
            fn visit_pat_ident(&mut self, pat: &PatIdent) {
                self.0.push(pat.ident.clone());
                visit::visit_pat_ident(self, pat);
            }
        }
        let mut names = Names(Vec::new());
        self.sig.inputs.iter().for_each(|input| names.visit_fn_arg(input));
        names.0
    }

    /// Returns the type that is written behind `->`.
    pub fn returns(&self) -> Option<&Type> {
        match &self.sig.output {
            ReturnType::Type(_, ty) => Some(ty),
            ReturnType::Default => None,
        }
    }

    /// Puts these tokens between the braces of the body: lints that are about a function, such as one that is dead, leave
    /// alone what ends in an expansion.
    pub fn braced(&self, tokens: TokenStream) -> TokenStream {
        let mut block = Group::new(Delimiter::Brace, tokens);
        if let Some(body) = self.body.clone().and_then(|body| body.into_iter().next()) {
            block.set_span(body.span());
        }
        block.into_token_stream()
    }

    pub fn is_async(&self) -> bool {
        self.sig.asyncness.is_some()
    }

    /// Returns whether the function speaks of the `impl` it stands in. One that does not may stand in one too.
    pub fn is_surely_in_an_impl(&self) -> bool {
        let in_body = || self.body.clone().is_some_and(self_type::is_mentioned);
        self.sig.receiver().is_some() || self_type::is_mentioned(self.sig.to_token_stream()) || in_body()
    }
}

/// Leaves an item alone that is no function; what is half-typed is complained about by the compiler.
pub fn not_a_function(attribute: &str, item: &TokenStream, error: syn::Error) -> TokenStream {
    let error = match syn::parse2::<Item>(item.clone()) {
        Ok(Item::Fn(_)) | Err(_) => error,
        Ok(_) => {
            let message = format!("`#[{attribute}]` goes on functions: put it on each function that is meant");
            syn::Error::new(Span::call_site(), message)
        }
    };
    let error = error.to_compile_error();
    quote!(#error #item)
}

impl Parse for Function {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attrs = input.call(Attribute::parse_outer)?;
        let vis = input.parse()?;
        let sig = input.parse()?;
        let body = if input.peek(Token![;]) {
            input.parse::<Token![;]>()?;
            None
        } else {
            Some(input.parse()?)
        };
        Ok(Self { attrs, vis, sig, body })
    }
}

impl ToTokens for Function {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.append_all(&self.attrs);
        self.vis.to_tokens(tokens);
        self.sig.to_tokens(tokens);
        match &self.body {
            Some(body) => body.to_tokens(tokens),
            None => <Token![;]>::default().to_tokens(tokens),
        }
    }
}
