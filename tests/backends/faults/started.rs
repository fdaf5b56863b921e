//! The private servers themselves: they come, go and change as they are told.

pub mod memcached;
pub mod redis;
