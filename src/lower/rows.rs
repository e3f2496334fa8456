//! What the rows of the schema say: from the assignments of one key to arguments.

use super::{Argv, Lowering};
use crate::base::codes;
use crate::base::path;
use crate::base::quote::{SplitError, Splitting};
use crate::base::source::Span;
use crate::schema::{Emit, Key, Read, Special, Takes};
use crate::syntax::Value;
use crate::syntax::read::{Assigned, Placed, Unsplit, is_no, is_yes};

impl<'a> Lowering<'a, '_> {
    /// Appends the arguments of all keys in table order: of those that are set, and of those that
    /// mean something when they are not.
    pub(super) fn rows(&mut self, argv: &mut Argv) {
        let own = self.set.own(self.definition);
        let kind = self.definition.kind;
        let mut specials = kind.special_rows().iter().copied().peekable();
        let mut at = 0;
        loop {
            let next = own.get(at).map(|e| e.row);
            let special = specials.next_if(|&row| next.is_none_or(|next| row <= next));
            let Some(row) = special.or(next) else { return };
            let from = at;
            while own.get(at).is_some_and(|e| e.row == row) {
                at += 1;
            }
            let Some(key) = kind.keys().get(row as usize) else {
                continue;
            };
            let assigned = self.set.assigned(own.get(from..at).unwrap_or_default());
            if assigned.is_set() {
                self.check(key, assigned);
            }
            match key.emit {
                Emit::Special(special) => self.special(special, key, assigned, argv),
                _ => self.row(key, assigned, argv),
            }
        }
    }

    /// Appends the arguments of a key that a row cannot describe.
    fn special(&mut self, special: Special, key: &Key, assigned: Assigned<'a>, argv: &mut Argv) {
        match special {
            Special::Cgroups => Self::cgroups(assigned, argv),
            Special::Network => self.networks(assigned, argv),
            Special::Notify => self.notify(assigned, argv),
            Special::VolatileTmp => self.volatile_tmp(assigned, argv),
            Special::User => self.user(assigned, argv),
            Special::UserMapping => self.user_mapping(argv),
            Special::Volume => self.volumes(assigned, argv),
            Special::Device => self.devices(key, assigned, argv),
            Special::ExposePort => self.exposed_ports(assigned, argv),
            Special::Mount => self.mounts(key, assigned, argv),
            Special::Pod => self.pod_of(assigned, argv),
            Special::ContainerImage => self.image_or_rootfs(argv),
            Special::ExitPolicy => Self::exit_policy(assigned, argv),
            Special::PodName => self.pod_name(assigned, argv),
            Special::VolumeOptions => self.volume_options(argv),
            Special::ResourceName => self.push_resource_name(assigned, argv),
            Special::Subnets => self.subnets(assigned, argv),
            Special::KubeAutoUpdate => self.kube_auto_update(key, assigned, argv),
            Special::Yaml => self.yaml(key, assigned, argv),
            Special::Pulled => self.pulled(key, assigned, argv),
            Special::Context => self.context(argv),
        }
    }

    fn row(&mut self, key: &Key, assigned: Assigned<'a>, argv: &mut Argv) {
        match key.emit {
            Emit::Nothing | Emit::Special(_) => {}
            Emit::Flag(flag) => self.each(key, assigned, |_, value, span| {
                argv.option(flag, value, Some(span));
            }),
            Emit::LowerFlag(flag) => self.each(key, assigned, |_, value, span| {
                argv.option(flag, &value.to_lowercase(), Some(span));
            }),
            Emit::PathFlag(flag) => self.each(key, assigned, |this, value, span| {
                let path = this.path(key, value, span);
                argv.option(flag, &path, Some(span));
            }),
            Emit::Joined(flag) => self.each(key, assigned, |_, value, span| {
                argv.push(&[flag, value], Some(span));
            }),
            Emit::Option(flag, prefix) => self.each(key, assigned, |_, value, span| {
                argv.push(&[flag], Some(span));
                argv.push(&[prefix, value], Some(span));
            }),
            Emit::Switch(flag) => {
                let origin = Some(assigned.key_span());
                match assigned.boolean() {
                    Some(true) => argv.push(&[flag], origin),
                    Some(false) => argv.push(&[flag, "=false"], origin),
                    None => {}
                }
            }
            Emit::IfTrue(words) => {
                if assigned.boolean() == Some(true) {
                    for word in words {
                        argv.push(&[word], Some(assigned.key_span()));
                    }
                }
            }
            Emit::Bare => self.each(key, assigned, |_, value, span| {
                argv.push(&[value], Some(span));
            }),
        }
    }

    /// Calls `with` for each value that the key has by its rule.
    pub(super) fn each(
        &mut self,
        key: &Key,
        assigned: Assigned<'a>,
        mut with: impl FnMut(&mut Self, &str, Span),
    ) {
        match key.read {
            Read::Text => {
                if let Some(value) = assigned.nonempty() {
                    with(self, value.text, value.whole());
                }
            }
            Read::TextOrEmpty => {
                if let Some(value) = assigned.text() {
                    with(self, value.text, value.whole());
                }
            }
            Read::Raw => {
                if let Some(value) = assigned.raw() {
                    with(self, value.text, value.whole());
                }
            }
            Read::Lines => {
                for value in assigned.lines() {
                    with(self, value.text, value.whole());
                }
            }
            Read::Words | Read::Args | Read::LastArgs | Read::Map => {
                for word in self.words(key, assigned) {
                    with(self, &word.text, word.span);
                }
            }
            Read::Bool | Read::Number => {}
        }
    }

    /// Returns the words that the key has by its rule, and reports lines that have none.
    pub(super) fn words(&mut self, key: &Key, assigned: Assigned<'a>) -> Vec<Placed<'a>> {
        let mut unsplit = Vec::new();
        let mut report = |u: Unsplit| unsplit.push(u);
        let mut words = match key.read {
            Read::Words => assigned.words(Splitting::Strv, &mut report),
            Read::LastArgs => assigned.last_words(Splitting::Exec, &mut report),
            Read::Map => assigned.pairs(&mut report),
            _ => assigned.words(Splitting::Exec, &mut report),
        };
        for lost in unsplit {
            self.lost_line(key, lost);
        }
        let is_command = matches!(key.emit, Emit::Bare) || key.read == Read::LastArgs;
        let empty: Vec<Span> = words
            .iter()
            .filter(|w| w.text.is_empty())
            .map(|w| w.span)
            .collect();
        for span in empty {
            let help = if is_command {
                "it is passed on as an empty argument; stock Quadlet drops it and all words after it on the line"
            } else {
                "it is left out; stock Quadlet drops all words after it on the line too"
            };
            self.warn(
                codes::EMPTY_WORD,
                span,
                format!("an empty word in `{}`", key.name),
                help,
            );
        }
        if !is_command {
            words.retain(|w| !w.text.is_empty());
        }
        words
    }

    fn lost_line(&mut self, key: &Key, lost: Unsplit) {
        let (what, help) = match lost.error {
            SplitError::Escape(..) => {
                let escape = self.set.sources.text(lost.span);
                let help = "write `\\\\` for a backslash; what stands for `$` is `$$` where systemd would expand it";
                (format!("`{escape}` is no escape"), help)
            }
            SplitError::OpenQuote(_) => ("a quote is never closed".to_owned(), "close the quote"),
        };
        let message = format!("{what}, so the whole line of `{}` is dropped", key.name);
        if key.guarded {
            self.error_in_native(codes::LOST_LINE, lost.span, message, help);
        } else {
            self.warn(codes::BAD_ESCAPE, lost.span, message, help);
        }
    }

    /// Reports values that are taken, but not as they look.
    fn check(&mut self, key: &Key, assigned: Assigned<'a>) {
        match key.read {
            Read::Text | Read::TextOrEmpty => {
                let Some(value) = assigned.text() else { return };
                if value.text.is_empty() && key.empty_is_unset {
                    let message = format!("`{}` is empty; it is taken as not set", key.name);
                    self.warn(
                        codes::EMPTY_VALUE,
                        assigned.key_span(),
                        message,
                        "remove the line; stock Quadlet passes an empty argument",
                    );
                }
                let stripped = assigned
                    .raw()
                    .is_some_and(|raw| raw.text.len() != value.text.len());
                if stripped && value.text.contains('"') {
                    let message = format!(
                        "`{}` takes one value; only the outermost quotes are taken off",
                        key.name
                    );
                    self.warn(
                        codes::INNER_QUOTES,
                        value.whole(),
                        message,
                        "quote the whole value once, or not at all",
                    );
                }
                self.check_option(key, value);
            }
            Read::Lines => {
                for value in assigned.lines() {
                    if is_quoted(value.text) {
                        let message =
                            format!("the quotes stay part of the value of `{}`", key.name);
                        self.warn(
                            codes::LITERAL_QUOTES,
                            value.whole(),
                            message,
                            "remove them: each line is one value, blanks and all",
                        );
                    }
                    self.check_option(key, value);
                }
            }
            Read::Bool => self.check_boolean(key.name, assigned),
            Read::Raw | Read::Words | Read::Args | Read::LastArgs | Read::Map | Read::Number => {}
        }
    }

    /// Reports what is neither yes nor no: it is read as no.
    pub(super) fn check_boolean(&mut self, key: &str, assigned: Assigned<'_>) {
        let Some(value) = assigned.text() else { return };
        if is_yes(value.text) || is_no(value.text) {
            return;
        }
        let message = format!(
            "`{}` is neither yes nor no for `{key}`; it is read as no",
            value.text
        );
        let span = if value.text.is_empty() {
            assigned.key_span()
        } else {
            value.whole()
        };
        self.warn(
            codes::NOT_A_BOOLEAN,
            span,
            message,
            "write `true` or `false`",
        );
    }

    /// A name that stands alone on a command line must not begin with a dash.
    pub(super) fn check_option(&mut self, key: &Key, value: Value<'a>) {
        if matches!(key.takes, Takes::Name(_) | Takes::Image) && value.text.starts_with('-') {
            let message = format!(
                "`{}` cannot begin with `-`: Podman would take `{}` for an option",
                key.name, value.text
            );
            self.error(
                codes::OPTION_AS_VALUE,
                value.whole(),
                message,
                "write a name; options belong into `PodmanArgs=`",
            );
        }
    }

    /// Returns a path of the definition's, relative to its main file's folder.
    pub(super) fn path(&mut self, key: &Key, value: &str, span: Span) -> String {
        if path::is_absolute_or_specifier(value) {
            return value.to_owned();
        }
        let joined = path::join(&self.dir(), value);
        if value.starts_with('~') {
            let message = format!(
                "`~` is a folder of this name in `{}`: the path is {joined}",
                key.name
            );
            self.warn(
                codes::ODD_PATH,
                span,
                message,
                "write `%h` for the home folder",
            );
        } else if value.starts_with('-') {
            let message = format!(
                "`-` is part of the file's name in `{}`: the path is {joined}",
                key.name
            );
            self.warn(
                codes::ODD_PATH,
                span,
                message,
                "remove the `-`; a file that may be missing cannot be said",
            );
        }
        joined
    }
}

fn is_quoted(text: &str) -> bool {
    ['"', '\'']
        .iter()
        .any(|&q| text.len() > 1 && text.starts_with(q) && text.ends_with(q))
}
