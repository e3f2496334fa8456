//! Why a verb could not do its work. What is wrong with a definition is a diagnostic, not a failure.

use std::io;

/// Why a verb ends early.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The call makes no sense.
    #[error("{what}")]
    Usage {
        /// What is wrong with it.
        what: String,
        /// What to call instead.
        hint: String,
    },
    /// No definition has the name.
    #[error("no definition is named `{name}`")]
    NoDefinition {
        /// The name asked for.
        name: String,
        /// One that may have been meant, or where was looked.
        hint: String,
    },
    /// Several definitions have the name.
    #[error("`{name}` may be {}", .candidates.join(", "))]
    Ambiguous {
        /// The name asked for.
        name: String,
        /// The files' names.
        candidates: Vec<String>,
    },
    /// It cannot be done, for a reason that is not the system's.
    #[error("{what}")]
    Refused {
        /// Why.
        what: String,
        /// What does it.
        hint: String,
    },
    /// The system refuses.
    #[error("cannot {operation} {path}: {}", reason(.source))]
    System {
        /// What was tried, an infinitive.
        operation: &'static str,
        /// With which file or folder.
        path: String,
        /// Why not.
        source: io::Error,
    },
}

/// Returns an error of the system in its own words, without Rust's number.
fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_owned()
}

impl Failure {
    /// Returns what to do next.
    pub(crate) fn hint(&self) -> Option<&str> {
        match self {
            Self::Usage { hint, .. }
            | Self::NoDefinition { hint, .. }
            | Self::Refused { hint, .. } => Some(hint),
            Self::Ambiguous { .. } => Some("give the name of the file"),
            Self::System { .. } => None,
        }
    }

    /// Returns the exit status.
    pub(crate) const fn exit_status(&self) -> u8 {
        match self {
            Self::Usage { .. } => 2,
            _ => 1,
        }
    }
}
