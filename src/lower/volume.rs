//! `Volume=` of all kinds, and what makes a volume.

use super::{Argv, Lowering};
use crate::base::codes;
use crate::base::path;
use crate::base::source::Span;
use crate::schema::Kind;
use crate::syntax::read::{Assigned, Number};

impl<'a> Lowering<'a, '_> {
    /// Appends `-v` for each line.
    pub(super) fn volumes(&mut self, assigned: Assigned<'a>, argv: &mut Argv) {
        for value in assigned.lines() {
            let origin = Some(value.whole());
            let Some((source, rest)) = value.text.split_once(':') else {
                argv.option("-v", value.text, origin);
                continue;
            };
            let span = value.span(0, source.len());
            if matches!(Kind::of_file(source), Some((Kind::Artifact, _))) {
                let message = "`Volume=` cannot mount an artifact";
                self.warn(
                    codes::ODD_REFERENCE,
                    span,
                    message,
                    "use `Mount=type=artifact,…`",
                );
            }
            let Some(source) = self.mount_source(source, span, &[Kind::Volume, Kind::Artifact])
            else {
                continue;
            };
            argv.push(&["-v"], origin);
            if source.is_empty() {
                // As stock Quadlet: without a source the options go too.
                let path = rest.split(':').next().unwrap_or(rest);
                argv.push(&[path], origin);
            } else {
                argv.push(&[&source, ":", rest], origin);
            }
        }
    }

    /// Returns the source of a mount as Podman is to see it: a path made absolute, or the name of
    /// what a definition of one of these kinds makes.
    pub(super) fn mount_source(
        &mut self,
        source: &str,
        span: Span,
        kinds: &[Kind],
    ) -> Option<String> {
        let source = if source.starts_with('.') {
            path::join(&self.dir(), source)
        } else {
            source.to_owned()
        };
        if source.starts_with('/') {
            self.needs_mount(&source);
            return Some(source);
        }
        match Kind::of_file(&source) {
            Some((kind, _)) if kinds.contains(&kind) => {
                let id = self.find(&source, span)?;
                self.refer(id, span)
            }
            _ => Some(source),
        }
    }

    /// Appends `--opt` for all that makes a volume something else than a folder of Podman's.
    pub(super) fn volume_options(&mut self, argv: &mut Argv) {
        let driver = self.key("Driver").nonempty();
        if driver.is_some_and(|v| v.text == "image") {
            return self.volume_of_image(argv);
        }
        let copy = self.key("Copy");
        if let Some(copies) = copy.boolean() {
            let option = if copies { "copy" } else { "nocopy" };
            argv.option("--opt", option, Some(copy.key_span()));
        }
        let device = self.key("Device").nonempty();
        if let Some(device) = device {
            argv.push(&["--opt"], Some(device.whole()));
            argv.push(&["device=", device.text], Some(device.whole()));
        }
        if let Some(kind) = self.key("Type").nonempty() {
            match device {
                None => {
                    let message = "`Type` needs a `Device` beside it";
                    self.error(
                        codes::VOLUME_OPTIONS,
                        kind.whole(),
                        message,
                        "add `Device=`",
                    );
                }
                Some(device) => {
                    argv.push(&["--opt"], Some(kind.whole()));
                    argv.push(&["type=", kind.text], Some(kind.whole()));
                    if kind.text == "bind" {
                        self.needs_mount(device.text);
                    }
                }
            }
        }
        let mut options = Vec::new();
        let mut origin = None;
        for (key, prefix) in [("User", "uid="), ("Group", "gid=")] {
            if let Some((number, span)) = self.id_number(key) {
                options.push(format!("{prefix}{number}"));
                origin = origin.or(Some(span));
            }
        }
        if let Some(value) = self.key("Options").nonempty() {
            options.push(value.text.to_owned());
            origin = origin.or_else(|| Some(value.whole()));
        }
        if !options.is_empty() {
            argv.push(&["--opt"], origin);
            argv.push(&["o=", &options.join(",")], origin);
        }
    }

    fn volume_of_image(&mut self, argv: &mut Argv) {
        let Some(image) = self.key("Image").nonempty() else {
            return self.missing("`Image=`, since `Driver=image` is set");
        };
        let span = image.whole();
        if let Some(name) = self.image(image.text, span) {
            argv.push(&["--opt"], Some(span));
            argv.push(&["image=", &name], Some(span));
        }
    }

    /// Returns an owner by number. Quadlet reads everything else as 0.
    fn id_number(&mut self, key: &str) -> Option<(u32, Span)> {
        let (number, value) = self.key(key).number()?;
        let span = self.key(key).key_span();
        match number {
            Number::Good(number) => Some((number, value.whole())),
            Number::Octal(number) => {
                let message = format!("`{}` is octal: {key} is {number}", value.text);
                self.warn(
                    codes::OCTAL_NUMBER,
                    value.whole(),
                    message,
                    "write it without the leading zero",
                );
                Some((number, value.whole()))
            }
            Number::Bad if value.text == "root" => Some((0, value.whole())),
            Number::Bad if value.text.is_empty() => {
                let message = format!("`{key}` is empty; it is read as 0");
                self.warn(
                    codes::EMPTY_VALUE,
                    span,
                    message,
                    "write `0`, or remove the line",
                );
                Some((0, span))
            }
            Number::Bad => {
                let message = format!(
                    "`{}` is no number; stock Quadlet reads it as 0, which is root",
                    value.text
                );
                self.error(
                    codes::NOT_A_NUMBER,
                    value.whole(),
                    message,
                    format!(
                        "write the number of the {}",
                        if key == "User" { "user" } else { "group" }
                    ),
                );
                None
            }
        }
    }
}
