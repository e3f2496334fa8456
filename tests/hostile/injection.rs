//! What a value may do to a unit: nothing but be the value of the one option that its key stands for.
//!
//! The form that a unit has to have is not taken from the table of keys. It is learnt from units of two
//! harmless definitions, one with the key and one without it: what the key adds is the option, and where
//! the harmless word stands is the value.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use wharf::schema::{Emit, Key, Kind, Read};

use crate::unit::{Assignment, read_unit, split_commands};

/// The word of the harmless definition.
pub(crate) const HARMLESS: &str = "harmless";

/// Keys whose values are there to be arguments.
const FREE: [&str; 4] = ["GlobalArgs", "PodmanArgs", "Exec", "ReloadCmd"];
/// Keys whose values come out otherwise than they stand there.
const REWRITTEN: [&str; 9] = [
    "EnvironmentFile",
    "Yaml",
    "ConfigMap",
    "Volume",
    "Mount",
    "AutoUpdate",
    "SetWorkingDirectory",
    "Image",
    "ExposeHostPort",
];

/// A key of a kind.
#[derive(Clone, Copy)]
pub(crate) struct Subject {
    pub(crate) kind: Kind,
    pub(crate) key: &'static Key,
}

/// All of them. `ServiceName=` makes no arguments; its test is its own.
pub(crate) fn subjects() -> impl Iterator<Item = Subject> {
    Kind::ALL.into_iter().flat_map(|kind| {
        let keys = kind.keys().iter().filter(|k| k.name != "ServiceName");
        keys.map(move |key| Subject { kind, key })
    })
}

impl Subject {
    /// Returns a definition in which the key has a value. The key is the last line: what it swallows would
    /// be what the generator writes behind it.
    pub(crate) fn definition(self, value: Option<&str>) -> String {
        let mut text = format!("[{}]\n", self.kind.section());
        let mut add = |lines: &[&str]| {
            for line in lines {
                let key = line.split('=').next().unwrap();
                if key != self.key.name && !(key == "Image" && self.key.name == "Rootfs") {
                    text.push_str(line);
                    text.push('\n');
                }
            }
        };
        match self.kind {
            Kind::Container | Kind::Image => add(&["Image=docker.io/library/base:1"]),
            Kind::Kube => add(&["Yaml=/srv/base.yaml"]),
            Kind::Build => add(&["ImageTag=localhost/base", "SetWorkingDirectory=/srv/base"]),
            Kind::Artifact => add(&["Artifact=quay.io/base"]),
            Kind::Volume if self.key.name == "Image" => add(&["Driver=image"]),
            Kind::Volume => add(&["Device=/srv/base"]),
            Kind::Network => add(&["Subnet=10.0.0.0/24"]),
            Kind::Pod => {}
        }
        match self.key.name {
            "Group" if self.kind == Kind::Container => add(&["User=base"]),
            "RemapUid" | "RemapGid" | "RemapUidSize" => add(&["RemapUsers=auto"]),
            _ => {}
        }
        if let Some(value) = value {
            writeln!(text, "{}={value}", self.key.name).unwrap();
        }
        text
    }

