//! What a program mounts.

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use http::request::Parts;

use super::guard::Guard;
use super::history::History;
use super::numbers::Told;

/// The panel: a page that shows what caches do, behind a guard. See the [module](crate::panel).
///
/// It is a service of tower, which axum nests; with the feature `actix` it has a `scope` for actix-web.
#[derive(Clone)]
#[must_use = "a panel shows nothing before it is mounted"]
pub struct Panel {
    pub(super) guard: Arc<Guard>,
    pub(super) writable: bool,
    in_release: bool,
    pub(super) is_release: bool,
    /// Missing where it is off.
    pub(super) history: Option<Arc<History>>,
    pub(super) told: Arc<Told>,
}

impl Panel {
    /// Makes a panel for those whom the guard lets in, by the head of their request; all others are answered 404, as if there
    /// was no panel.
    ///
    /// There is no panel without a guard: it shows what is kept of everybody. Let it ask who somebody is, as by a cookie of
    /// theirs, and not only where they come from: what a browser on this machine runs comes from here, too.
    ///
    /// ```
    /// use larder::panel::Panel;
    ///
    /// let panel = Panel::guarded(|request| request.headers.get("x-admin").is_some_and(|word| word == "a long word"));
    /// # drop(panel);
    /// ```
    pub fn guarded(guard: impl Fn(&Parts) -> bool + Send + Sync + 'static) -> Self {
        Self::new(Guard::Now(Box::new(guard)))
    }

    /// Does the same with a guard that takes its time, as one that asks a database.
    ///
    /// ```
    /// use larder::panel::Panel;
    ///
    /// # async fn is_admin(_: Option<&http::HeaderValue>) -> bool { true }
    /// let panel = Panel::guarded_async(|request| async move { is_admin(request.headers.get("cookie")).await });
    /// # drop(panel);
    /// ```
    pub fn guarded_async<F>(guard: impl Fn(Parts) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = bool> + Send + 'static,
    {
        Self::new(Guard::Later(Box::new(move |request| Box::pin(guard(request)))))
    }

    fn new(guard: Guard) -> Self {
        // This crate is built in the profile that the program is built in.
        let is_release = !cfg!(debug_assertions);
        let (guard, told) = (Arc::new(guard), Arc::default());
        let panel = Self { guard, writable: false, in_release: false, is_release, history: None, told };
        panel.with_history()
    }

    /// Gives the page buttons: to withdraw an entry, a tag, or all that a site keeps, and to switch sites and caches off and on.
    pub fn writable(mut self) -> Self {
        self.writable = true;
        self
    }

    /// Has it in release builds too, where it is off else: whoever wants that says so.
    ///
    /// A release build is one without `debug_assertions`, as this crate was built: Cargo builds dependencies in the profile of
    /// the program, unless that has a section of its own for them, `[profile.release.package.larder]`.
    pub fn in_release(mut self) -> Self {
        self.in_release = true;
        self.with_history()
    }

    /// Takes it for one of a release build, or for none.
    #[doc(hidden)]
    pub fn __built(mut self, is_release: bool) -> Self {
        self.is_release = is_release;
        self.with_history()
    }

    /// Notes now what has happened since the last time, as the panel does every five seconds by a thread of its own. For tests
    /// with [caches of their own](crate::testing), where time is moved by hand and there is no such thread.
    pub fn sample(&self) {
        if let Some(history) = &self.history {
            history.sample();
        }
    }

    pub(super) fn is_off(&self) -> bool {
        self.is_release && !self.in_release
    }

    /// Begins to note what happens, unless it is off: then nothing runs on its behalf.
    fn with_history(mut self) -> Self {
        self.history = if self.is_off() { None } else { self.history.take().or_else(|| Some(History::begin())) };
        self
    }
}

impl fmt::Debug for Panel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Panel").field("writable", &self.writable).field("off", &self.is_off()).finish_non_exhaustive()
    }
}
