//! A leader, a replica, and three sentinels that see to it that there is a leader.

use std::thread;

use super::{Redis, Replicated};
use crate::servers::{PASSWORD, ports, started, until};

/// What the sentinels call the leader.
pub const NAME: &str = "larder";

/// A leader and a replica with three sentinels.
pub struct Watched {
    pub servers: Replicated,
    pub sentinels: [Redis; 3],
}

impl Watched {
    /// Starts them all, and waits until the sentinels know each other and both servers.
    ///
    /// # Errors
    ///
    /// With a sentence that says why there are none.
    pub fn start() -> Result<Self, String> {
        let servers = Replicated::start()?;
        let port = servers.leader.port();
        let sentinels = [(); 3].map(|()| thread::spawn(move || sentinel(port))).map(started);
        let [one, two, three] = sentinels;
        let watched = Self { servers, sentinels: [one?, two?, three?] };
        watched.settle()?;
        Ok(watched)
    }

    /// Returns the address of the leader that the sentinels name, with the user and the password of the servers.
    pub fn url(&self) -> String {
        let hosts = self.sentinels.each_ref().map(|sentinel| format!("127.0.0.1:{}", sentinel.port()));
        format!("redis+sentinel://larder:{PASSWORD}@{}/{NAME}", hosts.join(","))
    }

    /// Waits until each sentinel could choose another leader.
    ///
    /// # Errors
    ///
    /// Where that never comes.
    pub fn settle(&self) -> Result<(), String> {
        let knows = |sentinel: &Redis| {
            let said = sentinel.ask(&["SENTINEL", "MASTER", NAME]).unwrap_or_default();
            let is = |name: &str, value: &str| said.windows(2).any(|pair| pair[0] == name && pair[1] == value);
            is("num-slaves", "1") && is("num-other-sentinels", "2") && is("flags", "master") && has_replica(sentinel)
        };
        until("the sentinels know everybody", || self.sentinels.iter().all(knows))
    }

    /// Returns the server that all sentinels take for the leader.
    pub fn leader(&self) -> Option<&Redis> {
        let said = |sentinel: &Redis| sentinel.ask(&["SENTINEL", "GET-MASTER-ADDR-BY-NAME", NAME]).ok()?.pop();
        let ports = self.sentinels.each_ref().map(said);
        let is_said = |redis: &&Redis| ports.iter().all(|port| port.as_deref() == Some(&redis.port().to_string()));
        [&self.servers.leader, &self.servers.replica].into_iter().find(is_said)
    }

    /// Waits until the replica is the leader, and says so itself.
    ///
    /// # Errors
    ///
    /// Where that never comes.
    pub fn until_promoted(&self) -> Result<(), String> {
        let port = self.servers.replica.port();
        until("the replica is the leader", || {
            self.leader().is_some_and(|leader| leader.port() == port)
                && self.servers.replica.info("replication", "role").as_deref() == Some("master")
        })
    }
}

/// Asks whether a sentinel has found the replica in order.
fn has_replica(sentinel: &Redis) -> bool {
    let said = sentinel.ask(&["SENTINEL", "REPLICAS", NAME]).unwrap_or_default();
    said.windows(2).any(|pair| pair[0] == "flags" && pair[1] == "slave")
        && said.windows(2).any(|pair| pair[0] == "master-link-status" && pair[1] == "ok")
}

fn sentinel(leader: u16) -> Result<Redis, String> {
    let setup = Redis::setup()
        .on_port()
        .line(format!("sentinel monitor {NAME} 127.0.0.1 {leader} 2"))
        .line(format!("sentinel down-after-milliseconds {NAME} 500"))
        .line(format!("sentinel failover-timeout {NAME} 3000"));
    ports::with_port(|port| setup.start_at(Some(port), &["--sentinel"]))
}
