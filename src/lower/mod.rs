//! From a definition to Podman's command lines and the lines of its unit, never to text.
//!
//! The rows of the schema say what most keys become; here is what a row cannot say. One file per
//! kind for the frame of its unit, one per subject for keys that several kinds have.

mod argv;
mod kinds;
mod kube;
mod mapping;
mod mount;
mod network;
mod ports;
mod references;
mod rows;
mod run;
mod service;
mod volume;
mod workdir;

pub use argv::{Argv, Origin};

use std::borrow::Cow;

use crate::base::codes::Code;
use crate::base::diagnostic::{DiagnosticId, Diagnostics, Place};
use crate::base::source::Span;
use crate::discover::{Folder, Scope};
use crate::resolve::{Definition, DefinitionId, Set};
use crate::schema::Section;
use crate::syntax::EntryId;

/// What all definitions of a run have in common.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Which manager the units are for.
    pub scope: Scope,
    /// The path of Podman in command lines.
    pub podman: String,
    /// Whether a path exists, for devices that are optional.
    pub exists: fn(&str) -> bool,
}

/// How far a definition has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Not looked at.
    New,
    /// Being lowered, or waiting for what it needs.
    Open,
    /// Its unit can be made.
    Good,
    /// Its unit cannot be made, because of this.
    Broken(DiagnosticId),
}

/// How far all definitions have come.
#[derive(Clone, Copy, Debug)]
pub struct Progress<'p> {
    /// The state of each.
    pub states: &'p [State],
    /// Those that wait for one another, the one at hand last; others may stand in between.
    pub stack: &'p [DefinitionId],
}

/// A value of a line of a unit.
#[derive(Clone, Debug)]
pub enum LineValue<'a> {
    /// Text as systemd reads it.
    Text(Cow<'a, str>),
    /// A path that systemd must not split.
    Path(String),
    /// A command line.
    Command(Argv),
    /// A command line that may fail.
    TolerantCommand(Argv),
}

/// How a line goes with one of the same key that the definition has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placing {
    /// Behind all others.
    Append,
    /// In place of the last one.
    Replace,
}

/// A line that the unit gets beside those of the definition.
#[derive(Clone, Debug)]
pub struct Line<'a> {
    /// The key.
    pub key: &'static str,
    /// The value.
    pub value: LineValue<'a>,
    /// How it goes with the definition's own.
    pub placing: Placing,
}

/// What a definition becomes.
#[derive(Clone, Debug, Default)]
pub struct Lowered<'a> {
    /// Lines of `[Unit]` that stand in place of all of the definition's with their keys: names of
    /// definitions in them have become names of services.
    pub translated: Vec<Line<'a>>,
    /// Lines of `[Unit]`, behind the definition's.
    pub unit: Vec<Line<'a>>,
    /// Lines of `[Service]`.
    pub service: Vec<Line<'a>>,
    /// Whether the unit waits for the network to be online.
    pub default_dependencies: bool,
    /// The pod that is to start the container.
    pub starting_pod: Option<DefinitionId>,
}

impl<'a> Line<'a> {
    fn append(key: &'static str, value: LineValue<'a>) -> Self {
        Self {
            key,
            value,
            placing: Placing::Append,
        }
    }
}

impl<'a> Lowered<'a> {
    fn need(&mut self, key: &'static str, service: &'a str) {
        self.unit
            .push(Line::append(key, LineValue::Text(service.into())));
    }

    fn service_text(&mut self, key: &'static str, value: impl Into<Cow<'a, str>>) {
        self.service
            .push(Line::append(key, LineValue::Text(value.into())));
    }

    fn service_replaced(&mut self, key: &'static str, value: &'static str) {
        let value = LineValue::Text(value.into());
        self.service.push(Line {
            key,
            value,
            placing: Placing::Replace,
        });
    }

    fn command(&mut self, key: &'static str, argv: Argv) {
        self.service
            .push(Line::append(key, LineValue::Command(argv)));
    }

    fn tolerant_command(&mut self, key: &'static str, argv: Argv) {
        self.service
            .push(Line::append(key, LineValue::TolerantCommand(argv)));
    }
}

