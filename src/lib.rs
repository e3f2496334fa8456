//! Wharf: containers as systemd services, one definition file each.
//!
//! The way of the data, each stage one module that knows only those to its left:
//!
//! ```text
//! discover  →  syntax  →  resolve  →  lower   →  emit   →  write
//! (folders)    (text)     (names)     (podman    (unit     (files
//!                                     argv)      text)     on disk)
//! ```
//!
//! `schema` is the table of keys that all of them may read; `base` is what every stage stands on;
//! `generate` runs the stages, and `generator` is the program that systemd starts. ARCHITECTURE.md
//! shows the rooms of the house.

pub mod base;
#[cfg(feature = "cli")]
pub mod cli;
pub mod discover;
#[cfg(feature = "cli")]
pub mod document;
pub mod emit;
pub mod generate;
pub mod generator;
pub mod lower;
pub mod resolve;
pub mod schema;
pub mod syntax;
pub mod write;
