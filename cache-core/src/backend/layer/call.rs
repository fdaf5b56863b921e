//! What a store is asked for, without the words of the question.

use std::fmt;

/// An operation of a [`Backend`](crate::backend::Backend), as a [`Guard`](super::Guard) sees it.
///
/// ```
/// # use cache_core::__private::larder;
/// use larder::backend::layer::Call;
///
/// assert!(Call::Get.may_be_repeated() && Call::Delete.may_be_repeated());
/// assert!(!Call::Incr.may_be_repeated(), "the first one may have counted");
/// assert_eq!(Call::SetMany.to_string(), "set_many");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Call {
    /// Reads an entry.
    Get,
    /// Writes an entry.
    Set,
    /// Writes an entry where none is.
    Add,
    /// Removes an entry.
    Delete,
    /// Gives an entry another time.
    Touch,
    /// Counts.
    Incr,
    /// Asks for the time that an entry has left.
    Ttl,
    /// Reads entries.
    GetMany,
    /// Writes entries.
    SetMany,
    /// Removes entries.
    DeleteMany,
    /// Removes the entries of one scope.
    ClearScope,
    /// Removes all entries.
    ClearStore,
    /// Takes a ticket for a fill.
    BeginFill,
    /// Writes an entry that nobody has changed since.
    SetIf,
    /// Asks for names.
    List,
}

impl Call {
    /// Returns whether it may be asked again when nobody knows whether it was heard: twice is as good as once.
    #[must_use]
    pub fn may_be_repeated(self) -> bool {
        // Of these nobody knows whether the first try has won, or counted.
        !matches!(self, Self::Add | Self::SetIf | Self::Incr | Self::Touch)
    }

    fn name(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::Set => "set",
            Self::Add => "add",
            Self::Delete => "delete",
            Self::Touch => "touch",
            Self::Incr => "incr",
            Self::Ttl => "ttl",
            Self::GetMany => "get_many",
            Self::SetMany => "set_many",
            Self::DeleteMany => "delete_many",
            Self::ClearScope => "clear_scope",
            Self::ClearStore => "clear_store",
            Self::BeginFill => "begin_fill",
            Self::SetIf => "set_if",
            Self::List => "list",
        }
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
