//! The caches of a program, put together from code, files and the environment.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::panic::Location as Caller;
use std::path::Path;
use std::sync::Arc;

use cache_backends::place::Place;
use cache_core::error::Error;
use cache_core::executor::Executor;
use cache_core::key::KeyFunction;
use cache_core::registry::{self, Plan, Settings};

use super::described::Described;
#[cfg(feature = "toml")]
use super::document::Document;
use super::draft::{Draft, Drafts};
use super::fault::Faults;
use super::origin::{Origin, Said};
use super::resolve::{Names, Resolved, resolve};
use super::schemes::Schemes;
use super::variables::{Environment, Variables};
use super::word::Word;
use super::written::Written;

/// The caches of a program, as they are put together; [`install`](Self::install) makes them.
///
/// What the environment says goes before what files say, and that before what code says, word by word. Of what is wrong in
/// words and values, [`install`](Self::install) tells all at once.
///
/// ```
/// use larder::Settings;
///
/// larder::builder()
///     .cache("default", Settings::memory().max_entries(50_000).ttl(600))
///     .cache("sessions", Settings::memory().ttl(3600))
///     .install()?;
/// assert_eq!(larder::cache("sessions")?.name(), "sessions");
/// assert!(larder::builder().install().is_err(), "once is enough");
/// # Ok::<(), larder::Error>(())
/// ```
#[must_use = "nothing is configured until `install` is called"]
pub struct Builder {
    plan: Plan,
    code: Drafts,
    #[cfg(feature = "toml")]
    documents: Vec<Document>,
    /// The environment, where it is somebody else's than that of this process.
    variables: Option<Variables>,
    reads_environment: bool,
    schemes: Schemes,
    functions: BTreeMap<String, KeyFunction>,
    /// What was wrong in code.
    wrong: Vec<Said<String>>,
}

/// What a builder comes to, and whether all of it begins switched off.
struct Outcome {
    resolved: Resolved,
    off: bool,
}

/// Begins to put the caches of this program together.
///
/// A program that never does has one cache, `default`, in memory. [`init`](super::init()) does what most programs want.
///
/// ```
/// use larder::{Kind, Settings};
///
/// let twice = larder::builder().cache("pages", Settings::memory()).cache("pages", Settings::null());
/// assert_eq!(twice.install().map_err(|error| error.kind()), Err(Kind::Configuration));
/// ```
pub fn builder() -> Builder {
    Builder {
        plan: Plan::default(),
        code: Drafts::new(),
        #[cfg(feature = "toml")]
        documents: Vec::new(),
        variables: None,
        reads_environment: false,
        schemes: Schemes::default(),
        functions: BTreeMap::new(),
        wrong: Vec::new(),
    }
}

impl Builder {
    /// Adds a cache under this name. The one named `default` serves every site that names none.
    #[track_caller]
    pub fn cache(mut self, name: impl Into<String>, settings: Settings) -> Self {
        let origin = Origin::Code(Caller::caller());
        self.add(name.into(), Draft::of(settings, origin.clone()), origin);
        self
    }

    /// Adds a cache that lives at an address.
    ///
    /// ```
    /// use larder::{Kind, testing};
    ///
    /// let settings = larder::builder().cache_at("pages", "memory://?max_entries=2")?.settings()?;
    /// let larder = testing::isolated_with(settings.iter().map(|(name, settings)| (name.as_str(), settings.clone())))?;
    /// assert_eq!(larder.cache("pages").stats().entries, 0);
    /// let wrong = larder::builder().cache_at("pages", "file://var/cache").unwrap_err();
    /// assert_eq!(wrong.kind(), Kind::Configuration, "{wrong}");
    /// # Ok::<(), larder::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When it is no address. Whether there is such a store, [`install`](Self::install) says.
    #[track_caller]
    pub fn cache_at(self, name: impl Into<String>, url: &str) -> Result<Self, Error> {
        self.cache_from(name.into(), url, Origin::Code(Caller::caller()))
    }

    /// Adds a cache whose address stands behind an argument of the program `larder`: mistakes are told to be there.
    ///
    /// # Errors
    ///
    /// As [`cache_at`](Self::cache_at).
    #[doc(hidden)]
    pub fn cache_of_argument(self, argument: &str, url: &str) -> Result<Self, Error> {
        self.cache_from(argument.to_owned(), url, Origin::Variable(argument.into()))
    }

    fn cache_from(mut self, name: String, url: &str, origin: Origin) -> Result<Self, Error> {
        let (mut draft, mut faults) = (Draft::default(), Faults::default());
        draft.say(Word::Url, &Said::new(Written::Text(url.to_owned()), origin.clone()), &mut faults);
        faults.into_result()?;
        self.add(name, draft, origin);
        Ok(self)
    }

    fn add(&mut self, name: String, draft: Draft, origin: Origin) {
        let sentence = format!("there are two caches named `{name}`; rename one");
        if self.code.insert(name, draft).is_some() {
            self.wrong.push(Said::new(sentence, origin));
        }
    }

