//! References from one definition to another: who is meant, what Podman calls it, and what the unit
//! then needs.

use super::{Lowering, Progress, State};
use crate::base::codes;
use crate::base::names::nearest;
use crate::base::source::Span;
use crate::discover::Folder;
use crate::resolve::DefinitionId;
use crate::resolve::resource_names::ResourceName;
use crate::schema::Kind;

impl Lowering<'_, '_> {
    /// Returns the definition that a file's name stands for, or reports that there is none.
    pub(super) fn find(&mut self, name: &str, span: Span) -> Option<DefinitionId> {
        let found = self
            .set
            .find(name)
            .and_then(|id| Some((id, self.set.definitions.get(id)?)));
        let Some((id, target)) = found else {
            self.unknown(name, span);
            return None;
        };
        let is_hidden = self.definition.folder == Folder::Quadlet
            && target.folder == Folder::Native
            && !target.shadows_quadlet;
        if is_hidden {
            let path = self.set.sources.path(target.file);
            let message = format!(
                "`{name}` is defined in {path}, which definitions of a Quadlet folder cannot refer to"
            );
            self.error(
                codes::REFERENCE_TO_NATIVE,
                span,
                message,
                "move this definition beside it",
            );
            return None;
        }
        Some(id)
    }

    fn unknown(&mut self, name: &str, span: Span) {
        let (base, suffix) = name.rsplit_once('.').unwrap_or((name, ""));
        let template = base
            .split_once('@')
            .map(|(stem, _)| format!("{stem}@.{suffix}"));
        if self.set.masked.contains(name) {
            let message = format!("`{name}` is hidden by a link to /dev/null");
            return self.error(codes::UNKNOWN_REFERENCE, span, message, "remove the link");
        }
        // The suffix says nothing of what was meant: it is the same for all candidates.
        let same_kind = self
            .set
            .definitions
            .iter()
            .filter(|d| d.kind.suffix() == suffix && d.file != self.definition.file);
        let help = match template.filter(|t| t != name && self.set.find(t).is_some()) {
            Some(template) => {
                format!("make `{name}` a link to `{template}`: instances need a file of their own")
            }
            None => self
                .diagnostics
                .may_search()
                .then(|| nearest(base, same_kind.map(|d| d.base)))
                .flatten()
                .map_or_else(
                    || format!("write a file `{name}`"),
                    |near| format!("did you mean `{near}.{suffix}`?"),
                ),
        };
        let message = format!("there is no definition `{name}`");
        self.error(codes::UNKNOWN_REFERENCE, span, message, help);
    }

    /// Returns what Podman calls the thing that a definition makes, and makes the unit need its
    /// service. Reports a target that is broken or needs this definition itself.
    pub(super) fn refer(&mut self, id: DefinitionId, span: Span) -> Option<String> {
        self.usable(id, span)?;
        let target = self.set.definitions.get(id)?;
        let ResourceName::Known(name) = self.set.resource_name(target) else {
            let message = format!(
                "the name of the container of `{}` is known only when it runs",
                target.name
            );
            self.error(
                codes::NAMELESS_REFERENCE,
                span,
                message,
                "set a `ContainerName=` without specifiers in it",
            );
            return None;
        };
        self.warn_specifier(target.name, &name, span);
        let service = target.service.as_str();
        self.out.need("Requires", service);
        self.out.need("After", service);
        Some(name)
    }

    /// Returns whether a definition can be relied on; notes it as a need if nobody knows yet.
    pub(super) fn usable(&mut self, id: DefinitionId, span: Span) -> Option<()> {
        let target = self.set.definitions.get(id)?;
        match self.progress.states.get(id)? {
            State::Good => Some(()),
            State::New => {
                self.needs.push(id);
                None
            }
            State::Open => {
                let message = if id == self.id {
                    format!("`{}` refers to itself", target.name)
                } else if self.diagnostics.may_search() {
                    format!("the references go in a circle: {}", self.circle(id))
                } else {
                    format!("the references go in a circle through `{}`", target.name)
                };
                self.error(
                    codes::REFERENCE_CYCLE,
                    span,
                    message,
                    "remove one of the references",
                );
                None
            }
            State::Broken(_) => {
                let message = format!(
                    "`{}` cannot be used, since it has an error itself",
                    target.name
                );
                let path = self.set.sources.path(target.file);
                self.error(
                    codes::BROKEN_REFERENCE,
                    span,
                    message,
                    format!("mend {path}"),
                );
                None
            }
        }
    }

    /// Returns the definitions that need one another, from a target around to itself.
    fn circle(&self, target: DefinitionId) -> String {
        let Progress { states, stack } = self.progress;
        let is_open = |id: &&DefinitionId| states.get(**id) == Some(&State::Open);
        let members = stack.iter().skip_while(|&&id| id != target).filter(is_open);
        let names = members
            .chain([&target])
            .filter_map(|&id| self.set.definitions.get(id));
        names
            .map(|d| format!("`{}`", d.name))
            .collect::<Vec<_>>()
            .join(" → ")
    }

    /// Warns of a name that means something else in this unit than in its own.
    pub(super) fn warn_specifier(&mut self, target: &str, name: &str, span: Span) {
        let mut rest = name;
        while let Some((_, behind)) = rest.split_once('%') {
            let specifier = behind.chars().next().unwrap_or('%');
            let is_own_instance = matches!(specifier, 'i' | 'I') && self.definition.has_at();
            if "nNpPiIjJfyY".contains(specifier) && !is_own_instance {
                let message = format!(
                    "the name of what `{target}` makes is `{name}`, and `%{specifier}` is another one in this unit"
                );
                let help = format!("give `{target}` a name without `%{specifier}`");
                return self.warn(codes::SPECIFIER_IN_NAME, span, message, help);
            }
            rest = behind.get(specifier.len_utf8()..).unwrap_or("");
        }
    }

    /// Returns an image as Podman is to see it: a name, or what a definition makes.
    pub(super) fn image(&mut self, value: &str, span: Span) -> Option<String> {
        let is_reference = !value.contains('/')
            && matches!(Kind::of_file(value), Some((Kind::Image | Kind::Build, _)));
        if is_reference {
            let id = self.find(value, span)?;
            return self.refer(id, span);
        }
        self.warn_short_name(value, span);
        Some(value.to_owned())
    }

    /// Warns of an image without a registry: which one is asked depends on the machine.
    pub(super) fn warn_short_name(&mut self, value: &str, span: Span) {
        let is_id = value.len() == 64 && value.bytes().all(|b| b.is_ascii_hexdigit());
        let registry = value.split_once('/').map(|(registry, _)| registry);
        let is_qualified = registry.is_some_and(|r| r.contains(['.', ':']) || r == "localhost");
        if is_id
            || value.starts_with('-')
            || is_qualified
            || value.starts_with("sha256:")
            || value.contains(['%', '$'])
        {
            return;
        }
        let message = format!("the image `{value}` has no registry in its name");
        let library = if value.contains('/') { "" } else { "library/" };
        let help = format!("write it in full, as in `docker.io/{library}{value}`");
        self.warn(codes::SHORT_IMAGE_NAME, span, message, help);
    }
}