    /// Returns a value that is as it should be, with the harmless word in it if the key takes words.
    pub(crate) fn harmless(self) -> &'static str {
        match (self.key.name, self.key.read) {
            ("Notify", _) | (_, Read::Bool) => "true",
            ("RemapUsers", _) => "auto",
            (_, Read::Number) => "1",
            ("Pod", _) => "harmless.pod",
            ("ExposeHostPort", _) => "harmless80",
            ("Mount", _) => "type=harmless,destination=/x",
            ("SetWorkingDirectory", _) if self.kind == Kind::Kube => "unit",
            ("SetWorkingDirectory", _) => "/harmless",
            _ => HARMLESS,
        }
    }

    /// Returns lines that may come or go with the value.
    fn may_vary(self, line: &Assignment) -> bool {
        let keys: &[&str] = match self.key.name {
            "Volume" | "Mount" | "Device" | "Type" => &["RequiresMountsFor"],
            "ReloadCmd" | "ReloadSignal" => &["ExecReload"],
            "NetworkDeleteOnStop" => &["ExecStopPost"],
            "SetWorkingDirectory" | "File" => &["WorkingDirectory"],
            "Pod" => &["BindsTo", "After"],
            _ => &[],
        };
        keys.contains(&line.key.as_str())
    }

    /// Says what a value has done that it may not, if it has.
    pub(crate) fn judge(
        self,
        value: &str,
        unit: &str,
        with: &str,
        without: &str,
    ) -> Result<(), String> {
        if let Some(c) = unit.chars().find(|&c| matches!(c, '\r' | '\0')) {
            return Err(format!("{c:?} in the unit"));
        }
        let (unit, with, without) = (read_unit(unit)?, read_unit(with)?, read_unit(without)?);
        let count = |lines: &[Assignment]| {
            let mut counted: BTreeMap<(String, String), usize> = BTreeMap::new();
            for line in lines.iter().filter(|l| !self.may_vary(l)) {
                *counted
                    .entry((line.section.clone(), line.key.clone()))
                    .or_default() += 1;
            }
            counted
        };
        let (got, want) = (count(&unit), count(&with));
        if got != want {
            return Err(format!("other lines: {got:?}, not {want:?}"));
        }
        let of = |lines: &[Assignment], key: &str| -> Result<Vec<Vec<String>>, String> {
            let lines = lines
                .iter()
                .filter(|l| l.section == "Service" && l.key == key);
            lines
                .map(|line| {
                    let mut commands = split_commands(&line.value)?;
                    match commands.len() {
                        1 => Ok(commands.remove(0)),
                        n => Err(format!("{n} commands in {key}")),
                    }
                })
                .collect()
        };
        for key in [
            "ExecStart",
            "ExecStartPre",
            "ExecStop",
            "ExecStopPost",
            "ExecReload",
        ] {
            let (unit, with, without) = (of(&unit, key)?, of(&with, key)?, of(&without, key)?);
            for (at, got) in unit.iter().enumerate() {
                let Some(with) = with.get(at).or_else(|| without.get(at)) else {
                    continue; // a line that may come with the value, as what the key is for
                };
                self.judge_command(value, got, with, without.get(at).unwrap_or(&Vec::new()))
                    .map_err(|why| format!("{key}: {why}\n  got  {got:?}\n  with {with:?}"))?;
            }
        }
        Ok(())
    }

    fn judge_command(
        self,
        value: &str,
        got: &[String],
        with: &[String],
        without: &[String],
    ) -> Result<(), String> {
        if got == without {
            return Ok(()); // it counts as not set
        }
        if !with.iter().any(|w| w.contains(HARMLESS)) {
            let got: Vec<_> = got.iter().map(|w| plain(w)).collect();
            let is = |want: &[String]| got == want.iter().map(|w| plain(w)).collect::<Vec<_>>();
            // The one key whose other words are arguments as they stand.
            let keep_id: Vec<String> = with.iter().map(|w| w.replace("auto", "keep-id")).collect();
            let is_other_mode = self.key.name == "RemapUsers" && is(&keep_id);
            return if is(with) || is(without) || is_other_mode {
                Ok(())
            } else {
                Err("other arguments".to_owned())
            };
        }
        let pieces = self.pieces(with, without);
        let words = fit(&pieces, got).ok_or("arguments that are not the option's")?;
        let is_exact = matches!(
            self.key.emit,
            Emit::Flag(_) | Emit::Joined(_) | Emit::Option(..)
        ) && !REWRITTEN.contains(&self.key.name);
        let expected = match self.key.read {
            Read::Text | Read::TextOrEmpty if is_exact => unquoted(logical(value)),
            Read::Lines if is_exact => logical(value),
            _ => return Ok(()),
        };
        // Which of the rarer blanks are cut at the beginning of a value is not the matter here.
        let blanks = [' ', '\t', '\x0b', '\x0c', '\r'];
        let is =
            |word: &str| word.trim_start_matches(blanks) == expected.trim_start_matches(blanks);
        match words.iter().find(|w| !is(w)) {
            Some(word) => Err(format!("`{word}` is not `{expected}`")),
            None => Ok(()),
        }
    }

    /// Learns the form of a command.
    fn pieces(self, with: &[String], without: &[String]) -> Vec<Piece> {
        let count = |words: &[String], word: &str| words.iter().filter(|w| *w == word).count();
        let mut pieces: Vec<Piece> = Vec::new();
        for word in with {
            let Some((before, after)) = word.split_once(HARMLESS) else {
                pieces.push(Piece::Fixed(word.clone()));
                continue;
            };
            let option = match pieces.last() {
                Some(Piece::Fixed(last))
                    if !without.is_empty()
                        && last.starts_with('-')
                        && !word.starts_with('-')
                        && count(with, last) > count(without, last) =>
                {
                    Some(last.clone())
                }
                _ => None,
            };
            if option.is_some() {
                pieces.pop();
            }
            // An option is there before the value of this one whether it is set or not.
            let is_free = FREE.contains(&self.key.name)
                || matches!(self.key.name, "ExitPolicy" | "ReloadSignal");
            let is_list = !matches!(self.key.read, Read::Text | Read::TextOrEmpty | Read::Raw);
            let is_rewritten = REWRITTEN.contains(&self.key.name);
            let keeps = |part: &str| {
                if is_rewritten {
                    String::new()
                } else {
                    part.to_owned()
                }
            };
            pieces.push(Piece::Value {
                // One that stands in for a default is always there.
                least: usize::from(with.len() == without.len() && !is_list),
                most: if is_list { usize::MAX } else { 1 },
                may_be_option: is_free || option.is_some() || word.starts_with('-'),
                before: if word.starts_with("--") && is_rewritten {
                    word[..word.find('=').map_or(0, |at| at + 1)].to_owned()
                } else {
                    keeps(before)
                },
                after: keeps(after),
                option,
            });
        }
        pieces
    }
}

