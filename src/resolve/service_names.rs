//! Which service a definition becomes, and definitions that become the same one.

use super::{Definition, DefinitionId, Set};
use crate::base::codes;
use crate::base::diagnostic::{Diagnostics, Level, Place};
use crate::base::names::{self, BadName, SERVICE};
use crate::base::source::Sources;
use crate::discover::Folder;

/// Sets a definition's service: `ServiceName=`, else the file's name with the kind's suffix, which
/// goes before the `@` of a template and behind an instance.
pub(super) fn name_service(
    set: &Set<'_>,
    definition: &mut Definition<'_>,
    diagnostics: &mut Diagnostics,
) {
    let (base, suffix) = (definition.base, definition.kind.service_suffix());
    let given = set.key(definition, "ServiceName").text();
    let name = match (given, base.strip_suffix('@')) {
        (Some(value), _) => value.text.to_owned(),
        (None, Some(template)) => [template, suffix, "@"].concat(),
        (None, None) => [base, suffix].concat(),
    };
    let place = given.map_or_else(|| Place::File(definition.file), |v| v.whole().into());
    if let Err(bad) = names::check_service(&name) {
        let id = diagnostics.next_id();
        let what = if given.is_some() {
            "`ServiceName=`"
        } else {
            "the name of the file"
        };
        let why = match bad {
            BadName::Empty => format!("{what} gives an empty name for the service"),
            BadName::Character(c) => {
                format!(
                    "{what} gives `{name}{SERVICE}`, and systemd takes no `{c}` in a unit's name"
                )
            }
            BadName::TooLong => {
                format!("{what} gives a name longer than systemd takes (255 bytes)")
            }
        };
        diagnostics
            .add(codes::BAD_SERVICE_NAME, place, why)
            .help(if given.is_some() {
                "use letters, digits and `:-_.@` alone"
            } else {
                "rename the file, or set `ServiceName=`"
            });
        definition.error = definition.error.or(Some(id));
        return;
    }
    if given.is_some() && name.ends_with(SERVICE) {
        diagnostics
            .add(
                codes::DOUBLE_SUFFIX,
                place.clone(),
                format!("the service is named `{name}{SERVICE}`"),
            )
            .help("write `ServiceName=` without `.service`");
    }
    if given.is_some() && definition.is_template() && !name.ends_with('@') {
        diagnostics
            .add(
                codes::TEMPLATE_NAME,
                place,
                format!(
                    "`{}` is a template, but `{name}{SERVICE}` is none",
                    definition.name
                ),
            )
            .help("end `ServiceName=` with `@`");
    }
    definition.service = [&name, SERVICE].concat();
}

/// Reports definitions of one service. In a native folder the first by priority stays and the others
/// are errors; in Quadlet folders the last to be made wins, as it always did, and people are told.
/// Returns the definitions' numbers by service.
pub(super) fn find_collisions(
    definitions: &mut [Definition<'_>],
    sources: &Sources,
    diagnostics: &mut Diagnostics,
) -> Vec<DefinitionId> {
    let mut order: Vec<DefinitionId> = (0..definitions.len()).collect();
    order.sort_by(|&a, &b| {
        let of = |i: usize| definitions.get(i).map(|d| d.service.as_str());
        (of(a), a).cmp(&(of(b), b))
    });
    let mut first: Option<DefinitionId> = None;
    for &i in &order {
        let Some((winner, other)) = first.and_then(|f| two(definitions, f, i)) else {
            first = Some(i);
            continue;
        };
        if winner.service != other.service || other.service.is_empty() {
            first = Some(i);
            continue;
        }
        let message = format!(
            "`{}` and {} both become {}",
            other.name,
            sources.path(winner.file),
            other.service
        );
        let id = diagnostics.next_id();
        let place = Place::File(other.file);
        let problem = diagnostics.add(codes::SERVICE_TWICE, place, message);
        problem.help("set `ServiceName=` in one of them, or rename it");
        if other.folder == Folder::Quadlet && winner.folder == Folder::Quadlet {
            problem.level(Level::Tolerated);
        } else {
            other.error = other.error.or(Some(id));
            other.is_nameless = true;
        }
    }
    order
}

/// Returns two different definitions, the first for reading.
fn two<'s, 'a>(
    definitions: &'s mut [Definition<'a>],
    first: usize,
    second: usize,
) -> Option<(&'s Definition<'a>, &'s mut Definition<'a>)> {
    let (low, high) = definitions.split_at_mut_checked(first.max(second))?;
    let (low, high) = (low.get_mut(first.min(second))?, high.first_mut()?);
    Some(if first < second {
        (low, high)
    } else {
        (high, low)
    })
}
