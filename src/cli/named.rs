//! Which definition is meant by a name.

use super::failure::Failure;
use crate::base::names::{self, SERVICE};
use crate::resolve::{Definition, DefinitionId};

/// Returns the definition that a name stands for: of its file, else of its service, else of its file
/// without the suffix. An instance stands for its template where it has no file of its own.
pub(super) fn find(
    definitions: &[(DefinitionId, &Definition<'_>)],
    name: &str,
) -> Result<Option<DefinitionId>, Failure> {
    let service = if name.ends_with(SERVICE) {
        name.to_owned()
    } else {
        [name, SERVICE].concat()
    };
    let template = names::template_of(&service).unwrap_or_default();
    let is_it: [&dyn Fn(&Definition<'_>) -> bool; 4] = [
        &|d| d.name == name,
        &|d| d.service == service,
        &|d| d.base == name,
        &|d| !d.service.is_empty() && d.service == template,
    ];
    for is_it in is_it {
        let found: Vec<_> = definitions.iter().filter(|(_, d)| is_it(d)).collect();
        match found.as_slice() {
            [] => {}
            [(id, _)] => return Ok(Some(*id)),
            several => {
                let candidates = several
                    .iter()
                    .map(|(_, d)| format!("`{}`", d.name))
                    .collect();
                return Err(Failure::Ambiguous {
                    name: name.to_owned(),
                    candidates,
                });
            }
        }
    }
    Ok(None)
}

/// Returns the failure for a name that nothing has; `names` are those that there are, and `list` is
/// how to see them.
pub(super) fn not_found<'a>(
    name: &str,
    names: impl IntoIterator<Item = &'a str>,
    list: &str,
) -> Failure {
    let hint = match names::nearest(name, names) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => format!("`{list}` tells what is defined"),
    };
    Failure::NoDefinition {
        name: name.to_owned(),
        hint,
    }
}
