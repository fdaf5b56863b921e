#![doc = include_str!("../docs/panel.md")]
// Each floor imports only the floors above it in this list, as a test sees to.
//
// | floor | what it holds |
// |---|---|
// | `secret`, `query`, `guard`, `ledger`, `series` | the ground |
// | `answer` | how anything is answered |
// | `places` | the sites |
// | `history` | the last hour |
// | `numbers`, `entries`, `graph`, `changes` | what is shown, and what is done |
// | `why` | what would be found |
// | `mount` | what a program mounts |
// | `desk` | who is let in, and what they asked for |
// | `service`, `actix` | how frameworks bring requests to it |

#[cfg(feature = "actix")]
mod actix;
mod answer;
mod changes;
mod desk;
mod entries;
mod graph;
mod guard;
mod history;
mod ledger;
mod mount;
mod numbers;
mod places;
mod query;
mod secret;
mod series;
mod service;
mod why;

pub use mount::Panel;
pub use service::PanelBody;
