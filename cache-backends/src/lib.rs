//! Stores outside the process for larder.
