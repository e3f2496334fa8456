//! From text to entries in order, each with its place.

pub mod read;
mod unit;

pub use unit::parse_unit;

use std::ops::Range;

use crate::base::diagnostic::DiagnosticId;
use crate::base::quote::unquote;
use crate::base::source::{Sources, Span};
use crate::schema::Section;

/// No row: the section has no table.
pub const NO_KEY: u16 = u16::MAX;

/// The number of an assignment within its [`Parsed`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EntryId {
    /// The row of its key in the kind's table, [`NO_KEY`] where the section has none.
    pub row: u16,
    number: u32,
}

/// An assignment. It holds places, not texts: 24 bytes for each line of all definitions.
#[derive(Clone, Copy, Debug, Default)]
pub struct Entry {
    /// The header it stands under, an index into [`Parsed::headers`].
    header: u32,
    /// The row of its key in the kind's table, [`NO_KEY`] where the section has none.
    pub key: u16,
    /// The key.
    pub key_span: Span,
    /// The value as far as it is one piece of text.
    value_span: Span,
    /// Index into [`Parsed::joined`] of a value made of several lines, else `u32::MAX`.
    joined: u32,
}

/// A section header.
#[derive(Debug)]
struct Header {
    name: Span,
    /// The name, where it is broken over lines.
    joined: Option<Box<str>>,
    section: Section,
}

/// A value made of several lines.
#[derive(Debug)]
struct Joined {
    /// The key too: it may be broken over lines as well.
    key: Box<str>,
    text: String,
    /// For each piece its offset in `text` and in the sources.
    pieces: Vec<(u32, u32)>,
}

/// A file's entries.
#[derive(Clone, Debug, Default)]
pub struct Unit {
    entries: Range<u32>,
    /// The first error that the file has by itself.
    pub error: Option<DiagnosticId>,
    /// Whether one of its errors is such that Quadlet would not read the file at all.
    pub is_unusable: bool,
    /// Whether its kind's own section is there.
    pub has_own_section: bool,
    /// Whether `[Install]` is there.
    pub has_install_section: bool,
}

/// All entries of all files.
#[derive(Debug, Default)]
pub struct Parsed {
    entries: Vec<Entry>,
    headers: Vec<Header>,
    joined: Vec<Joined>,
}

impl Parsed {
    /// Returns a file's entries in order.
    pub fn entries(&self, unit: &Unit) -> impl Iterator<Item = (EntryId, Entry)> {
        let entries = self
            .entries
            .get(unit.entries.start as usize..unit.entries.end as usize);
        let numbered = (unit.entries.start..).zip(entries.unwrap_or_default());
        numbered.map(|(number, &entry)| {
            (
                EntryId {
                    row: entry.key,
                    number,
                },
                entry,
            )
        })
    }

    /// Returns an entry by its number.
    pub fn entry(&self, id: EntryId) -> Entry {
        self.entries
            .get(id.number as usize)
            .copied()
            .unwrap_or_default()
    }

    /// Returns what section an entry stands in.
    pub fn section(&self, entry: Entry) -> Section {
        self.headers
            .get(entry.header as usize)
            .map_or(Section::Unknown, |h| h.section)
    }

    /// Returns an entry's key.
    pub fn key<'a>(&'a self, id: EntryId, sources: &'a Sources) -> &'a str {
        let entry = self.entry(id);
        let joined = self.joined.get(entry.joined as usize);
        joined.map_or_else(|| sources.text(entry.key_span), |j| &j.key)
    }

    /// Returns the name of an entry's section.
    pub fn section_name<'a>(&'a self, id: EntryId, sources: &'a Sources) -> &'a str {
        let header = self.headers.get(self.entry(id).header as usize);
        header.map_or("", |h| {
            h.joined.as_deref().unwrap_or_else(|| sources.text(h.name))
        })
    }

    /// Returns an entry's value.
    pub fn value<'a>(&'a self, id: EntryId, sources: &'a Sources) -> Value<'a> {
        let entry = self.entry(id);
        match self.joined.get(entry.joined as usize) {
            Some(joined) => Value {
                text: &joined.text,
                start: 0,
                pieces: &joined.pieces,
            },
            None => Value {
                text: sources.text(entry.value_span),
                start: entry.value_span.start,
                pieces: &[],
            },
        }
    }
}

/// A value, and where each byte of it stands.
#[derive(Clone, Copy, Debug)]
pub struct Value<'a> {
    /// The text, lines joined.
    pub text: &'a str,
    start: u32,
    pieces: &'a [(u32, u32)],
}

impl Value<'_> {
    /// Returns where a part of the text stands; offsets are those of the text. A part that runs
    /// over several lines ends with its first one.
    pub fn span(&self, from: usize, to: usize) -> Span {
        let [from, to] = [from, to].map(|n| u32::try_from(n).unwrap_or(u32::MAX));
        if self.pieces.is_empty() {
            return Span::new(self.start + from, self.start + to);
        }
        let next = self.pieces.partition_point(|&(at, _)| at <= from);
        let &(at, place) = self.pieces.get(next.saturating_sub(1)).unwrap_or(&(0, 0));
        let end = self
            .pieces
            .get(next)
            .map_or(to, |&(at, _)| at.min(to))
            .max(from);
        Span::new(place + (from - at), place + (end - at))
    }

    /// Returns where the whole text stands.
    pub fn whole(&self) -> Span {
        self.span(0, self.text.len())
    }

    /// Returns the value without blanks at its end and without one pair of double quotes around it.
    #[must_use]
    pub fn unquoted(&self) -> Self {
        let text = unquote(self.text);
        let is_stripped = text.len() < self.text.trim_end().len();
        let from = usize::from(is_stripped);
        // Of a value made of several lines, the beginning's place stands for all of it.
        Value {
            text,
            start: self.span(from, from + text.len()).start,
            pieces: &[],
        }
    }
}
