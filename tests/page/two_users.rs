//! Walks through `two_users.txt`: whose page does whom get?

use std::cell::Cell;
use std::time::Duration;

use axum::body::Body;
use http::{HeaderName, HeaderValue, Request, Response};
use larder::page::CacheLayer;
use larder::testing::{self, Isolated};

use super::site::{Around, Next, RENEWS_BEHIND, Site};
use super::stack::{Runs, ask, counted, said};
use crate::visit::{Visit, Who, request, response};

const TABLE: &str = include_str!("two_users.txt");

/// Who asks, in the order in which they do. The first one's page is the one that could reach the others.
const VISITORS: [&str; 6] = ["ann", "bob", "ann", "nobody", "bob", "nobody"];

/// How long it takes until everything is stale: what says nothing of its time is kept for five minutes.
const LATER: Duration = Duration::from_secs(301);

/// What of it a page is made from, and what the pages of several visitors have to do with each other.
struct Case {
    name: String,
    /// What tells who asks.
    input: String,
    relation: &'static str,
    /// Whether the handler gets to see who asks, and reads it.
    is_seen: bool,
    /// Whether what is kept may be handed out stale.
    is_plain: bool,
    make: Box<dyn Fn(CacheLayer) -> (Site, Runs)>,
    layer: CacheLayer,
}

/// One line of the table: its cells, and how often it counted.
struct Row {
    cells: Vec<Vec<&'static str>>,
    counted: Cell<usize>,
}

fn lines(word: &str) -> impl Iterator<Item = Vec<&'static str>> {
    let rest = move |line: &'static str| line.strip_prefix(word)?.strip_prefix(' ');
    TABLE.lines().filter_map(rest).map(|line| line.split('|').map(str::trim).collect())
}

fn rows(word: &str) -> Vec<Row> {
    let cells = |line: Vec<&'static str>| line.into_iter().map(|cell| cell.split(' ').collect()).collect();
    lines(word).map(|line| Row { cells: cells(line), counted: Cell::new(0) }).collect()
}

/// Returns what the first row says that fits.
fn expected(rows: &[Row], case: &[&str]) -> Option<&'static str> {
    let fits = |row: &&Row| case.iter().zip(&row.cells).all(|(word, cell)| cell.contains(word) || cell == &["*"]);
    let row = rows.iter().find(fits)?;
    row.counted.set(row.counted.get() + 1);
    Some(row.cells[case.len()][0])
}

fn own_header(input: &str) -> &'static str {
    match input {
        "cookie" => "Cookie",
        "authorization" => "Authorization",
        "language" => "Accept-Language",
        _ => "X-User",
    }
}

fn cache_that_is_told(site: &str, own: &str) -> CacheLayer {
    let layer = CacheLayer::new();
    match site {
        "default" => layer,
        "vary" => layer.vary(own),
        "vary_cookie" => layer.vary_cookie("user"),
        "vary_extension" => layer.vary_extension::<Who>(),
        "see" => layer.see(own),
        "see_everything" => layer.see_everything(),
        "query_page" => layer.query(["page"]),
        "query_user" => layer.query(["user"]),
        "keep_cookies" => layer.keep_cookies(),
        "rfc" => CacheLayer::rfc(),
        other => panic!("no cache is told `{other}`"),
    }
}

/// Reads who asks; `nobody` where that cannot be seen.
fn who(input: &str, request: &Request<Body>) -> String {
    let told = match input {
        "query" => request.uri().query().and_then(|query| query.strip_prefix("user=")).unwrap_or_default().to_owned(),
        "session" => request.extensions().get().map_or(String::new(), |Who(name)| name.clone()),
        "cookie" => said(request, "cookie").trim_start_matches("user=").to_owned(),
        header => said(request, own_header(header)),
    };
    if told.is_empty() { "nobody".to_owned() } else { told }
}

/// Asks as somebody.
fn ask_as(input: &str, method: &str, user: &str) -> Request<Body> {
    match (input, user) {
        (_, "nobody") => request(method, "/page", &[]),
        ("query", _) => request(method, &format!("/page?user={user}"), &[]),
        ("cookie" | "session", _) => request(method, "/page", &[("cookie", &format!("user={user}"))]),
        _ => request(method, "/page", &[(own_header(input), user)]),
    }
}

/// A page that says whom it was made for, in its head and in its body, and can be asked whether it still is.
fn page_for(user: &str, says: &[(&str, &str)], request: &Request<Body>) -> Response<Body> {
    let tag = format!("\"{user}\"");
    let is_known = said(request, "if-none-match") == tag;
    let mut page = if is_known { response(304, says, "") } else { response(200, says, format!("for {user}")) };
    for (name, value) in [("etag", &*tag), ("x-seen", user)] {
        page.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_str(value).expect("a value"));
    }
    page
}

