//! Tickets given out and taken back, and clearing, which makes them worthless.

use std::time::Duration;

use cache_core::backend::Ticket;
use cache_core::error::Error;
use cache_core::key::Name;

use super::backend::{Database, entry};
use super::client::{Client, Row};
use super::statement::Given;
use super::ticket::Standing;
use super::{draw, error, row};

/// How often a fill is tried again that was refused for something else that was cleared.
const TRIES: usize = 4;

/// How many entries are cleared in one step.
const STEP: i64 = 500;

impl<C: Client> Database<C> {
    /// Returns how a name stands. Read where others read, it may be behind: then its ticket is refused, never wrongly used.
    pub(super) async fn standing(&self, name: &Name) -> Result<Standing, Error> {
        let rows = self.shared.ask(&self.shared.client.dialect().ticket, &[named(name)]).await?;
        match rows.first().and_then(Standing::of) {
            Some(standing) => Ok(standing),
            None => self.mend(name).await,
        }
    }

    /// Returns how a name stands where it is written.
    async fn standing_now(&self, name: &Name) -> Result<Option<Standing>, Error> {
        let told = self.shared.tell(&self.shared.client.dialect().ticket, &[named(name)]).await?;
        Ok(told.rows.first().and_then(|row: &Row| Standing::of(row)))
    }

    /// Puts the gate back that somebody has taken away.
    async fn mend(&self, name: &Name) -> Result<Standing, Error> {
        let dialect = self.shared.client.dialect();
        self.shared.tell(&dialect.mend, &[]).await?;
        self.standing_now(name).await?.ok_or_else(|| error::no_gate(&dialect.table))
    }

    pub(super) async fn fill(
        &self,
        name: &Name,
        value: &[u8],
        time: Option<Duration>,
        ticket: &Ticket,
    ) -> Result<bool, Error> {
        let Some(mut standing) = Standing::read(ticket) else { return Ok(false) };
        for _ in 0..TRIES {
            if self.fill_once(name, value, time, standing).await? {
                return Ok(true);
            }
            // The gate is all that a statement can look at without a race. Whether it has changed for this name's sake is
            // asked only when it has.
            match self.standing_now(name).await? {
                Some(now) if standing.holds(&now) => standing.gate = now.gate,
                _ => return Ok(false),
            }
        }
        Ok(false)
    }

    async fn fill_once(
        &self,
        name: &Name,
        value: &[u8],
        time: Option<Duration>,
        standing: Standing,
    ) -> Result<bool, Error> {
        let Standing { version: was, taken, gate, .. } = standing;
        let given = Given { was, gate, taken, ..entry(name, value, row::millis(time)) };
        let dialect = self.shared.client.dialect();
        if was == 0 {
            return self.shared.put(&dialect.fill_new, given).await;
        }
        Ok(self.shared.tell(&dialect.fill_over, &[given]).await?.affected > 0)
    }

    /// Marks a scope, then deletes what is in it. What was written before the mark is found by one walk along the names.
    pub(super) async fn clear(&self, scope: &str) -> Result<(), Error> {
        let dialect = self.shared.client.dialect();
        let mark = if scope.is_empty() { &dialect.mark_all } else { &dialect.mark };
        self.shared.tell(mark, &[Given { scope, version: draw::mark(), ..Given::default() }]).await?;
        let (mut from, end) = (scope.to_owned(), behind(scope));
        loop {
            let given = Given { from: &from, to: &end, most: STEP, ..Given::default() };
            let told = self.shared.tell(&dialect.step, &[given]).await?;
            let next = told.rows.into_iter().next().and_then(|row| row.into_iter().next());
            let next = next.and_then(|cell| String::from_utf8(row::name(cell)).ok()).filter(|next| !next.is_empty());
            let to = next.as_deref().unwrap_or(&end);
            self.shared.tell(&dialect.clear, &[Given { from: &from, to, ..Given::default() }]).await?;
            let Some(next) = next else { return Ok(()) };
            from = next;
        }
    }
}

fn named(name: &Name) -> Given<'_> {
    Given { name: name.as_str(), ..Given::default() }
}

/// Returns the first text behind all that begin with this one, of which all are printable ASCII.
pub(super) fn behind(scope: &str) -> String {
    let mut bytes = scope.as_bytes().to_vec();
    match bytes.last_mut() {
        Some(last) => *last = (*last + 1).min(0x7F),
        None => bytes.push(0x7F),
    }
    String::from_utf8(bytes).unwrap_or_else(|_| format!("{scope}\x7F"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_ends_before_the_first_text_that_does_not_begin_with_it() {
        assert_eq!(["", "a:1:", "%", "~", "a_"].map(behind), ["\x7F", "a:1;", "&", "\x7F", "a`"]);
        assert!("a:1:\x7E\x7E".cmp(&behind("a:1:")).is_lt() && "a:1;".cmp(&behind("a:1:")).is_eq());
    }
}
