//! Names: which service each definition becomes, what others call it, and who is meant by a
//! reference.

pub mod resource_names;
mod service_names;

use std::collections::BTreeSet;
use std::ops::Range;
use std::rc::Rc;

use crate::base::diagnostic::{DiagnosticId, Diagnostics};
use crate::base::names;
use crate::base::source::{FileId, Sources, Span};
use crate::discover::{Discovery, Folder, Found};
use crate::schema::{Kind, Section};
use crate::syntax::read::Assigned;
use crate::syntax::{EntryId, Parsed, Unit, Value, parse_unit};

/// The number of a definition within its [`Set`].
pub type DefinitionId = usize;

/// A definition with its names.
#[derive(Debug)]
pub struct Definition<'a> {
    /// The name of its file.
    pub name: &'a str,
    /// What it defines.
    pub kind: Kind,
    /// The name before the suffix.
    pub base: &'a str,
    /// Whose rules hold.
    pub folder: Folder,
    /// The main file.
    pub file: FileId,
    /// Its service, `web.service`; empty if it has none that systemd takes.
    pub service: String,
    /// The first error that it has by itself.
    pub error: Option<DiagnosticId>,
    /// Whether nothing is known of it but its name.
    pub is_unreadable: bool,
    /// Whether its service's name belongs to another unit, so that nothing may be written at all.
    pub is_nameless: bool,
    /// Whether a definition of the same name in a Quadlet folder stands behind it.
    pub shadows_quadlet: bool,
    /// The path of a file of the same name that has a lower priority.
    pub shadows: Option<&'a str>,
    /// Its entries in order.
    parts: Vec<Unit>,
    /// Those of its own section, in table order.
    own: Range<usize>,
    /// Those of all others, in order.
    rest: Range<usize>,
}

impl Definition<'_> {
    /// Returns whether it is a template: `web@.container`.
    pub fn is_template(&self) -> bool {
        self.base.ends_with('@')
    }

    /// Returns whether it is a template or an instance.
    pub fn has_at(&self) -> bool {
        self.name.contains('@')
    }

    /// Returns its service's name without `.service`, as `%N` gives it.
    pub fn service_stem(&self) -> &str {
        self.service
            .strip_suffix(names::SERVICE)
            .unwrap_or(&self.service)
    }
}

/// All definitions of one run.
#[derive(Debug)]
pub struct Set<'a> {
    /// The texts.
    pub sources: &'a Sources,
    /// The definitions, highest priority first.
    pub definitions: Vec<Definition<'a>>,
    /// Names of definitions that are hidden.
    pub masked: &'a BTreeSet<Rc<str>>,
    parsed: Parsed,
    own: Vec<EntryId>,
    rest: Vec<(Section, EntryId)>,
    /// Numbers of definitions, by name.
    by_name: Vec<DefinitionId>,
    /// Numbers of definitions, by service.
    by_service: Vec<DefinitionId>,
}

/// Reads the texts of a discovery and names what they define.
pub fn resolve<'a>(discovery: &'a Discovery, diagnostics: &mut Diagnostics) -> Set<'a> {
    let sources = &discovery.sources;
    let mut set = Set {
        sources,
        definitions: Vec::with_capacity(discovery.definitions.len()),
        masked: &discovery.masked,
        parsed: Parsed::default(),
        own: Vec::new(),
        rest: Vec::new(),
        by_name: (0..discovery.definitions.len()).collect(),
        by_service: Vec::new(),
    };
    let mut dropins = std::collections::BTreeMap::new();
    for found in &discovery.definitions {
        let main = parse_unit(
            sources,
            found.file,
            found.kind,
            &mut set.parsed,
            diagnostics,
        );
        let mut error = found.error.or(main.error);
        let mut parts = vec![main];
        for &file in &found.dropins {
            let unit = dropins.entry(file).or_insert_with(|| {
                parse_unit(sources, file, found.kind, &mut set.parsed, diagnostics)
            });
            // Quadlet makes the unit without a drop-in that it cannot read.
            if unit.is_unusable && found.folder == Folder::Quadlet {
                continue;
            }
            error = error.or(unit.error);
            parts.push(unit.clone());
        }
        let definition = set.define(found, parts, error, diagnostics);
        set.definitions.push(definition);
    }
    let definitions = &set.definitions;
    set.by_name
        .sort_by_key(|&i| definitions.get(i).map(|d| d.name));
    set.by_service = service_names::find_collisions(&mut set.definitions, sources, diagnostics);
    set
}

