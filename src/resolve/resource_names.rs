//! What Podman, and so other definitions, call the thing that a definition makes.

use super::{Definition, Set};
use crate::schema::Kind;

/// A name of Podman's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResourceName {
    /// The name.
    Known(String),
    /// Only the running unit knows: it has a specifier in it that another unit would read its own
    /// way.
    AtRuntime,
}

impl Set<'_> {
    /// Returns the name of a volume, network, pod or image as a command line has it, and of a
    /// container as other definitions have to write it.
    pub fn resource_name(&self, definition: &Definition<'_>) -> ResourceName {
        let text = |key| {
            self.key(definition, key)
                .nonempty()
                .map(|v| v.text.to_owned())
        };
        let name = match definition.kind {
            Kind::Container => {
                let name = self
                    .container_name(definition)
                    .replace("%N", definition.service_stem());
                if name.contains('%') {
                    return ResourceName::AtRuntime;
                }
                name
            }
            Kind::Pod => text("PodName").unwrap_or_else(|| ["systemd-", definition.base].concat()),
            Kind::Volume => text("VolumeName").unwrap_or_else(|| default_name(definition)),
            Kind::Network => text("NetworkName").unwrap_or_else(|| default_name(definition)),
            Kind::Image => text("ImageTag")
                .or_else(|| text("Image"))
                .unwrap_or_default(),
            Kind::Build => {
                let tags = self.key(definition, "ImageTag");
                tags.lines()
                    .next()
                    .map_or_else(String::new, |v| v.text.to_owned())
            }
            Kind::Artifact => text("Artifact").unwrap_or_default(),
            Kind::Kube => String::new(),
        };
        ResourceName::Known(name)
    }

    /// Returns the name of a container as its own unit has it.
    pub fn container_name(&self, definition: &Definition<'_>) -> &str {
        match self.key(definition, "ContainerName").nonempty() {
            Some(value) => value.text,
            None if definition.has_at() => "systemd-%p_%i",
            None => "systemd-%N",
        }
    }
}

/// Returns the name of a volume or network that has none of its own. For an instance Quadlet cuts
/// the last letter; people have data under that name, so it stays.
fn default_name(definition: &Definition<'_>) -> String {
    if !definition.has_at() {
        return ["systemd-", definition.base].concat();
    }
    let mut chars = definition.base.chars();
    chars.next_back();
    ["systemd-", chars.as_str(), "-%i"].concat()
}

/// Returns whether the default name of a volume or network lacks a letter.
pub fn default_name_is_cut(definition: &Definition<'_>) -> bool {
    definition.has_at() && !definition.is_template()
}
