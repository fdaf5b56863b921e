//! What changes something: it is noted what was there before, and said where that is asked for.

use std::time::{Duration, Instant};

use cache_core::error::Error;
use cache_core::key::Name;

use super::backend::{Redis, millis};
use super::command::Command;
use super::error;
use super::journal::What;
use super::making::NAME;
use super::resp::Answer;
use super::routes::Intent;
use super::script::{self, Script};

impl Redis {
    /// Runs a script on a name.
    pub(super) async fn run(&self, script: &Script, name: &[u8], arguments: &[&[u8]]) -> Result<Answer, Error> {
        let (deadline, channel) = (self.routes.deadline(), self.channel(name));
        let channel = channel.as_deref();
        let called = self.routes.ask(name, Intent::Write, |out| script.call(out, name, arguments, channel)).await;
        match called {
            // It was restarted, or another one is in its place.
            Err(error) if error::is_no_script(&error) => {
                let taught = self.routes.ask(name, Intent::Write, |out| script.teach(out, name, arguments, channel));
                Box::pin(deadline.keep(NAME, taught)).await
            }
            answer => answer,
        }
    }

    /// Runs a script on each of several names.
    pub(super) async fn run_each<'a>(
        &self,
        script: &Script,
        count: usize,
        name: &(impl Fn(usize) -> &'a [u8] + Sync),
        arguments: impl for<'b> Fn(usize) -> Vec<&'a [u8]> + Sync,
        tells: bool,
    ) -> Vec<Result<Answer, Error>> {
        let deadline = self.routes.deadline();
        let channel = |at| if tells { self.channel(name(at)) } else { None };
        let call = |at: usize, out: &mut Vec<u8>| script.call(out, name(at), &arguments(at), channel(at).as_deref());
        let mut answers = self.routes.ask_each(count, Intent::Write, name, call).await;
        let is_unknown = |at: &usize| answers[*at].as_ref().is_err_and(error::is_no_script);
        let unknown: Vec<_> = (0..count).filter(is_unknown).collect();
        if unknown.is_empty() {
            return answers;
        }
        // They were restarted, or others are in their places.
        let teach = |at: usize, out: &mut Vec<u8>| {
            let at = unknown[at];
            script.teach(out, name(at), &arguments(at), channel(at).as_deref());
        };
        let taught = self.routes.ask_each(unknown.len(), Intent::Write, |at| name(unknown[at]), teach);
        match deadline.keep(NAME, async { Ok(taught.await) }).await {
            Ok(taught) => unknown.iter().zip(taught).for_each(|(at, answer)| answers[*at] = answer),
            Err(error) => unknown.iter().for_each(|at| answers[*at] = Err(error.clone())),
        }
        answers
    }

    /// Returns where it is said that this name is changed, if this store says so.
    pub(super) fn channel(&self, name: &[u8]) -> Option<Vec<u8>> {
        self.making.bus().map(|bus| bus.channel(name))
    }

    /// Runs a script that answers yes or no.
    pub(super) async fn holds(&self, script: &Script, name: &[u8], arguments: &[&[u8]]) -> Result<bool, Error> {
        match self.run(script, name, arguments).await? {
            Answer::Number(number) => Ok(number != 0),
            _ => Err(error::unusable()),
        }
    }

    /// Removes what is under one name, and says whether anything was.
    pub(super) async fn remove_one(&self, name: &[u8]) -> Result<bool, Error> {
        let (were_there, version) = removed(self.run(&script::DELETE, name, &[]).await?)?;
        self.making.journal.note(name, What::This, &version, Instant::now());
        Ok(were_there)
    }

    /// Removes what is under many, and says under how many there was anything.
    pub(super) async fn remove<'a>(&self, count: usize, name: impl Fn(usize) -> &'a [u8] + Sync) -> Result<u64, Error> {
        let answers = self.run_each(&script::DELETE, count, &name, |_| Vec::new(), true).await;
        let mut sum = Ok(0);
        for (at, answer) in answers.into_iter().enumerate() {
            // Also behind one that failed: what was removed is noted.
            let were_there = answer.and_then(removed).map(|(were_there, version)| {
                self.making.journal.note(name(at), What::This, &version, Instant::now());
                were_there
            });
            sum = were_there.and_then(|were_there| sum.map(|sum| sum + u64::from(were_there)));
        }
        sum
    }

    /// Removes what is under many names, of which it is said and noted elsewhere.
    pub(super) async fn remove_silently<'a>(
        &self,
        count: usize,
        name: impl Fn(usize) -> &'a [u8] + Sync,
    ) -> Result<(), Error> {
        let answers = self.run_each(&script::DELETE, count, &name, |_| Vec::new(), false).await;
        answers.into_iter().try_for_each(|answer| answer.and_then(removed).map(drop))
    }

    /// Keeps a value that a script would copy several times, with nobody else answered meanwhile: what is there is removed first.
    pub(super) async fn set_large(&self, name: &Name, value: &[u8], time: Option<Duration>) -> Result<(), Error> {
        self.remove_one(name.as_bytes()).await?;
        let (name, trailer) = (name.as_bytes(), self.trailer());
        let set = |out: &mut Vec<u8>| match millis(time) {
            Some(millis) => {
                let command = Command::new(out, 5).part(b"SET").part(name).parts([value, &trailer]);
                command.part(b"PX").number(millis);
            }
            None => _ = Command::new(out, 3).part(b"SET").part(name).parts([value, &trailer]),
        };
        self.routes.ask(name, Intent::Write, set).await?;
        if let Some(channel) = self.channel(name) {
            self.routes.ask(name, Intent::Write, |out| Command::of(out, &[b"PUBLISH", &channel, name])).await?;
        }
        Ok(())
    }

    /// Takes note of what was written over, and of a marker that withdraws what was there before it.
    pub(super) fn note_put(&self, name: &Name, trailer: &[u8], answer: Answer) -> Result<(), Error> {
        let Answer::Bytes(version) = answer else { return Err(error::unusable()) };
        let (journal, now) = (&self.making.journal, Instant::now());
        if name.is_reserved() {
            journal.note(name.as_bytes(), What::Others, trailer, now);
        } else {
            journal.note_replaced(name.as_bytes(), &version, now);
        }
        Ok(())
    }
}

/// Reads whether anything was there, and what stood behind it.
fn removed(answer: Answer) -> Result<(bool, Vec<u8>), Error> {
    let Answer::List(parts) = answer else { return Err(error::unusable()) };
    let Ok([Answer::Number(were_there), Answer::Bytes(version)]) = <[Answer; 2]>::try_from(parts) else {
        return Err(error::unusable());
    };
    Ok((were_there != 0, version))
}
