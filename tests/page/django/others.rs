//! Where Larder answers otherwise than Django, step by step, and the line of `src/docs/pages_django.md` that says why.

use std::ops::Range;

/// What is seen in these steps of a scenario where Django shows something else: `name: value`, between bars; a dash for
/// what is not there.
pub struct Other {
    pub scenario: &'static str,
    pub why: &'static str,
    pub seen: &'static [(Range<usize>, &'static str)],
}

const fn other(scenario: &'static str, why: &'static str, seen: &'static [(Range<usize>, &'static str)]) -> Other {
    Other { scenario, why, seen }
}

const SHORTER: &str = "a page that says less than its layer";
const NAMES: &str = "names that are added to `Vary`";
const STATUSES: &str = "status codes";
const CONDITIONS: &str = "conditions of a request";
const HEAD: &str = "answers to `HEAD`";
const WRITES: &str = "what is written";
const NESTED: &str = "a layer in a layer";

/// The handler ran again, and its page was kept.
macro_rules! made {
    ($run:literal) => {
        concat!("from_cache: false | view_ran: true | stored: true | Age: - | counter: ", $run, " | body: n=", $run)
    };
}

/// The page that was made first was still there.
macro_rules! kept {
    () => {
        "from_cache: true | view_ran: false | stored: false | Age: 0 | counter: 1 | body: n=1"
    };
}

pub const OTHERS: &[Other] = &[
    other(
        "page_timeout_over_view_max_age",
        SHORTER,
        &[(0..4, "Expires: +10"), (1..2, made!(2)), (2..3, made!(3)), (3..4, "counter: 4 | body: n=4")],
    ),
    other(
        "view_max_age_zero_still_cached_by_cache_page",
        SHORTER,
        &[
            (0..1, "stored: false"),
            (0..2, "Expires: -"),
            (1..2, "from_cache: false | view_ran: true | Age: - | counter: 2 | body: n=2"),
        ],
    ),
    other(
        "view_expires_invalid",
        SHORTER,
        &[
            (0..1, "stored: false"),
            (0..2, "Cache-Control: -"),
            (1..2, "from_cache: false | view_ran: true | counter: 2 | body: n=2"),
        ],
    ),
    other(
        "view_max_age_garbage",
        "a page whose `max-age` is no number",
        &[(0..1, "status: 200 | counter: 1 | body: n=1 | Cache-Control: max-age=abc")],
    ),
    other("timeout_none_view_max_age", "a layer without a time", &[(0..3, "Expires: -")]),
    other(
        "timeout_float",
        "parts of a second",
        &[
            (0..3, "Cache-Control: max-age=1"),
            (1..2, "from_cache: false | view_ran: true | stored: true | Expires: +1 | counter: 2 | body: n=2"),
            (2..3, "counter: 3 | body: n=3"),
        ],
    ),
    other(
        "alias_unknown",
        "a cache that does not exist",
        &[(0..1, "status: 200 | view_ran: true | counter: 1 | body: n=1")],
    ),
    other("entry_limit_two_keys_per_page", "entries of a page", &[(5..8, kept!())]),
    other(
        "cc_no_cache_qualified",
        "`no-cache` with names of fields",
        &[
            (0..1, "stored: true"),
            (0..2, "Cache-Control: no-cache=\"Set-Cookie\", max-age=60 | Expires: +60"),
            (1..2, "from_cache: true | view_ran: false | Age: 0 | counter: 1 | body: n=1"),
        ],
    ),
    other(
        "vary_conditional_flip",
        "a page that forgets its `Vary`",
        &[(3..4, "Vary: Cookie | counter: 1 | body: private-of-u1 n=1")],
    ),
    other(
        "authorization_empty",
        "an empty `Authorization`",
        &[(0..1, "stored: false | Cache-Control: - | Expires: -"), (1..2, made!(2))],
    ),
    other(
        "status_204",
        STATUSES,
        &[
            (0..1, "stored: true"),
            (0..2, "Cache-Control: max-age=60 | Expires: +60"),
            (1..2, "from_cache: true | view_ran: false | Age: 0 | counter: 1"),
        ],
    ),
    other(
        "status_301",
        STATUSES,
        &[
            (0..1, "stored: true"),
            (0..2, "Cache-Control: max-age=60 | Expires: +60"),
            (1..2, "from_cache: true | view_ran: false | Age: 0 | counter: 1 | body: n=1"),
        ],
    ),
    other(
        "status_405",
        STATUSES,
        &[
            (0..1, "stored: true"),
            (0..2, "Cache-Control: max-age=60 | Expires: +60"),
            (1..2, "from_cache: true | view_ran: false | Age: 0 | counter: 1 | body: n=1"),
        ],
    ),
    other(
        "site_status_404",
        STATUSES,
        &[
            (0..1, "stored: true"),
            (0..2, "Cache-Control: max-age=600 | Expires: +600"),
            (1..2, "from_cache: true | view_ran: false | Age: 0 | counter: 1 | body: n=1"),
        ],
    ),
    other("status_304_headers_only", "a 304 of the handler's own", &[(0..2, "Cache-Control: - | Expires: -")]),
    other(
        "site_streaming",
        "pages that stream",
        &[
            (0..1, "stored: true"),
            (0..2, "Cache-Control: max-age=600 | Expires: +600"),
            (1..2, "from_cache: true | view_ran: false | Age: 0 | counter: 1 | body: n=1"),
        ],
    ),
    other("method_post", WRITES, &[(3..4, made!(4))]),
    other("method_delete", WRITES, &[(3..4, made!(4))]),
    other(
        "head_vary",
        HEAD,
        &[(1..2, "stored: false"), (3..4, "from_cache: false | view_ran: true | Age: - | counter: 3")],
    ),
    other("site_head_first", HEAD, &[(0..1, "stored: false")]),
    other(
        "nested_cache_page_short_outer",
        NESTED,
        &[
            (0..3, "Cache-Control: max-age=60"),
            (1..2, "Age: 9"),
            (
                2..3,
                "from_cache: true | view_ran: false | stored: false | counter: 1 | body: n=1 | Age: 11 | Expires: +49",
            ),
        ],
    ),
    other("last_modified_condition", CONDITIONS, &[(4..5, "body: ")]),
    other(
        "cache_over_condition",
        CONDITIONS,
        &[(1..2, "status: 304 | body: "), (2..3, "stored: true | counter: 1 | Age: 0"), (3..4, kept!())],
    ),
    other("site_session_wrong_order", "headers that nothing is told apart by", &[(0..2, "body: <absent> n=1 s=None")]),
    other("site_session_wrong_order", NAMES, &[(0..1, "Vary: cookie")]),
    other("vary_header", NAMES, &[(0..4, "Vary: x-a")]),
    other("vary_absent_vs_empty", NAMES, &[(0..4, "Vary: x-a")]),
    other("vary_cookie_whole_header", NAMES, &[(0..4, "Vary: cookie")]),
    other("accept_language_i18n_off", NAMES, &[(0..3, "Vary: accept-language")]),
    other("set_cookie_with_vary_not_cached", NAMES, &[(0..2, "Vary: cookie")]),
    other("head_vary", NAMES, &[(0..4, "Vary: x-a")]),
    other("gzip_under_cache", NAMES, &[(0..4, "Vary: accept-encoding")]),
    other("site_session_read", NAMES, &[(0..4, "Vary: cookie")]),
    other("site_full_stack", NAMES, &[(0..4, "Vary: accept-language, cookie")]),
];
