//! Who asks, as far as that is known before a page is looked for.

use crate::page::named::Named;
use crate::page::names::Names;

/// Who asks.
#[derive(Clone, Copy)]
pub(in crate::page) struct Caller<'a> {
    pub(in crate::page) names: &'a Names<'a>,
    pub(in crate::page) has_body: bool,
    /// Whether there is a layer in front: it may be this place itself.
    pub(in crate::page) is_nested: bool,
    /// What the handler says, where that is not in the extensions of the request.
    pub(in crate::page) named: Option<&'a Named>,
}

impl<'a> Caller<'a> {
    /// Who asks, of whom nothing is known but what the request says.
    pub(in crate::page) fn any(names: &'a Names<'a>, has_body: bool) -> Self {
        Self { names, has_body, is_nested: true, named: None }
    }
}