/// A part of a command's form.
enum Piece {
    Fixed(String),
    /// A value, and the option before it if that comes with it.
    Value {
        option: Option<String>,
        before: String,
        after: String,
        least: usize,
        most: usize,
        may_be_option: bool,
    },
}

/// Returns the values of arguments that have this form.
fn fit<'a>(pieces: &[Piece], words: &'a [String]) -> Option<Vec<&'a str>> {
    let Some((first, others)) = pieces.split_first() else {
        return words.is_empty().then(Vec::new);
    };
    let Piece::Value {
        option,
        before,
        after,
        least,
        most,
        may_be_option,
    } = first
    else {
        let Piece::Fixed(fixed) = first else {
            unreachable!()
        };
        return (words.first() == Some(fixed)).then(|| fit(others, &words[1..]))?;
    };
    let mut values = Vec::new();
    let mut rest = words;
    loop {
        if values.len() >= *least
            && let Some(more) = fit(others, rest)
        {
            values.extend(more);
            return Some(values);
        }
        if values.len() == *most {
            return None;
        }
        if let Some(option) = option {
            let (word, after) = rest.split_first()?;
            if word != option {
                return None;
            }
            rest = after;
        }
        let (word, next) = rest.split_first()?;
        if word.starts_with('-') && !may_be_option {
            return None;
        }
        values.push(
            word.strip_prefix(before.as_str())?
                .strip_suffix(after.as_str())?,
        );
        rest = next;
    }
}

/// Forgets what of an argument a yes or no, or a number, may change.
fn plain(word: &str) -> String {
    let word = word.strip_suffix("=false").unwrap_or(word);
    if word.starts_with("--sdnotify=") {
        return "--sdnotify".to_owned();
    }
    let word = if word == "nocopy" { "copy" } else { word };
    let mut plain = word.replace(|c: char| c.is_ascii_digit(), "#");
    while plain.contains("##") {
        plain = plain.replace("##", "#");
    }
    plain
}

/// Returns a value as a line of a file has it: without blanks around it, and without a backslash that
/// would continue it.
fn logical(value: &str) -> &str {
    let value = value
        .trim_end()
        .trim_start_matches([' ', '\t', '\x0b', '\x0c', '\r']);
    value.strip_suffix('\\').map_or(value, str::trim_end)
}

fn unquoted(value: &str) -> &str {
    let inner = value.strip_prefix('"').and_then(|v| v.strip_suffix('"'));
    inner.unwrap_or(value)
}
