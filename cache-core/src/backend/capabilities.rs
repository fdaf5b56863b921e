//! What a store can do, as plain data.

/// What a store can do. The engine asks here before it relies on anything; the conformance suite checks each claim.
///
/// ```
/// # use cache_core::__private::larder;
/// use larder::backend::Capabilities;
///
/// let plain = Capabilities { atomic_incr: true, ..Capabilities::NONE };
/// assert!(plain.atomic_incr && !plain.touch);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a claim of its own, and they combine freely")]
pub struct Capabilities {
    /// Of callers who `add` at once, one wins.
    pub atomic_add: bool,
    /// `incr` works, loses no count, and keeps the time that is left.
    pub atomic_incr: bool,
    /// `touch` works.
    pub touch: bool,
    /// `clear_scope` works. For a store where it does not, the engine clears a cache by giving its entries other names.
    pub clear_scope: bool,
    /// `begin_fill` and `set_if` work.
    pub conditional_fill: bool,
    /// Times are kept to the millisecond; else to the second, rounded up.
    pub sub_second: bool,
    /// A `get` ends when it is first polled, as a rule: the store is here, and waits for nobody. Then callers read side by
    /// side, and no one for others; it says how and not what, and so is no part of [`ALL`](Self::ALL).
    pub in_place: bool,
    /// `listen` works: whoever listens hears of every change, whoever made it. Few stores do, and so it is no part of
    /// [`ALL`](Self::ALL) either.
    pub tells: bool,
    /// `list` works: a person can see what is kept. Nothing else needs it, and so it is no part of [`ALL`](Self::ALL).
    pub lists: bool,
    /// The largest value it takes; `None` where there is no limit worth a mention.
    pub max_value_bytes: Option<u64>,
}

impl Capabilities {
    /// Nothing beyond what every store can do.
    pub const NONE: Self = Self {
        atomic_add: false,
        atomic_incr: false,
        touch: false,
        clear_scope: false,
        conditional_fill: false,
        sub_second: false,
        in_place: false,
        tells: false,
        lists: false,
        max_value_bytes: None,
    };

    /// Everything, and values of any size.
    pub const ALL: Self = Self {
        atomic_add: true,
        atomic_incr: true,
        touch: true,
        clear_scope: true,
        conditional_fill: true,
        sub_second: true,
        in_place: false,
        tells: false,
        lists: false,
        max_value_bytes: None,
    };

    /// Returns whether a value of so many bytes is within its limit.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use larder::backend::Capabilities;
    ///
    /// let small = Capabilities { max_value_bytes: Some(1_000), ..Capabilities::ALL };
    /// assert!(small.takes(1_000) && !small.takes(1_001));
    /// assert!(Capabilities::NONE.takes(usize::MAX), "it states no limit");
    /// ```
    #[must_use]
    pub fn takes(&self, bytes: usize) -> bool {
        self.max_value_bytes.is_none_or(|max| bytes as u64 <= max)
    }
}
