//! [`Sqlite`]: the store.

use std::fmt;

use cache_core::error::Error;

use super::client::DatabaseFile;
use super::config::Config;
use crate::database::client::Client;
use crate::database::{Database, delegate};

/// A store in a file, by SQLite.
///
/// ```
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("cache.db");
/// use cache_backends::sqlite::{Config, Sqlite};
/// use cache_core::backend::Backend;
/// use cache_core::{key::Scope, testing};
///
/// let name = Scope::new("shop", "1", None)?.name(&"visits".into());
/// testing::block_on(async {
///     let store = Sqlite::new(Config::new(&path))?;
///     assert!(store.add(&name, b"41", None).await?);
///     let another = Sqlite::new(Config::new(&path))?; // of this process or of another
///     assert_eq!(another.incr(&name, 1).await?, 42);
///     assert_eq!(store.get(&name).await?.as_deref(), Some(&b"42"[..]));
///     Ok::<(), cache_core::error::Error>(())
/// })?;
/// # Ok::<(), cache_core::error::Error>(())
/// ```
pub struct Sqlite(pub(super) Database<DatabaseFile>);

impl Sqlite {
    /// Makes a store. The file is opened, and made, at the first use.
    ///
    /// # Errors
    ///
    /// When the configuration cannot work, whatever the file.
    pub fn new(config: Config) -> Result<Self, Error> {
        let config = config.checked()?;
        Ok(Self(Database::new(DatabaseFile::new(&config)?, config.limits)))
    }

    /// Returns the statements that make the table.
    #[must_use]
    pub fn create_table_sql(&self) -> String {
        self.0.client().dialect().create_sql()
    }

    /// Makes the table, and returns whether it was not there yet. The first use of the store does the same.
    ///
    /// # Errors
    ///
    /// When the file cannot be opened or made.
    pub async fn create_table(&self) -> Result<bool, Error> {
        self.0.client().create_table().await
    }

    /// Closes the file, and takes its log into it. The next use opens it again.
    pub async fn close(&self) {
        self.0.client().close().await;
    }
}

impl fmt::Debug for Sqlite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sqlite").field("table", &self.0.client().dialect().table.to_string()).finish_non_exhaustive()
    }
}

delegate!(Sqlite);
