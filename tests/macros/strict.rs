//! `strict`, and time limits: trouble becomes the function's own error.

use std::time::Duration;

use larder::testing;
use larder::{Error, Kind, cached};

#[derive(Clone, Debug)]
enum LoadError {
    Cache(Kind),
}

impl From<Error> for LoadError {
    fn from(error: Error) -> Self {
        Self::Cache(error.kind())
    }
}

#[cached(key = "strict:unknown:<n>", cache = "nobody-configured-this", strict)]
fn strict(n: u8) -> Result<u8, LoadError> {
    Ok(n)
}

#[cached(key = "strict:lenient:<n>", cache = "nobody-configured-this")]
fn lenient(n: u8) -> Result<u8, LoadError> {
    Ok(n)
}

#[test]
fn trouble_of_the_cache_is_an_error_only_where_that_was_asked_for() {
    assert!(matches!(strict(1), Err(LoadError::Cache(Kind::UnknownCache))));
    assert!(matches!(lenient(1), Ok(1)));
}

#[test]
fn a_refresh_says_no_less_than_a_call() {
    assert!(matches!(strict::refresh(1), Err(LoadError::Cache(Kind::UnknownCache))));
    assert!(matches!(lenient::refresh(1), Ok(1)));
}

#[cached(key = "strict:given_up:<n>", timeout = 5)]
async fn given_up(n: u8) -> Result<u8, LoadError> {
    if n == 0 {
        std::future::pending::<()>().await;
    }
    Ok(n)
}

#[tokio::test]
async fn a_body_over_its_hard_limit_is_an_error_of_the_function() {
    let larder = testing::isolated();
    let (slow, ()) = tokio::join!(given_up(0), async {
        tokio::task::yield_now().await;
        larder.advance(Duration::from_secs(6));
    });
    assert!(matches!(slow, Err(LoadError::Cache(Kind::Timeout))));
    assert!(matches!(given_up(1).await, Ok(1)));
}
