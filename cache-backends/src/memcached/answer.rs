//! [`Answer`]: what a server has said to one command.

/// What a server has said to one command.
#[derive(Debug, PartialEq)]
pub(super) struct Answer {
    pub said: Said,
    /// Which of our connections it came on: a later one has a larger number.
    pub connection: u64,
}

/// The answers that there are.
#[derive(Debug, PartialEq)]
pub(super) enum Said {
    /// `VA`: here it is.
    Value(Vec<u8>, Flags),
    /// `HD`: done, or found where no value was asked for.
    Done(Flags),
    /// `EN` or `NF`: nothing is under this name.
    Nothing,
    /// `NS`: something is there already.
    NotStored,
    /// `EX`: something else is there by now.
    Changed,
    /// `MN`, which says that all before it is done; `OK` and `STORED`, which older commands say.
    Well,
    /// It was not done.
    Refused(Refusal),
}

/// What was asked for beside a value, as far as it was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Flags {
    /// `c`: the number that this change of the entry has; 0 where the server gives none.
    pub cas: u64,
    /// `t`: how many seconds it still has; -1 is for ever.
    pub left: Option<i64>,
    /// `s`: how many bytes the value has.
    pub size: Option<u64>,
    /// `W` or `Z`: somebody has been promised to fill this in.
    pub is_promised: bool,
    /// `X`: somebody has marked it as too old to be used.
    pub is_stale: bool,
}

impl Flags {
    /// Returns whether there is no more than a lease under this name, given how many bytes its value has: something that
    /// holds the place of what somebody may fill in. To everybody else that is nothing.
    pub(super) fn is_lease(self, size: u64) -> bool {
        self.is_stale || self.is_promised && size == 0
    }
}

/// Why something was not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// There is no number to count on.
    NoNumber,
    /// The value has more bytes than this server takes.
    TooLarge,
    /// It wants to know first who asks, or does not believe it.
    Unauthenticated,
    /// It was started with `-F`.
    NoFlush,
    /// It does not know the command: it is older than these commands, or no Memcached.
    Unknown,
    /// It cannot, in its own words.
    Cannot(Box<str>),
}
