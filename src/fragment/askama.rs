//! Fragments in templates of askama: they were escaped when they were rendered.

use std::fmt;

use ::askama::filters::HtmlSafe;
use ::askama::{FastWritable, Values};

use super::Text;

impl HtmlSafe for Text {}

impl FastWritable for Text {
    fn write_into(&self, dest: &mut dyn fmt::Write, _: &dyn Values) -> ::askama::Result<()> {
        Ok(dest.write_str(self)?)
    }
}
