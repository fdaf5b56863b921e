//! The name of a record, as a slot holds it.

/// A name next to what it names where it is short, as most are: one place in memory less to look at.
#[derive(Debug)]
pub(super) enum Label {
    Short { len: u8, bytes: [u8; SHORT] },
    Long(Box<[u8]>),
}

/// What fits into the room that a pointer to a long name takes with its length.
const SHORT: usize = 22;

impl From<&[u8]> for Label {
    fn from(name: &[u8]) -> Self {
        let mut bytes = [0; SHORT];
        match (u8::try_from(name.len()), bytes.get_mut(..name.len())) {
            (Ok(len), Some(room)) => {
                room.copy_from_slice(name);
                Self::Short { len, bytes }
            }
            _ => Self::Long(name.into()),
        }
    }
}

impl Label {
    #[inline]
    pub(super) fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Short { len, bytes } => &bytes[..usize::from(*len)],
            Self::Long(name) => name,
        }
    }

    #[inline]
    pub(super) fn is(&self, name: &[u8]) -> bool {
        same(self.as_bytes(), name)
    }
}

/// Compares without a call where that takes a few words: most names have between eight and thirty-two bytes.
#[inline]
fn same(one: &[u8], other: &[u8]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    match one.len() {
        8..=16 => ends_match::<8>(one, other),
        17..=32 => ends_match::<16>(one, other),
        _ => one == other,
    }
}

/// Compares the first `N` and the last `N` bytes: all of them, where there are no more than twice as many.
#[inline]
fn ends_match<const N: usize>(one: &[u8], other: &[u8]) -> bool {
    one.first_chunk::<N>() == other.first_chunk() && one.last_chunk::<N>() == other.last_chunk()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_takes_no_more_room_than_a_pointer_with_a_length_and_a_word() {
        assert_eq!(size_of::<Label>(), 24);
    }

    #[test]
    fn names_of_every_length_are_told_from_those_that_differ_in_any_one_byte() {
        for len in 0..70 {
            let name: Vec<u8> = (0..len).collect();
            let label = Label::from(name.as_slice());
            assert!(label.is(&name) && label.as_bytes() == name);
            assert!(
                !label.is(&[name.as_slice(), b"x"].concat())
                    && !name.split_last().is_some_and(|(_, less)| label.is(less))
            );
            for at in 0..name.len() {
                let mut other = name.clone();
                other[at] ^= 1;
                assert!(!label.is(&other), "{len} bytes, another one at {at}");
            }
        }
    }
}
