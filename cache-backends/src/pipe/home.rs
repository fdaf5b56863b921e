//! [`Home`]: the runtime that a connection lives in.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cache_core::executor;
use tokio::net::UdpSocket;
use tokio::runtime::{Handle, Id, RuntimeFlavor};

use crate::driver::run_beside;

/// The runtime that a connection lives in: that of its caller, so that a question costs no change of threads; or the driver's,
/// where the caller is in none, or holds up the one that it is in.
pub(super) struct Home(Option<Handle>);

impl Home {
    pub(super) fn of_caller() -> Self {
        Self(if executor::is_blocking() { None } else { Handle::try_current().ok() })
    }

    pub(super) fn driver() -> Self {
        Self(None)
    }

    /// Returns what tells runtimes apart; `None` is the driver's.
    pub(super) fn id(&self) -> Option<Id> {
        self.0.as_ref().map(Handle::id)
    }

    /// Returns whether a task that is woken may run before those that were woken earlier.
    pub(super) fn may_run_first(&self) -> bool {
        self.0.as_ref().is_some_and(|runtime| runtime.runtime_flavor() != RuntimeFlavor::CurrentThread)
    }

    /// Returns whether sockets and timers work there. Of a runtime that it knows nothing of it finds out in the only way that
    /// there is: tokio panics where they do not, so that once a message of that is seen.
    pub(super) fn has_sockets(&self) -> bool {
        let Some(runtime) = &self.0 else { return true };
        if bare().contains(&runtime.id()) {
            return false;
        }
        let _inside = runtime.enter();
        let has_sockets = catch_unwind(AssertUnwindSafe(try_sockets)).is_ok();
        if !has_sockets {
            log::warn!(target: "larder", "this tokio runtime has no sockets or no timers (`enable_all`): a thread beside it is used");
            bare().push(runtime.id());
        }
        has_sockets
    }

    /// Runs work there.
    pub(super) fn run(&self, work: impl Future<Output = ()> + Send + 'static) {
        match &self.0 {
            Some(runtime) => drop(runtime.spawn(work)),
            // Where the system gives no thread, it is dropped, and whoever waits is told.
            None => drop(run_beside(work)),
        }
    }
}

/// The runtimes that have no sockets.
fn bare() -> MutexGuard<'static, Vec<Id>> {
    static BARE: Mutex<Vec<Id>> = Mutex::new(Vec::new());
    BARE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Panics where the runtime has no timers or no sockets.
fn try_sockets() {
    drop(tokio::time::sleep(Duration::ZERO));
    let socket = std::net::UdpSocket::bind(("127.0.0.1", 0)).and_then(|socket| {
        socket.set_nonblocking(true)?;
        UdpSocket::from_std(socket)
    });
    // Where the system gives none, opening the connection says so.
    drop(socket);
}
