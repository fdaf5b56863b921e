/// Loads a profile.
pub async fn profile(db: &Db, id: u64) -> Result<Profile, DbError> {
    match profile::__call()
        .look(|__key| {
            __key.literal("profile:").part(&id);
        })
    {
        ::core::result::Result::Ok(__hit) => __hit,
        ::core::result::Result::Err(__miss) => {
            __miss.load(|| profile::uncached(db, id)).await
        }
    }
}
/// The cached side of `profile`: its keys, and what is kept under them.
#[allow(non_camel_case_types, dead_code)]
pub enum profile {}
impl profile {
    /// Runs the body, and leaves the cache alone.
    #[allow(
        clippy::missing_errors_doc,
        clippy::missing_panics_doc,
        clippy::must_use_candidate
    )]
    pub async fn uncached(db: &Db, id: u64) -> Result<Profile, DbError> {
        db.load(id).await
    }
}
#[allow(dead_code)]
impl profile {
    /// Returns the key for these arguments.
    #[must_use]
    pub fn key(id: u64) -> ::larder::Key {
        Self::__call()
            .key(|__key| {
                __key.literal("profile:").part(&id);
            })
    }
    /// Returns the value kept for these arguments, if there is one.
    pub async fn get(id: u64) -> ::core::option::Option<Profile> {
        Self::__call().get(Self::key(id)).await
    }
    /// Does the same as [`get`](Self::get), and blocks.
    #[must_use]
    pub fn get_blocking(id: u64) -> ::core::option::Option<Profile> {
        Self::__call().get_blocking(Self::key(id))
    }
    /// Keeps a value for these arguments, whatever was there before.
    pub async fn put(id: u64, value: Profile) {
        Self::__call().put(Self::key(id), value).await;
    }
    /// Does the same as [`put`](Self::put), and blocks.
    pub fn put_blocking(id: u64, value: Profile) {
        Self::__call().put_blocking(Self::key(id), value);
    }
    /// Forgets the value kept for these arguments; what is being read for them now is not kept either.
    pub async fn invalidate(id: u64) {
        Self::__call().invalidate(Self::key(id)).await;
    }
    /// Does the same as [`invalidate`](Self::invalidate), and blocks.
    pub fn invalidate_blocking(id: u64) {
        Self::__call().invalidate_blocking(Self::key(id));
    }
    /// Returns what the site has counted since the program began.
    #[must_use]
    pub fn stats() -> ::larder::Stats {
        Self::site().stats()
    }
    #[doc(hidden)]
    pub fn __entry(id: u64) -> ::larder::__private::Entry {
        Self::__call().entry(Self::key(id))
    }
    /// Runs the body for a value that is newer than any kept, and keeps it.
    #[allow(
        clippy::missing_errors_doc,
        clippy::missing_panics_doc,
        clippy::must_use_candidate
    )]
    pub async fn refresh(db: &Db, id: u64) -> Result<Profile, DbError> {
        let __call = profile::__call();
        let __key = __call
            .key(|__key| {
                __key.literal("profile:").part(&id);
            });
        __call.refresh(__key, || profile::uncached(db, id)).await
    }
    /// Returns the site itself: where it stands, what it has counted, and its switch.
    #[must_use]
    pub fn site() -> &'static ::larder::Site {
        static SITE: ::larder::__private::Site = ::larder::__private::Site::at(
            ::core::module_path!(),
            "profile",
            ::core::file!(),
            ::core::line!(),
            "profile:<id>",
        );
        ::larder::__private::inventory::submit! {
            & SITE
        }
        #[doc(hidden)]
        #[macro_export]
        #[allow(non_local_definitions)]
        macro_rules! __larder_profile__id_2b60592e5b27a3ce {
            () => {};
        }
        &SITE
    }
    #[doc(hidden)]
    pub fn __call() -> ::larder::__private::Call<Result<Profile, DbError>, 1> {
        use ::larder::__private::Fallback as _;
        ::larder::__private::Call::new(
                Self::site(),
                ::larder::__private::shared::<Profile>(),
            )
            .sharing(::larder::__private::Probe::<Result<Profile, DbError>>::SHARE)
    }
}
