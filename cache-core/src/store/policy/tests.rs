use super::*;

/// A shard as small as can be: keys are slots, and hits are counted as the store counts them.
struct Shard {
    policy: Policy,
    room: u64,
    uses: Vec<u8>,
    is_here: Vec<bool>,
}

impl Shard {
    fn new(room: u64, keys: usize) -> Self {
        let policy = Policy::new(Arc::new(Tuner::new(1)));
        Self { policy, room, uses: vec![0; keys], is_here: vec![false; keys] }
    }

    fn ask(&mut self, key: u32) -> bool {
        let at = key as usize;
        if self.is_here[at] {
            self.uses[at] = (self.uses[at] + 1).min(15);
            return true;
        }
        self.policy.arrive(key, hash(key), 0);
        (self.is_here[at], self.uses[at]) = (true, 0);
        while self.policy.queues.len() > self.room {
            let uses = &mut self.uses;
            let judge = |slot: u32| match slot {
                slot if slot == key => Verdict::Spared,
                slot => Verdict::Used(std::mem::take(&mut uses[slot as usize])),
            };
            let victim = self.policy.victim(Measure::Entries, Reach::Anyone, judge).expect("somebody may go");
            self.policy.remember(victim, hash(victim));
            self.policy.leave(victim);
            self.is_here[victim as usize] = false;
        }
        false
    }

    fn hits(&mut self, keys: impl Iterator<Item = u32>) -> usize {
        keys.filter(|key| self.ask(*key)).count()
    }
}

