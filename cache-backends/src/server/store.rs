//! What the store of every kind of server can do, written for one of them: a newtype around its database.

/// Emits the methods of a store, [`Backend`](cache_core::backend::Backend), and a `Debug` that shows nothing of the address.
macro_rules! store {
    ($store:ident) => {
        impl $store {
            /// Makes the table, and returns whether it was not there yet.
            ///
            /// # Errors
            ///
            /// When the server is away, or does not let this user make one.
            pub async fn create_table(&self) -> Result<bool, cache_core::error::Error> {
                self.0.create_table().await
            }

            /// Returns what makes the table, for somebody to read and to run.
            #[must_use]
            pub fn create_table_sql(&self) -> String {
                crate::database::client::Client::dialect(self.0.client()).create_sql()
            }

            /// Closes all connections that nobody uses at the moment. A call after this opens them again.
            pub async fn close(&self) {
                crate::database::client::Client::close(self.0.client()).await;
            }

            /// Removes what is too old and what is too much, as a write does now and then.
            #[doc(hidden)]
            pub async fn make_room(&self) -> Result<(), cache_core::error::Error> {
                self.0.make_room().await
            }

            /// Lets time pass for all that is in the table, in a test.
            #[doc(hidden)]
            pub async fn let_time_pass(&self, time: std::time::Duration) -> Result<(), cache_core::error::Error> {
                self.0.let_time_pass(time).await
            }
        }

        crate::database::delegate!($store);

        impl std::fmt::Debug for $store {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($store)).finish_non_exhaustive()
            }
        }
    };
}

pub(crate) use store;
