//! Chance that can be had again: by one number, which the output says.

/// Numbers that look drawn (`SplitMix64`).
pub struct Random(u64);

impl Random {
    /// Begins what one of those who draw gets, by the seed of all of them.
    pub fn of(seed: u64, who: u64) -> Self {
        let mut random = Self(seed ^ who.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        random.next();
        random
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Draws a number below a bound, which is more than none.
    pub fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound.max(1) as u64).unwrap_or_default()
    }

    pub fn one_in(&mut self, many: usize) -> bool {
        self.below(many) == 0
    }

    pub fn pick<'a, T>(&mut self, some: &'a [T]) -> Option<&'a T> {
        if some.is_empty() { None } else { some.get(self.below(some.len())) }
    }

    /// Draws a factor from a half to one and a half.
    pub fn factor(&mut self) -> f64 {
        0.5 + f64::from(u8::try_from(self.below(100)).unwrap_or_default()) / 100.0
    }

    /// Draws a word that nobody has seen.
    pub fn word(&mut self) -> String {
        format!("{:08x}", self.next() >> 32)
    }
}
