//! A leader and a server that follows it.

use super::{Redis, Setup};
use crate::servers::until;

/// A leader and its replica.
pub struct Replicated {
    pub leader: Redis,
    pub replica: Redis,
}

impl Replicated {
    /// Starts both.
    ///
    /// # Errors
    ///
    /// With a sentence that says why there are none.
    pub fn start() -> Result<Self, String> {
        Self::with(&Redis::setup())
    }

    /// Starts both with what is said of each.
    ///
    /// # Errors
    ///
    /// With a sentence that says why there are none.
    pub fn with(setup: &Setup) -> Result<Self, String> {
        // A replica is sent everything at once, and not after the five seconds in which others might come.
        let setup = setup.clone().on_port().line("repl-diskless-sync-delay 0");
        let leader = setup.start()?;
        let replica = setup.line(format!("replicaof 127.0.0.1 {}", leader.port())).start()?;
        let both = Self { leader, replica };
        both.settle()?;
        Ok(both)
    }

    /// Returns the address of both, the leader first.
    pub fn url(&self) -> String {
        format!("{},127.0.0.1:{}", self.leader.url(), self.replica.port())
    }

    /// Waits until the replica follows.
    ///
    /// # Errors
    ///
    /// Where it never does.
    pub fn settle(&self) -> Result<(), String> {
        until("the replica follows", || self.replica.info("replication", "master_link_status").as_deref() == Some("up"))
    }

    /// Waits until the replica has what the leader has now.
    ///
    /// # Errors
    ///
    /// Where it never has.
    pub fn catch_up(&self) -> Result<(), String> {
        let offset = |redis: &Redis, name| redis.info("replication", name)?.parse::<u64>().ok();
        let wanted = offset(&self.leader, "master_repl_offset").ok_or("a leader that does not answer")?;
        until("the replica has everything", || {
            offset(&self.replica, "slave_repl_offset").is_some_and(|there| there >= wanted)
        })
    }

    /// Has the replica keep what the leader has now, and hear nothing of what comes then.
    ///
    /// # Errors
    ///
    /// Where it does not answer.
    pub fn leave_behind(&self) -> Result<(), String> {
        self.catch_up()?;
        // Nobody listens there.
        self.replica.ask(&["REPLICAOF", "127.0.0.1", "1"]).map(drop)
    }

    /// Makes the replica a leader, whatever becomes of the one that it followed.
    ///
    /// # Errors
    ///
    /// Where it does not answer.
    pub fn promote(&self) -> Result<(), String> {
        self.replica.ask(&["REPLICAOF", "NO", "ONE"]).map(drop)
    }
}
