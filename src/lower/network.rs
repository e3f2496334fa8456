//! `Network=` of all kinds, and what makes a network.

use super::{Argv, Lowering};
use crate::base::codes;
use crate::base::source::Span;
use crate::resolve::resource_names::{ResourceName, default_name_is_cut};
use crate::schema::Kind;
use crate::syntax::read::Assigned;

impl<'a> Lowering<'a, '_> {
    /// Appends `--network` for each line; one may name a `.network`, or a `.container` to share the
    /// network of.
    pub(super) fn networks(&mut self, assigned: Assigned<'a>, argv: &mut Argv) {
        for value in assigned.lines() {
            let span = value.whole();
            let (name, options) = match value.text.split_once(':') {
                Some((name, options)) => (name, Some(options)),
                None => (value.text, None),
            };
            let kind = Kind::of_file(name).map(|(kind, _)| kind);
            if !matches!(kind, Some(Kind::Network | Kind::Container)) {
                argv.option("--network", value.text, Some(span));
                continue;
            }
            let name_span = value.span(0, name.len());
            if kind == Some(Kind::Container) && options.is_some() {
                let message = "the network of another container takes no options";
                let help = format!("write `Network={name}`");
                self.error(codes::CONTAINER_NETWORK_OPTIONS, span, message, help);
                continue;
            }
            let Some(id) = self.find(name, name_span) else {
                continue;
            };
            let Some(resource) = self.refer(id, name_span) else {
                continue;
            };
            argv.push(&["--network"], Some(span));
            match (kind, options) {
                (Some(Kind::Container), _) => argv.push(&["container:", &resource], Some(span)),
                (_, Some(options)) => argv.push(&[&resource, ":", options], Some(span)),
                (_, None) => argv.push(&[&resource], Some(span)),
            }
        }
    }

    /// Lowers a `.network`.
    pub(super) fn network(&mut self) {
        let base = self.base();
        let mut create = base.short();
        create.all_fixed(&["network", "create", "--ignore"]);
        self.rows(&mut create);
        if self.key("NetworkDeleteOnStop").boolean() == Some(true) {
            let mut remove = base;
            let origin = Some(self.key("NetworkDeleteOnStop").key_span());
            for word in ["network", "rm"] {
                remove.push(&[word], origin);
            }
            remove.fixed(&self.resource_name());
            self.out.command("ExecStopPost", remove);
        }
        self.out.command("ExecStart", create);
        self.syslog_identifier();
        self.oneshot_type(true);
    }

    /// Appends `--subnet`, `--gateway` and `--ip-range`, which belong together by their places in
    /// the lists.
    pub(super) fn subnets(&mut self, subnets: Assigned<'a>, argv: &mut Argv) {
        let subnets: Vec<_> = subnets.lines().collect();
        let gateways: Vec<_> = self.key("Gateway").lines().collect();
        let ranges: Vec<_> = self.key("IPRange").lines().collect();
        for (key, list) in [("Gateway", &gateways), ("IPRange", &ranges)] {
            if let Some(extra) = list.get(subnets.len()) {
                let message = if subnets.is_empty() {
                    format!("`{key}` without a `Subnet`")
                } else {
                    format!(
                        "more lines of `{key}` ({}) than of `Subnet` ({})",
                        list.len(),
                        subnets.len()
                    )
                };
                self.error(
                    codes::SUBNET_MISMATCH,
                    extra.whole(),
                    message,
                    format!("give each `{key}` a `Subnet=` of the same place in the list"),
                );
            }
        }
        for (i, subnet) in subnets.iter().enumerate() {
            argv.option("--subnet", subnet.text, Some(subnet.whole()));
            for (flag, list) in [("--gateway", &gateways), ("--ip-range", &ranges)] {
                if let Some(value) = list.get(i) {
                    argv.option(flag, value.text, Some(value.whole()));
                }
            }
        }
    }

    /// Appends the name of a volume or network.
    pub(super) fn push_resource_name(&mut self, assigned: Assigned<'a>, argv: &mut Argv) {
        let given = assigned.nonempty();
        if given.is_none() && default_name_is_cut(self.definition) {
            let name = self.resource_name();
            let key = if self.definition.kind == Kind::Volume {
                "VolumeName"
            } else {
                "NetworkName"
            };
            let message = format!(
                "the name is `{name}`: the last letter of the instance is cut, as stock Quadlet does"
            );
            self.warn(
                codes::CUT_INSTANCE_NAME,
                Span::default(),
                message,
                format!("set `{key}=`"),
            );
        }
        argv.push(&[&self.resource_name()], given.map(|v| v.whole()));
    }

    /// Returns what Podman calls the thing that this definition makes.
    pub(super) fn resource_name(&self) -> String {
        match self.set.resource_name(self.definition) {
            ResourceName::Known(name) => name,
            ResourceName::AtRuntime => String::new(),
        }
    }
}
