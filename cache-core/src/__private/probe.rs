//! Questions about a type whose answers are values: an inherent item, where its bounds hold, comes before the same
//! item of a trait. That works on stable Rust for every type an attribute can see, also behind an alias.

use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use crate::cache::Share;

/// Asks about the return type `R`: `Probe::<R>::KIND`, with [`Fallback`] in scope.
pub struct Probe<R>(PhantomData<R>);

/// Asks about the type of an argument: `Owned::<T>::CLONE`, with [`Fallback`] in scope.
pub struct Owned<T>(PhantomData<T>);

/// Asks about the type of a value: `Copied::<V>::PLAIN`, with [`Fallback`] in scope.
pub struct Copied<V>(PhantomData<V>);

/// Asks whether two types are one: `Same::<A, B>::SAME`, with [`Other`] in scope.
pub struct Same<A: ?Sized, B: ?Sized>(PhantomData<A>, PhantomData<B>);

/// The answer for two types.
pub trait Other {
    const SAME: bool = false;
}

impl<A: ?Sized, B: ?Sized> Other for Same<A, B> {}

impl<T: ?Sized> Same<T, T> {
    pub const SAME: bool = true;
}

/// The answers for types that are nothing special.
pub trait Fallback {
    type About;
    /// A plain value.
    const KIND: u8 = 0;
    /// Its errors cannot be shared.
    const SHARE: Option<NoShare> = None;
    /// It cannot be handed to a task.
    const CLONE: Option<CopyOf<Self::About>> = None;

    /// Copying it may run any code.
    const PLAIN: bool = false;

    /// Returns whether a function that returned this has done what it was called for.
    fn succeeded(_: &Self::About) -> bool {
        true
    }
}

/// How an argument is copied.
pub type CopyOf<T> = fn(&T) -> T;

/// What stands for [`Share`] where errors cannot be shared.
#[derive(Clone, Copy)]
pub struct NoShare;

impl<R> Fallback for Probe<R> {
    type About = R;
}

impl<T> Fallback for Owned<T> {
    type About = T;
}

impl<V> Fallback for Copied<V> {
    type About = V;
}

impl<T: ?Sized> Copied<Arc<T>> {
    pub const PLAIN: bool = true;
}

impl<T: ?Sized> Copied<Option<Arc<T>>> {
    pub const PLAIN: bool = true;
}

macro_rules! plain {
    ($($plain:ty)*) => {$(
        impl Copied<$plain> {
            pub const PLAIN: bool = true;
        }
    )*};
}

plain! { u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize f32 f64 bool char Duration &'static str String Vec<u8> }

impl<T, E> Probe<Result<T, E>> {
    pub const KIND: u8 = 1;

    pub fn succeeded(result: &Result<T, E>) -> bool {
        result.is_ok()
    }
}

impl<T, E: Clone + Send + Sync + 'static> Probe<Result<T, E>> {
    pub const SHARE: Option<Share<E>> = Some(Share::BY_CLONE);
}

impl<T: Clone + Send + 'static> Owned<T> {
    pub const CLONE: Option<CopyOf<T>> = Some(T::clone);
}

/// What [`Rules::sharing`](crate::cache::Rules) takes: a way to share errors of type `E`, or none.
pub trait Sharing<E> {
    fn share(self) -> Option<Share<E>>;
}

impl<E> Sharing<E> for Option<Share<E>> {
    fn share(self) -> Self {
        self
    }
}

impl<E> Sharing<E> for Option<NoShare> {
    fn share(self) -> Option<Share<E>> {
        None
    }
}
