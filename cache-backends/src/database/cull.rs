//! Making room: now and then, a little at a time, and beside whoever writes.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use cache_core::error::Error;

use super::backend::{Database, Shared};
use super::client::Client;
use super::draw;
use super::limits::Limits;
use super::row::number;
use super::statement::{Given, Statement};

/// The most rows that are changed in one step.
const STEP: i64 = 256;

/// What a write has drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Lot {
    /// To delete what is too old.
    pub purge: bool,
    /// To count, and to make room.
    pub count: bool,
}

impl<C: Client> Database<C> {
    /// Notes that so many entries were written, and makes room if the lot falls on them.
    pub(super) async fn wrote(&self, entries: usize) {
        let counts = self.shared.limits.writes_to_a_count();
        let lot = Lot {
            purge: draw::wins(entries, Limits::PURGE),
            count: counts.is_some_and(|odds| draw::wins(entries, odds)),
        };
        if lot.purge || lot.count {
            self.cull(lot).await;
        }
    }

    /// Makes room here and now, for tests.
    #[cfg(any(test, feature = "postgres", feature = "mysql"))]
    pub(crate) async fn make_room(&self) -> Result<(), Error> {
        self.shared.make_room(Lot { purge: true, count: true }).await
    }

    /// Makes room: elsewhere where the client takes such work, else here.
    pub(super) async fn cull(&self, lot: Lot) {
        let shared = Arc::clone(&self.shared);
        let Some(turn) = Turn::take(&shared) else { return };
        let work = async move {
            let _turn = turn;
            if let Err(error) = shared.make_room(lot).await {
                log::warn!(target: "larder", "making room in `{}` failed: {error}", shared.client.dialect().table);
            }
        };
        if let Some(work) = self.shared.client.beside(Box::pin(work)) {
            work.await;
        }
    }
}

/// The turn of one who makes room, until it is dropped.
struct Turn<C>(Arc<Shared<C>>);

impl<C> Turn<C> {
    fn take(shared: &Arc<Shared<C>>) -> Option<Self> {
        (!shared.is_culled.swap(true, Ordering::AcqRel)).then(|| Self(Arc::clone(shared)))
    }
}

impl<C> Drop for Turn<C> {
    fn drop(&mut self) {
        self.0.is_culled.store(false, Ordering::Release);
    }
}

impl<C: Client> Shared<C> {
    async fn make_room(&self, lot: Lot) -> Result<(), Error> {
        let dialect = self.client.dialect();
        if lot.count {
            self.evict().await?;
        }
        self.change(&dialect.purge, STEP).await?;
        self.change(&dialect.empty, STEP).await?;
        self.change(&dialect.purge_marks, STEP).await.map(drop)
    }

    /// Counts what is live, and takes the values of what is too much: in steps, that nobody waits for long.
    async fn evict(&self) -> Result<(), Error> {
        let (dialect, most) = (self.client.dialect(), self.limits.max_entries.unwrap_or(u64::MAX));
        let given = Given { most: i64::try_from(most.saturating_mul(2)).unwrap_or(i64::MAX), ..Given::default() };
        let counted = self.tell(&dialect.count, &[given]).await?;
        let live = counted.rows.first().and_then(|row| number(row.first()?)).unwrap_or(0);
        let mut excess = self.limits.excess(live.unsigned_abs());
        for evict in [&dialect.evict_timed, &dialect.evict_forever] {
            while excess > 0 {
                let gone = self.change(evict, STEP.min(i64::try_from(excess).unwrap_or(STEP))).await?;
                if gone == 0 {
                    break;
                }
                excess = excess.saturating_sub(gone);
            }
        }
        Ok(())
    }

    async fn change(&self, statement: &Statement, most: i64) -> Result<u64, Error> {
        Ok(self.tell(statement, &[Given { most, ..Given::default() }]).await?.affected)
    }
}
