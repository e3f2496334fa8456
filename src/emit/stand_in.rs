//! The unit that stands in for a definition that cannot be made: starting it fails and says why,
//! stopping it removes what the last good version runs.

use super::unit::{push_install, push_literal, push_marker};
use crate::base::quote::push_word;
use crate::discover::Folder;
use crate::resolve::{Definition, Set};
use crate::schema::Kind;

/// What a stand-in needs to know.
#[derive(Clone, Copy, Debug)]
pub struct StandIn<'a> {
    /// The generator, which the unit runs to say what is wrong.
    pub generator: &'a str,
    /// Podman.
    pub podman: &'a str,
    /// What is wrong: `path:line:col: message`.
    pub message: &'a str,
}

/// Appends the stand-in of a definition.
pub fn emit_stand_in(
    set: &Set<'_>,
    definition: &Definition<'_>,
    stand_in: StandIn<'_>,
    path: &str,
    out: &mut String,
) {
    push_head(
        out,
        path,
        &format!("{}, which has an error", definition.name),
    );
    if definition.folder == Folder::Native {
        push_line(out, "AssertPathExists", path);
    }
    push_service(out, Some(definition.kind), stand_in);
    push_install(set, definition, out);
}

impl StandIn<'_> {
    /// Returns the unit of a definition that is gone while its service runs: it can be stopped.
    pub fn of_removed(self, path: &str) -> String {
        let mut out = String::new();
        push_head(&mut out, path, &format!("{path}, which is gone"));
        push_service(&mut out, None, self);
        out
    }
}

fn push_head(out: &mut String, path: &str, description: &str) {
    push_marker(out, path);
    out.push_str("\n[Unit]\n");
    push_line(out, "Description", description);
    push_line(out, "SourcePath", path);
}

fn push_service(out: &mut String, kind: Option<Kind>, stand_in: StandIn<'_>) {
    let runs_on = kind.is_none_or(Kind::is_started_by_itself);
    out.push_str("\n[Service]\n");
    push_line(out, "Type", if runs_on { "notify" } else { "oneshot" });
    if runs_on {
        push_line(out, "KillMode", "mixed");
        push_line(out, "Delegate", "yes");
    }
    out.push_str("NotifyAccess=main\nSyslogIdentifier=%N\n");
    // It is a text, not a command line: nothing in it may be expanded.
    let message = stand_in.message.replace('%', "%%").replace('$', "$$");
    push_command(
        out,
        "ExecStart",
        "",
        &[stand_in.generator, "--broken", &message],
    );
    if !runs_on {
        return;
    }
    // By label, since a broken file may have lost the name; `--depend` takes a pod with its first
    // container, and what a kube definition plays with its service container.
    let label = "label=PODMAN_SYSTEMD_UNIT=%n";
    let remove = [
        stand_in.podman,
        "rm",
        "-v",
        "-f",
        "-i",
        "--depend",
        "--filter",
        label,
    ];
    push_command(out, "ExecStop", "", &remove);
    push_command(out, "ExecStopPost", "-", &remove);
}

fn push_line(out: &mut String, key: &str, value: &str) {
    out.push_str(key);
    out.push('=');
    push_literal(out, value);
    out.push('\n');
}

fn push_command(out: &mut String, key: &str, prefix: &str, words: &[&str]) {
    out.push_str(key);
    out.push('=');
    for (i, word) in words.iter().enumerate() {
        if i == 0 {
            push_word(out, &[prefix, word].concat());
        } else {
            out.push(' ');
            push_word(out, word);
        }
    }
    out.push('\n');
}
