//! `[Install]` of a unit, as `systemctl enable` reads it, and the links it asks for; systemd.unit(5).

use crate::base::names::{self, SERVICE, UNIT_SUFFIXES};
use crate::base::quote::{Splitting, split};

/// What `[Install]` says.
#[derive(Clone, Debug, Default)]
pub(super) struct Install {
    aliases: Vec<String>,
    /// Units, each with the folder of links that it has for what is wanted.
    dependents: [(&'static str, Vec<String>); 3],
    /// Other units that are enabled with this one.
    pub(super) also: Vec<String>,
    default_instance: String,
}

/// A link to make, in the folder of units.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct UnitLink {
    /// The folder within the folder of units: empty, or `default.target.wants`.
    pub(super) folder: String,
    /// The name of the link.
    pub(super) name: String,
}

/// What kind of unit a name is one of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Plain,
    Template,
    Instance,
}

impl Install {
    /// Reads the section of a unit.
    pub(super) fn read(unit: &str) -> Self {
        let mut install = Self {
            dependents: [
                ("wants", Vec::new()),
                ("requires", Vec::new()),
                ("upholds", Vec::new()),
            ],
            ..Self::default()
        };
        let [(_, wants), (_, requires), (_, upholds)] = &mut install.dependents;
        let lines = unit.lines().skip_while(|&line| line != "[Install]").skip(1);
        for line in lines.take_while(|line| !line.starts_with('[')) {
            let Some((key, value)) = line.split_once('=') else {
                continue;
            };
            let value = value.trim();
            let list = match key.trim() {
                "Alias" => &mut install.aliases,
                "WantedBy" => &mut *wants,
                "RequiredBy" => &mut *requires,
                "UpheldBy" => &mut *upholds,
                "Also" => &mut install.also,
                "DefaultInstance" => {
                    value.clone_into(&mut install.default_instance);
                    continue;
                }
                _ => continue,
            };
            if value.is_empty() {
                list.clear();
            }
            let mut words = Vec::new();
            // systemd, too, passes over a line whose quotes do not match.
            if split(value, Splitting::Strv, |word| {
                words.push(word.text.into_owned());
            })
            .is_ok()
            {
                list.append(&mut words);
            }
        }
        install
    }

    /// Returns whether it asks for nothing, so that the unit cannot be enabled.
    pub(super) fn is_empty(&self) -> bool {
        self.aliases.is_empty()
            && self.also.is_empty()
            && self.dependents.iter().all(|(_, units)| units.is_empty())
    }

    /// Returns the links that enabling a unit of this name makes. The error says what is wrong with
    /// the section.
    pub(super) fn links(&self, unit: &str) -> Result<Vec<UnitLink>, String> {
        let mut links = Vec::new();
        for alias in &self.aliases {
            let alias = alias_of(unit, &expand(alias, unit)?)?;
            if alias != unit {
                links.push(UnitLink {
                    folder: String::new(),
                    name: alias,
                });
            }
        }
        let name = match form(unit) {
            Form::Template if !self.default_instance.is_empty() => {
                instance(unit, &expand(&self.default_instance, unit)?)
            }
            _ => unit.to_owned(),
        };
        for (kind, dependents) in &self.dependents {
            for dependent in dependents {
                let dependent = expand(dependent, unit)?;
                if !is_unit(&dependent) {
                    return Err(format!(
                        "`{dependent}` in [Install] is not the name of a unit"
                    ));
                }
                if form(&name) == Form::Template && form(&dependent) == Form::Plain {
                    return Err(format!(
                        "{unit} is a template without `DefaultInstance=`; name an instance of it"
                    ));
                }
                links.push(UnitLink {
                    folder: format!("{dependent}.{kind}"),
                    name: name.clone(),
                });
            }
        }
        Ok(links)
    }
}

