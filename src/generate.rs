//! The pipeline behind `discover` and `resolve`: each definition is lowered and emitted, those that
//! others refer to first, and handed over unit by unit, so that one unit's text is in memory at a
//! time.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::codes;
use crate::base::diagnostic::{DiagnosticId, Diagnostics, Level, Place};
use crate::base::names;
use crate::base::source::FileId;
use crate::discover::Folder;
use crate::emit::{Link, StandIn, emit_links, emit_stand_in, emit_unit};
use crate::lower::{Lowered, Outcome, Progress, Settings, State, lower};
use crate::resolve::{DefinitionId, Set};
use crate::schema::Kind;

/// What a run is to make.
#[derive(Clone, Debug)]
pub struct Request {
    /// What all definitions have in common.
    pub settings: Settings,
    /// The generator's path for stand-ins; none where a broken definition has no unit at all, which
    /// is Quadlet's rule under `QUADLET_UNIT_DIRS`.
    pub stand_ins: Option<String>,
    /// Units that packages brought: name and path.
    pub packaged: BTreeMap<String, String>,
    /// Whether units of Quadlet folders are made, or left to Podman's own generator.
    pub makes_quadlet_units: bool,
}

/// A unit.
#[derive(Debug)]
pub struct Unit<'a> {
    /// The definition.
    pub definition: DefinitionId,
    /// The definition's main file.
    pub file: FileId,
    /// The unit's name, `web.service`.
    pub name: &'a str,
    /// Its text.
    pub text: &'a str,
    /// Its links, for a definition of a Quadlet folder.
    pub links: &'a [Link],
    /// Where its definition is from.
    pub folder: Folder,
}

/// Makes all units and hands each to `sink`. Returns how far each definition has come.
pub fn generate(
    set: &mut Set<'_>,
    request: &Request,
    diagnostics: &mut Diagnostics,
    sink: &mut dyn FnMut(&Unit<'_>, &mut Diagnostics),
) -> Vec<State> {
    refuse_packaged_names(set, request, diagnostics);
    let set = &*set;
    let mut order: Vec<DefinitionId> = (0..set.definitions.len()).collect();
    order.sort_by_key(|&id| set.definitions.get(id).map(|d| d.kind.rank()));
    let mut run = Run {
        set,
        request,
        diagnostics,
        sink,
        states: vec![State::New; set.definitions.len()],
        pods: BTreeMap::new(),
        members: BTreeMap::new(),
        text: String::new(),
    };
    for &id in &order {
        run.lower_with_needs(id);
    }
    for (id, lowered) in std::mem::take(&mut run.pods) {
        let mut members = run.members.remove(&id).unwrap_or_default();
        members.sort_unstable();
        let services: Vec<&str> = members
            .iter()
            .filter_map(|&m| set.definitions.get(m).map(|d| d.service.as_str()))
            .collect();
        run.emit(id, &lowered, &services);
    }
    run.stand_ins();
    run.states
}

struct Run<'r> {
    set: &'r Set<'r>,
    request: &'r Request,
    diagnostics: &'r mut Diagnostics,
    sink: &'r mut dyn FnMut(&Unit<'_>, &mut Diagnostics),
    states: Vec<State>,
    /// Pods wait for their containers.
    pods: BTreeMap<DefinitionId, Lowered<'r>>,
    members: BTreeMap<DefinitionId, Vec<DefinitionId>>,
    /// The text of the unit at hand; its room is used again.
    text: String,
}

impl<'r> Run<'r> {
    /// Lowers a definition and, before it, those it needs. A stack of its own: a long chain of
    /// references must not end the program.
    fn lower_with_needs(&mut self, first: DefinitionId) {
        let mut stack = vec![first];
        while let Some(&id) = stack.last() {
            if !matches!(self.states.get(id), Some(State::New | State::Open)) {
                stack.pop();
                continue;
            }
            self.set_state(id, State::Open);
            let outcome = lower(
                self.set,
                id,
                Progress {
                    states: &self.states,
                    stack: &stack,
                },
                &self.request.settings,
                self.diagnostics,
            );
            match outcome {
                Some(Outcome::Needs(needs)) => stack.extend(needs),
                Some(Outcome::Good(lowered)) => {
                    self.set_state(id, State::Good);
                    self.good(id, lowered);
                }
                Some(Outcome::Broken(cause)) => {
                    self.set_state(id, State::Broken(cause));
                    self.report_shadow(id);
                }
                None => return,
            }
        }
    }

    /// A broken file does not let the one of lower priority through; nobody should have to guess.
    fn report_shadow(&mut self, id: DefinitionId) {
        let Some(definition) = self.set.definitions.get(id) else {
            return;
        };
        if let Some(lower) = definition.shadows {
            let message = format!("this file has an error, and {lower} is not used in its place");
            self.diagnostics
                .add(codes::BROKEN_SHADOWS, definition.file, message)
                .help("mend this file, or remove it to use the other");
        }
    }

