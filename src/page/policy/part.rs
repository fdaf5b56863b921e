//! May a part of a page be kept, and what is it worth then?

use http::header::VARY;
use http::{HeaderMap, StatusCode};

use super::{Facts, Policy, Refusal, Times, Wanted};
use crate::page::grammar::range;

impl Policy {
    /// Says what a part is worth, or why it is not kept: as what its whole page would be worth, which has to say a time
    /// itself and to have no variants, while the part has to say where it belongs.
    pub(crate) fn keep_part(&self, wanted: &Wanted, headers: &HeaderMap, times: Times) -> Result<Facts, Refusal> {
        if headers.contains_key(VARY) || range::content(headers).is_none() {
            return Err(Refusal::Part);
        }
        self.keep_explicit(wanted, StatusCode::OK, headers, times)
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};

    use super::*;

    #[test]
    fn a_part_is_kept_that_says_a_time_and_where_it_belongs() {
        let policy = Policy { usual: Some(60), time: Some(60), ..Policy::default() };
        let (time, place) = (("cache-control", "max-age=9"), ("content-range", "bytes 0-4/10"));
        let table: [(&[(&'static str, &'static str)], _); 6] = [
            (&[time, place], Ok(9000)),
            (&[place], Err(Refusal::NoTime)),
            (&[time], Err(Refusal::Part)),
            (&[time, ("content-range", "bytes 0-4/*")], Err(Refusal::Part)),
            (&[time, place, ("vary", "accept")], Err(Refusal::Part)),
            (&[("cache-control", "max-age=9, private"), place], Err(Refusal::Private)),
        ];
        for (lines, expected) in table {
            let pair = |&(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value));
            let headers = lines.iter().map(pair).collect();
            let kept = policy.keep_part(&Wanted::default(), &headers, Times::default());
            assert_eq!(kept.map(|facts| facts.fresh), expected, "{lines:?}");
        }
    }
}
