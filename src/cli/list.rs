//! `wharf list`: what is defined.

use serde::Serialize;

use super::Verdict;
use super::context::Context;
use super::failure::Failure;
use crate::base::diagnostic::printable;
use crate::discover::Folder;
use crate::generate::generate;
use crate::lower::State;
use crate::resolve::resolve;

/// List the definitions
///
/// FOLDER is `native` for Wharf's own folders, where `systemctl enable` decides what starts, and
/// `quadlet` for those of Quadlet, where `[Install]` does. STATE is `broken` for a definition with an
/// error: `wharf check` tells which.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// How the list is written
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Format {
    /// A table
    Human,
    /// A JSON object with `version` and `definitions`
    Json,
}

/// The JSON form; a change that readers have to know of gets another version.
#[derive(Serialize)]
struct Listing {
    version: u32,
    definitions: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    name: String,
    kind: &'static str,
    service: Option<String>,
    folder: &'static str,
    state: &'static str,
    path: String,
}

const HEADER: [&str; 6] = ["NAME", "KIND", "SERVICE", "FOLDER", "STATE", "PATH"];

pub(super) fn run(args: &Args, context: &mut Context) -> Result<Verdict, Failure> {
    let mut found = context.discover()?;
    let mut set = resolve(&found.discovery, &mut found.diagnostics);
    let request = context.request(&set, &found.roots);
    let states = generate(&mut set, &request, &mut found.diagnostics, &mut |_, _| {});
    let rows = set
        .definitions
        .iter()
        .zip(states)
        .map(|(definition, state)| Row {
            name: definition.name.to_owned(),
            kind: definition.kind.suffix(),
            service: Some(definition.service.clone()).filter(|s| !s.is_empty()),
            folder: match definition.folder {
                Folder::Native => "native",
                Folder::Quadlet => "quadlet",
            },
            state: if matches!(state, State::Good) && definition.error.is_none() {
                "ok"
            } else {
                "broken"
            },
            path: set.sources.path(definition.file),
        });
    let mut rows: Vec<Row> = rows.collect();
    rows.sort_by(|a, b| (&a.name, &a.path).cmp(&(&b.name, &b.path)));
    match args.format {
        Format::Json => {
            let listing = Listing {
                version: 1,
                definitions: rows,
            };
            context.line(serde_json::to_string_pretty(&listing).expect("strings alone"));
        }
        Format::Human if rows.is_empty() => {
            context.say(format_args!("no definitions in {}", found.places()));
        }
        Format::Human => {
            let cells = rows.iter().map(|row| {
                [
                    &row.name,
                    row.kind,
                    row.service.as_deref().unwrap_or("-"),
                    row.folder,
                    row.state,
                    &row.path,
                ]
            });
            let table: Vec<[&str; 6]> = std::iter::once(HEADER).chain(cells).collect();
            context.text(&align(&table));
        }
    }
    Ok(Verdict::Good)
}

/// Returns the rows with each column as wide as its widest cell, two blanks apart.
fn align<const N: usize>(rows: &[[&str; N]]) -> String {
    let mut widths = [0; N];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = printable(cell).chars().count().max(*width);
        }
    }
    let mut out = String::new();
    for row in rows {
        let padded = row
            .iter()
            .zip(widths)
            .map(|(cell, width)| format!("{:width$}", printable(cell)));
        out.push_str(padded.collect::<Vec<_>>().join("  ").trim_end());
        out.push('\n');
    }
    out
}
