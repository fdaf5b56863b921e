//! Whether code speaks of `Self`, and means the type around it.

use std::iter::Peekable;

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree, token_stream};

/// Returns whether `Self` stands in these tokens, except in items of their own, where it means something else.
pub fn is_mentioned(tokens: TokenStream) -> bool {
    is_mentioned_in(tokens, false)
}

fn is_mentioned_in(tokens: TokenStream, is_block: bool) -> bool {
    let mut tokens = tokens.into_iter().peekable();
    let mut may_begin = is_block;
    while let Some(token) = tokens.next() {
        match &token {
            TokenTree::Ident(ident) if ident == "Self" => return true,
            TokenTree::Ident(ident) if may_begin && begins_item(ident, tokens.peek()) => skip_item(&mut tokens),
            TokenTree::Group(group) if is_mentioned_in(group.stream(), group.delimiter() == Delimiter::Brace) => {
                return true;
            }
            _ => {}
        }
        // Behind any other sign `impl` is a type, as in `-> impl Fn()`.
        may_begin = is_block && !matches!(token, TokenTree::Punct(sign) if sign.as_char() != ';');
    }
    false
}

fn begins_item(word: &Ident, next: Option<&TokenTree>) -> bool {
    let is_keyword = ["impl", "trait", "struct", "enum"].iter().any(|keyword| word == keyword);
    // A name like any other, where no name follows.
    is_keyword || (word == "union" && matches!(next, Some(TokenTree::Ident(_))))
}

/// Goes on behind the item's body, or its semicolon. A brace between angle brackets is a constant, and no body.
fn skip_item(tokens: &mut Peekable<token_stream::IntoIter>) {
    let (mut depth, mut is_arrow) = (0, false);
    for token in tokens {
        let sign = if let TokenTree::Punct(sign) = &token { sign.as_char() } else { ' ' };
        match &token {
            TokenTree::Group(group) if depth == 0 && group.delimiter() == Delimiter::Brace => return,
            _ if depth == 0 && sign == ';' => return,
            _ if sign == '<' => depth += 1,
            _ if sign == '>' && !is_arrow => depth -= 1,
            _ => {}
        }
        is_arrow = sign == '-';
    }
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;

    #[test]
    fn self_counts_where_it_means_the_type_around_the_function() {
        assert!(is_mentioned(quote!({
            let new = Self::new();
        })));
        assert!(is_mentioned(quote!((id: u64) -> Option<Self>)));
        assert!(!is_mentioned(quote!({
            struct A {
                next: Box<Self>,
            }
            impl A {
                fn new() -> Self {
                    todo!()
                }
            }
        })));
        assert!(is_mentioned(quote!({
            impl A {
                fn new() -> Self {
                    todo!()
                }
            }
            Self::new()
        })));
    }

    #[test]
    fn what_an_item_says_of_itself_ends_where_the_item_does() {
        for own in [
            quote!({
                impl From<Bytes<{ 1 }>> for A {
                    fn from(bytes: Bytes<1>) -> Self {
                        Self(bytes)
                    }
                }
            }),
            quote!({
                impl<F: Fn() -> u8> Run<{ 1 }> for F
                where
                    F: Copy,
                {
                    type Out = Self;
                }
            }),
            quote!({
                pub(crate) struct A(Option<Box<Self>>);
                A(None)
            }),
            quote!({
                union A {
                    a: ManuallyDrop<Self>,
                }
            }),
        ] {
            assert!(!is_mentioned(own.clone()), "{own}");
        }
        for around in [
            quote!({
                struct A;
                if true {
                    Self::new()
                }
            }),
            quote!({
                struct A(u8);
                let a = { Self::new() };
            }),
            quote!({
                let union = 1;
                if union == 1 {
                    Self::new()
                }
            }),
            quote!((run: impl Fn(Self) -> u8)),
            quote!({
                enum A {}
                Self::new()
            }),
        ] {
            assert!(is_mentioned(around.clone()), "{around}");
        }
    }
}