/// The cases of the first part of the table: all there are.
fn cases(rows: &[Row]) -> Vec<Case> {
    let mut cases = Vec::new();
    for input in ["cookie", "authorization", "header", "query", "language"] {
        for reads in ["echoes", "ignores"] {
            for says in lines("says") {
                for sees in lines("sees") {
                    let relation = expected(rows, &[input, reads, says[0], sees[0]]).expect("a row that fits");
                    cases.push(case(input, reads, &says, &sees, relation));
                }
            }
        }
    }
    cases
}

fn case(input: &'static str, reads: &str, says: &[&'static str], sees: &[&str], relation: &'static str) -> Case {
    let own = own_header(input);
    let header = |line: &&'static str| line.split_once(": ").expect("a header");
    let headers: Vec<_> =
        says[1..].iter().map(header).map(|(name, value)| (name, if value == "own" { own } else { value })).collect();
    let reads_it = reads == "echoes";
    let make = move |layer: CacheLayer| {
        let headers = headers.clone();
        let (site, runs) = counted(move |request| {
            let user = if reads_it { who(input, request) } else { "nobody".to_owned() };
            page_for(&user, &headers, request)
        });
        (site.layer(layer), runs)
    };
    Case {
        name: format!("{input} {reads}, says {}, {}", says[0], sees[0]),
        input: input.to_owned(),
        relation,
        is_seen: reads_it && sees[1].split(' ').any(|seen| seen == input),
        is_plain: ["max-age", "vary-own"].contains(&says[0]),
        make: Box::new(make),
        layer: cache_that_is_told(sees[0], own),
    }
}

/// The cases of the second part: those that it lists.
fn orders(rows: &[Row]) -> Vec<Case> {
    let sites = ["default", "vary", "vary_cookie", "see", "vary_extension"];
    let of_row = |row: &Row| {
        let [reads, inside, outside, told, relation] = &*row.cells else { panic!("a row of five cells") };
        let (reads, inside, outside, relation) = (reads[0], inside.clone(), outside.clone(), relation[0]);
        let told = if told == &["*"] { sites.to_vec() } else { told.clone() };
        told.into_iter().map(move |site| order(reads, &inside, &outside, site, relation)).collect::<Vec<_>>()
    };
    rows.iter().flat_map(of_row).collect()
}

