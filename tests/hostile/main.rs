//! What nobody should write, and what nobody should have to fear: files that are none, bytes that are no
//! text, sizes that are no definition's, folders that cannot be written, values that try to be more.
//!
//! In all of it the same holds. The generator ends, with the exit status that the case deserves. Units of
//! good definitions beside the bad one are the same to the byte. No unit is there in part. Time and memory
//! grow with the input and not with its square.
//!
//! Most tests run the program as systemd does. Run by root they drop to another user where permissions are
//! to count, since root reads everything.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::disallowed_methods,
    reason = "this whole program is a test"
)]

mod files;
mod injection;
mod kill;
mod native;
mod output;
mod place;
mod scale;
mod text;
mod unit;
mod values;