    /// Adds what a file says.
    ///
    /// # Errors
    ///
    /// When it cannot be read, or is no TOML.
    #[cfg(feature = "toml")]
    pub fn file(self, path: impl AsRef<Path>) -> Result<Self, Error> {
        let name = path.as_ref().display().to_string();
        let text = super::file::read(path.as_ref())?;
        self.document(&name, text)
    }

    /// Adds what a text says that is written like a file. Errors call it `larder.toml`.
    ///
    /// ```
    /// let builder = larder::builder().toml(
    ///     r#"
    ///     [caches.default]
    ///     ttl = "10m"
    ///     max_entires = 50_000
    ///     "#,
    /// )?;
    /// let wrong = builder.install().unwrap_err().to_string();
    /// assert!(wrong.starts_with("larder.toml:4:5: there is no word `max_entires`; did you mean `max_entries`?"), "{wrong}");
    /// # Ok::<(), larder::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When it is no TOML.
    #[cfg(feature = "toml")]
    pub fn toml(self, text: impl Into<String>) -> Result<Self, Error> {
        self.document(super::file::USUAL, text.into())
    }

    #[cfg(feature = "toml")]
    fn document(mut self, name: &str, text: String) -> Result<Self, Error> {
        self.documents.push(Document::read(name, text)?);
        Ok(self)
    }

    /// Adds what the variables of this process say: `LARDER_URL` and others, as [the docs](super) list them.
    ///
    /// # Errors
    ///
    /// Never by now: what is wrong with them, [`install`](Self::install) tells together with the rest.
    pub fn environment(mut self) -> Result<Self, Error> {
        self.reads_environment = true;
        Ok(self)
    }

    /// Takes these for the variables of this process: for tests, and for programs that have their own way to come by them.
    ///
    /// ```
    /// let variables = [("LARDER_URL", "memory://?max_entries=50"), ("LARDER_TTL", "1h")];
    /// let described = larder::builder().environment_of(variables)?.described()?;
    /// assert_eq!(described[0].max_entries, Some(50));
    /// # Ok::<(), larder::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`environment`](Self::environment).
    pub fn environment_of<K, V>(mut self, variables: impl IntoIterator<Item = (K, V)>) -> Result<Self, Error>
    where
        K: Into<OsString>,
        V: Into<OsString>,
    {
        self.variables = Some(Variables::of(variables.into_iter().map(|(name, value)| (name.into(), value.into()))));
        self.environment()
    }

    /// Adds what is there: the file that `LARDER_CONFIG` names, else `larder.toml` where the program was started if there is
    /// one, and the variables of this process. This is what [`init`](super::init()) installs.
    ///
    /// # Errors
    ///
    /// When the file that is named is not there, or a file cannot be read or is no TOML.
    pub fn discover(self) -> Result<Self, Error> {
        let variables = self.variables_now();
        let mut faults = Faults::default();
        let path = super::file::discovered(variables.get().config(&mut faults))?;
        faults.into_result()?;
        match path {
            Some(path) => self.read_discovered(&path)?.environment(),
            None => self.environment(),
        }
    }

    #[cfg(feature = "toml")]
    fn read_discovered(self, path: &Path) -> Result<Self, Error> {
        self.file(path)
    }

    #[cfg(not(feature = "toml"))]
    #[expect(clippy::unused_self, reason = "the other one takes it")]
    fn read_discovered(self, path: &Path) -> Result<Self, Error> {
        let sentence = format!("{}: to read this, enable the feature `toml` of larder", path.display());
        Err(Error::configuration(sentence))
    }

    /// Registers what makes stores of addresses that begin with `scheme://`.
    ///
    /// ```
    /// use larder::backend::Memory;
    /// use larder::clock::Clock;
    /// use larder::config::Place;
    /// use larder::Settings;
    ///
    /// let described = larder::builder()
    ///     .scheme("mystore", |mut place: Place| {
    ///         let _table = place.options.text("table")?;
    ///         place.options.done()?; // says what was misspelt
    ///         Ok(Settings::backend(Memory::new(Clock::default())))
    ///     })
    ///     .cache_at("pages", "mystore://host/path?table=pages")?
    ///     .described()?;
    /// assert_eq!(described[1].store, "mystore");
    /// # Ok::<(), larder::Error>(())
    /// ```
    #[track_caller]
    pub fn scheme(
        mut self,
        scheme: &str,
        make: impl Fn(Place) -> Result<Settings, Error> + Send + Sync + 'static,
    ) -> Self {
        if let Err(sentence) = self.schemes.add(scheme, make) {
            self.wrong.push(Said::new(sentence, Origin::Code(Caller::caller())));
        }
        self
    }

