//! A blog on a port of its own, with a database and caches of its own.

use std::net::SocketAddr;

use blog::{Db, start};
use larder::testing::{self, Isolated};
use tempfile::TempDir;

use crate::browser::Browser;
use crate::served::Served;
use crate::servers::{Chromium, Redis};
use crate::window::Window;

/// Where the caches of a test are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Store {
    Memory,
    Redis,
}

/// Caches that nobody else sees.
pub struct Open {
    larder: Isolated,
    chromium: Option<Chromium>,
    /// Gone last: what is in it has to be told good-bye.
    _server: Option<Redis>,
}

impl Store {
    pub fn name(self) -> &'static str {
        match self {
            Self::Memory => "memory",
            Self::Redis => "redis",
        }
    }

    /// Returns whether this program has what speaks with it.
    pub fn is_built(self) -> bool {
        self != Self::Redis || cfg!(feature = "redis")
    }

    /// Makes the caches, or says why there are none.
    pub fn open(self) -> Result<Open, String> {
        if !self.is_built() {
            return Err("built without the feature `redis`: add `--features redis`".to_owned());
        }
        let server = (self == Self::Redis).then(|| Redis::setup().guarded().start()).transpose()?;
        let address = server.as_ref().map_or_else(|| "memory://".to_owned(), |server| server.url());
        let settings = larder::builder().cache_at("default", &address).and_then(|builder| builder.settings());
        let settings = settings.map_err(|error| error.to_string())?;
        let settings = settings.iter().map(|(name, settings)| (name.as_str(), settings.clone()));
        let larder = testing::isolated_with(settings).map_err(|error| error.to_string())?;
        Ok(Open { larder, chromium: None, _server: server })
    }

    /// Makes them for people with a real browser.
    pub fn open_for_windows(self) -> Result<Open, String> {
        let open = self.open()?;
        Ok(Open { chromium: Some(Chromium::start()?), ..open })
    }
}

/// A blog that runs until its test is over.
pub struct Site {
    address: SocketAddr,
    /// Gone before what it works with.
    _served: Served,
    open: Open,
    _folder: TempDir,
}

impl Site {
    pub fn start(open: Open) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let db = Db::open(folder.path().join("blog.db")).expect("a database");
        let listener = start::bind(([127, 0, 0, 1], 0).into()).expect("a free port");
        let address = listener.local_addr().expect("an address");
        let served = Served::start(db, listener, open.larder.handle());
        Self { address, _served: served, open, _folder: folder }
    }

    /// Returns somebody who has never been here.
    pub fn stranger(&self) -> Browser {
        Browser::new(self.address, self.open.larder.handle())
    }

    /// Returns somebody who has logged in.
    pub async fn visitor(&self, login: &str) -> Browser {
        let mut browser = self.stranger();
        let answer = browser.post("/login", &[("login", login), ("password", "larder")]).await;
        assert_eq!((answer.status, answer.header("location")), (303, Some("/dashboard")));
        browser
    }

    /// Returns a real browser, which nobody else has used.
    pub async fn window(&self, person: &str) -> Window {
        let chromium = self.open.chromium.as_ref().expect("a test of those that take one");
        Window::open(chromium, person, self.address, self.open.larder.handle()).await
    }

    pub fn larder(&self) -> &Isolated {
        &self.open.larder
    }
}
