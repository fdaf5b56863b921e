//! Which part of a cluster a name belongs to.

/// How many parts a cluster has.
pub(super) const SLOTS: u16 = 16_384;

/// Returns the part that a name belongs to: of a name with something in braces, that decides alone.
pub(super) fn slot(name: &[u8]) -> u16 {
    crc16(tag(name)) % SLOTS
}

fn tag(name: &[u8]) -> &[u8] {
    let begin = name.iter().position(|byte| *byte == b'{').map(|at| &name[at + 1..]);
    let inside = begin.and_then(|rest| Some(&rest[..rest.iter().position(|byte| *byte == b'}')?]));
    inside.filter(|inside| !inside.is_empty()).unwrap_or(name)
}

const TABLE: [u16; 256] = table();

fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |sum, byte| sum << 8 ^ TABLE[usize::from((sum >> 8) as u8 ^ byte)])
}

#[expect(clippy::cast_possible_truncation, reason = "it is below 256")]
const fn table() -> [u16; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let (mut sum, mut bit) = ((byte as u16) << 8, 0);
        while bit < 8 {
            sum = if sum & 0x8000 == 0 { sum << 1 } else { sum << 1 ^ 0x1021 };
            bit += 1;
        }
        table[byte] = sum;
        byte += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_belong_where_servers_say() {
        // As `CLUSTER KEYSLOT` answers.
        for (name, wanted) in [
            ("123456789", 12_739),
            ("", 0),
            ("foo", 12_182),
            ("foo{bar}baz", 5_061),
            ("bar", 5_061),
            ("foo{}baz", 14_044),
            ("foo{bar", 15_278),
        ] {
            assert_eq!(slot(name.as_bytes()), wanted, "{name}");
        }
    }

    #[test]
    fn what_stands_in_the_first_braces_decides() {
        assert_eq!(tag(b"a{b}c{d}"), b"b");
        assert_eq!(tag(b"a{{b}}"), b"{b");
        assert_eq!([tag(b"a{}b{c}"), tag(b"a}b{")], [&b"a{}b{c}"[..], b"a}b{"]);
    }
}
