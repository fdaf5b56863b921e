#![doc = include_str!("docs/stores.md")]

#[cfg(feature = "file")]
pub use cache_backends::file;
#[cfg(feature = "mysql")]
pub use cache_backends::mysql;
#[cfg(feature = "postgres")]
pub use cache_backends::postgres;
#[cfg(feature = "sqlite")]
pub use cache_backends::sqlite;
