//! `.kube`: `podman kube play` and `down`.

use super::{Argv, Lowering};
use crate::base::codes;
use crate::schema::Key;
use crate::syntax::read::Assigned;

impl<'a> Lowering<'a, '_> {
    /// Lowers a `.kube`.
    pub(super) fn kube(&mut self) {
        self.check_service();
        let base = self.base();
        let mut play = base.short();
        play.all_fixed(&["kube", "play", "--replace", "--service-container=true"]);
        self.rows(&mut play);
        let mut down = base;
        down.all_fixed(&["kube", "down"]);
        let force = self.key("KubeDownForce");
        if let Some(forces) = force.boolean() {
            down.push(
                &[if forces { "--force" } else { "--force=false" }],
                Some(force.key_span()),
            );
        }
        for (path, span) in &self.yaml {
            down.push(&[path], Some(*span));
        }
        self.kill_mode();
        self.unit_variable();
        self.notify_type();
        self.syslog_identifier();
        self.out.command("ExecStart", play);
        self.out.command("ExecStopPost", down);
        self.kube_working_directory();
    }

    /// Appends the files to play. Podman would take a URL, but it cannot be told from a file here.
    pub(super) fn yaml(&mut self, key: &Key, assigned: Assigned<'a>, argv: &mut Argv) {
        for word in self.words(key, assigned) {
            if word.text.contains("://") {
                let message = format!("`{}` is a URL; `Yaml` takes files", word.text);
                self.error(
                    codes::YAML_URL,
                    word.span,
                    message,
                    "download the file and name it",
                );
                continue;
            }
            let path = self.path(key, &word.text, word.span);
            argv.push(&[&path], Some(word.span));
            self.yaml.push((path, word.span));
        }
        if self.yaml.is_empty() && self.broken.is_none() {
            self.missing("`Yaml=`");
        }
    }

    /// Appends annotations: `registry` for all containers, `name/registry` for one.
    pub(super) fn kube_auto_update(&mut self, key: &Key, assigned: Assigned<'a>, argv: &mut Argv) {
        const ANNOTATION: &str = "--annotation=io.containers.autoupdate";
        for word in self.words(key, assigned) {
            match word.text.split_once('/') {
                Some((name, policy)) => {
                    argv.push(&[ANNOTATION, "/", name, "=", policy], Some(word.span));
                }
                None => argv.push(&[ANNOTATION, "=", &word.text], Some(word.span)),
            }
        }
    }
}
