//! Counting: numbers of an `i64`, with servers that know those above zero only.
//!
//! A number is kept as its digits. What a server adds to them wraps beyond 64 bits, and what it takes from them ends at zero,
//! and leaves spaces where a digit was. So a number is read first; the server itself counts where none of that can happen, and
//! elsewhere the digits are replaced, if they are still those that were read.

use cache_core::backend::not_counted;
use cache_core::codec::wire::{number_from_bytes, number_to_bytes};
use cache_core::error::{Error, Kind};
use cache_core::key::Name;

use super::answer::{Flags, Refusal, Said};
use super::moment::Moment;
use super::node::Node;
use super::request::{self, Only};
use super::{TRIES, error};

/// Below this, a number that is added to at the same moment by everybody in the world does not leave `i64`.
const FAR_FROM_THE_END: i64 = i64::MAX / 4;

/// How the next number comes about.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Way {
    /// The server adds, to whatever is there.
    Add,
    /// The server takes away, from what was read.
    Take,
    /// The digits are replaced, if they are still those that were read.
    Replace,
}

fn way(number: i64, delta: i64, sum: i64) -> Way {
    match () {
        () if (0..FAR_FROM_THE_END).contains(&number) && (0..FAR_FROM_THE_END).contains(&delta) => Way::Add,
        () if delta < 0 && sum >= 0 && digits(sum) == digits(number) => Way::Take,
        () => Way::Replace,
    }
}

fn digits(number: i64) -> u32 {
    number.checked_ilog10().unwrap_or(0)
}

/// Adds to the number under a name. To add nothing is a change as well: who fills in something else comes too late.
pub(super) async fn incr(node: &Node, name: &Name, delta: i64) -> Result<i64, Error> {
    for _ in 0..TRIES {
        let (number, flags) = read(node, name).await?;
        let sum = number.checked_add(delta).ok_or_else(|| not_counted(Kind::Overflow, name))?;
        let said = match way(number, delta, sum) {
            Way::Add => node.ask(|out| request::count(out, name, delta, None)).await?,
            Way::Take => node.ask(|out| request::count(out, name, delta, Some(flags.cas))).await?,
            Way::Replace => replace(node, name, sum, flags).await?,
        };
        match said {
            Said::Done(_) => return Ok(sum),
            Said::Value(digits, _) => {
                return number_from_bytes(&digits).ok_or_else(|| not_counted(Kind::Overflow, name));
            }
            // It was changed meanwhile.
            Said::Nothing | Said::Changed | Said::Refused(Refusal::NoNumber) => {}
            other => return Err(node.unexpected(&other)),
        }
    }
    Err(error::too_busy(name))
}

async fn read(node: &Node, name: &Name) -> Result<(i64, Flags), Error> {
    match node.ask(|out| request::get(out, name, "v c t")).await? {
        Said::Value(value, flags) if !flags.is_lease(value.len() as u64) => {
            let number = number_from_bytes(&value).ok_or_else(|| not_counted(Kind::NotANumber, name))?;
            if flags.cas == 0 { Err(error::no_cas(node.server())) } else { Ok((number, flags)) }
        }
        Said::Value(..) | Said::Nothing => Err(not_counted(Kind::Missing, name)),
        other => Err(node.unexpected(&other)),
    }
}

/// It keeps the seconds that it had left when it was read: where one ends in between, it has one more.
async fn replace(node: &Node, name: &Name, sum: i64, flags: Flags) -> Result<Said, Error> {
    let moment = match flags.left.and_then(|left| u64::try_from(left).ok()) {
        Some(left) => Moment::in_seconds(left),
        None => Moment::NEVER,
    };
    node.ask(|out| request::set(out, name, &number_to_bytes(sum), moment, Only::Cas(flags.cas))).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_counts_where_nothing_wraps_ends_or_leaves_a_space() {
        let way = |number: i64, delta: i64| way(number, delta, number + delta);
        assert_eq!((way(0, 1), way(99, 1), way(FAR_FROM_THE_END - 1, 1)), (Way::Add, Way::Add, Way::Add));
        assert_eq!(
            (way(99, -1), way(9, -9), way(100, -1), way(1, -2)),
            (Way::Take, Way::Take, Way::Replace, Way::Replace)
        );
        assert_eq!((way(-1, 1), way(-5, -5), way(i64::MAX - 1, 1)), (Way::Replace, Way::Replace, Way::Replace));
        assert_eq!(way(0, FAR_FROM_THE_END), Way::Replace);
    }
}