    /// Registers a function that joins prefix, version and key, for the word `key_function`.
    ///
    /// ```
    /// let settings = larder::builder()
    ///     .key_function("lower", |_, _, key, name| name.write_str(&key.to_lowercase()))
    ///     .environment_of([("LARDER_KEY_FUNCTION", "lower")])?
    ///     .settings()?;
    /// assert_eq!(settings.len(), 1);
    /// # Ok::<(), larder::Error>(())
    /// ```
    pub fn key_function(mut self, name: impl Into<String>, function: KeyFunction) -> Self {
        self.functions.insert(name.into(), function);
        self
    }

    /// Runs refreshes and time limits on this runtime. With the feature `tokio` it is the runtime of the caller.
    ///
    /// ```
    /// use larder::executor::NoExecutor;
    ///
    /// larder::builder().executor(NoExecutor).install()?;
    /// assert!(!larder::cache("default")?.is_outside());
    /// # Ok::<(), larder::Error>(())
    /// ```
    pub fn executor(mut self, executor: impl Executor) -> Self {
        self.plan.executor = Arc::new(executor);
        self
    }

    /// Returns what each cache comes to, by name, and installs nothing.
    ///
    /// # Errors
    ///
    /// As [`install`](Self::install).
    pub fn described(&self) -> Result<Vec<Described>, Error> {
        let Outcome { resolved, off } = self.outcome()?;
        let described = resolved.caches.into_iter().map(|(_, described)| described);
        Ok(described.map(|described| Described { off: described.off || off, ..described }).collect())
    }

    /// Returns the settings of each cache, by name, and installs nothing: for [`testing`](crate::testing).
    ///
    /// # Errors
    ///
    /// As [`install`](Self::install).
    pub fn settings(&self) -> Result<Vec<(String, Settings)>, Error> {
        let caches = self.outcome()?.resolved.caches.into_iter();
        Ok(caches.map(|(settings, described)| (described.name, settings)).collect())
    }

    /// Returns where each store with an address is, with the names of the caches in it: for the program `larder`.
    ///
    /// # Errors
    ///
    /// As [`install`](Self::install).
    #[doc(hidden)]
    pub fn places(&self) -> Result<Vec<(Vec<String>, Place)>, Error> {
        Ok(self.outcome()?.resolved.stores.places().collect())
    }

    /// Makes these the caches of the program. To be called once, before the first cached call.
    ///
    /// # Errors
    ///
    /// When something that was said of a cache cannot work: all of that together, each with the file, the line and the column,
    /// the variable, or the line of code where it was said. And when a cache of this program has been used already.
    pub fn install(mut self) -> Result<(), Error> {
        let outcome = self.outcome()?;
        self.plan.off |= outcome.off;
        let caches = outcome.resolved.caches.into_iter();
        for (settings, described) in caches {
            for idle in &described.idle {
                log::warn!(target: "larder", "cache `{}`: {idle}", described.name);
            }
            // Nobody has said anything of it: it is there for those who name none.
            if described.said.is_empty() {
                self.plan.default = settings;
            } else {
                self.plan.caches.push((described.name, settings));
            }
        }
        registry::install(self.plan)
    }

    fn outcome(&self) -> Result<Outcome, Error> {
        let mut faults = Faults::default();
        for wrong in &self.wrong {
            faults.add(&wrong.origin, wrong.value.as_str());
        }
        let variables = self.variables_now();
        let mut drafts = self.code.clone();
        #[cfg(feature = "toml")]
        for document in &self.documents {
            put_over(&mut drafts, document.drafts(variables.get(), &mut faults));
        }
        drafts.entry("default".to_owned()).or_default();
        let environment = self.environment_over(&drafts, variables.get(), &mut faults);
        put_over(&mut drafts, environment.drafts);
        let names = Names { schemes: &self.schemes, functions: &self.functions, version: environment.version };
        let resolved = resolve(&drafts, &names, &mut faults);
        faults.into_result()?;
        Ok(Outcome { resolved, off: environment.off })
    }

    fn environment_over(&self, drafts: &Drafts, variables: &Variables, faults: &mut Faults) -> Environment {
        if !self.reads_environment {
            return Environment::default();
        }
        let known: Vec<_> = drafts.keys().map(String::as_str).collect();
        variables.read(&known, faults)
    }

    fn variables_now(&self) -> Now<'_> {
        self.variables.as_ref().map_or_else(|| Now::Process(Variables::of_the_process()), Now::Given)
    }
}

/// The variables that a builder reads.
enum Now<'a> {
    Process(Variables),
    Given(&'a Variables),
}

impl Now<'_> {
    fn get(&self) -> &Variables {
        match self {
            Self::Process(variables) => variables,
            Self::Given(variables) => variables,
        }
    }
}

/// Puts what a source says of each cache over what those below it say.
fn put_over(below: &mut Drafts, above: Drafts) {
    for (name, draft) in above {
        below.entry(name).or_default().put_over(draft);
    }
}

/// Which caches there are; not where they are, which may hold a password.
impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder").field("caches", &self.code.keys()).finish_non_exhaustive()
    }
}
