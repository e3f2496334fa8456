//! `SetWorkingDirectory=`: the folder that systemd starts Podman in, and the context of a build.

use super::{Argv, Lowering};
use crate::base::codes;
use crate::base::path;
use crate::base::source::Span;
use crate::syntax::Value;

impl<'a> Lowering<'a, '_> {
    /// Adds the working directory of a `.kube`.
    pub(super) fn kube_working_directory(&mut self) {
        let Some(value) = self.key("SetWorkingDirectory").nonempty() else {
            return;
        };
        let folder = match value.text.to_ascii_lowercase().as_str() {
            "yaml" => match self.yaml.as_slice() {
                [(yaml, _)] => path::parent(yaml),
                [] => return,
                [_, (_, second), ..] => {
                    let span = *second;
                    let message = "`SetWorkingDirectory=yaml` needs a single file in `Yaml`";
                    return self.error(
                        codes::BAD_WORKING_DIRECTORY,
                        span,
                        message,
                        "use `SetWorkingDirectory=unit`",
                    );
                }
            },
            "unit" => self.dir().into_owned(),
            _ => return self.bad_working_directory(value, "`yaml` or `unit`"),
        };
        if self.working_directory().is_none() {
            self.set_working_directory(folder);
        }
    }

    /// Appends the context of a build, and adds the folder that its paths start from.
    pub(super) fn context(&mut self, argv: &mut Argv) {
        let own = self.working_directory();
        let file = self.key("File");
        let file_value = file.nonempty();
        let mut folder = None;
        let mut context = None;
        let set = self.key("SetWorkingDirectory").nonempty();
        if let Some(value) = set {
            match value.text.to_ascii_lowercase().as_str() {
                "yaml" => {
                    return self.bad_working_directory(value, "`unit`, `file`, a folder or a URL");
                }
                "unit" => folder = Some(self.dir().into_owned()),
                "file" if !file.is_set() => {
                    let message = "`SetWorkingDirectory=file` needs a `File`";
                    return self.error(
                        codes::BAD_WORKING_DIRECTORY,
                        value.whole(),
                        message,
                        "add `File=`",
                    );
                }
                "file" => folder = file_value.map(|f| path::parent(&self.absolute(f.text))),
                _ if value.text.starts_with('/') || is_url(value.text) => {
                    context = Some((value.text.to_owned(), value.whole()));
                }
                _ => {
                    if let Some((directory, span)) = own {
                        let message = format!(
                            "the context `{}` is dropped, since `WorkingDirectory={directory}` is set; the context is {directory}",
                            value.text
                        );
                        self.warn(
                            codes::CONTEXT_DROPPED,
                            span,
                            message,
                            "remove one of the two",
                        );
                    } else {
                        folder = Some(self.dir().into_owned());
                        context = Some((value.text.to_owned(), value.whole()));
                    }
                }
            }
        }
        if own.is_none()
            && let Some(folder) = &folder
        {
            self.set_working_directory(folder.clone());
        }
        let origin = own.map(|(_, span)| span).or_else(|| set.map(|v| v.whole()));
        let folder = own.map(|(directory, _)| directory.to_owned()).or(folder);
        match (context, folder, file_value) {
            (Some((context, span)), _, _) => self.push_context(&context, Some(span), argv),
            (None, None, None) => self.missing("`SetWorkingDirectory=` or `File=`"),
            (None, folder, Some(file)) if is_absolute(file.text) => drop(folder),
            (None, Some(folder), _) => self.push_context(&folder, origin, argv),
            (None, None, Some(file)) => {
                let message = format!("`File={}` is relative to nothing", file.text);
                let help = "add `SetWorkingDirectory=unit` to build beside the definition";
                self.error(codes::BAD_WORKING_DIRECTORY, file.whole(), message, help);
            }
        }
    }

    fn set_working_directory(&mut self, mut folder: String) {
        if folder.ends_with('\\') {
            folder.push_str("/."); // a backslash at the end would join the next line
        }
        self.out.service_text("WorkingDirectory", folder);
    }

    fn push_context(&mut self, context: &str, origin: Option<Span>, argv: &mut Argv) {
        if context.starts_with('-') {
            let message = format!("`{context}` would be taken for an option");
            return self.error(
                codes::OPTION_AS_VALUE,
                origin.unwrap_or_default(),
                message,
                format!("write `./{context}`"),
            );
        }
        argv.push(&[context], origin);
    }

    fn bad_working_directory(&mut self, value: Value<'a>, allowed: &str) {
        let kind = self.definition.kind.suffix();
        let message = format!(
            "`SetWorkingDirectory={}` does not work in a .{kind} file",
            value.text
        );
        self.error(
            codes::BAD_WORKING_DIRECTORY,
            value.whole(),
            message,
            format!("use {allowed}"),
        );
    }
}

/// Returns whether a build's file needs no folder to start from.
fn is_absolute(file: &str) -> bool {
    path::is_absolute_or_specifier(file) || is_url(file)
}

/// Returns whether Podman fetches this. Quadlet asks for less: any folder named `http…` would do.
fn is_url(text: &str) -> bool {
    ["http://", "https://", "git://", "github.com/"]
        .iter()
        .any(|p| text.starts_with(p))
}
