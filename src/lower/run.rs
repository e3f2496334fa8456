//! `.container`: `podman run`, and the keys that only it has.

use super::{Argv, Lowering};
use crate::base::codes;
use crate::base::source::Span;
use crate::resolve::resource_names::ResourceName;
use crate::schema::{Key, Kind};
use crate::syntax::read::{Assigned, is_no, is_yes};

/// What a container runs.
#[derive(Debug)]
pub(super) struct Image {
    name: String,
    span: Span,
    is_rootfs: bool,
}

impl<'a> Lowering<'a, '_> {
    /// Lowers a `.container`.
    pub(super) fn container(&mut self) {
        self.check_service();
        self.image = self.what_runs();
        let base = self.base();
        let set = self.set;
        let name = set.container_name(self.definition);
        let origin = self.key("ContainerName").nonempty().map(|v| v.whole());
        let mut run = base.long();
        run.fixed("run");
        run.option("--name", name, origin);
        run.all_fixed(&["--replace", "--rm"]);
        self.rows(&mut run);
        let reload = self.reload(&base, name);
        let mut remove = base;
        remove.all_fixed(&["rm", "-v", "-f", "-i"]);
        remove.push(&[name], origin);

        self.unit_variable();
        self.kill_mode();
        self.out.command("ExecStop", remove.clone());
        self.out.tolerant_command("ExecStopPost", remove);
        if let Some(reload) = reload {
            self.out.command("ExecReload", reload);
        }
        self.out.service_text("Delegate", "yes");
        self.notify_type();
        self.syslog_identifier();
        self.out.command("ExecStart", run);
    }

    /// Returns the image or root file system; exactly one has to be there.
    fn what_runs(&mut self) -> Option<Image> {
        let (image, rootfs) = (self.key("Image").nonempty(), self.key("Rootfs").nonempty());
        match (image, rootfs) {
            (Some(_), Some(rootfs)) => {
                let message = "`Image` and `Rootfs` cannot both be set";
                self.error(
                    codes::IMAGE_AND_ROOTFS,
                    rootfs.whole(),
                    message,
                    "remove one of them",
                );
                None
            }
            (None, None) => {
                self.missing("`Image=` or `Rootfs=`");
                None
            }
            (Some(image), None) => {
                let span = image.whole();
                let name = self.image(image.text, span)?;
                Some(Image {
                    name,
                    span,
                    is_rootfs: false,
                })
            }
            (None, Some(rootfs)) => {
                let (name, span) = (rootfs.text.to_owned(), rootfs.whole());
                Some(Image {
                    name,
                    span,
                    is_rootfs: true,
                })
            }
        }
    }

    /// Appends what the container runs. The row of `Image=` stands behind all options.
    pub(super) fn image_or_rootfs(&self, argv: &mut Argv) {
        let Some(image) = &self.image else { return };
        if image.is_rootfs {
            argv.push(&["--rootfs"], Some(image.span));
        }
        argv.push(&[&image.name], Some(image.span));
    }

    fn reload(&mut self, base: &Argv, name: &str) -> Option<Argv> {
        let signal = self.key("ReloadSignal").nonempty();
        let command = self.key("ReloadCmd");
        let words = match self.definition.kind.row_of("ReloadCmd") {
            Some(row) if command.is_set() => self.words(row, command),
            _ => Vec::new(),
        };
        if let (Some(signal), Some(_)) = (signal, words.first()) {
            let message = "`ReloadCmd` and `ReloadSignal` cannot both be set";
            self.error(
                codes::RELOAD_TWICE,
                signal.whole(),
                message,
                "remove one of them",
            );
            return None;
        }
        if signal.is_none() && words.is_empty() {
            return None;
        }
        let mut argv = base.short();
        if let Some(signal) = signal {
            let origin = Some(signal.whole());
            argv.push(&["kill"], origin);
            argv.option("--signal", signal.text, origin);
            argv.push(&[name], None);
            return Some(argv);
        }
        argv.push(&["exec"], Some(command.key_span()));
        argv.push(&[name], None);
        for word in words {
            argv.push(&[&word.text], Some(word.span));
        }
        Some(argv)
    }

    pub(super) fn cgroups(assigned: Assigned<'a>, argv: &mut Argv) {
        match assigned.nonempty() {
            Some(value) => argv.option("--cgroups", value.text, Some(value.whole())),
            None => argv.fixed("--cgroups=split"),
        }
    }

    /// Appends how the container says that it is up, and that Podman does not wait for its end.
    pub(super) fn notify(&mut self, assigned: Assigned<'a>, argv: &mut Argv) {
        let value = assigned.text();
        let mode = match value.map(|v| v.text) {
            Some(text) if text.eq_ignore_ascii_case("healthy") => "--sdnotify=healthy",
            Some(text) if is_yes(text) => "--sdnotify=container",
            _ => "--sdnotify=conmon",
        };
        if let Some(value) = value
            && mode == "--sdnotify=conmon"
            && !is_no(value.text)
        {
            let message = format!("`{}` is no value of `Notify`; it is read as no", value.text);
            let span = assigned.key_span();
            self.warn(
                codes::NOT_A_BOOLEAN,
                span,
                message,
                "write `true`, `false` or `healthy`",
            );
        }
        if !self.is_oneshot {
            argv.push(&[mode], value.map(|v| v.whole()));
            argv.fixed("-d");
        }
    }

    pub(super) fn volatile_tmp(&mut self, assigned: Assigned<'a>, argv: &mut Argv) {
        let is_read_only = self.key("ReadOnly").boolean() == Some(true);
        if assigned.boolean() == Some(true) && !is_read_only {
            let origin = Some(assigned.key_span());
            argv.option("--tmpfs", "/tmp:rw,size=512M,mode=1777", origin);
        }
    }

    pub(super) fn user(&mut self, assigned: Assigned<'a>, argv: &mut Argv) {
        match (assigned.nonempty(), self.key("Group").nonempty()) {
            (Some(user), None) => argv.option("--user", user.text, Some(user.whole())),
            (Some(user), Some(group)) => {
                argv.push(&["--user"], Some(user.whole()));
                argv.push(&[user.text, ":", group.text], Some(user.whole()));
            }
            (None, Some(group)) => {
                let message = "`Group` needs a `User` beside it";
                self.error(
                    codes::GROUP_WITHOUT_USER,
                    group.whole(),
                    message,
                    "add `User=`",
                );
            }
            (None, None) => {}
        }
    }

    /// Appends devices. One with `-` before it is left out if it is not there now.
    pub(super) fn devices(&mut self, key: &Key, assigned: Assigned<'a>, argv: &mut Argv) {
        for word in self.words(key, assigned) {
            let device = match word.text.strip_prefix('-') {
                Some(optional) => {
                    let path = optional.split(':').next().unwrap_or(optional);
                    if !(self.settings.exists)(path) {
                        continue;
                    }
                    optional
                }
                None => &word.text,
            };
            argv.option("--device", device, Some(word.span));
        }
    }

    /// Appends the pod and ties the two services to each other.
    pub(super) fn pod_of(&mut self, assigned: Assigned<'a>, argv: &mut Argv) {
        let Some(value) = assigned.nonempty() else {
            return;
        };
        let span = value.whole();
        if !matches!(Kind::of_file(value.text), Some((Kind::Pod, _))) {
            let message = format!("`{}` is no `.pod` definition", value.text);
            let help = "name the file, as in `Pod=web.pod`; a pod that has none goes into `PodmanArgs=--pod`";
            return self.error(codes::NOT_A_POD, span, message, help);
        }
        let Some(id) = self.find(value.text, span) else {
            return;
        };
        if self.usable(id, span).is_none() {
            return;
        }
        let Some(pod) = self.set.definitions.get(id) else {
            return;
        };
        if pod.is_template() && !self.definition.has_at() {
            let message = format!(
                "`{}` is a template, and a template cannot be started",
                pod.name
            );
            let help = format!(
                "refer to an instance of it: a link to `{}` with a name behind the `@`",
                pod.name
            );
            return self.error(codes::TEMPLATE_POD, span, message, help);
        }
        if let ResourceName::Known(name) = self.set.resource_name(pod) {
            self.warn_specifier(pod.name, &name, span);
            argv.option("--pod", &name, Some(span));
        }
        let service = pod.service.as_str();
        self.out.need("BindsTo", service);
        self.out.need("After", service);
        let starts = self.key("StartWithPod").boolean().unwrap_or(true);
        if starts && !self.definition.is_template() {
            self.out.starting_pod = Some(id);
        }
    }
}
