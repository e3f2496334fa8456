//! What the `[Unit]`, `[Service]` and `[Quadlet]` of a definition mean for its unit.

use super::{Argv, Line, LineValue, Lowering};
use crate::base::codes;
use crate::base::path;
use crate::base::quote::{LONGEST_LINE, SplitError, Splitting, push_word};
use crate::base::source::Span;
use crate::schema::{DEFAULT_DEPENDENCIES, DEPENDENCY_KEYS, Kind, Section};
use crate::syntax::EntryId;
use crate::syntax::read::is_yes;

/// Keys of `[Service]` that choose the user of the whole service, Podman included.
const USER_KEYS: [&str; 3] = ["User", "Group", "DynamicUser"];

impl<'a> Lowering<'a, '_> {
    /// Returns the first words of every command: Podman, its modules, its own arguments.
    pub(super) fn base(&mut self) -> Argv {
        let mut argv = Argv::base();
        argv.fixed(&self.settings.podman);
        for module in self.key("ContainersConfModule").lines() {
            argv.push(&["--module=", module.text], Some(module.whole()));
        }
        let global = self.key("GlobalArgs");
        if global.is_set()
            && let Some(row) = self.definition.kind.row_of("GlobalArgs")
        {
            for word in self.words(row, global) {
                argv.push(&[&word.text], Some(word.span));
            }
        }
        argv
    }

    /// Checks and adds what all kinds have in common.
    pub(super) fn common(&mut self) {
        if !self.set.has_own_section(self.definition) && self.definition.error.is_none() {
            let section = self.definition.kind.section();
            let message = format!("there is no section `[{section}]`");
            self.warn(
                codes::MISSING_SECTION,
                Span::default(),
                message,
                "add it, if only as a header",
            );
        }
        self.out.default_dependencies = self.default_dependencies();
        self.dependencies();
        for key in USER_KEYS {
            if let Some((_, span)) = self.service_setting(key) {
                let message = format!(
                    "`{key}` in [Service] changes whose Podman runs; that is not supported"
                );
                let help = match self.definition.kind {
                    Kind::Container => {
                        "use `User=` in [Container], or put the file into that user's folder"
                    }
                    _ => "put the file into that user's folder",
                };
                self.warn(codes::USER_IN_SERVICE, span, message, help);
            }
        }
        self.warn_overridden();
    }

    fn warn_overridden(&mut self) {
        let kind = self.definition.kind;
        if kind == Kind::Container
            && let Some((value, span)) = self.service_setting("Delegate")
            && !is_yes(value)
        {
            let message =
                format!("`Delegate={value}` is followed by `Delegate=yes`, which Podman needs");
            self.warn(codes::OVERRIDDEN, span, message, "remove the line");
        }
        if kind == Kind::Pod {
            for (key, want) in [("Type", "forking"), ("PIDFile", "%t/%N.pid")] {
                if let Some((value, span)) = self.service_setting(key)
                    && value != want
                {
                    let message = format!("`{key}={value}` becomes `{key}={want}`");
                    self.warn(codes::OVERRIDDEN, span, message, "remove the line");
                }
            }
        }
        let set = self.set;
        for entry in set.section_key(self.definition, Section::Unit, "SourcePath") {
            let message = "another `SourcePath=` with the file's own path follows";
            self.warn(
                codes::SOURCE_PATH,
                set.key_span(entry),
                message,
                "remove the line",
            );
        }
    }

    /// Reads `[Quadlet]`.
    fn default_dependencies(&mut self) -> bool {
        let set = self.set;
        let entries = set.section_key(self.definition, Section::Quadlet, DEFAULT_DEPENDENCIES);
        let assigned = set.assigned(&entries);
        self.check_boolean(DEFAULT_DEPENDENCIES, assigned);
        assigned.boolean().unwrap_or(true)
    }

    /// Translates the names of definitions in the dependencies of `[Unit]` into those of services.
    fn dependencies(&mut self) {
        let set = self.set;
        let mut seen: Vec<&str> = Vec::new();
        for (section, entry) in set.rest(self.definition) {
            let key = set.key_text(entry);
            if section == Section::Unit
                && names_definition(set.value(entry).text)
                && !seen.contains(&key)
                && let Some(key) = DEPENDENCY_KEYS.into_iter().find(|k| *k == key)
            {
                seen.push(key);
                let entries = set.section_key(self.definition, Section::Unit, key);
                self.dependency(key, &entries);
            }
        }
    }

    fn dependency(&mut self, key: &'static str, entries: &[EntryId]) {
        let set = self.set;
        let assigned = set.assigned(entries);
        let mut lost = Vec::new();
        let words = assigned.words(Splitting::Strv, |u| lost.push(u));
        if !words.iter().any(|w| Kind::of_file(&w.text).is_some()) {
            return;
        }
        for lost in lost {
            let what = match lost.error {
                SplitError::OpenQuote(_) => "a quote is never closed",
                SplitError::Escape(..) => "an escape is none",
            };
            let message = format!("{what}, so the whole line of `{key}` is dropped");
            self.error_in_native(codes::LOST_LINE, lost.span, message, "close the quote");
        }
        let mut line = String::new();
        for word in &words {
            if !line.is_empty() {
                line.push(' ');
            }
            if Kind::of_file(&word.text).is_none() {
                push_unit_name(&mut line, &word.text);
            } else if let Some(target) = self.find(&word.text, word.span) {
                let service = set.definitions.get(target).map(|d| d.service.as_str());
                line.push_str(service.unwrap_or_default());
            }
        }
        self.out
            .translated
            .push(Line::append(key, LineValue::Text(line.into())));
    }

    /// Refuses a command line that systemd would not read to its end.
    pub(super) fn check_length(&mut self) {
        let too_long = self.out.service.iter().find_map(|line| {
            let (LineValue::Command(argv) | LineValue::TolerantCommand(argv)) = &line.value else {
                return None;
            };
            // Quoting makes at most four bytes of one.
            if argv.bytes() < LONGEST_LINE / 4 {
                return None;
            }
            let mut written = String::new();
            for (argument, _) in argv.iter() {
                push_word(&mut written, argument);
                written.push(' ');
            }
            (written.len() + line.key.len() >= LONGEST_LINE).then_some((line.key, written.len()))
        });
        if let Some((key, length)) = too_long {
            let message = format!(
                "`{key}=` becomes {length} bytes long; systemd reads lines of up to {LONGEST_LINE}"
            );
            self.error(
                codes::LONG_LINE,
                Span::default(),
                message,
                "put long values into files, as with `EnvironmentFile=`",
            );
        }
    }

    /// Makes the unit wait for the mount that a path lies on.
    pub(super) fn needs_mount(&mut self, path: &str) {
        let value = LineValue::Path(path.to_owned());
        self.out.unit.push(Line::append("RequiresMountsFor", value));
    }

    /// Checks the settings of a service that is a container.
    pub(super) fn check_service(&mut self) {
        let kill_mode = self.service_setting("KillMode");
        match kill_mode {
            None | Some(("mixed" | "control-group", _)) => {}
            Some((value, span)) => {
                let message = format!("`KillMode={value}` does not end containers as they need");
                self.error(
                    codes::BAD_SERVICE_TYPE,
                    span,
                    message,
                    "use `mixed` or `control-group`, or remove the line",
                );
            }
        }
        let kind = self.service_setting("Type");
        match kind {
            None | Some(("notify" | "oneshot", _)) => {}
            Some((value, span)) => {
                let message = format!("`Type={value}` does not work with containers");
                self.error(
                    codes::BAD_SERVICE_TYPE,
                    span,
                    message,
                    "use `notify` or `oneshot`, or remove the line",
                );
            }
        }
        self.is_oneshot = kind.is_some_and(|(value, _)| value == "oneshot");
    }

    /// Adds `KillMode=mixed` unless the definition has one.
    pub(super) fn kill_mode(&mut self) {
        if self.service_setting("KillMode").is_none() {
            self.out.service_text("KillMode", "mixed");
        }
    }

    /// Adds the variable by which Podman knows the unit.
    pub(super) fn unit_variable(&mut self) {
        self.out
            .service_text("Environment", "PODMAN_SYSTEMD_UNIT=%n");
    }

    /// Adds `SyslogIdentifier=` unless the definition has one.
    pub(super) fn syslog_identifier(&mut self) {
        if self.service_setting("SyslogIdentifier").is_none() {
            self.out.service_text("SyslogIdentifier", "%N");
        }
    }

    /// Adds the type of a service that says when it is up.
    pub(super) fn notify_type(&mut self) {
        if !self.is_oneshot {
            self.out.service_replaced("Type", "notify");
            self.out.service_replaced("NotifyAccess", "all");
        }
    }

    /// Adds the type of a service that makes something and ends.
    pub(super) fn oneshot_type(&mut self, remains: bool) {
        if self.service_setting("Type").is_none() {
            self.out.service_text("Type", "oneshot");
        }
        if remains && self.service_setting("RemainAfterExit").is_none() {
            self.out.service_text("RemainAfterExit", "yes");
        }
    }

    /// Returns the folder that systemd starts Podman in, if the definition says one.
    pub(super) fn working_directory(&self) -> Option<(&'a str, Span)> {
        self.service_setting("WorkingDirectory")
            .filter(|(value, _)| !value.is_empty())
    }

    /// Returns a path relative to the definition's folder; without a look at how it is written.
    pub(super) fn absolute(&self, value: &str) -> String {
        if path::is_absolute_or_specifier(value) {
            value.to_owned()
        } else {
            path::join(&self.dir(), value)
        }
    }
}

/// Appends a word to a list of units, in which systemd takes a backslash as it is: names of mounts
/// are full of them.
fn push_unit_name(line: &mut String, word: &str) {
    let quote = if word.contains([' ', '\t', '\'']) || word.is_empty() {
        "\""
    } else {
        ""
    };
    line.extend([quote, word, quote]);
}

/// Returns whether a list of units may have the name of a definition in it: a first look that costs
/// nothing where there is none.
fn names_definition(value: &str) -> bool {
    let ends = |word: &str| word.trim_end_matches(['"', '\'']).len();
    value
        .split_ascii_whitespace()
        .any(|w| w.get(..ends(w)).is_some_and(|w| Kind::of_file(w).is_some()))
}
