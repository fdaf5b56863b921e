//! Looking after a connection whose runtime may do nothing.

use std::sync::Weak;
use std::time::Duration;

use cache_core::error::Error;
use tokio::time::sleep;

use super::line::Line;

/// Ends a line whose holder had no turn for longer than an answer may take, while somebody waited: its runtime is one that nobody
/// drives, or is held up by the one who waits. It costs nothing while nobody asks.
pub(super) async fn watch<A>(line: Weak<Line<A>>, limit: Duration, still: Error) {
    loop {
        let Some((turns, asked, _)) = line.upgrade().map(|line| line.progress()) else { return };
        // Opening a connection is one turn, and may take the whole time.
        sleep(limit + limit / 2).await;
        let Some(line) = line.upgrade() else { return };
        let (turns_now, asked_now, answered) = line.progress();
        if line.has_ended() {
            return;
        }
        if turns_now == turns && asked > answered {
            return line.end(&still);
        }
        if asked_now == asked && line.unwatch() {
            line.unwatched.notified().await;
        }
    }
}
