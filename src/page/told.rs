//! What an answer with a page says in its head: what the page says, how old it is, and where it comes from.

use std::sync::RwLock;

use http::header::{AGE, CACHE_CONTROL};
use http::{HeaderMap, HeaderValue};

use super::grammar::list;
use super::lasting;
use super::status::Status;

/// The headers of the last answer. A page that is asked for often says the same for a second: they are copied as they
/// are, which is cheaper than to copy those of the page and to add to them, since a copy has no room for more.
#[derive(Debug, Default)]
pub(super) struct Told(RwLock<Option<Last>>);

#[derive(Debug)]
struct Last {
    news: News,
    headers: HeaderMap,
}

/// What an answer says beside its page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct News {
    pub(super) age: u64,
    /// How long browsers may keep it, where that is to differ.
    pub(super) browser: Option<u64>,
    /// Where it comes from, if that is to be said.
    pub(super) status: Option<Status>,
}

impl News {
    /// Adds them to headers of a page.
    pub(super) fn add_to(&self, headers: &mut HeaderMap) {
        self.write(headers);
        if let Some(status) = self.status {
            status.add(headers);
        }
    }

    /// Writes them over older ones, where there are as many.
    fn replace_in(&self, headers: &mut HeaderMap) {
        self.write(headers);
        if let Some(status) = self.status {
            status.replace(headers);
        }
    }

    fn write(&self, headers: &mut HeaderMap) {
        headers.insert(AGE, HeaderValue::from(self.age));
        if let Some(browser) = self.browser {
            let value = for_browsers(headers, self.age.saturating_add(browser));
            headers.insert(CACHE_CONTROL, value);
        }
    }

    fn has_the_lines_of(&self, other: &Self) -> bool {
        self.browser.is_some() == other.browser.is_some() && self.status.is_some() == other.status.is_some()
    }
}

impl Told {
    /// Returns the headers of an answer, made of those of the page. Nobody waits for anybody: who comes while they are
    /// written makes headers of their own.
    #[inline]
    pub(super) fn headers(&self, news: &News, page: impl Fn() -> HeaderMap) -> HeaderMap {
        if let Ok(last) = self.0.try_read()
            && let Some(last) = last.as_ref().filter(|last| last.news == *news)
        {
            return last.headers.clone();
        }
        self.renewed(news, page)
    }

    #[cold]
    fn renewed(&self, news: &News, page: impl Fn() -> HeaderMap) -> HeaderMap {
        let anew = || {
            let mut headers = page();
            news.add_to(&mut headers);
            headers
        };
        let Ok(mut last) = self.0.try_write() else { return anew() };
        let mut headers = match last.take() {
            Some(Last { news: old, mut headers }) if news.has_the_lines_of(&old) => {
                news.replace_in(&mut headers);
                headers
            }
            _ => anew(),
        };
        lasting::settle(&mut headers);
        last.insert(Last { news: *news, headers }).headers.clone()
    }
}

/// Returns what browsers are told beside what the page says: they count from when it was made, and not from when they get
/// it.
fn for_browsers(page: &HeaderMap, seconds: u64) -> HeaderValue {
    let is_time = |word: &[u8]| word.get(..7).is_some_and(|name| name.eq_ignore_ascii_case(b"max-age"));
    let mut text: Vec<u8> = Vec::new();
    for word in list::elements(page, &CACHE_CONTROL).filter(|word| !is_time(word)) {
        text.extend_from_slice(word);
        text.extend_from_slice(b", ");
    }
    text.extend_from_slice(format!("max-age={seconds}").as_bytes());
    HeaderValue::from_bytes(&text).expect("what was in a header fits into one")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page() -> HeaderMap {
        let lines = [("cache-status", "inner; hit"), ("age", "7"), ("x-page", "yes")];
        lines.into_iter().map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value))).collect()
    }

    fn news(age: u64, left: i64) -> News {
        News { age, browser: None, status: Some(Status::hit(left)) }
    }

    fn anew(news: &News) -> HeaderMap {
        let mut headers = page();
        news.add_to(&mut headers);
        headers
    }

    #[test]
    fn news_are_written_over_older_ones_and_nothing_of_the_page_is() {
        let told = Told::default();
        let quiet = News { status: None, ..news(4, 0) };
        let browser = News { browser: Some(60), ..news(5, 55) };
        for news in [news(1, 59), news(1, 58), news(2, 58), quiet, browser, News { age: 6, ..browser }, news(7, 53)] {
            assert_eq!(told.headers(&news, page), anew(&news), "{news:?}");
            assert_eq!(told.headers(&news, || panic!("it was told a moment ago")), anew(&news), "{news:?}");
        }
        let lines = told.headers(&news(8, 52), page);
        let lines: Vec<_> = lines.get_all("cache-status").iter().collect();
        assert_eq!(lines, ["inner; hit", "larder; hit; ttl=52"]);
    }

    #[test]
    fn nobody_waits_for_those_who_write() {
        let told = Told::default();
        let _writing = told.0.write().unwrap();
        assert_eq!(told.headers(&news(3, 57), page), anew(&news(3, 57)));
    }
}
