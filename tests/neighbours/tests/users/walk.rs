//! One kind of page, and all who ask for it, in every way.

use std::collections::BTreeSet;
use std::time::Duration;

use http::HeaderName;
use http::header::{IF_NONE_MATCH, RANGE};
use larder::page;
use larder::testing::{self, Isolated};

use super::app::{Order, app};
use super::browser::Browser;
use super::table::{Row, Whose};
use crate::site::{Runs, Visit};
use crate::wire::Server;

/// How long it takes until what is kept for a minute is past its time.
const LATER: Duration = Duration::from_secs(61);

/// Somebody in front of a browser.
struct Seat {
    browser: Browser,
    language: &'static str,
    user: Option<&'static str>,
}

/// One kind of page, and all who ask for it.
pub struct Walk<'a> {
    row: &'a Row,
    order: Order,
    path: String,
    larder: Isolated,
    runs: Runs,
    _server: Server,
    seats: [Seat; 3],
}

impl<'a> Walk<'a> {
    async fn begin(row: &'a Row, order: Order) -> Self {
        let (larder, runs) = (testing::isolated(), Runs::default());
        let server = Server::of(app(&runs, order)).await;
        let seat =
            |language| Seat { browser: Browser::new(&server, larder.clock(), Some(language)), language, user: None };
        let seats = ["ann", "bob", "nobody"].map(seat);
        Self { row, order, path: format!("/{}", row.name), larder, runs, _server: server, seats }
    }

    /// Goes through all that two users and a stranger can do.
    pub async fn through(row: &Row, order: Order) {
        let mut walk = Walk::begin(row, order).await;
        walk.log_in(0, "ann").await;
        walk.log_in(1, "bob").await;
        walk.in_turn().await;
        walk.in_part().await;
        walk.at_once().await;
        walk.past_its_time().await;
        walk.in_browsers().await;
        walk.in_one_browser().await;
    }

    /// Goes through what those can do whom nobody recognizes.
    pub async fn of_strangers(row: &Row, order: Order) {
        let mut walk = Walk::begin(row, order).await;
        walk.log_in(0, "ann").await;
        walk.log_in(1, "bob").await;
        // Of a cookie that the handler's guard reads by itself, nothing is hidden from that.
        if !row.name.contains("ticket") {
            walk.seats.iter_mut().for_each(|seat| seat.user = None);
        }
        for _ in 0..2 {
            walk.each_shows("where all are strangers").await;
            walk.all_fetch("where all are strangers, at once").await;
        }
    }

    async fn log_in(&mut self, seat: usize, name: &'static str) {
        self.seats[seat].browser.log_in(name).await;
        self.seats[seat].user = Some(name);
    }

    async fn log_out(&mut self, seat: usize) {
        self.seats[seat].browser.log_out().await;
        self.seats[seat].user = None;
    }

    /// One after another, past what browsers keep: as many pages are made as the table says.
    async fn in_turn(&self) {
        for _tab in 0..3 {
            for seat in &self.seats {
                self.is_for(&seat.browser.fetch(&self.path).await, seat, "in turn");
            }
        }
        let asked = self.seats.iter().filter(|seat| self.whose(seat) != Whose::Refused).count() * 3;
        assert_eq!(self.runs.get(), self.row.made.unwrap_or(asked), "{}: pages made", self.path);
    }

    /// The head alone, a part, and what another one has already.
    async fn in_part(&self) {
        self.forget();
        let mut tags = BTreeSet::new();
        for round in ["first", "kept"] {
            for seat in &self.seats {
                let head = self.send(seat, "HEAD", &[]).await;
                assert!(head.body.is_empty(), "{}", self.path);
                self.is_for(&head, seat, "HEAD");
                self.is_for(&self.send(seat, "GET", &[(RANGE, "bytes=0-1")]).await, seat, "a part");
                let page = seat.browser.fetch(&self.path).await;
                self.is_for(&page, seat, round);
                tags.extend(page.header("etag").map(|tag| (tag.to_owned(), whom(&page))));
            }
        }
        for (tag, whom) in &tags {
            for seat in &self.seats {
                let page = self.send(seat, "GET", &[(IF_NONE_MATCH, tag)]).await;
                let is_told_so = page.status == 304;
                assert!(!is_told_so || self.may_see(seat, whom), "{}: {:?} has {whom}'s page", self.path, seat.user);
                if !is_told_so {
                    self.is_for(&page, seat, "another's tag");
                }
            }
        }
    }

    async fn at_once(&self) {
        self.forget();
        let before = self.runs.get();
        self.all_fetch("at once").await;
        let made = self.runs.get() - before;
        assert!(self.row.made.is_none_or(|expected| made == expected), "{}: {made} made at once", self.path);
        self.all_fetch("at once again").await;
    }

    /// Past their time pages are made anew: for whoever asks, or behind an answer that goes to somebody else.
    async fn past_its_time(&self) {
        for round in 0..2 {
            self.larder.advance(LATER);
            for seat in self.seats.iter().cycle().skip(round).take(3) {
                self.is_for(&seat.browser.fetch(&self.path).await, seat, "past its time");
                self.larder.settle().await;
            }
            self.larder.advance(LATER);
            self.all_fetch("past its time, at once").await;
            self.larder.settle().await;
            self.each_fetches("after that").await;
        }
        self.forget();
        self.each_fetches("invalidated").await;
    }