fn order(
    reads: &'static str,
    inside: &[&'static str],
    outside: &[&'static str],
    site: &'static str,
    relation: &'static str,
) -> Case {
    let is_shown = ["see", "vary", "vary_cookie"].contains(&site) || outside.contains(&"session");
    let (name, outside) = (format!("{reads}, {inside:?} inside, {outside:?} outside, {site}"), outside.to_vec());
    let inside = inside.to_vec();
    let make = move |layer: CacheLayer| {
        let (site, runs) = counted(move |request| page_for(&who(reads, request), &[], request));
        let site = inside.iter().fold(site, |site, name| with(site, name)).layer(layer);
        (outside.iter().fold(site, |site, name| with(site, name)), runs)
    };
    Case {
        name,
        input: reads.to_owned(),
        relation,
        is_seen: is_shown,
        is_plain: true,
        make: Box::new(make),
        layer: cache_that_is_told(site, "Cookie"),
    }
}

/// Puts a layer of this name around it.
fn with(site: Site, name: &'static str) -> Site {
    if name == "-" {
        return site;
    }
    site.around(move |request, next| through(name, request, next))
}

async fn through(name: &str, mut request: Request<Body>, next: Next) -> Response<Body> {
    let user = who("cookie", &request);
    if name == "session" {
        request.extensions_mut().insert(Who(user.clone()));
    }
    let mut response = next.run(request).await;
    let added = match name {
        "vary" => ("vary", "Cookie"),
        "private" => ("cache-control", "private"),
        "cookie" => ("set-cookie", &*user),
        _ => return response,
    };
    response.headers_mut().append(added.0, HeaderValue::from_str(added.1).expect("a value"));
    response
}

impl Case {
    fn begin(&self, change: impl FnOnce(CacheLayer) -> CacheLayer) -> (Isolated, Site, Runs) {
        let larder = testing::isolated();
        let (site, runs) = (self.make)(change(self.layer.clone()));
        (larder, site, runs)
    }

    fn visit(&self, site: &Site, method: &str, user: &str) -> Visit {
        let visit = testing::block_on(ask(site, ask_as(&self.input, method, user)));
        self.is_for(&visit, user, method);
        visit
    }

    /// Nobody is handed what was made for another, unless the author has declared it.
    fn is_for(&self, visit: &Visit, user: &str, what: &str) {
        let own = ["nobody", if self.is_seen { user } else { "nobody" }];
        let name = &self.name;
        let seen = visit.header("x-seen").filter(|_| name.contains("-named"));
        assert!(seen.is_none_or(|seen| own.contains(&&*seen)), "{name}: {user} gets a line that is named ({what})");
        if self.relation == "shared" {
            return;
        }
        if let Some(seen) = visit.header("x-seen") {
            assert!(own.contains(&&*seen), "{name}: {user} gets the head of {seen} ({what})");
        }
        if !visit.body.is_empty() {
            let text = visit.text();
            assert!(own.iter().any(|own| text == format!("for {own}")), "{name}: {user} gets `{text}` ({what})");
        }
        if let Some(cookie) = visit.header("set-cookie").filter(|cookie| cookie != "visited=yes") {
            assert!(cookie == user || cookie == "nobody", "{name}: {user} gets the cookie {cookie} ({what})");
        }
    }

    /// One after another: exactly what the table says, no more and no less.
    fn one_after_another(&self) {
        let (_larder, site, runs) = self.begin(|layer| layer);
        let visits = VISITORS.map(|user| self.visit(&site, "GET", user));
        let texts = visits.each_ref().map(Visit::text);
        let hits = visits.each_ref().map(Visit::is_hit);
        let own = VISITORS.map(|user| format!("for {}", if self.is_seen { user } else { "nobody" }));
        let first = [&*own[0]; 6];
        let own = own.each_ref().map(|text| &**text);
        let (texts_expected, hits_expected, made) = match self.relation {
            "one" | "shared" => (first, [false, true, true, true, true, true], 1),
            "apart" => (own, [false, false, true, false, true, true], 3),
            // Who is not authorized is nobody's business: that page is kept.
            "anew" if self.input == "authorization" && hits[5] => (own, [false, false, false, false, false, true], 5),
            "anew" => (own, [false; 6], 6),
            other => panic!("no two pages are `{other}`"),
        };
        assert_eq!((texts, hits, runs.get()), (texts_expected, hits_expected, made), "{}", self.name);
    }

    /// A head makes no page, and shows nothing of another's.
    fn heads_first(&self) {
        let (_larder, site, _) = self.begin(|layer| layer);
        for user in VISITORS {
            let head = self.visit(&site, "HEAD", user);
            assert!(head.body.is_empty() && head.status == 200, "{}", self.name);
            let page = self.visit(&site, "GET", user);
            assert!(!page.body.is_empty() && page.status == 200, "{}", self.name);
        }
    }

    /// All at once: nobody's page is made before all have asked.
    fn at_once(&self) {
        let (_larder, site, runs) = self.begin(|layer| layer);
        for round in ["at once", "at once again"] {
            let visits = runs.together(&site, VISITORS.map(|user| ask_as(&self.input, "GET", user)));
            for (visit, user) in visits.iter().zip(VISITORS) {
                assert_eq!(visit.status, 200, "{}", self.name);
                self.is_for(visit, user, round);
            }
        }
        if self.relation == "one" {
            assert_eq!(runs.get(), 1, "{}: one page for all who wait", self.name);
        }
    }

    /// Stale pages, and those that are made behind them.
    fn stale(&self) {
        let (larder, site, runs) = self.begin(|layer| layer.stale(3600));
        for round in 0..3 {
            for (at, user) in VISITORS.into_iter().enumerate() {
                let visit = self.visit(&site, "GET", user);
                let is_kept = ["one", "apart"].contains(&self.relation) && self.is_plain;
                let is_first = if self.relation == "one" { at == 0 } else { !VISITORS[..at].contains(&user) };
                let is_old = RENEWS_BEHIND || !is_first;
                assert!(!is_kept || round == 0 || visit.is_hit() == is_old, "{}: {:?}", self.name, visit.headers);
            }
            runs.together(&site, VISITORS.map(|user| ask_as(&self.input, "GET", user)))
                .iter()
                .zip(VISITORS)
                .for_each(|(visit, user)| self.is_for(visit, user, "stale, at once"));
            larder.advance(LATER);
        }
    }

    /// Pages whose time is over, and which are asked for anew with their tags.
    fn asked_again(&self) {
        let (larder, site, _) = self.begin(|layer| layer);
        for round in 0..3 {
            for user in ["bob", "ann", "nobody", "bob"].iter().cycle().skip(round).take(4) {
                self.visit(&site, "HEAD", user);
                self.visit(&site, "GET", user);
            }
            larder.advance(LATER);
        }
        if ["one", "apart"].contains(&self.relation) && self.is_plain {
            let status = self.visit(&site, "GET", "ann").header("cache-status");
            assert!(status.is_some_and(|status| status.contains("fwd-status=304")), "{}", self.name);
        }
    }

    fn walk(&self) {
        self.one_after_another();
        // Of a page in which nobody is named, nothing can be handed on.
        if self.name.contains("ignores") {
            return;
        }
        self.heads_first();
        self.at_once();
        self.stale();
        self.asked_again();
    }
}

#[test]
fn no_page_of_one_user_reaches_another_unless_its_author_says_so() {
    let rows = rows("case");
    let cases = cases(&rows);
    assert!(cases.len() > 1000, "{}", cases.len());
    cases.iter().for_each(Case::walk);
    for row in rows {
        assert!(row.counted.get() > 0, "no case is left for this row: {:?}", row.cells);
    }
}

#[test]
fn what_layers_around_a_cache_do_reaches_nobody_else_unless_they_tell_the_handler() {
    orders(&rows("order")).iter().for_each(Case::walk);
}
