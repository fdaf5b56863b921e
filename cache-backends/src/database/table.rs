//! [`Table`]: the name of a table, checked and quoted.

use std::fmt;

use cache_core::error::Error;

use super::dialect::Flavour;

/// The most bytes of a name: with what is written behind it, within the limits of every database.
const LONGEST: usize = 48;

/// The table of a store, such as `larder_cache`, or `shop.larder_cache` where databases know schemas.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Table {
    schema: Option<Box<str>>,
    name: Box<str>,
}

impl Default for Table {
    fn default() -> Self {
        Self { schema: None, name: "larder_cache".into() }
    }
}

impl Table {
    /// Reads the name of a table.
    pub(crate) fn parse(text: &str, flavour: Flavour) -> Result<Self, Error> {
        let (schema, name) = text.split_once('.').map_or((None, text), |(schema, name)| (Some(schema), name));
        if schema.is_some() && flavour == Flavour::Sqlite {
            return Err(wrong(text, "SQLite has no schemas"));
        }
        for part in schema.into_iter().chain([name]) {
            check(part).map_err(|rule| wrong(text, rule))?;
        }
        Ok(Self { schema: schema.map(Into::into), name: name.into() })
    }

    /// Returns its name, or that of what belongs to it, as it is written in a statement.
    pub(super) fn quoted(&self, flavour: Flavour, suffix: &str) -> String {
        let quote = if flavour == Flavour::MySql { '`' } else { '"' };
        let schema = self.schema.as_ref().map_or(String::new(), |schema| format!("{quote}{schema}{quote}."));
        format!("{schema}{quote}{}{suffix}{quote}", self.name)
    }

    pub(super) fn schema(&self) -> Option<&str> {
        self.schema.as_deref()
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.schema.iter().try_for_each(|schema| write!(f, "{schema}."))?;
        f.write_str(&self.name)
    }
}

fn check(part: &str) -> Result<(), &'static str> {
    if part.is_empty() || part.len() > LONGEST {
        return Err("it is to have from 1 to 48 letters");
    }
    if !part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') || part.as_bytes()[0].is_ascii_digit() {
        return Err("it is to be of letters, digits and `_`, and to begin with no digit");
    }
    Ok(())
}

fn wrong(text: &str, rule: &str) -> Error {
    Error::configuration(format!("`{}` cannot be the name of a table: {rule}", text.escape_debug()))
}

#[cfg(test)]
mod tests {
    use cache_core::error::Kind;

    use super::*;

    #[test]
    fn a_name_is_quoted_as_its_database_wants_it() {
        let table = Table::parse("shop.larder_cache", Flavour::Postgres).unwrap();
        assert_eq!(table.quoted(Flavour::Postgres, ""), r#""shop"."larder_cache""#);
        assert_eq!(table.quoted(Flavour::MySql, "_cleared"), "`shop`.`larder_cache_cleared`");
        assert_eq!(table.to_string(), "shop.larder_cache");
        let usual = Table::parse("larder_cache", Flavour::Sqlite).unwrap();
        assert_eq!((usual.quoted(Flavour::Sqlite, ""), &usual), (r#""larder_cache""#.into(), &Table::default()));
    }

    #[test]
    fn what_no_name_is_made_of_is_refused_and_says_why() {
        let long = "x".repeat(49);
        for wrong in ["", "a b", "a\"", "a`", "a;drop table b", "ä", "1a", "a.", ".a", "a.b.c", "a-b", "a\0", &long] {
            let error = Table::parse(wrong, Flavour::MySql).expect_err(wrong);
            assert_eq!(error.kind(), Kind::Configuration);
            assert!(error.to_string().contains("cannot be the name of a table: it is to"), "{error}");
        }
        assert!(Table::parse("a.b", Flavour::Sqlite).unwrap_err().to_string().contains("SQLite has no schemas"));
    }
}
