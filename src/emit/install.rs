//! `[Install]` of definitions in Quadlet folders: it acts when the unit is made, by links in the
//! generator's folder.

use crate::base::codes;
use crate::base::diagnostic::Diagnostics;
use crate::base::names::UNIT_SUFFIXES;
use crate::base::path;
use crate::base::quote::Splitting;
use crate::resolve::{Definition, Set};
use crate::schema::Section;
use crate::syntax::read::{Placed, split_into};

/// A symbolic link in the generator's folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Its path in the folder; no part of it leaves it.
    pub path: String,
    /// Where it leads, relative to itself.
    pub target: String,
}

/// Returns the links of a definition.
pub fn emit_links(
    set: &Set<'_>,
    definition: &Definition<'_>,
    diagnostics: &mut Diagnostics,
) -> Vec<Link> {
    let service = definition.service.as_str();
    let mut links = Vec::new();
    if !set
        .rest(definition)
        .any(|(section, _)| section == Section::Install)
    {
        return links;
    }
    for alias in words(set, definition, "Alias", diagnostics) {
        let name = path::clean(&alias.text);
        if let Err((why, help)) = check_alias(set, &name) {
            let message = format!("`Alias={}` {why}", alias.text);
            diagnostics
                .add(codes::CANNOT_LINK, alias.span, message)
                .help(help);
            continue;
        }
        if name != service
            && let Some(other) = set.find_service(&name)
        {
            let message = format!("`{name}` is the service of `{}`", other.name);
            diagnostics
                .add(codes::ALIAS_OF_ANOTHER, alias.span, message)
                .help("use another alias");
            continue;
        }
        let target = ["../".repeat(name.matches('/').count()).as_str(), service].concat();
        if name != service {
            links.push(Link { path: name, target });
        }
    }
    let name = match definition.service_stem().strip_suffix('@') {
        None => service.to_owned(),
        Some(template) => {
            let entries = set.section_key(definition, Section::Install, "DefaultInstance");
            let Some(instance) = set.assigned(&entries).text().map(|v| v.text.to_owned()) else {
                return links;
            };
            format!("{template}@{instance}.service")
        }
    };
    for (key, folder) in [
        ("WantedBy", "wants"),
        ("RequiredBy", "requires"),
        ("UpheldBy", "upholds"),
    ] {
        for unit in words(set, definition, key, diagnostics) {
            if unit.text.contains('/') || name.contains('/') {
                let message = format!("`{key}={}` is no name of a unit", unit.text);
                diagnostics
                    .add(codes::CANNOT_LINK, unit.span, message)
                    .help("write the name alone");
                continue;
            }
            let path = [&unit.text, ".", folder, "/", &name].concat();
            links.push(Link {
                path,
                target: ["../", service].concat(),
            });
        }
    }
    links
}

/// Says why an alias, cleaned, cannot be a link in the folder for units, and what to do.
fn check_alias(set: &Set<'_>, name: &str) -> Result<(), (&'static str, &'static str)> {
    const HELP: &str = "write the name of a unit";
    let (first, _) = name.split_once('/').unwrap_or((name, ""));
    if matches!(first, "" | "." | "..") {
        return Err(("leads out of the folder for units", HELP));
    }
    if !UNIT_SUFFIXES.iter().any(|suffix| name.ends_with(suffix)) {
        return Err(("is no name of a unit", HELP));
    }
    if first.len() < name.len() && (first.starts_with('.') || set.find_service(first).is_some()) {
        return Err(("needs a folder where a unit has to be", HELP));
    }
    Ok(())
}

/// Returns the words of a key of `[Install]`.
fn words<'s>(
    set: &'s Set<'_>,
    definition: &Definition<'_>,
    key: &str,
    diagnostics: &mut Diagnostics,
) -> Vec<Placed<'s>> {
    let mut words = Vec::new();
    for (section, entry) in set.rest(definition) {
        if section != Section::Install || set.key_text(entry) != key {
            continue;
        }
        let value = set.value(entry);
        if value.text.is_empty() {
            words.clear();
        }
        split_into(&value, Splitting::Strv, &mut words, &mut |lost| {
            let message =
                format!("a quote is never closed, so the whole line of `{key}` is dropped");
            diagnostics
                .add(codes::BAD_ESCAPE, lost.span, message)
                .help("close the quote");
        });
    }
    words.retain(|w| !w.text.is_empty());
    words
}
