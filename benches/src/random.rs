//! Numbers that are the same in every run.

/// A stream of pseudo-random numbers (SplitMix64).
pub struct Random(u64);

impl Random {
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    pub fn below(&mut self, end: usize) -> usize {
        ((u128::from(self.number()) * end as u128) >> 64) as usize
    }

    /// Returns a number from zero up to one.
    pub fn part(&mut self) -> f64 {
        (self.number() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Returns the numbers below `end` in a random order.
    #[must_use]
    pub fn order(&mut self, end: usize) -> Vec<u32> {
        let mut order: Vec<u32> = (0..end as u32).collect();
        for last in (1..end).rev() {
            order.swap(last, self.below(last + 1));
        }
        order
    }
}

/// Few keys that are asked for often, and many that are asked for seldom.
pub struct Zipf {
    /// How likely one of the keys up to here is.
    up_to: Vec<f64>,
    /// The key of each rank: those in use are not those that were stored first.
    keys: Vec<u32>,
}

impl Zipf {
    #[must_use]
    pub fn new(keys: usize, exponent: f64) -> Self {
        let mut sum = 0.0;
        let mut up_to: Vec<f64> = (1..=keys)
            .map(|rank| {
                sum += (rank as f64).powf(-exponent);
                sum
            })
            .collect();
        up_to.iter_mut().for_each(|part| *part /= sum);
        Self { up_to, keys: Random::new(1).order(keys) }
    }

    pub fn rank(&self, random: &mut Random) -> usize {
        let part = random.part();
        self.up_to.partition_point(|up_to| *up_to <= part).min(self.keys.len() - 1)
    }

    pub fn key(&self, random: &mut Random) -> u32 {
        self.keys[self.rank(random)]
    }
}
