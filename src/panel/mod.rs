#![doc = include_str!("../docs/panel.md")]
// Each floor imports only the floors above it in this list, as a test sees to.
//
// | floor | what it holds |
// |---|---|
// | `secret`, `query`, `guard` | the ground |
// | `answer` | how anything is answered |
// | `history`, `places` | the last hour; the sites |
// | `numbers`, `entries`, `graph`, `changes` | what is shown, and what is done |
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
mod mount;
mod numbers;
mod places;
mod query;
mod secret;
mod service;

pub use mount::Panel;
pub use service::PanelBody;
