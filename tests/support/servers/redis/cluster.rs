//! Three leaders who share the slots among them, alone or with a replica each.

use std::thread;

use super::Redis;
use crate::servers::{PASSWORD, ports, started, until};

/// How many slots there are.
const SLOTS: u32 = 16_384;

/// A cluster of three leaders.
pub struct Cluster {
    pub nodes: [Redis; 3],
    /// One of each leader, or none.
    pub replicas: Vec<Redis>,
}

impl Cluster {
    /// Starts it, each leader with a third of the slots.
    ///
    /// # Errors
    ///
    /// With a sentence that says why there is none.
    pub fn start() -> Result<Self, String> {
        let [one, two, three] = [(); 3].map(|()| thread::spawn(node)).map(started);
        let cluster = Self { nodes: [one?, two?, three?], replicas: Vec::new() };
        for (at, node) in (0..).zip(&cluster.nodes) {
            let [first, last] = [SLOTS * at / 3, SLOTS * (at + 1) / 3 - 1].map(|slot| slot.to_string());
            node.ask(&["CLUSTER", "ADDSLOTSRANGE", &first, &last])?;
            node.ask(&["CLUSTER", "SET-CONFIG-EPOCH", &(at + 1).to_string()])?;
        }
        cluster.nodes[1..].iter().try_for_each(|node| cluster.meet(node))?;
        cluster.settle()?;
        Ok(cluster)
    }

    /// Starts it with a replica of each leader, which takes its place when it is gone.
    ///
    /// # Errors
    ///
    /// With a sentence that says why there is none.
    pub fn start_replicated() -> Result<Self, String> {
        let replicas = [(); 3].map(|()| thread::spawn(node));
        let mut cluster = Self::start()?;
        for replica in replicas.map(started) {
            let replica = replica?;
            cluster.meet(&replica)?;
            cluster.replicas.push(replica);
        }
        cluster.settle()?;
        for (at, replica) in cluster.replicas.iter().enumerate() {
            let leader = cluster.id(at)?;
            until("there is a replica", || replica.ask(&["CLUSTER", "REPLICATE", &leader]).is_ok())?;
        }
        let follows = |replica: &Redis| replica.info("replication", "master_link_status").as_deref() == Some("up");
        let is_followed = |leader: &Redis| {
            let said = leader.ask(&["CLUSTER", "NODES"]).unwrap_or_default().concat();
            said.lines().filter(|line| line.contains("slave")).count() == cluster.replicas.len()
        };
        until("there are replicas, and everybody knows", || {
            cluster.replicas.iter().all(follows) && cluster.nodes.iter().all(is_followed)
        })?;
        Ok(cluster)
    }

    /// Waits until the replica of a leader that is gone has its slots, as all say who are there.
    ///
    /// # Errors
    ///
    /// Where that never comes.
    pub fn until_replaced(&self, at: usize) -> Result<(), String> {
        until("the replica leads", || {
            let nodes = self.nodes.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, node)| node);
            let is_whole =
                |node: &Redis| node.ask(&["CLUSTER", "INFO"]).is_ok_and(|said| said.concat().contains("_state:ok"));
            self.replicas[at].info("replication", "role").as_deref() == Some("master")
                && nodes.chain(&self.replicas).all(is_whole)
        })
    }

    /// Makes the first leader and another server known to each other.
    fn meet(&self, other: &Redis) -> Result<(), String> {
        let bus = other.ask(&["CONFIG", "GET", "cluster-port"])?.pop().unwrap_or_default();
        self.nodes[0].ask(&["CLUSTER", "MEET", "127.0.0.1", &other.port().to_string(), &bus]).map(drop)
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
        let count = format!("cluster_known_nodes:{}", self.nodes.len() + self.replicas.len());
        let knows = |node: &Redis| {
            let said = node.ask(&["CLUSTER", "INFO"]).unwrap_or_default().concat();
            ["cluster_state:ok", &count, "cluster_size:3"].iter().all(|line| said.contains(line))
        };
        until("the cluster is whole", || self.nodes.iter().chain(&self.replicas).all(knows))
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
            .line("cluster-node-timeout 2000")
            // A replica is sent everything at once, and takes the place of its leader however late it heard of it.
            .line("repl-diskless-sync-delay 0")
            .line("cluster-replica-validity-factor 0");
        setup.start_at(Some(port), &[])
    })
}