/// What lowering a definition gave.
#[derive(Debug)]
pub enum Outcome<'a> {
    /// It can be made.
    Good(Lowered<'a>),
    /// It cannot.
    Broken(DiagnosticId),
    /// These have to be lowered first; then it is lowered again.
    Needs(Vec<DefinitionId>),
}

/// Lowers one definition; `progress` tells about those it refers to.
pub fn lower<'a>(
    set: &'a Set<'a>,
    id: DefinitionId,
    progress: Progress<'_>,
    settings: &Settings,
    diagnostics: &mut Diagnostics,
) -> Option<Outcome<'a>> {
    let definition = set.definitions.get(id)?;
    let from = diagnostics.next_id();
    let mut lowering = Lowering {
        set,
        definition,
        id,
        progress,
        settings,
        diagnostics,
        needs: Vec::new(),
        out: Lowered {
            unit: Vec::with_capacity(8),
            service: Vec::with_capacity(16),
            ..Lowered::default()
        },
        broken: definition.error,
        is_oneshot: false,
        image: None,
        yaml: Vec::new(),
    };
    lowering.definition();
    lowering.check_length();
    let Lowering {
        needs, out, broken, ..
    } = lowering;
    if !needs.is_empty() {
        diagnostics.forget_since(from);
        return Some(Outcome::Needs(needs));
    }
    Some(match broken {
        Some(cause) => Outcome::Broken(cause),
        None => Outcome::Good(out),
    })
}

/// A definition on its way.
struct Lowering<'a, 'd> {
    set: &'a Set<'a>,
    definition: &'a Definition<'a>,
    id: DefinitionId,
    progress: Progress<'d>,
    settings: &'d Settings,
    diagnostics: &'d mut Diagnostics,
    needs: Vec<DefinitionId>,
    out: Lowered<'a>,
    /// The first error.
    broken: Option<DiagnosticId>,
    /// Whether the service runs a container to its end.
    is_oneshot: bool,
    /// The image or root file system of a container.
    image: Option<run::Image>,
    /// The files of a kube definition.
    yaml: Vec<(String, Span)>,
}

impl<'a> Lowering<'a, '_> {
    /// Adds an error: the definition cannot be made.
    fn error(
        &mut self,
        code: &'static Code,
        span: Span,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        let id = self.diagnostics.next_id();
        let place = self.place(span);
        self.diagnostics.add(code, place, message).help(help);
        self.broken = self.broken.or(Some(id));
    }

    /// Adds a warning: the definition is made all the same.
    fn warn(
        &mut self,
        code: &'static Code,
        span: Span,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        let place = self.place(span);
        self.diagnostics.add(code, place, message).help(help);
    }

    /// Adds an error that Quadlet passes over: there the unit is made, in a native folder it is not.
    fn error_in_native(
        &mut self,
        code: &'static Code,
        span: Span,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        let before = self.broken;
        self.error(code, span, message, help);
        if self.definition.folder == Folder::Quadlet {
            self.broken = before;
        }
    }

    /// A problem of the definition as a whole points to its file.
    fn place(&self, span: Span) -> Place {
        if span == Span::default() {
            Place::File(self.definition.file)
        } else {
            span.into()
        }
    }

    /// Returns the assignments of a key of the own section.
    fn key(&self, name: &str) -> crate::syntax::read::Assigned<'a> {
        self.set.key(self.definition, name)
    }

    /// Returns the last value of a key of `[Service]` without quotes, and its place.
    fn service_setting(&self, key: &str) -> Option<(&'a str, Span)> {
        let set = self.set;
        let is_it =
            |section: Section, e: EntryId| section == Section::Service && set.key_text(e) == key;
        let (_, entry) = set
            .rest(self.definition)
            .rev()
            .find(|&(s, e)| is_it(s, e))?;
        let value = set.value(entry);
        Some((crate::base::quote::unquote(value.text), value.whole()))
    }

    /// Returns the folder that relative paths start from, as a unit has to write it: a percent sign
    /// in its name is no specifier, and a line break adds no line.
    fn dir(&self) -> Cow<'a, str> {
        let dir = self.set.sources.dir_in_unit(self.definition.file);
        if !dir.contains(|c: char| c == '%' || c.is_control()) {
            return dir.into();
        }
        dir.replace('%', "%%").replace(char::is_control, "?").into()
    }
}
