//! The command line, which is Quadlet's: Go's way to write flags, three folders of which the first
//! is used. By hand, since a parser would be loaded at every boot.

use crate::discover::Scope;

/// What a call asks for.
#[derive(Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub struct Arguments {
    /// `--user`, if given.
    pub user: Option<bool>,
    /// `--dryrun`: units go to standard output.
    pub dry_run: bool,
    /// `--no-kmsg-log`: messages go to standard error.
    pub no_kmsg: bool,
    /// `-v`: more messages.
    pub verbose: bool,
    /// `--version`.
    pub version: bool,
    /// `--help`.
    pub help: bool,
    /// `--broken MESSAGE`: a stand-in says what is wrong.
    pub broken: Option<String>,
    /// The folders that systemd passes.
    pub folders: Vec<String>,
}

/// The usage text.
pub const USAGE: &str = "\
Usage: wharf-generator [--user] [--dryrun] [--no-kmsg-log] [-v] NORMAL [EARLY LATE]

Makes systemd units of container definitions, as Podman's own generator does.

  --user          units for a user's manager; also if the program's name has `user` in it
  --dryrun        print the units; no folder is needed
  --no-kmsg-log   messages to standard error, not to the kernel's log
  -v              more messages
  --version       print the version
  --broken TEXT   print TEXT and fail: what the service of a broken definition runs
";

impl Arguments {
    /// Reads the arguments behind the program's name. The error says which one is wrong.
    pub fn parse(arguments: impl IntoIterator<Item = String>) -> Result<Self, String> {
        let mut parsed = Self::default();
        let mut arguments = arguments.into_iter();
        while let Some(argument) = arguments.next() {
            let name = match argument.strip_prefix('-') {
                None | Some("") => {
                    parsed.folders.push(argument);
                    break;
                }
                Some("-") => break,
                Some(rest) => rest.strip_prefix('-').unwrap_or(rest),
            };
            let (name, value) = match name.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (name, None),
            };
            let unknown = || format!("unknown flag: {argument}");
            if name == "broken" {
                let text = value.map(str::to_owned).or_else(|| arguments.next());
                parsed.broken = Some(text.ok_or_else(|| format!("{argument} needs a text"))?);
                continue;
            }
            let yes = boolean(value.unwrap_or("true"))
                .ok_or_else(|| format!("{argument}: not a boolean"));
            match name {
                "user" => parsed.user = Some(yes?),
                "dryrun" => parsed.dry_run = yes?,
                "no-kmsg-log" => parsed.no_kmsg = yes?,
                "v" => parsed.verbose = yes?,
                "version" => parsed.version = yes?,
                "h" | "help" => parsed.help = true,
                _ => return Err(unknown()),
            }
        }
        parsed.folders.extend(arguments);
        Ok(parsed)
    }

    /// Returns which manager the units are for: the flag, else systemd's word, else the name that
    /// the program was started by.
    pub fn scope(&self, systemd_scope: &str, program: &str) -> Scope {
        let name = program.rsplit('/').next().unwrap_or(program);
        let is_user = self.user.unwrap_or(match systemd_scope {
            "user" => true,
            "system" => false,
            _ => name.contains("user"),
        });
        if is_user { Scope::User } else { Scope::System }
    }
}

/// Reads a boolean as Go's `strconv.ParseBool` does.
fn boolean(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &[&str]) -> Result<Arguments, String> {
        Arguments::parse(arguments.iter().map(|&a| a.to_owned()))
    }

    #[test]
    fn flags_are_written_as_in_go() {
        let parsed = parse(&["-user", "--dryrun=0", "--no-kmsg-log=T", "out", "--v"]).unwrap();
        assert_eq!(parsed.user, Some(true));
        assert!(!parsed.dry_run && parsed.no_kmsg && !parsed.verbose);
        assert_eq!(parsed.folders, ["out", "--v"]);
        assert_eq!(parse(&["--", "-v"]).unwrap().folders, ["-v"]);
        for bad in ["---user", "--user=maybe", "--what"] {
            assert!(parse(&[bad]).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_flag_beats_the_variable_and_the_variable_beats_the_name() {
        let none = Arguments::default();
        assert_eq!(none.scope("", "/x/wharf-user-generator"), Scope::User);
        assert_eq!(
            none.scope("", "/user/wharf-system-generator"),
            Scope::System
        );
        assert_eq!(none.scope("system", "wharf-user-generator"), Scope::System);
        let flag = Arguments {
            user: Some(true),
            ..Arguments::default()
        };
        assert_eq!(flag.scope("system", "x"), Scope::User);
    }
}
