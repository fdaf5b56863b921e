//! The one line with which a program takes its caches from outside.

use cache_core::error::Error;

/// Makes the caches of the program that its surroundings describe.
///
/// It reads the file that `LARDER_CONFIG` names, else `larder.toml` where the program was started if there is one, and then
/// the variables of the environment; where there is neither, there is one cache, in memory. [`config`](crate::config) says what
/// can stand there. To be called once, before the first cached call. For what has to be said in code, write
/// `larder::builder()`, what it is, `.discover()?.install()?`.
///
/// ```no_run
/// fn main() -> Result<(), larder::Error> {
///     larder::init()?;
///     // …
///     Ok(())
/// }
/// ```
///
/// # Errors
///
/// With all that is wrong with the configuration, each with where it was written; or when a cache of this program has been
/// used already.
pub fn init() -> Result<(), Error> {
    super::builder().discover()?.install()
}
