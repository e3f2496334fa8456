//! The user namespace: `UserNS=` and the maps, or the older `Remap…=` family.

use super::{Argv, Lowering};
use crate::base::codes;
use crate::base::source::Span;
use crate::schema::Kind;
use crate::syntax::read::{Number, Placed};

/// All keys that map users.
const KEYS: [&str; 8] = [
    "UserNS",
    "UIDMap",
    "GIDMap",
    "SubUIDMap",
    "SubGIDMap",
    "RemapUid",
    "RemapGid",
    "RemapUsers",
];
/// Those of the older way.
const OLD_KEYS: [&str; 3] = ["RemapUid", "RemapGid", "RemapUsers"];

impl<'a> Lowering<'a, '_> {
    /// Appends the mapping.
    pub(super) fn user_mapping(&mut self, argv: &mut Argv) {
        if !self.set.has_any_key(self.definition, &KEYS) {
            return;
        }
        let user_ns = self.key("UserNS").nonempty();
        let uid_map = self.key_words("UIDMap");
        let gid_map = self.key_words("GIDMap");
        let sub_uid = self.key("SubUIDMap").nonempty();
        let sub_gid = self.key("SubGIDMap").nonempty();
        let is_explicit = user_ns.is_some()
            || !uid_map.is_empty()
            || !gid_map.is_empty()
            || sub_uid.is_some()
            || sub_gid.is_some();
        if !is_explicit {
            return self.old_mapping(argv);
        }
        for key in OLD_KEYS {
            let old = self.key(key);
            if old.is_set() {
                let message = format!("`{key}` does not go together with `UserNS` and the maps");
                let help = format!("remove `{key}`; it is the older way");
                return self.error(codes::MAPPING_CONFLICT, old.key_span(), message, help);
            }
        }
        if let Some(value) = user_ns {
            argv.option("--userns", value.text, Some(value.whole()));
        }
        for (flag, words) in [("--uidmap", uid_map), ("--gidmap", gid_map)] {
            for word in words {
                argv.option(flag, &word.text, Some(word.span));
            }
        }
        for (flag, value) in [("--subuidname", sub_uid), ("--subgidname", sub_gid)] {
            if let Some(value) = value {
                argv.option(flag, value.text, Some(value.whole()));
            }
        }
    }

    fn old_mapping(&mut self, argv: &mut Argv) {
        let uids = self.key_words("RemapUid");
        let gids = self.key_words("RemapGid");
        let mode = self.key("RemapUsers").raw();
        let origin = mode.map(|v| v.whole());
        match mode.map_or("", |v| v.text) {
            "" => {
                for (key, words) in [("RemapUid", &uids), ("RemapGid", &gids)] {
                    if let Some(word) = words.first() {
                        let message = format!("`{key}` without `RemapUsers`");
                        self.error(
                            codes::MAPPING_CONFLICT,
                            word.span,
                            message,
                            "use `UserNS=` in place of both",
                        );
                    }
                }
            }
            "manual" if self.definition.kind == Kind::Kube => {
                let message = "`RemapUsers=manual` does not work in a .kube file";
                self.error(
                    codes::BAD_REMAP,
                    origin.unwrap_or_default(),
                    message,
                    "use `UserNS=`",
                );
            }
            "manual" => {
                for (flag, words) in [("--uidmap", uids), ("--gidmap", gids)] {
                    for word in words {
                        argv.option(flag, &word.text, Some(word.span));
                    }
                }
            }
            "auto" => {
                let mut parts = listed("uidmapping=", &uids);
                parts.extend(listed("gidmapping=", &gids));
                if let Some((Number::Good(size) | Number::Octal(size), _)) =
                    self.key("RemapUidSize").number()
                    && size > 0
                {
                    parts.push(format!("size={size}"));
                }
                push_user_ns("auto", &parts, origin, argv);
            }
            "keep-id" => {
                for (key, words) in [("RemapUid", &uids), ("RemapGid", &gids)] {
                    if let Some(second) = words.get(1) {
                        let message = format!("`RemapUsers=keep-id` takes one `{key}`");
                        self.error(codes::BAD_REMAP, second.span, message, "remove all but one");
                    }
                }
                let mut parts = listed("uid=", &uids);
                parts.extend(listed("gid=", &gids));
                push_user_ns("keep-id", &parts, origin, argv);
            }
            other => {
                let message = format!("`{other}` is no value of `RemapUsers`");
                let help = "use `UserNS=`, which takes all that `--userns` does";
                self.error(codes::BAD_REMAP, origin.unwrap_or_default(), message, help);
            }
        }
    }

    /// Returns the words of a key by its name, none if the kind lacks it.
    fn key_words(&mut self, name: &str) -> Vec<Placed<'a>> {
        let assigned = self.key(name);
        match self.definition.kind.row_of(name) {
            Some(row) if assigned.is_set() => self.words(row, assigned),
            _ => Vec::new(),
        }
    }
}

fn listed(prefix: &str, words: &[Placed<'_>]) -> Vec<String> {
    words.iter().map(|w| [prefix, &w.text].concat()).collect()
}

fn push_user_ns(mode: &str, parts: &[String], origin: Option<Span>, argv: &mut Argv) {
    argv.push(&["--userns"], origin);
    let colon = if parts.is_empty() { "" } else { ":" };
    argv.push(&[mode, colon, &parts.join(",")], origin);
}
