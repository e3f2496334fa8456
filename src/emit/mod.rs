//! From lowered definitions to the text of units and the links of `[Install]`. The only stage that
//! quotes for systemd.

mod install;
mod stand_in;
mod unit;

pub use install::{Link, emit_links};
pub use stand_in::{StandIn, emit_stand_in};
pub use unit::{MARKER, emit_unit};
