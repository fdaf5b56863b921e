//! Pages go after what they are made of, however the list of what a write invalidates is written.

use std::cell::Cell;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Waker};
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use larder::backend::{Backend, Capabilities, Memory, Remaining};
use larder::clock::Clock;
use larder::key::Name;
use larder::{Error, Settings, cache_page, cached, invalidates, testing};

use crate::play::Gate;
use crate::stack;

thread_local! {
    static SOURCE: Cell<u64> = const { Cell::new(1) };
}

#[cached(key = "bottom-up:price", cache = "outside")]
async fn price() -> u64 {
    SOURCE.get()
}

#[cache_page(60, key = "bottom-up:product", tags = ["bottom-up:pages"])]
async fn product() -> String {
    price().await.to_string()
}

#[invalidates(price(), product())]
async fn reprice() {
    SOURCE.set(2);
}

#[invalidates(product(), price())]
async fn reprice_upside_down() {
    SOURCE.set(2);
}

#[invalidates(|()| product(), price())]
async fn reprice_with_result() {
    SOURCE.set(2);
}

#[invalidates(product(), |()| price())]
async fn reprice_with_result_last() {
    SOURCE.set(2);
}

#[invalidates(tag = "bottom-up:pages", price())]
async fn reprice_with_tag() {
    SOURCE.set(2);
}

/// A store that stands still before it deletes something.
struct Gated {
    inner: Memory,
    gate: Gate,
}

impl Backend for Gated {
    fn capabilities(&self) -> Capabilities {
        Capabilities::NONE
    }

    async fn get(&self, name: &Name) -> Result<Option<Vec<u8>>, Error> {
        self.inner.get(name).await
    }

    async fn set(&self, name: &Name, value: &[u8], time: Option<Duration>) -> Result<(), Error> {
        self.inner.set(name, value, time).await
    }

    async fn add(&self, name: &Name, value: &[u8], time: Option<Duration>) -> Result<bool, Error> {
        self.inner.add(name, value, time).await
    }

    async fn delete(&self, name: &Name) -> Result<bool, Error> {
        self.gate.pass().await;
        self.inner.delete(name).await
    }

    async fn ttl(&self, name: &Name) -> Result<Option<Remaining>, Error> {
        self.inner.ttl(name).await
    }

    async fn clear_store(&self) -> Result<(), Error> {
        self.inner.clear_store().await
    }
}

/// Has somebody ask for the page while the price is about to be deleted, and returns what it says when that is done.
fn page_after(write: impl Future) -> String {
    let (clock, gate) = (Clock::manual(), Gate::new());
    let store = Arc::new(Gated { inner: Memory::new(clock.clone()), gate: gate.clone() });
    let _larder = testing::isolated_at(clock, [("outside", Settings::backend(store))]).unwrap();
    let app = Router::new().route("/", get(product));
    let page = || stack::get(&app, "/", &[]).text().to_owned();
    SOURCE.set(1);
    assert_eq!((page().as_str(), stack::get(&app, "/", &[]).is_hit()), ("1", true));
    let mut write = pin!(write);
    assert!(write.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    assert_eq!((gate.came(), page().as_str()), (1, "1"), "somebody is there in between");
    gate.let_go(9);
    testing::block_on(write);
    page()
}

#[test]
fn pages_are_invalidated_after_what_they_are_made_of_whatever_the_list_is_written_in() {
    assert_eq!(page_after(reprice()), "2");
    assert_eq!(page_after(reprice_upside_down()), "2");
    assert_eq!(page_after(reprice_with_result()), "2");
    assert_eq!(page_after(reprice_with_result_last()), "2");
    assert_eq!(page_after(reprice_with_tag()), "2");
}

#[test]
fn by_hand_the_page_is_invalidated_last() {
    let write = |is_page_last: bool| async move {
        SOURCE.set(2);
        if !is_page_last {
            product::invalidate().await;
        }
        price::invalidate().await;
        if is_page_last {
            product::invalidate().await;
        }
    };
    assert_eq!(page_after(write(true)), "2");
    assert_eq!(page_after(write(false)), "1", "it was made of the old price once more, and kept");
}
