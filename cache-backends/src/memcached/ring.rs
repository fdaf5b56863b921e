//! [`Ring`]: which server a name belongs to.

/// How many points a server has on the ring for each of its weight.
const POINTS: u32 = 160;
/// What the points are hashed with. Processes of every version are to find the same: it never changes.
const CONTEXT: &str = "larder 2026-11-22 points of a memcached ring";

/// The servers as points on a ring: a name belongs to the server of the first point that is not before its own.
///
/// When a server comes or goes, names move to it or away from it, and no others. Where a name belongs depends on what the
/// servers are called and on their weights, and not on their order; nor on which of them can be reached.
#[derive(Clone, Debug)]
pub(super) struct Ring {
    /// Each with the number of its server, in the order of the ring.
    points: Box<[(u64, u16)]>,
    key: [u8; 32],
}

impl Ring {
    /// Sets the points of servers, each with its weight.
    pub(super) fn new<'a>(servers: impl IntoIterator<Item = (&'a str, u16)>) -> Self {
        let key = blake3::derive_key(CONTEXT, b"");
        let mut points = Vec::new();
        for (number, (server, weight)) in (0..).zip(servers) {
            let point = |count| (hash(&key, &[format!("{server}-{count}").as_bytes()]), number);
            points.extend((0..POINTS * u32::from(weight)).map(point));
        }
        points.sort_unstable();
        Self { points: points.into(), key }
    }

    /// Returns the number of the server that a name belongs to, in the order in which they were given. The name comes in
    /// pieces.
    pub(super) fn find(&self, name: &[&[u8]]) -> usize {
        let hash = hash(&self.key, name);
        let at = self.points.partition_point(|(point, _)| *point < hash);
        let first = self.points.first().map_or(0, |(_, number)| *number);
        self.points.get(at).map_or(first, |(_, number)| *number).into()
    }
}

fn hash(key: &[u8; 32], pieces: &[&[u8]]) -> u64 {
    let mut hasher = blake3::Hasher::new_keyed(key);
    for piece in pieces {
        hasher.update(piece);
    }
    let hash = hasher.finalize();
    let first = hash.as_bytes().first_chunk().expect("a hash has 32 bytes");
    u64::from_le_bytes(*first)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NAMES: usize = 4_000;

    /// Says of each of many names whose it is.
    fn owners(servers: &[(String, u16)]) -> Vec<String> {
        let ring = Ring::new(servers.iter().map(|(server, weight)| (&**server, *weight)));
        (0..NAMES).map(|name| servers[ring.find(&[format!("shop:1:product:{name}").as_bytes()])].0.clone()).collect()
    }

    fn servers(count: usize) -> Vec<(String, u16)> {
        (0..count).map(|number| (format!("cache{number}.internal:11211"), 1)).collect()
    }

    fn share(owners: &[String], server: &str) -> f64 {
        let count = owners.iter().filter(|owner| *owner == server).count();
        f64::from(u32::try_from(count).unwrap()) / f64::from(u32::try_from(NAMES).unwrap())
    }

    #[test]
    fn a_name_is_where_it_was_in_every_version_of_larder() {
        let ring = Ring::new([("a:11211", 1), ("b:11211", 1), ("c:11211", 2)]);
        let found: Vec<_> = (0..16).map(|name| ring.find(&[b"shop:", format!("1:{name}").as_bytes()])).collect();
        assert_eq!(found, [0, 1, 2, 1, 1, 2, 2, 2, 0, 2, 0, 1, 2, 2, 2, 1]);
    }

    #[test]
    fn each_server_has_its_share() {
        let mut servers = servers(4);
        let even = owners(&servers);
        for (server, _) in &servers {
            assert!((0.17..0.33).contains(&share(&even, server)), "{}", share(&even, server));
        }
        servers[0].1 = 3;
        let weighted = owners(&servers);
        assert!((0.42..0.58).contains(&share(&weighted, &servers[0].0)), "half of it, as three of six");
    }

    #[test]
    fn whatever_has_more_weight_takes_names_and_gives_none_away() {
        let mut servers = servers(5);
        let before = owners(&servers);
        servers[2].1 = 2;
        let moved = before.iter().zip(owners(&servers)).filter(|(before, after)| *before != after);
        assert!(moved.clone().count() > 0 && moved.clone().all(|(_, after)| after == servers[2].0));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20))]

        #[test]
        fn when_a_server_goes_its_names_move_and_no_others(count in 2_usize..9, gone in any::<prop::sample::Index>()) {
            let mut servers = servers(count);
            let before = owners(&servers);
            let gone = servers.remove(gone.index(count)).0;
            let after = owners(&servers);
            let moved: Vec<_> = before.iter().zip(&after).filter(|(before, after)| before != after).collect();
            prop_assert!(moved.iter().all(|(before, _)| **before == gone));
            prop_assert_eq!(moved.len(), before.iter().filter(|owner| **owner == gone).count());
            let fair = NAMES / count;
            prop_assert!((fair / 2..fair * 2).contains(&moved.len()), "{} of {NAMES} moved", moved.len());
        }

        #[test]
        fn the_order_of_the_servers_does_not_matter(order in Just(servers(6)).prop_shuffle()) {
            prop_assert_eq!(owners(&order), owners(&servers(6)));
        }
    }
}
