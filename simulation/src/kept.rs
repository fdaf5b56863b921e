//! Seeds that found something, each with what that was. What a seed stands for changes with the simulation: a test of the
//! engine tells each of these faults too.

/// A seed, and what it found.
pub const KEPT: [(u64, &str); 3] = [
    (276, "a caller left while it invalidated a tag: its process went on serving what had it"),
    (1549, "a caller left between the marker of all tags and that of a namespace: the same"),
    (1561, "a caller left while it invalidated: its process still served what was old when everything was over"),
];
