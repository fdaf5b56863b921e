//! Three leaders who share the slots among them.

use super::Redis;
use crate::servers::{PASSWORD, ports, until};

/// How many slots there are.
const SLOTS: u32 = 16_384;

/// A cluster of three leaders.
pub struct Cluster {
    pub nodes: [Redis; 3],
}

impl Cluster {
    /// Starts it, each leader with a third of the slots.
    ///
    /// # Errors
    ///
    /// With a sentence that says why there is none.
    pub fn start() -> Result<Self, String> {
        let cluster = Self { nodes: [node()?, node()?, node()?] };
        for (at, node) in (0..).zip(&cluster.nodes) {
            let [first, last] = [SLOTS * at / 3, SLOTS * (at + 1) / 3 - 1].map(|slot| slot.to_string());
            node.ask(&["CLUSTER", "ADDSLOTSRANGE", &first, &last])?;
            node.ask(&["CLUSTER", "SET-CONFIG-EPOCH", &(at + 1).to_string()])?;
        }
        let [first, others @ ..] = &cluster.nodes;
        for other in others {
            let bus = other.ask(&["CONFIG", "GET", "cluster-port"])?.pop().unwrap_or_default();
            first.ask(&["CLUSTER", "MEET", "127.0.0.1", &other.port().to_string(), &bus])?;
        }
        cluster.settle()?;
        Ok(cluster)
    }

    /// Returns its address, with user and password.
    pub fn url(&self) -> String {
        let hosts = self.nodes.each_ref().map(|node| format!("127.0.0.1:{}", node.port()));
        format!("redis+cluster://larder:{PASSWORD}@{}", hosts.join(","))
    }

    /// Waits until everybody knows everybody, and who has which slots.
    ///
    /// # Errors
    ///
    /// Where that never comes.
    pub fn settle(&self) -> Result<(), String> {
        let knows = |node: &Redis| {
            let said = node.ask(&["CLUSTER", "INFO"]).unwrap_or_default().concat();
            ["cluster_state:ok", "cluster_known_nodes:3", "cluster_size:3"].iter().all(|line| said.contains(line))
        };
        until("the cluster is whole", || self.nodes.iter().all(knows))
    }

    /// Returns who has a slot, by its place in `nodes`.
    pub fn owner(&self, slot: u32) -> Option<usize> {
        let said = self.nodes[0].ask(&["CLUSTER", "SLOTS"]).ok()?;
        let has = |node: &Redis| {
            let port = node.port().to_string();
            said.windows(4).any(|part| {
                let number = |at: usize| part[at].parse::<u32>();
                part[3] == port
                    && part[2] == "127.0.0.1"
                    && number(0).is_ok_and(|first| first <= slot)
                    && number(1).is_ok_and(|last| slot <= last)
            })
        };
        self.nodes.iter().position(has)
    }

    /// Returns the slot of a key.
    ///
    /// # Errors
    ///
    /// Where nobody answers.
    pub fn slot(&self, key: &str) -> Result<u32, String> {
        let said = self.nodes[0].ask(&["CLUSTER", "KEYSLOT", key])?;
        said.first().and_then(|slot| slot.parse().ok()).ok_or_else(|| format!("no slot: {said:?}"))
    }

    /// Begins to move a slot: whoever asks the one who has it for what is there no more is sent to the other.
    ///
    /// # Errors
    ///
    /// Where somebody does not answer.
    pub fn begin_move(&self, slot: u32, to: usize) -> Result<(), String> {
        let from = self.owner(slot).ok_or("a slot that nobody has")?;
        let [source, target] = [from, to].map(|at| self.id(at));
        let slot = slot.to_string();
        self.nodes[to].ask(&["CLUSTER", "SETSLOT", &slot, "IMPORTING", &source?])?;
        self.nodes[from].ask(&["CLUSTER", "SETSLOT", &slot, "MIGRATING", &target?]).map(drop)
    }

    /// Moves what is in a slot, and then the slot.
    ///
    /// # Errors
    ///
    /// Where somebody does not answer.
    pub fn finish_move(&self, slot: u32, to: usize) -> Result<(), String> {
        let from = &self.nodes[self.owner(slot).ok_or("a slot that nobody has")?];
        let port = self.nodes[to].port().to_string();
        let (slot, target) = (slot.to_string(), self.id(to)?);
        loop {
            let keys = from.ask(&["CLUSTER", "GETKEYSINSLOT", &slot, "100"])?;
            if keys.is_empty() {
                break;
            }
            let mut words = vec!["MIGRATE", "127.0.0.1", &port, "", "0", "5000", "REPLACE", "KEYS"];
            words.extend(keys.iter().map(String::as_str));
            from.ask(&words)?;
        }
        for at in [to, 0, 1, 2] {
            self.nodes[at].ask(&["CLUSTER", "SETSLOT", &slot, "NODE", &target])?;
        }
        Ok(())
    }

    fn id(&self, at: usize) -> Result<String, String> {
        self.nodes[at].ask(&["CLUSTER", "MYID"]).map(|said| said.concat())
    }
}

fn node() -> Result<Redis, String> {
    ports::with_port(|port| {
        // By itself it would take its port and ten thousand, which may be one of those that the system hands out.
        let setup = Redis::setup()
            .line("cluster-enabled yes")
            .line(format!("cluster-port {}", ports::draw()))
            .line("cluster-node-timeout 2000");
        setup.start_at(Some(port), &[])
    })
}