impl<'a> Set<'a> {
    fn define(
        &mut self,
        found: &'a Found,
        parts: Vec<Unit>,
        error: Option<DiagnosticId>,
        diagnostics: &mut Diagnostics,
    ) -> Definition<'a> {
        let (own_from, rest_from) = (self.own.len(), self.rest.len());
        for part in &parts {
            for (id, entry) in self.parsed.entries(part) {
                match self.parsed.section(entry) {
                    Section::Own => self.own.push(id),
                    section => self.rest.push((section, id)),
                }
            }
        }
        if let Some(own) = self.own.get_mut(own_from..) {
            own.sort_by_key(|e| e.row); // stable: order matters within a key
        }
        let mut definition = Definition {
            name: &found.name,
            kind: found.kind,
            base: found.name.get(..found.base_length).unwrap_or(""),
            folder: found.folder,
            file: found.file,
            service: String::new(),
            error,
            is_unreadable: found.is_unreadable,
            is_nameless: false,
            shadows_quadlet: found.shadows_quadlet,
            shadows: found.shadows.as_deref(),
            parts,
            own: own_from..self.own.len(),
            rest: rest_from..self.rest.len(),
        };
        service_names::name_service(self, &mut definition, diagnostics);
        definition
    }

    /// Returns the definition that a file's name stands for.
    pub fn find(&self, name: &str) -> Option<DefinitionId> {
        let of = |&i: &DefinitionId| self.definitions.get(i).map_or("", |d| d.name);
        let at = self.by_name.binary_search_by(|i| of(i).cmp(name)).ok()?;
        self.by_name.get(at).copied()
    }

    /// Returns the first definition that becomes this service.
    pub fn find_service(&self, service: &str) -> Option<&Definition<'a>> {
        let of = |&i: &DefinitionId| self.definitions.get(i).map_or("", |d| d.service.as_str());
        let at = self.by_service.partition_point(|i| of(i) < service);
        let id = *self.by_service.get(at)?;
        self.definitions.get(id).filter(|d| d.service == service)
    }

    /// Returns the entries of a definition's own section, in table order.
    pub fn own(&self, definition: &Definition<'_>) -> &[EntryId] {
        self.own.get(definition.own.clone()).unwrap_or_default()
    }

    /// Returns the assignments of a key of a definition's own section.
    pub fn key(&self, definition: &Definition<'_>, name: &str) -> Assigned<'_> {
        let own = self.own(definition);
        let keys = definition.kind.keys();
        let is_it = |e: &EntryId| keys.get(e.row as usize).is_some_and(|k| k.name == name);
        let mut from = 0;
        while own.get(from).is_some_and(|e| !is_it(e)) {
            from += 1;
        }
        let mut to = from;
        while own.get(to).is_some_and(is_it) {
            to += 1;
        }
        self.assigned(own.get(from..to).unwrap_or_default())
    }

    /// Returns whether a definition's own section has one of these keys.
    pub fn has_any_key(&self, definition: &Definition<'_>, names: &[&str]) -> bool {
        let keys = definition.kind.keys();
        let name = |e: &EntryId| keys.get(e.row as usize).map_or("", |k| k.name);
        self.own(definition)
            .iter()
            .any(|e| names.contains(&name(e)))
    }

    /// Joins entries with the texts they are of.
    pub fn assigned<'s>(&'s self, entries: &'s [EntryId]) -> Assigned<'s> {
        Assigned::new(&self.parsed, self.sources, entries)
    }

    /// Returns the entries of a definition's own section in the order they are written in, drop-ins
    /// last.
    pub fn own_as_written<'s>(
        &'s self,
        definition: &'s Definition<'_>,
    ) -> impl Iterator<Item = EntryId> + 's {
        let entries = definition.parts.iter().flat_map(|p| self.parsed.entries(p));
        entries
            .filter(|&(_, e)| self.parsed.section(e) == Section::Own)
            .map(|(id, _)| id)
    }

    /// Returns the entries of a definition's other sections in order, drop-ins last.
    pub fn rest(
        &self,
        definition: &Definition<'_>,
    ) -> impl DoubleEndedIterator<Item = (Section, EntryId)> {
        self.rest
            .get(definition.rest.clone())
            .unwrap_or_default()
            .iter()
            .copied()
    }

    /// Returns the entries of one key of one section that is not the kind's own.
    pub fn section_key(
        &self,
        definition: &Definition<'_>,
        section: Section,
        key: &str,
    ) -> Vec<EntryId> {
        self.rest(definition)
            .filter(|&(s, e)| s == section && self.key_text(e) == key)
            .map(|(_, e)| e)
            .collect()
    }

    /// Returns the key of an entry.
    pub fn key_text(&self, entry: EntryId) -> &str {
        self.parsed.key(entry, self.sources)
    }

    /// Returns the place of an entry's key.
    pub fn key_span(&self, entry: EntryId) -> Span {
        self.parsed.entry(entry).key_span
    }

    /// Returns the name of an entry's section.
    pub fn section_name(&self, entry: EntryId) -> &str {
        self.parsed.section_name(entry, self.sources)
    }

    /// Returns an entry's value.
    pub fn value(&self, entry: EntryId) -> Value<'_> {
        self.parsed.value(entry, self.sources)
    }

    /// Returns whether the kind's own section is there, if only as a header.
    pub fn has_own_section(&self, definition: &Definition<'_>) -> bool {
        definition.parts.iter().any(|p| p.has_own_section)
    }

    /// Returns whether `[Install]` is there, if only as a header.
    pub fn has_install_section(&self, definition: &Definition<'_>) -> bool {
        definition.parts.iter().any(|p| p.has_install_section)
    }
}
