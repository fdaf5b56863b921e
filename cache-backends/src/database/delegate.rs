//! A store that hands everything to the [`Database`](super::Database) in it.

/// Implements `Backend` for a store whose first field is its `Database`.
macro_rules! delegate {
    ($store:ty) => {
        impl cache_core::backend::Backend for $store {
            fn capabilities(&self) -> cache_core::backend::Capabilities {
                self.0.capabilities()
            }

            async fn get(&self, name: &cache_core::key::Name) -> Result<Option<Vec<u8>>, cache_core::error::Error> {
                self.0.get(name).await
            }

            async fn set(
                &self,
                name: &cache_core::key::Name,
                value: &[u8],
                time: Option<std::time::Duration>,
            ) -> Result<(), cache_core::error::Error> {
                self.0.set(name, value, time).await
            }

            async fn add(
                &self,
                name: &cache_core::key::Name,
                value: &[u8],
                time: Option<std::time::Duration>,
            ) -> Result<bool, cache_core::error::Error> {
                self.0.add(name, value, time).await
            }

            async fn delete(&self, name: &cache_core::key::Name) -> Result<bool, cache_core::error::Error> {
                self.0.delete(name).await
            }

            async fn touch(
                &self,
                name: &cache_core::key::Name,
                time: Option<std::time::Duration>,
            ) -> Result<bool, cache_core::error::Error> {
                self.0.touch(name, time).await
            }

            async fn incr(&self, name: &cache_core::key::Name, delta: i64) -> Result<i64, cache_core::error::Error> {
                self.0.incr(name, delta).await
            }

            async fn ttl(
                &self,
                name: &cache_core::key::Name,
            ) -> Result<Option<cache_core::backend::Remaining>, cache_core::error::Error> {
                self.0.ttl(name).await
            }

            async fn get_many(
                &self,
                names: &[cache_core::key::Name],
            ) -> Result<Vec<Option<Vec<u8>>>, cache_core::error::Error> {
                self.0.get_many(names).await
            }

            async fn set_many(
                &self,
                entries: &[cache_core::backend::Entry],
            ) -> Vec<Result<(), cache_core::error::Error>> {
                self.0.set_many(entries).await
            }

            async fn delete_many(&self, names: &[cache_core::key::Name]) -> Result<u64, cache_core::error::Error> {
                self.0.delete_many(names).await
            }

            async fn clear_scope(&self, scope: &str) -> Result<(), cache_core::error::Error> {
                self.0.clear_scope(scope).await
            }

            async fn clear_store(&self) -> Result<(), cache_core::error::Error> {
                self.0.clear_store().await
            }

            async fn begin_fill(
                &self,
                name: &cache_core::key::Name,
            ) -> Result<cache_core::backend::Ticket, cache_core::error::Error> {
                self.0.begin_fill(name).await
            }

            async fn set_if(
                &self,
                name: &cache_core::key::Name,
                value: &[u8],
                time: Option<std::time::Duration>,
                ticket: &cache_core::backend::Ticket,
            ) -> Result<bool, cache_core::error::Error> {
                self.0.set_if(name, value, time, ticket).await
            }

            async fn list(
                &self,
                start: &str,
                behind: Option<&[u8]>,
            ) -> Result<cache_core::backend::Names, cache_core::error::Error> {
                self.0.list(start, behind).await
            }
        }
    };
}

pub(crate) use delegate;
