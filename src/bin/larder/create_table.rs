//! `larder create-table`: the tables of the caches that live in a database.

use std::io::{self, Write};

use larder::config::Place;
use larder::{Error, Kind};

use crate::arguments::CreateTable;
use crate::database::{self, Database};
use crate::ending::{Ending, Failure};
use crate::{configuration, ending, output};

/// A table to be made, with whose it is and where.
struct Table {
    whose: String,
    database: Box<dyn Database>,
}

/// Makes the tables, or writes how.
pub fn run(arguments: &CreateTable) -> Result<Ending, Failure> {
    let tables = match tables(arguments) {
        Ok(tables) => tables,
        Err(error) => {
            ending::heard(writeln!(io::stderr(), "{error}"))?;
            return Ok(Ending::Wrong);
        }
    };
    if tables.is_empty() {
        ending::heard(writeln!(io::stdout(), "no cache lives in a database: there is no table to make"))?;
    }
    let mut is_well = true;
    for table in &tables {
        is_well &= if arguments.dry_run { table.tell() } else { table.make() }?;
    }
    Ok(if is_well { Ending::Done } else { Ending::Wrong })
}

fn tables(arguments: &CreateTable) -> Result<Vec<Table>, Error> {
    let mut tables = Vec::new();
    for (caches, place) in places(arguments)? {
        let address = place.locations.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let names = output::names(caches.iter().map(String::as_str));
        let whose = if arguments.url.is_some() { address.clone() } else { format!("{names} at {address}") };
        match database::at(&place)? {
            Some(database) => tables.push(Table { whose, database }),
            None if is_asked_for(arguments) => {
                return Err(Error::configuration(format!("{address} is no database: it needs no table")));
            }
            None => {}
        }
    }
    Ok(tables)
}

fn is_asked_for(arguments: &CreateTable) -> bool {
    arguments.url.is_some() || !arguments.caches.is_empty()
}

/// Returns the places that are meant, with the caches that live there.
fn places(arguments: &CreateTable) -> Result<Vec<(Vec<String>, Place)>, Error> {
    if let Some(url) = &arguments.url {
        let mut places = larder::builder().cache_of_argument("--url", url)?.places()?;
        if let (Some(table), [(_, place)]) = (&arguments.table, &mut places[..]) {
            place.options.give("table", larder::config::Given::Text(table.clone()));
        }
        return Ok(places);
    }
    let builder = configuration::read(&arguments.configuration)?;
    let described = builder.described()?;
    let unknown = arguments.caches.iter().find(|name| described.iter().all(|cache| cache.name != **name));
    if let Some(unknown) = unknown {
        let names = output::names(described.iter().map(|cache| cache.name.as_str()));
        return Err(Error::new(Kind::UnknownCache, format!("there is no cache `{unknown}`; there is {names}")));
    }
    let mut places = builder.places()?;
    let is_meant = |name: &String| arguments.caches.is_empty() || arguments.caches.contains(name);
    places.retain(|(caches, _)| caches.iter().any(is_meant));
    if places.is_empty() && !arguments.caches.is_empty() {
        let names = output::names(arguments.caches.iter().map(String::as_str));
        return Err(Error::configuration(format!("{names} has no address in the configuration")));
    }
    Ok(places)
}

impl Table {
    fn tell(&self) -> Result<bool, Failure> {
        writeln!(io::stdout(), "-- {}\n{}", self.whose, self.database.sql().trim_end())?;
        Ok(true)
    }

    fn make(&self) -> Result<bool, Failure> {
        let made = self.database.create();
        let what = match &made {
            Ok(true) => "created",
            Ok(false) => "was there already",
            Err(error) => {
                ending::heard(writeln!(io::stderr(), "{}: {error}", self.whose))?;
                return Ok(false);
            }
        };
        ending::heard(writeln!(io::stdout(), "{}: {what}", self.whose))?;
        Ok(true)
    }
}