fn hash(key: u32) -> u32 {
    let mixed = (u64::from(key) + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    ((mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB) >> 32) as u32
}

/// Numbers below a bound, the same each time.
fn dice(bound: u32) -> impl Iterator<Item = u32> {
    (0..).map(move |i| hash(i) % bound)
}

fn unused(_: u32) -> Verdict {
    Verdict::Used(0)
}

#[test]
fn a_loop_a_little_longer_than_the_cache_keeps_most_of_it() {
    let mut shard = Shard::new(1000, 1100);
    shard.hits((0..11_000).map(|i| i % 1100));
    let hits = shard.hits((0..11_000).map(|i| i % 1100));
    assert!(hits > 9_500, "{hits}");
}

#[test]
fn a_loop_of_twice_the_cache_keeps_nearly_half_of_it() {
    let mut shard = Shard::new(1000, 2000);
    shard.hits((0..20_000).map(|i| i % 2000));
    let hits = shard.hits((0..20_000).map(|i| i % 2000));
    assert!(hits > 9_500, "{hits}");
}

#[test]
fn a_scan_leaves_the_favourites_alone() {
    let mut shard = Shard::new(1000, 100_000);
    shard.hits(dice(800).take(20_000));
    shard.hits(1_000..50_000);
    let hits = shard.hits(dice(800).take(800));
    assert!(hits > 750, "{hits}");
}

#[test]
fn a_hot_set_that_moves_is_followed() {
    let mut shard = Shard::new(1000, 40_000);
    let moving = |from: u32| dice(500).take(3000).map(move |key| from * 500 + key);
    (0..20).for_each(|from| _ = shard.hits(moving(from)));
    let hits: usize = (20..60).map(|from| shard.hits(moving(from))).sum();
    // All but the first request for each.
    assert!(hits > 40 * 2400, "{hits}");
}

/// Next to nothing comes back soon here, and all that was hot before had been used to the full.
#[test]
fn a_hot_set_of_most_of_the_room_that_moves_is_followed() {
    let mut shard = Shard::new(1000, 100_000);
    let moving = |from: u32| {
        dice(80_000).take(10_000).map(move |die| if die % 10 == 0 { 20_000 + die } else { from * 800 + die % 800 })
    };
    (0..5).for_each(|from| _ = shard.hits(moving(from)));
    let hits: usize = (5..20).map(|from| shard.hits(moving(from))).sum();
    // 8,200 of 10,000 would be all that are for the hot set but the first for each.
    assert!(hits > 15 * 6_500, "{hits}");
}

#[test]
fn a_loop_after_a_moving_hot_set_is_learned() {
    let mut shard = Shard::new(1000, 40_000);
    (0..20).for_each(|from| _ = shard.hits(dice(500).take(3000).map(|key| from * 500 + key)));
    shard.hits((0..33_000).map(|i| 20_000 + i % 1100));
    let hits = shard.hits((0..11_000).map(|i| 20_000 + i % 1100));
    assert!(hits > 9_000, "{hits}");
}

#[test]
fn the_same_requests_always_hit_the_same() {
    let run = || Shard::new(100, 1000).hits(dice(1000).take(20_000));
    assert_eq!(run(), run());
}

#[test]
fn who_has_expired_goes_at_the_first_look() {
    let mut shard = Shard::new(10, 100);
    shard.hits(0..10);
    let mut looks = 0;
    let judge = |_| {
        looks += 1;
        Verdict::Goes
    };
    assert!(shard.policy.victim(Measure::Entries, Reach::Anyone, judge).is_some());
    assert!(looks <= 2, "one of the sample, and one whose turn it is: {looks}");
}

#[test]
fn what_room_is_made_for_is_never_the_victim() {
    let mut policy = Policy::new(Arc::new(Tuner::new(1)));
    policy.arrive(0, hash(0), 0);
    assert_eq!(policy.victim(Measure::Entries, Reach::Anyone, |_| Verdict::Spared), None);
    policy.arrive(1, hash(1), 0);
    let judge = |slot| if slot == 1 { Verdict::Spared } else { Verdict::Used(15) };
    assert_eq!(policy.victim(Measure::Entries, Reach::Anyone, judge), Some(0));
}

#[test]
fn a_victim_is_found_after_a_bounded_number_of_looks() {
    let mut shard = Shard::new(10_000, 10_000);
    shard.hits(0..10_000);
    let mut looks = 0;
    let judge = |_| {
        looks += 1;
        Verdict::Used(15)
    };
    assert!(shard.policy.victim(Measure::Entries, Reach::Anyone, judge).is_some());
    assert!(looks <= 2 * (PATIENCE + 1) + 1, "{looks}");
}

#[test]
fn a_victim_is_found_even_if_the_last_look_is_at_what_room_is_made_for() {
    let mut policy = Policy::new(Arc::new(Tuner::new(1)));
    let slots = u32::try_from(PATIENCE).unwrap() + 10;
    (0..slots).for_each(|slot| policy.arrive(slot, hash(slot), 0));
    (0..slots).for_each(|slot| policy.queues.send(slot, Rank::Proven));
    let judge = |slot: u32| if slot as usize == PATIENCE { Verdict::Spared } else { Verdict::Used(15) };
    assert!(policy.victim(Measure::Entries, Reach::Anyone, judge).is_some());
}

/// The only proven one is what room is made for, and the only newcomer was used: it becomes proven, and has to go.
#[test]
fn a_victim_is_found_even_if_the_last_newcomer_is_proven_on_the_way() {
    let mut shard = Shard::new(1000, 10_000);
    (0..20).for_each(|from| _ = shard.hits(dice(500).take(3000).map(|key| from * 500 + key)));
    assert!(shard.policy.tuner().share() > MOVING);
    let mut policy = Policy::new(shard.policy.tuner());
    (0..2).for_each(|slot| policy.arrive(slot, hash(slot), 1));
    policy.queues.send(0, Rank::Proven);
    let judge = |slot| if slot == 0 { Verdict::Spared } else { Verdict::Used(1) };
    assert_eq!(policy.victim(Measure::Bytes, Reach::Anyone, judge), Some(1));
}

#[test]
fn nobody_is_the_victim_of_an_empty_shard() {
    let mut policy = Policy::new(Arc::new(Tuner::new(1)));
    assert_eq!(policy.victim(Measure::Bytes, Reach::Anyone, unused), None);
}

#[test]
fn too_many_bytes_are_taken_from_the_queue_that_has_too_many_bytes() {
    let mut policy = Policy::new(Arc::new(Tuner::new(1)));
    (0..100).for_each(|slot| policy.arrive(slot, hash(slot), 10));
    // One entry is no more than the share of newcomers, but it weighs as much as all others.
    policy.arrive(100, hash(100), 1000);
    policy.arrive(101, hash(101), 10);
    assert!(policy.turn(Measure::Bytes) == Rank::New);
    let victim = policy
        .victim(Measure::Bytes, Reach::Anyone, |slot| if slot == 101 { Verdict::Spared } else { Verdict::Used(0) });
    assert_eq!(victim.map(|slot| policy.queues.rank(slot)), Some(Rank::New));
}

#[test]
fn a_heavy_newcomer_leaves_the_proven_alone_while_others_may_go() {
    let mut policy = Policy::new(Arc::new(Tuner::new(1)));
    (0..100).for_each(|slot| policy.arrive(slot, hash(slot), 10));
    (0..100).for_each(|slot| policy.queues.send(slot, Rank::Proven));
    policy.arrive(100, hash(100), 500);
    let judge = |slot| if slot == 100 { Verdict::Spared } else { Verdict::Used(0) };
    assert_eq!(policy.victim(Measure::Bytes, Reach::Fair, judge), None);
    assert_eq!(policy.victim(Measure::Bytes, Reach::Newcomers, judge), None);
    assert!(policy.victim(Measure::Bytes, Reach::Anyone, judge).is_some());
}

#[test]
fn a_heavy_newcomer_makes_room_for_itself_one_by_one() {
    let mut policy = Policy::new(Arc::new(Tuner::new(1)));
    (0..100).for_each(|slot| policy.arrive(slot, hash(slot), 10));
    policy.arrive(100, hash(100), 500);
    let mut weight = 1500;
    while weight > 1000 {
        let judge = |slot| if slot == 100 { Verdict::Spared } else { Verdict::Used(0) };
        let victim = policy.victim(Measure::Bytes, Reach::Anyone, judge).expect("somebody may go");
        policy.remember(victim, hash(victim));
        weight -= policy.leave(victim);
    }
    assert_eq!(policy.queues.len(), 51);
}

#[test]
fn every_one_that_arrives_can_leave_in_any_order() {
    let mut policy = Policy::new(Arc::new(Tuner::new(1)));
    (0..500).for_each(|slot| policy.arrive(slot, hash(slot), u64::from(slot)));
    (0..500).map(|i| i * 7 % 500).for_each(|slot| assert_eq!(policy.leave(slot), u64::from(slot)));
    assert_eq!(policy.queues.len(), 0);
}

#[test]
fn whatever_happens_the_sums_are_those_of_who_is_there() {
    let mut policy = Policy::new(Arc::new(Tuner::new(1)));
    let mut here: Vec<Option<u64>> = vec![None; 200];
    for (what, slot) in dice(5).zip(dice(200).skip(1)).take(50_000) {
        let weight = u64::from(hash(slot + what)) % 1000;
        let measure = if weight.is_multiple_of(2) { Measure::Bytes } else { Measure::Entries };
        match (what, here[slot as usize]) {
            (0 | 1, None) => {
                policy.arrive(slot, hash(slot), weight);
                here[slot as usize] = Some(weight);
            }
            (0, Some(weighed)) => {
                assert_eq!(policy.reweigh(slot, weight), weighed);
                here[slot as usize] = Some(weight);
            }
            (2, Some(weighed)) => {
                assert_eq!(policy.leave(slot), weighed);
                here[slot as usize] = None;
            }
            (3, _) => {
                let verdicts = [Verdict::Spared, Verdict::Goes, Verdict::Used(0), Verdict::Used(1), Verdict::Used(2)];
                let judge = |other: u32| verdicts[other as usize % verdicts.len()];
                if let Some(victim) = policy.victim(measure, Reach::Anyone, judge) {
                    assert!(victim % 5 != 0, "it was spared");
                    policy.remember(victim, hash(victim));
                    assert_eq!(Some(policy.leave(victim)), here[victim as usize].take());
                }
            }
            _ => {}
        }
        assert_eq!(policy.queues.len(), here.iter().flatten().count() as u64);
        assert_eq!(policy.all(Measure::Bytes), here.iter().flatten().sum::<u64>());
    }
}
