//! Whose entries there are in a shard.

use std::collections::HashMap;

use ahash::RandomState;

use crate::key::{Address, Scope};

/// The scopes and patterns that there are entries of: told once, and a number in each entry.
#[derive(Debug, Default)]
pub(super) struct Families {
    all: Vec<Family>,
    /// Numbers that nobody has.
    free: Vec<u32>,
    numbers: HashMap<(Scope, u64), u32, RandomState>,
}

/// What the names of some entries have in common.
#[derive(Debug)]
struct Family {
    scope: Scope,
    mark: u64,
    entries: u32,
}

impl Families {
    /// Returns whether this is the number of the family that an address is in, by its scope and its mark.
    #[inline(always)]
    pub(super) fn is(&self, number: u32, address: Address<'_>) -> bool {
        match self.all.get(number as usize) {
            Some(family) => family.mark == address.mark && family.scope == *address.scope,
            None => false,
        }
    }

    /// Returns whether a family is of this scope.
    pub(super) fn is_of(&self, number: u32, scope: &Scope) -> bool {
        self.all.get(number as usize).is_some_and(|family| family.scope == *scope)
    }

    /// Returns the mark of a family.
    pub(super) fn mark(&self, number: u32) -> Option<u64> {
        self.all.get(number as usize).map(|family| family.mark)
    }

    /// Says how many entries there are in each family of this scope.
    pub(super) fn count_by_mark(&self, scope: &Scope, out: &mut dyn FnMut(u64, u32)) {
        let there = self.all.iter().filter(|family| family.entries > 0 && family.scope == *scope);
        there.for_each(|family| out(family.mark, family.entries));
    }

    /// Takes an entry into the family that its address is in, and returns the number of that.
    pub(super) fn enter(&mut self, address: Address<'_>) -> u32 {
        let whose = (address.scope.clone(), address.mark);
        let number = *self.numbers.entry(whose).or_insert_with_key(|(scope, mark)| {
            let family = Family { scope: scope.clone(), mark: *mark, entries: 0 };
            if let Some(number) = self.free.pop() {
                self.all[number as usize] = family;
                return number;
            }
            self.all.push(family);
            u32::try_from(self.all.len() - 1).expect("no more families than entries")
        });
        self.all[number as usize].entries += 1;
        number
    }

    /// Takes an entry out of its family, which is forgotten with the last one.
    pub(super) fn leave(&mut self, number: u32) {
        let family = &mut self.all[number as usize];
        family.entries -= 1;
        if family.entries == 0 {
            self.numbers.remove(&(family.scope.clone(), family.mark));
            self.free.push(number);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(version: &str) -> Scope {
        Scope::new("", version, None).unwrap()
    }

    fn of(scope: &Scope, mark: u64) -> Address<'_> {
        Address::new(scope, mark, &[], 0)
    }

    #[test]
    fn a_family_is_a_scope_and_a_mark_however_often_it_is_made() {
        let mut families = Families::default();
        let one = families.enter(of(&scope("1"), 7));
        assert_eq!(families.enter(of(&scope("1"), 7)), one);
        let others = [families.enter(of(&scope("2"), 7)), families.enter(of(&scope("1"), 8))];
        assert!(others[0] != one && others[1] != one && others[0] != others[1]);
        assert!(families.is(one, of(&scope("1"), 7)));
        assert!(!families.is(one, of(&scope("2"), 7)) && !families.is(one, of(&scope("1"), 8)));
    }

    #[test]
    fn a_family_without_entries_is_forgotten_and_its_number_used_again() {
        let mut families = Families::default();
        for version in 0..100 {
            let whose = scope(&version.to_string());
            let number = families.enter(of(&whose, 1));
            assert_eq!((number, families.enter(of(&whose, 1))), (0, 0));
            families.leave(number);
            assert!(families.is(number, of(&whose, 1)));
            families.leave(number);
        }
        assert_eq!((families.all.len(), families.numbers.len()), (1, 0));
    }
}
