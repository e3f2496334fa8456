//! What is wrong with the definitions, for the person who wrote them.
//!
//! Broken input is ordinary input: a stage adds to [`Diagnostics`] and still returns a value. What
//! the machine refuses (a full disk) is an error of the stage that meets it, and ends here too when
//! it concerns a definition.

use std::io;

use super::codes::Code;
use super::source::{FileId, Sources, Span};

/// How much a diagnostic matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// For those who ask (`-v`).
    Note,
    /// Taken, but surely not meant.
    Warning,
    /// Wrong, but Quadlet's exit status for it is 0, and scripts count on that.
    Tolerated,
    /// Refused, or sure to fail.
    Error,
}

impl Level {
    /// Returns the word that stands before the code.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Tolerated | Self::Error => "error",
        }
    }
}

/// Where a diagnostic points to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A stretch of text.
    At(Span),
    /// A file as a whole.
    File(FileId),
    /// A file or folder of which there is no text.
    Path(String),
    /// The environment of the program.
    Nowhere,
}

impl From<Span> for Place {
    fn from(span: Span) -> Self {
        Self::At(span)
    }
}

impl From<FileId> for Place {
    fn from(file: FileId) -> Self {
        Self::File(file)
    }
}

/// One problem.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// What kind of problem.
    pub code: &'static Code,
    /// The code's level, unless the case says otherwise.
    pub level: Level,
    /// Where.
    pub place: Place,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// What to do next.
    pub help: Option<String>,
}

impl Diagnostic {
    /// Sets what to do next.
    pub fn help(&mut self, help: impl Into<String>) -> &mut Self {
        self.help = Some(help.into());
        self
    }

    /// Sets another level than the code's.
    pub fn level(&mut self, level: Level) -> &mut Self {
        self.level = level;
        self
    }
}

/// The number of a diagnostic within its [`Diagnostics`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DiagnosticId(u32);

/// All problems of one run, in the order they were found in.
#[derive(Debug)]
pub struct Diagnostics {
    list: Vec<Diagnostic>,
    searches_left: u32,
}

impl Default for Diagnostics {
    fn default() -> Self {
        Self {
            list: Vec::new(),
            searches_left: 64,
        }
    }
}

impl Diagnostics {
    /// Adds a problem of this kind.
    pub fn add(
        &mut self,
        code: &'static Code,
        place: impl Into<Place>,
        message: impl Into<String>,
    ) -> &mut Diagnostic {
        let (place, message) = (place.into(), message.into());
        self.list.push(Diagnostic {
            code,
            level: code.level,
            place,
            message,
            help: None,
        });
        // Just pushed.
        self.list
            .last_mut()
            .unwrap_or_else(|| unreachable!("a list that was pushed to"))
    }

    /// Returns whether a message may have what only a search through all definitions finds. The first
    /// ones may: a run that is nothing but errors must not take the square of its size.
    pub fn may_search(&mut self) -> bool {
        let may = self.searches_left > 0;
        self.searches_left = self.searches_left.saturating_sub(1);
        may
    }

    /// Returns the number that the next problem will have.
    pub fn next_id(&self) -> DiagnosticId {
        DiagnosticId(u32::try_from(self.list.len()).unwrap_or(u32::MAX))
    }

    /// Returns the first error added at `from` or later.
    pub fn first_error_since(&self, from: DiagnosticId) -> Option<DiagnosticId> {
        let at = self
            .list
            .iter()
            .skip(from.0 as usize)
            .position(|d| d.level == Level::Error)?;
        u32::try_from(at).ok().map(|at| DiagnosticId(from.0 + at))
    }

    /// Forgets what was added at `from` or later: it will be found again.
    pub fn forget_since(&mut self, from: DiagnosticId) {
        self.list.truncate(from.0 as usize);
    }

    /// Returns whether the run failed.
    pub fn has_errors(&self) -> bool {
        self.list.iter().any(|d| d.level == Level::Error)
    }

    /// Returns all problems in the order of their files and places, with the text of the place:
    /// `path:line:col`, or a path alone. Linear in texts and problems.
    pub fn located(&self, sources: &Sources) -> Vec<Located<'_>> {
        // What concerns no file comes first, what concerns a file as a whole before its lines.
        let key = |place: &Place| match place {
            Place::Nowhere | Place::Path(_) => (None, None),
            Place::File(file) => (Some(*file), None),
            Place::At(span) => (Some(sources.file_at(span.start)), Some(span.start)),
        };
        let mut order: Vec<_> = (0u32..)
            .zip(&self.list)
            .map(|(i, d)| (key(&d.place), DiagnosticId(i), d))
            .collect();
        order.sort_by_key(|&(key, id, _)| (key, id));
        let mut locator = sources.locator();
        let mut out = Vec::with_capacity(order.len());
        for (_, id, diagnostic) in order {
            let place = match &diagnostic.place {
                Place::At(span) => {
                    let position = locator.position(span.start);
                    format!("{}:{position}", sources.path(position.file))
                }
                Place::File(file) => sources.path(*file),
                Place::Path(path) => path.clone(),
                Place::Nowhere => String::new(),
            };
            out.push(Located {
                id,
                place,
                diagnostic,
            });
        }
        out
    }
}

/// A diagnostic with its place as text.
#[derive(Debug)]
pub struct Located<'a> {
    /// Its number in the order it was found in.
    pub id: DiagnosticId,
    /// `path:line:col`, a path, or nothing.
    pub place: String,
    /// The diagnostic itself.
    pub diagnostic: &'a Diagnostic,
}

impl Located<'_> {
    /// Returns the one line that the generator and `wharf check` print:
    /// `path:line:col: error[W0102]: message; help`. Whatever the definition says, it stays one
    /// line and sends nothing to a terminal.
    pub fn line(&self) -> String {
        let d = self.diagnostic;
        let mut line = String::new();
        if !self.place.is_empty() {
            push_printable(&mut line, &self.place);
            line.push_str(": ");
        }
        line.push_str(d.level.word());
        line.push('[');
        line.push_str(&d.code.to_string());
        line.push_str("]: ");
        push_printable(&mut line, &d.message);
        if let Some(help) = &d.help {
            line.push_str("; ");
            push_printable(&mut line, help);
        }
        line
    }

    /// Returns what a stand-in prints as its status: the place and the message.
    pub fn status(&self) -> String {
        let mut text = String::new();
        push_printable(&mut text, &self.place);
        text.push_str(": ");
        push_printable(&mut text, &self.diagnostic.message);
        text
    }
}

/// Returns an error of the system in its own words, without Rust's number.
pub fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_owned()
}

/// Returns a text as it can be shown on a terminal.
pub fn printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    push_printable(&mut out, text);
    out
}

/// Appends text with control characters, and those that turn the direction of writing, escaped.
fn push_printable(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                out.extend(c.escape_unicode());
            }
            c if c.is_control() => out.extend(c.escape_default()),
            c => out.push(c),
        }
    }
}