    fn set_state(&mut self, id: DefinitionId, state: State) {
        if let Some(place) = self.states.get_mut(id) {
            *place = state;
        }
    }

    fn good(&mut self, id: DefinitionId, lowered: Lowered<'r>) {
        if let Some(pod) = lowered.starting_pod {
            self.members.entry(pod).or_default().push(id);
        }
        if self
            .set
            .definitions
            .get(id)
            .is_some_and(|d| d.kind == Kind::Pod)
        {
            self.pods.insert(id, lowered);
        } else {
            self.emit(id, &lowered, &[]);
        }
    }

    fn emit(&mut self, id: DefinitionId, lowered: &Lowered<'_>, members: &[&str]) {
        let Some(definition) = self.set.definitions.get(id) else {
            return;
        };
        if definition.folder == Folder::Quadlet && !self.request.makes_quadlet_units {
            return;
        }
        self.text.clear();
        let scope = self.request.settings.scope;
        let path = self.set.sources.path_in_unit(definition.file);
        emit_unit(
            self.set,
            definition,
            lowered,
            scope,
            &path,
            members,
            &mut self.text,
        );
        self.hand_over(id);
    }

    fn hand_over(&mut self, id: DefinitionId) {
        let Some(definition) = self.set.definitions.get(id) else {
            return;
        };
        let links = match definition.folder {
            Folder::Quadlet => emit_links(self.set, definition, self.diagnostics),
            Folder::Native => Vec::new(),
        };
        let unit = Unit {
            definition: id,
            file: definition.file,
            name: &definition.service,
            text: &self.text,
            links: &links,
            folder: definition.folder,
        };
        (self.sink)(&unit, self.diagnostics);
    }

    /// Makes the units that stand in for broken definitions, last: only now all errors are known.
    fn stand_ins(&mut self) {
        let Some(generator) = &self.request.stand_ins else {
            return;
        };
        let mut causes: Vec<(DiagnosticId, String)> = Vec::new();
        if self.states.iter().any(|s| matches!(s, State::Broken(_))) {
            let located = self.diagnostics.located(self.set.sources);
            causes = located.iter().map(|l| (l.id, l.status())).collect();
            causes.sort_unstable_by_key(|&(id, _)| id);
        }
        let good: BTreeSet<&str> = self
            .set
            .definitions
            .iter()
            .zip(&self.states)
            .filter(|(_, state)| **state == State::Good)
            .map(|(definition, _)| definition.service.as_str())
            .collect();
        for id in 0..self.states.len() {
            let Some(&State::Broken(cause)) = self.states.get(id) else {
                continue;
            };
            let Some(definition) = self.set.definitions.get(id) else {
                continue;
            };
            let is_left_out = definition.is_nameless
                || definition.service.is_empty()
                || good.contains(definition.service.as_str())
                || (definition.folder == Folder::Quadlet && !self.request.makes_quadlet_units);
            if is_left_out {
                continue;
            }
            let at = causes.binary_search_by_key(&cause, |&(id, _)| id);
            let message = at.ok().and_then(|at| causes.get(at)).map_or("", |(_, m)| m);
            let podman = &self.request.settings.podman;
            self.text.clear();
            let stand_in = StandIn {
                generator,
                podman,
                message,
            };
            let path = self.set.sources.path_in_unit(definition.file);
            emit_stand_in(self.set, definition, stand_in, &path, &mut self.text);
            self.hand_over(id);
        }
    }
}

/// Refuses native definitions whose service has the name of a packaged unit: a runtime unit would
/// silently take its place, enabled link and all.
fn refuse_packaged_names(set: &mut Set<'_>, request: &Request, diagnostics: &mut Diagnostics) {
    if request.packaged.is_empty() {
        return;
    }
    for definition in &mut set.definitions {
        let name = definition.service.clone();
        let template = names::template_of(&name);
        let packaged = request
            .packaged
            .get(&name)
            .or_else(|| template.and_then(|t| request.packaged.get(&t)));
        let Some(packaged) = packaged else { continue };
        let id = diagnostics.next_id();
        let message = format!("{name} is a unit of a package: {packaged}");
        let place = Place::File(definition.file);
        let problem = diagnostics.add(codes::PACKAGED_UNIT, place, message);
        problem.help("set `ServiceName=` to another name, or rename the file");
        if definition.folder == Folder::Native {
            definition.error = definition.error.or(Some(id));
            definition.is_nameless = true;
        } else {
            problem.level(Level::Warning);
        }
    }
}
