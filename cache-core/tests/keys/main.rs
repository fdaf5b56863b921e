//! What keys promise: goldens, no two argument lists with one key, and limits that hold.

mod argument;
mod golden;
mod injective;
mod length;
mod meeting;
