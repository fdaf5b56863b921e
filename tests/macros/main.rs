//! The attributes and macros, where a user meets them.

mod keys;
