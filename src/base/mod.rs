//! What every stage may use and what uses none of them: texts and places in them, diagnostics,
//! quoting, paths and names.

pub mod codes;
pub mod diagnostic;
pub mod names;
pub mod path;
pub mod quote;
pub mod source;
