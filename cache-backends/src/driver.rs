//! The thread that sockets to servers belong to.
//!
//! A socket is woken by the runtime that it was opened in, and the runtimes of our callers come and go: each
//! `#[tokio::test]` has one, and a plain function has none. So there is one of our own for the process. It runs none of
//! the work: a future that is [`entered`] is polled where its caller stands, and this thread only wakes it.

use std::future::{Future, pending};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::{io, thread};

use cache_core::error::{Error, Kind};
use once_cell::sync::OnceCell;
use pin_project_lite::pin_project;
use tokio::runtime::{Builder, Handle};

/// Makes a future that stands in the driver's runtime whenever it is polled, and when it is dropped.
///
/// # Errors
///
/// When there is no driver, and the system gives none.
pub(crate) fn entered<F: Future>(future: F) -> Result<Entered<F>, Error> {
    Ok(Entered { future: Some(future), driver: driver()? })
}

/// Runs work on the driver's thread; gives it back where there is none. What it does is to wait, mostly.
pub(crate) fn run_beside<F: Future<Output = ()> + Send + 'static>(work: F) -> Option<F> {
    match driver() {
        Ok(driver) => {
            driver.spawn(work);
            None
        }
        Err(_) => Some(work),
    }
}

fn driver() -> Result<&'static Handle, Error> {
    static DRIVER: OnceCell<Handle> = OnceCell::new();
    let failed = |error| Error::new(Kind::Store, "no thread for connections can be started").with_source(error);
    DRIVER.get_or_try_init(start).map_err(failed)
}

fn start() -> io::Result<Handle> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let handle = runtime.handle().clone();
    thread::Builder::new().name("larder-driver".into()).spawn(move || runtime.block_on(pending::<()>()))?;
    Ok(handle)
}

pin_project! {
    /// A future that stands in the driver's runtime.
    pub(crate) struct Entered<F> {
        #[pin]
        future: Option<F>,
        driver: &'static Handle,
    }

    impl<F> PinnedDrop for Entered<F> {
        // A connection that closes, and a timer that is not needed any more, look for their runtime too.
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            let _inside = this.driver.enter();
            this.future.set(None);
        }
    }
}

impl<F: Future> Future for Entered<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let _inside = this.driver.enter();
        this.future.as_pin_mut().expect("it is there until this is dropped").poll(context)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use cache_core::testing::block_on;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};

    use super::*;

    /// Opens a connection to itself, and sends a byte through it.
    async fn through_a_socket(byte: u8) -> u8 {
        let (mut near, mut far) = connection().await;
        far.write_all(&[byte]).await.expect("an open connection");
        near.read_u8().await.expect("the byte")
    }

    async fn connection() -> (TcpStream, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let near = TcpStream::connect(listener.local_addr().expect("its port")).await.expect("a listener");
        (near, listener.accept().await.expect("a caller").0)
    }

    fn runtime() -> tokio::runtime::Runtime {
        Builder::new_current_thread().build().expect("a runtime without sockets or timers")
    }

    #[test]
    fn a_socket_works_where_there_is_no_runtime() {
        assert_eq!(block_on(entered(through_a_socket(7)).expect("a driver")), 7);
    }

    #[test]
    fn a_socket_works_in_a_runtime_that_has_none() {
        assert_eq!(runtime().block_on(entered(through_a_socket(7)).expect("a driver")), 7);
    }

    #[test]
    fn a_socket_outlives_the_runtime_that_its_first_user_stood_in() {
        let (mut near, mut far) = runtime().block_on(entered(connection()).expect("a driver"));
        let later = async {
            far.write_all(&[7]).await.expect("an open connection");
            near.read_u8().await.expect("the byte")
        };
        assert_eq!(runtime().block_on(entered(later).expect("a driver")), 7);
    }

    #[test]
    fn several_threads_use_it_at_once() {
        let threads: Vec<_> =
            (0..8).map(|n| thread::spawn(move || block_on(entered(through_a_socket(n)).expect("a driver")))).collect();
        let bytes: Vec<_> = threads.into_iter().map(|thread| thread.join().expect("no panic")).collect();
        assert_eq!(bytes, [0, 1, 2, 3, 4, 5, 6, 7]);
    }

    #[test]
    fn there_is_one_driver_and_it_has_a_name() {
        let name = || thread::current().name().map(str::to_owned);
        let where_it_runs = async { tokio::spawn(async move { (name(), thread::current().id()) }).await };
        let first = block_on(entered(where_it_runs).expect("a driver")).expect("no panic");
        let where_it_runs = async { tokio::spawn(async move { (name(), thread::current().id()) }).await };
        let second = runtime().block_on(entered(where_it_runs).expect("a driver")).expect("no panic");
        assert_eq!((first.0.as_deref(), first.1), (Some("larder-driver"), second.1));
    }

    /// Notes whether there is a runtime when it is dropped.
    struct Leaves(Arc<Mutex<Vec<bool>>>);

    impl Drop for Leaves {
        fn drop(&mut self) {
            self.0.lock().expect("no panic").push(Handle::try_current().is_ok());
        }
    }

    #[test]
    fn what_is_dropped_on_the_way_or_before_it_began_is_dropped_inside() {
        let seen = Arc::default();
        let [polled, fresh] = [(); 2].map(|()| Leaves(Arc::clone(&seen)));
        let mut polled = Box::pin(
            entered(async move {
                pending::<()>().await;
                drop(polled);
            })
            .expect("a driver"),
        );
        assert!(polled.as_mut().poll(&mut Context::from_waker(std::task::Waker::noop())).is_pending());
        drop(polled);
        drop(entered(async move { drop(fresh) }).expect("a driver"));
        assert_eq!(*seen.lock().expect("no panic"), [true, true]);
        assert!(Handle::try_current().is_err(), "and nobody stands in it afterwards");
    }
}
