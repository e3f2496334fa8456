//! The frame of each kind's unit: its commands and the lines of `[Service]`, in a fixed order.

use super::{Argv, Lowering};
use crate::base::codes;
use crate::base::source::Span;
use crate::schema::{Key, Kind};
use crate::syntax::read::Assigned;

impl<'a> Lowering<'a, '_> {
    /// Lowers the definition.
    pub(super) fn definition(&mut self) {
        if self.definition.is_unreadable {
            return; // nothing is known of it, so nothing is missing in it
        }
        self.common();
        match self.definition.kind {
            Kind::Container => self.container(),
            Kind::Pod => self.pod(),
            Kind::Volume => self.maker(&["volume", "create", "--ignore"]),
            Kind::Network => self.network(),
            Kind::Kube => self.kube(),
            Kind::Image => self.maker(&["image", "pull"]),
            Kind::Build => self.build(),
            Kind::Artifact => self.maker(&["artifact", "pull"]),
        }
    }

    /// Reports a key that the kind cannot do without; not where the line may be one that could not
    /// be read.
    pub(super) fn missing(&mut self, what: &str) {
        if self.definition.error.is_none() {
            let section = self.definition.kind.section();
            let message = format!("[{section}] needs {what}");
            self.error(codes::MISSING_KEY, Span::default(), message, "add it");
        }
    }

    /// Lowers a kind whose service makes something once and leaves it.
    fn maker(&mut self, subcommand: &[&str]) {
        let mut argv = self.base();
        argv.all_fixed(subcommand);
        self.rows(&mut argv);
        self.out.command("ExecStart", argv);
        self.syslog_identifier();
        self.oneshot_type(true);
    }

    /// Lowers a `.build`.
    fn build(&mut self) {
        let mut argv = self.base();
        argv.fixed("build");
        let has_tag = self
            .key("ImageTag")
            .lines()
            .next()
            .is_some_and(|v| !v.text.is_empty());
        if !has_tag {
            self.missing("`ImageTag=`, the name of the built image");
        }
        self.rows(&mut argv);
        self.out.command("ExecStart", argv);
        self.syslog_identifier();
        self.oneshot_type(false);
    }

    /// Lowers a `.pod`.
    fn pod(&mut self) {
        let base = self.base();
        let name = self.resource_name();
        let origin = self.key("PodName").nonempty().map(|v| v.whole());
        let mut create = base.short();
        create.all_fixed(&[
            "pod",
            "create",
            "--infra-conmon-pidfile=%t/%N.pid",
            "--replace",
        ]);
        self.rows(&mut create);
        let mut start = base.short();
        start.all_fixed(&["pod", "start"]);
        start.push(&[&name], origin);
        let mut stop = base.short();
        stop.all_fixed(&["pod", "stop", "--ignore"]);
        match self.key("StopTimeout").text() {
            Some(value) => stop.push(&["--time=", value.text], Some(value.whole())),
            None => stop.fixed("--time=10"),
        }
        stop.push(&[&name], origin);
        let mut remove = base;
        remove.all_fixed(&["pod", "rm", "--ignore", "--force"]);
        remove.push(&[&name], origin);

        self.syslog_identifier();
        self.out.command("ExecStart", start);
        self.out.command("ExecStop", stop);
        self.out.command("ExecStopPost", remove);
        self.out.command("ExecStartPre", create);
        self.unit_variable();
        self.out.service_replaced("Type", "forking");
        self.out.service_replaced("PIDFile", "%t/%N.pid");
        if self.service_setting("Restart").is_none() {
            self.out.service_text("Restart", "on-failure");
        }
    }

    /// Appends `--exit-policy`: a pod of a service ends with its containers unless told otherwise.
    pub(super) fn exit_policy(assigned: Assigned<'a>, argv: &mut Argv) {
        match assigned.nonempty() {
            Some(value) => argv.option("--exit-policy", value.text, Some(value.whole())),
            None => argv.all_fixed(&["--exit-policy", "stop"]),
        }
    }

    /// Appends a pod's name and that of its first container.
    pub(super) fn pod_name(&mut self, assigned: Assigned<'a>, argv: &mut Argv) {
        let given = assigned.nonempty();
        let name = self.resource_name();
        if given.is_none() && self.definition.has_at() {
            let message = format!("all instances of the pod are named `{name}`");
            let help = "set `PodName=` with `%i` in it";
            if self.definition.is_template() {
                self.warn(codes::SHARED_POD_NAME, Span::default(), message, help);
            }
        }
        let origin = given.map(|v| v.whole());
        argv.push(&["--infra-name"], origin);
        argv.push(&[&name, "-infra"], origin);
        argv.option("--name", &name, origin);
    }

    /// Appends what an `.image` or `.artifact` pulls.
    pub(super) fn pulled(&mut self, key: &Key, assigned: Assigned<'a>, argv: &mut Argv) {
        let Some(value) = assigned.nonempty() else {
            return self.missing(&format!("`{}=`", key.name));
        };
        if self.definition.kind == Kind::Image {
            match Kind::of_file(value.text) {
                Some((Kind::Image | Kind::Build, _)) => {
                    let message = format!(
                        "an image named `{}` is pulled: a .image file refers to no other",
                        value.text
                    );
                    self.warn(
                        codes::ODD_REFERENCE,
                        value.whole(),
                        message,
                        "name the image itself",
                    );
                }
                _ => self.warn_short_name(value.text, value.whole()),
            }
        }
        argv.push(&[value.text], Some(value.whole()));
    }
}
