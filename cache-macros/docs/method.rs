/// Loads a profile.
pub async fn profile(&self, id: u64) -> Result<Profile, DbError> {
    match Self::profile_site()
        .call()
        .look(|__key| {
            __key.literal("profile:").part(&self.tenant).literal(",").part(&id);
        })
    {
        ::core::result::Result::Ok(__hit) => __hit,
        ::core::result::Result::Err(__miss) => {
            __miss.load(|| Self::profile_uncached(self, id)).await
        }
    }
}
/// Returns the cached side of `profile`: its keys, and what is kept under them.
#[must_use]
#[allow(dead_code)]
pub fn profile_site<'k>() -> ::larder::__private::Companion<
    (&'k Self, u64),
    Result<Profile, DbError>,
    1,
> {
    ::larder::__private::Companion::new(
        {
            #[deny(
                const_evaluatable_unchecked,
                reason = "a method of a generic type puts the type's parameters into its key, as in `<T>`, or says `ignore(Self)`"
            )]
            {
                let _ = [(); ::larder::__private::nothing::<Self>()];
            }
            static SITE: ::larder::__private::Site = ::larder::__private::Site::at(
                    ::core::module_path!(),
                    "profile",
                    ::core::file!(),
                    ::core::line!(),
                    "profile:<self.tenant>,<id>",
                )
                .options(
                    ::larder::Options::DEFAULT
                        .with_ttl(
                            ::larder::Ttl::For(::larder::__private::seconds(60 * 15)),
                        )
                        .stale(::larder::__private::seconds(30)),
                );
            ::larder::__private::inventory::submit! {
                & SITE
            }
            #[doc(hidden)]
            #[macro_export]
            #[allow(non_local_definitions)]
            macro_rules! __larder_profile__self_tenant___id_257dc5f241d7b040 {
                () => {};
            }
            use ::larder::__private::Fallback as _;
            ::larder::__private::Call::new(
                    &SITE,
                    ::larder::__private::shared::<Profile>(),
                )
                .sharing(::larder::__private::Probe::<Result<Profile, DbError>>::SHARE)
        },
        |&(this, id), __key| {
            __key.literal("profile:").part(&this.tenant).literal(",").part(&id);
        },
    )
}
/// Runs the body for a value that is newer than any kept, and keeps it.
#[allow(dead_code)]
#[allow(
    clippy::missing_errors_doc,
    clippy::missing_panics_doc,
    clippy::must_use_candidate
)]
pub async fn profile_refresh(&self, id: u64) -> Result<Profile, DbError> {
    let __call = Self::profile_site().call();
    let __key = __call
        .key(|__key| {
            __key.literal("profile:").part(&self.tenant).literal(",").part(&id);
        });
    __call.refresh(__key, || Self::profile_uncached(self, id)).await
}
/// Runs the body, and leaves the cache alone.
#[allow(
    clippy::missing_errors_doc,
    clippy::missing_panics_doc,
    clippy::must_use_candidate
)]
pub async fn profile_uncached(&self, id: u64) -> Result<Profile, DbError> {
    self.db.load(id).await
}
