//! [`Distrust`]: why a certificate is not taken, and what to do about that.

use std::fmt;

/// Why a certificate is not taken, and what to do about that, to be read behind "its certificate is".
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Distrust {
    /// Nobody vouches for it; an option of this name says who may.
    Authority(&'static str),
    /// It is for these names, and not for the one that was asked for; this is what to do about it.
    Name(String, &'static str),
    Late,
    Early,
    Revoked,
}

impl fmt::Display for Distrust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Authority(option) => write!(
                f,
                "of an authority that is not trusted here: `{option}` names the file of one to trust, in the place of \
                 those of the system"
            ),
            Self::Name(names, repair) => write!(f, "for {names}: {repair}"),
            Self::Late => {
                f.write_str("out of date: it is to be renewed there, unless the clock of this machine is wrong")
            }
            Self::Early => f.write_str("not valid yet: is the clock of this machine right?"),
            Self::Revoked => f.write_str("revoked: the server is to get another one"),
        }
    }
}
