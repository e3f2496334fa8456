//! References from one definition to another: who is meant, what Podman calls it, and what the unit
//! then needs.

use super::{Lowering, State};
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
        let names = self.set.definitions.iter().map(|d| d.name);
        let help = match template.filter(|t| t != name && self.set.find(t).is_some()) {
            Some(template) => {
                format!("make `{name}` a link to `{template}`: instances need a file of their own")
            }
            None => nearest(name, names).map_or_else(
                || format!("write a file `{name}`"),
                |near| format!("did you mean `{near}`?"),
            ),
        };
        self.error(
            codes::UNKNOWN_REFERENCE,
            span,
            format!("there is no definition `{name}`"),
            help,
        );
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
        let service = target.service.as_str();
        self.out.need("Requires", service);
        self.out.need("After", service);
        Some(name)
    }

    /// Returns whether a definition can be relied on; notes it as a need if nobody knows yet.
    pub(super) fn usable(&mut self, id: DefinitionId, span: Span) -> Option<()> {
        let target = self.set.definitions.get(id)?;
        match self.states.get(id)? {
            State::Good => Some(()),
            State::New => {
                self.needs.push(id);
                None
            }
            State::Open => {
                let message = if id == self.id {
                    format!("`{}` refers to itself", target.name)
                } else {
                    format!(
                        "`{}` needs `{}`, which needs it in turn",
                        self.definition.name, target.name
                    )
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
        if is_id || is_qualified || value.starts_with("sha256:") || value.contains(['%', '$']) {
            return;
        }
        let message = format!("the image `{value}` has no registry in its name");
        let help = format!("write it in full, as in `docker.io/library/{value}`");
        self.warn(codes::SHORT_IMAGE_NAME, span, message, help);
    }
}