/// Returns the name of the link for an alias: that of a template gets the unit's instance.
fn alias_of(unit: &str, alias: &str) -> Result<String, String> {
    let refuse = |why: &str| Err(format!("`Alias={alias}` in [Install] {why}"));
    if !is_unit(alias) || !alias.ends_with(SERVICE) {
        return refuse("is not the name of a service");
    }
    match (form(unit), form(alias)) {
        (Form::Plain, Form::Plain) | (Form::Template, Form::Template | Form::Instance) => {
            Ok(alias.to_owned())
        }
        (Form::Instance, Form::Template) => Ok(instance(alias, instance_of(unit))),
        (Form::Instance, Form::Instance) if instance_of(unit) == instance_of(alias) => {
            Ok(alias.to_owned())
        }
        (Form::Plain, _) => refuse("is a template or an instance, but the service is none"),
        (_, Form::Plain) => refuse("is no template, but the service is one"),
        (Form::Instance, Form::Instance) => refuse("is another instance"),
    }
}

fn form(unit: &str) -> Form {
    match unit.split_once('@') {
        None => Form::Plain,
        Some(_) if instance_of(unit).is_empty() => Form::Template,
        Some(_) => Form::Instance,
    }
}

/// Returns what stands between `@` and the suffix.
pub(super) fn instance_of(unit: &str) -> &str {
    let rest = unit.split_once('@').map_or("", |(_, rest)| rest);
    rest.rsplit_once('.').map_or("", |(instance, _)| instance)
}

fn instance(template: &str, instance: &str) -> String {
    template.replacen('@', &["@", instance].concat(), 1)
}

/// Returns whether systemd takes a name for a unit's.
fn is_unit(name: &str) -> bool {
    let stem = UNIT_SUFFIXES
        .iter()
        .find_map(|suffix| name.strip_suffix(suffix));
    stem.is_some_and(|stem| names::check_service(stem).is_ok())
}

/// Replaces the specifiers that depend on the unit's name alone. The others ask the machine that is to
/// run the unit, which is not here.
fn expand(text: &str, unit: &str) -> Result<String, String> {
    let stem = unit.strip_suffix(SERVICE).unwrap_or(unit);
    let prefix = stem.split_once('@').map_or(stem, |(prefix, _)| prefix);
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('n') => out.push_str(unit),
            Some('N') => out.push_str(stem),
            Some('p') => out.push_str(prefix),
            Some('i') => out.push_str(instance_of(unit)),
            Some('j') => out.push_str(prefix.rsplit('-').next().unwrap_or(prefix)),
            Some('%') => out.push('%'),
            Some(other) => {
                return Err(format!(
                    "`%{other}` in [Install] is known only on the machine that runs the unit"
                ));
            }
            None => return Err(format!("`{text}` in [Install] ends with a lone `%`")),
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn links(unit: &str, section: &str) -> Result<Vec<String>, String> {
        let links = Install::read(&format!(
            "[Unit]\nAlias=no.service\n[Install]\n{section}\n[X-A]\nAlias=no.service\n"
        ));
        let path = |link: UnitLink| [link.folder.as_str(), &link.name].join("/");
        links
            .links(unit)
            .map(|links| links.into_iter().map(path).collect())
    }

    #[test]
    fn a_unit_is_linked_where_it_is_wanted() {
        let section = "WantedBy=gone.target\nWantedBy=\nWantedBy=a.target b.target\nUpheldBy=c.service\nAlias=site.service";
        assert_eq!(
            links("web.service", section).unwrap(),
            [
                "/site.service",
                "a.target.wants/web.service",
                "b.target.wants/web.service",
                "c.service.upholds/web.service"
            ]
        );
    }

    #[test]
    fn a_template_is_linked_as_an_instance() {
        let section = "WantedBy=a.target\nAlias=site@.service\nRequiredBy=on-%i.target";
        assert_eq!(
            links("web@x.service", section).unwrap(),
            [
                "/site@x.service",
                "a.target.wants/web@x.service",
                "on-x.target.requires/web@x.service"
            ]
        );
        assert!(links("web@.service", "WantedBy=a.target").is_err());
        assert_eq!(
            links("web@.service", "WantedBy=a.target\nDefaultInstance=d").unwrap(),
            ["a.target.wants/web@d.service"]
        );
    }

    #[test]
    fn what_is_no_unit_is_refused() {
        for bad in [
            "WantedBy=../x.target",
            "WantedBy=default",
            "Alias=a.target",
            "Alias=a@.service",
            "WantedBy=%H.target",
        ] {
            assert!(links("web.service", bad).is_err(), "{bad}");
        }
    }
}
