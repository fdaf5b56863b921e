//! Which status codes are kept.

use http::StatusCode;

/// What may be kept without saying a time: RFC 9110, 15.1, without 206, which is not a whole page.
const HEURISTIC: [u16; 11] = [200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501];

/// What is understood for the sake of `must-understand`: the final codes of RFC 9110 but for those that mean something
/// else to a cache (206, 304), and for 305, 306 and 418, which mean nothing.
const UNDERSTOOD: [u16; 37] = [
    200, 201, 202, 203, 204, 205, 300, 301, 302, 303, 307, 308, 400, 401, 402, 403, 404, 405, 406, 407, 408, 409, 410,
    411, 413, 414, 415, 417, 421, 422, 426, 500, 501, 502, 503, 504, 505,
];

/// Which status codes are kept, some with a time of their own.
///
/// By default those that HTTP lets a cache keep without being told to: 200, 203, 204, 300, 301, 308, 404, 405, 410,
/// 414.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statuses {
    listed: Vec<(StatusCode, Option<u64>)>,
    any: bool,
}

impl Default for Statuses {
    fn default() -> Self {
        let codes = HEURISTIC.into_iter().filter_map(|code| StatusCode::from_u16(code).ok());
        let listed = codes.filter(|status| !status.is_server_error()).map(|status| (status, None)).collect();
        Self { listed, any: false }
    }
}

impl Statuses {
    /// Keeps none, to begin a list with.
    #[must_use]
    pub fn none() -> Self {
        Self { listed: vec![], any: false }
    }

    /// Keeps the default ones and 501, and any other where the response says how long, or that it is public.
    #[must_use]
    pub fn any() -> Self {
        Self { any: true, ..Self::default().and(StatusCode::NOT_IMPLEMENTED) }
    }

    /// Keeps this one too.
    #[must_use]
    pub fn and(self, status: StatusCode) -> Self {
        self.with(status, None)
    }

    /// Keeps this one too, for this many seconds instead of the site's time.
    #[must_use]
    pub fn and_for(self, status: StatusCode, seconds: u64) -> Self {
        self.with(status, Some(seconds))
    }

    /// Does not keep this one.
    #[must_use]
    pub fn without(mut self, status: StatusCode) -> Self {
        self.listed.retain(|(listed, _)| *listed != status);
        self
    }

    fn with(self, status: StatusCode, time: Option<u64>) -> Self {
        let mut statuses = self.without(status);
        statuses.listed.push((status, time));
        statuses
    }

    /// Returns whether this one is kept; `explicit`: the response says how long, or that it is public.
    pub(super) fn keep(&self, status: StatusCode, explicit: bool) -> bool {
        is_whole(status) && (self.own(status).is_some() || self.any && explicit)
    }

    /// Returns the time of its own that this one has.
    pub(super) fn time(&self, status: StatusCode) -> Option<u64> {
        self.own(status)?.1
    }

    fn own(&self, status: StatusCode) -> Option<&(StatusCode, Option<u64>)> {
        self.listed.iter().find(|(listed, _)| *listed == status)
    }
}

/// Returns whether this is the whole answer to a request: no part, no interim answer, no answer to a condition.
fn is_whole(status: StatusCode) -> bool {
    !status.is_informational()
        && !matches!(
            status,
            StatusCode::PARTIAL_CONTENT
                | StatusCode::NOT_MODIFIED
                | StatusCode::PRECONDITION_FAILED
                | StatusCode::RANGE_NOT_SATISFIABLE
        )
}

/// Returns whether a cache may guess how long this one is fresh.
pub(super) fn is_heuristic(status: StatusCode) -> bool {
    HEURISTIC.contains(&status.as_u16())
}

pub(super) fn is_understood(status: StatusCode) -> bool {
    UNDERSTOOD.contains(&status.as_u16())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(statuses: &Statuses, explicit: bool) -> Vec<u16> {
        let all = (100..=999).filter_map(|code| StatusCode::from_u16(code).ok());
        all.filter(|status| statuses.keep(*status, explicit)).map(|status| status.as_u16()).collect()
    }

    #[test]
    fn by_default_those_are_kept_that_need_not_say_so_but_for_server_errors() {
        let default = [200, 203, 204, 300, 301, 308, 404, 405, 410, 414];
        assert_eq!(kept(&Statuses::default(), false), default);
        assert_eq!(kept(&Statuses::default(), true), default);
    }

    #[test]
    fn any_that_says_so_is_kept_but_for_those_that_are_no_pages() {
        assert_eq!(kept(&Statuses::any(), false), HEURISTIC);
        let refused = [206, 304, 412, 416];
        let expected: Vec<u16> = (200..=999).filter(|code| !refused.contains(code)).collect();
        assert_eq!(kept(&Statuses::any(), true), expected);
    }

    #[test]
    fn a_list_is_made_code_by_code_and_the_last_word_counts() {
        let (missing, found) = (StatusCode::NOT_FOUND, StatusCode::FOUND);
        let statuses = Statuses::none().and_for(missing, 10).and(found).and_for(found, 5).and(missing);
        assert_eq!(kept(&statuses, true), [302, 404]);
        assert_eq!((statuses.time(missing), statuses.time(found)), (None, Some(5)));
        assert_eq!(kept(&statuses.without(found), true), [404]);
        assert_eq!(kept(&Statuses::none().and(StatusCode::PARTIAL_CONTENT), true), [] as [u16; 0]);
    }
}
