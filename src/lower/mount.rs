//! `Mount=`: one record of CSV, RFC 4180, whose source may name a definition.

use super::{Argv, Lowering};
use crate::base::codes;
use crate::base::source::Span;
use crate::schema::{Key, Kind};
use crate::syntax::read::Assigned;

/// The types whose source is looked at; all others are passed as they are.
const TYPES_WITH_SOURCE: [&str; 5] = ["volume", "bind", "glob", "image", "artifact"];

impl<'a> Lowering<'a, '_> {
    /// Appends `--mount` for each word.
    pub(super) fn mounts(&mut self, key: &Key, assigned: Assigned<'a>, argv: &mut Argv) {
        for word in self.words(key, assigned) {
            if let Some(mount) = self.mount(&word.text, word.span) {
                argv.option("--mount", &mount, Some(word.span));
            }
        }
    }

    fn mount(&mut self, word: &str, span: Span) -> Option<String> {
        let mut fields = match parse_record(word) {
            Ok(fields) => fields,
            Err(why) => {
                let help = "write `type=TYPE,OPTION=VALUE,…`; put the whole value between `'` to keep quotes in it";
                self.error(
                    codes::BAD_MOUNT,
                    span,
                    format!("the mount cannot be read: {why}"),
                    help,
                );
                return None;
            }
        };
        let at = fields.iter().position(|f| {
            f.strip_prefix("type=")
                .is_some_and(|rest| !rest.contains('='))
        });
        let kind = match at {
            Some(at) => fields
                .remove(at)
                .get("type=".len()..)
                .unwrap_or("")
                .to_owned(),
            None => "volume".to_owned(),
        };
        if !TYPES_WITH_SOURCE.contains(&kind.as_str()) {
            return Some(word.to_owned());
        }
        self.resolve_source(&kind, &mut fields, span)?;
        let mut out = String::new();
        push_field(&mut out, &["type=", &kind].concat());
        for field in &fields {
            out.push(',');
            push_field(&mut out, field);
        }
        Some(out)
    }

    /// Makes the last source of a mount what Podman is to see.
    fn resolve_source(&mut self, kind: &str, fields: &mut [String], span: Span) -> Option<()> {
        let name_of = |field: &str| field.split_once('=').map_or(field, |(n, _)| n).to_owned();
        let mut counted = None;
        for (i, field) in fields.iter().enumerate() {
            if matches!(name_of(field).as_str(), "source" | "src") {
                let Some((_, value)) = field.split_once('=') else {
                    let message = "`source` of the mount has no value";
                    self.error(codes::BAD_MOUNT, span, message, "write `source=…`");
                    return None;
                };
                counted = Some((i, value.to_owned()));
            }
        }
        let Some((at, source)) = counted.filter(|(_, source)| !source.is_empty()) else {
            if kind == "volume" {
                return Some(()); // an anonymous one
            }
            let message = format!("a mount of type `{kind}` needs a source");
            self.error(codes::BAD_MOUNT, span, message, "add `source=…`");
            return None;
        };
        let kinds = [Kind::Volume, Kind::Artifact, Kind::Image];
        if let Some((found, _)) = Kind::of_file(&source)
            && !source.starts_with(['.', '/'])
            && kinds.contains(&found)
            && found.suffix() != kind
        {
            let message = format!("`{source}` is no source for a mount of type `{kind}`");
            let help = format!("write `type={}`", found.suffix());
            self.warn(codes::ODD_REFERENCE, span, message, help);
        }
        let source = self.mount_source(&source, span, &kinds)?;
        *fields.get_mut(at)? = ["source=", &source].concat();
        Some(())
    }
}

/// Reads exactly one record; empty lines do not count.
fn parse_record(text: &str) -> Result<Vec<String>, &'static str> {
    let text = text.strip_suffix('\r').unwrap_or(text);
    let mut chars = text.trim_start_matches(['\n']).chars().peekable();
    let mut fields = Vec::new();
    loop {
        let mut field = String::new();
        if chars.next_if_eq(&'"').is_some() {
            loop {
                match chars.next() {
                    None => return Err("a `\"` is never closed"),
                    Some('"') if chars.next_if_eq(&'"').is_some() => field.push('"'),
                    Some('"') => break,
                    Some(c) => field.push(c),
                }
            }
            if chars.peek().is_some_and(|c| !matches!(c, ',' | '\n')) {
                return Err("text follows a closing `\"`");
            }
        } else {
            while let Some(c) = chars.next_if(|c| !matches!(c, ',' | '\n')) {
                if c == '"' {
                    return Err("a `\"` stands within a field that does not begin with one");
                }
                field.push(c);
            }
        }
        fields.push(field);
        match chars.next() {
            Some(',') => {}
            None => break,
            Some(_) => {
                if chars.any(|c| c != '\n') {
                    return Err("it has more than one line");
                }
                break;
            }
        }
    }
    if fields == [""] {
        return Err("it is empty");
    }
    Ok(fields)
}

/// Appends a field, quoted if it must be.
fn push_field(out: &mut String, field: &str) {
    let needs_quotes = field == "\\."
        || field.contains([',', '"', '\r', '\n'])
        || field.starts_with(char::is_whitespace);
    if needs_quotes {
        out.push('"');
        out.push_str(&field.replace('"', "\"\""));
        out.push('"');
    } else {
        out.push_str(field);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_read_strictly() {
        assert_eq!(
            parse_record("type=bind,\"dst=/a,b\""),
            Ok(vec!["type=bind".into(), "dst=/a,b".into()])
        );
        assert_eq!(
            parse_record("a,\"b\"\"c\"\r"),
            Ok(vec!["a".into(), "b\"c".into()])
        );
        assert_eq!(parse_record("a,"), Ok(vec!["a".into(), String::new()]));
        for bad in ["", "a\"b", "\"a", "\"a\"b", "a\nb"] {
            assert!(parse_record(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn records_read_back_as_they_were() {
        arbtest::arbtest(|u| {
            let fields: Vec<String> = u.arbitrary()?;
            let mut text = String::new();
            for (i, field) in fields.iter().enumerate() {
                text.push_str(if i > 0 { "," } else { "" });
                push_field(&mut text, field);
            }
            if fields.is_empty() || fields == [""] {
                return Ok(());
            }
            assert_eq!(parse_record(&text), Ok(fields), "{text:?}");
            Ok(())
        });
    }
}