    /// Out of what browsers keep.
    async fn in_browsers(&self) {
        let shown = || self.seats.iter().map(|seat| seat.browser.shown()).sum::<usize>();
        for _tab in 0..3 {
            self.each_shows("in a browser").await;
        }
        assert_eq!(shown() > 0, self.row.is_kept_by_browsers, "{}: shown without asking", self.path);
        self.larder.advance(LATER);
        self.each_shows("in a browser, past its time").await;
    }

    /// Whoever logs in where another one was gets nothing of theirs.
    async fn in_one_browser(&mut self) {
        for name in ["bob", "ann"] {
            self.each_shows("before the log-out").await;
            self.log_out(0).await;
            self.each_shows("after the log-out").await;
            self.each_fetches("after the log-out, past the browser").await;
            self.log_in(0, name).await;
            self.each_shows("after the log-in").await;
            self.each_fetches("after the log-in, past the browser").await;
            self.all_fetch("after the log-in, at once").await;
        }
    }

    async fn each_fetches(&self, when: &str) {
        for seat in &self.seats {
            self.is_for(&seat.browser.fetch(&self.path).await, seat, when);
        }
    }

    async fn each_shows(&self, when: &str) {
        for seat in &self.seats {
            self.is_for(&seat.browser.show(&self.path).await, seat, when);
        }
    }

    /// Three tabs of each, all at once.
    async fn all_fetch(&self, when: &str) {
        let tabs: Vec<_> = (0..9)
            .map(|tab| {
                let (browser, path) = (self.seats[tab % 3].browser.clone(), self.path.clone());
                tokio::spawn(async move { browser.fetch(&path).await })
            })
            .collect();
        for (tab, visit) in tabs.into_iter().enumerate() {
            self.is_for(&visit.await.expect("an answer"), &self.seats[tab % 3], when);
        }
    }

    async fn send(&self, seat: &Seat, method: &str, headers: &[(HeaderName, &str)]) -> Visit {
        seat.browser.send(method, &self.path, headers, "").await
    }

    fn forget(&self) {
        page::invalidate_blocking(&self.path).expect("a pattern");
    }

    fn whose(&self, seat: &Seat) -> Whose {
        if seat.user.is_some() { self.row.members } else { self.row.strangers }
    }

    fn may_see(&self, seat: &Seat, whom: &str) -> bool {
        match self.whose(seat) {
            Whose::Own => seat.user == Some(whom),
            Whose::Nobodys => whom == "nobody",
            Whose::AMembers => ["ann", "bob"].contains(&whom),
            Whose::OfTheBrowser => whom == seat.language,
            Whose::Refused => false,
        }
    }

    /// Nobody gets what was made for another.
    fn is_for(&self, visit: &Visit, seat: &Seat, when: &str) {
        let what = || format!("{} ({:?}): {:?}, {when}: {visit:?}", self.path, self.order, seat.user);
        if self.whose(seat) == Whose::Refused {
            assert_eq!((visit.status.as_u16(), visit.header("location")), (303, Some("/login")), "{}", what());
            return;
        }
        let expected = match self.row.name {
            name if name.starts_with("missing") => 404,
            "moved" => 308,
            _ if visit.status == 206 => 206,
            _ => 200,
        };
        assert_eq!(visit.status, expected, "{}", what());
        assert!(self.may_see(seat, &whom(visit)), "{}", what());
        if [Whose::Own, Whose::AMembers].contains(&self.row.members) {
            let says = visit.header("cache-control").unwrap_or_default();
            assert!(says.contains("private") && !says.contains("public"), "{}", what());
        }
        let text = String::from_utf8_lossy(&visit.body);
        if let Some((_, token)) = text.split_once(" token of ") {
            assert_eq!(token, seat.user.unwrap_or("nobody"), "{}", what());
        }
    }
}

/// Says for whom a page was made: all that it says of that is the same.
fn whom(visit: &Visit) -> String {
    let text = String::from_utf8_lossy(&visit.body);
    let in_text = text.split_once(" for ").map(|(_, rest)| rest.split(' ').next().unwrap_or_default().to_owned());
    let in_head = visit.header("x-for").map(ToOwned::to_owned);
    let in_place = visit.header("location").and_then(|place| place.strip_prefix("/at/")).map(ToOwned::to_owned);
    let cookie = visit.header("set-cookie").and_then(|line| line.strip_prefix("seen="));
    let in_cookie = cookie.filter(|whom| *whom != "yes" && !whom.is_empty()).map(ToOwned::to_owned);
    let said: Vec<_> = [in_text, in_head, in_place, in_cookie].into_iter().flatten().collect();
    assert!(said.iter().all(|whom| *whom == said[0]), "a page of two: {visit:?}");
    said.into_iter().next().unwrap_or("nobody".to_owned())
}
