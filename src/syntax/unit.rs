//! The syntax of unit files, systemd.syntax(7), with Quadlet's ways where they differ: a continued
//! line is joined without a blank, and each physical line is trimmed.
//!
//! All faults of a file are found; a line that cannot be read is left out.

use std::io::BufRead as _;

use super::{Entry, Header, Joined, NO_KEY, Parsed, Unit};
use crate::base::codes;
use crate::base::diagnostic::{Diagnostics, Level};
use crate::base::names::nearest;
use crate::base::quote::LONGEST_LINE;
use crate::base::source::{FileId, Sources, Span};
use crate::schema::{Kind, QUADLET_KEYS, Section};

/// Appends a file's entries to `parsed`.
pub fn parse_unit(
    sources: &Sources,
    file: FileId,
    kind: Kind,
    parsed: &mut Parsed,
    diagnostics: &mut Diagnostics,
) -> Unit {
    let from = diagnostics.next_id();
    let first = index(parsed.entries.len());
    let mut parser = Parser {
        sources,
        kind,
        parsed,
        diagnostics,
        header: None,
        unit: Unit::default(),
        is_suspect: false,
    };
    parser.file(file);
    let unit = parser.unit;
    Unit {
        entries: first..index(parsed.entries.len()),
        error: diagnostics.first_error_since(from),
        ..unit
    }
}

struct Parser<'a> {
    sources: &'a Sources,
    kind: Kind,
    parsed: &'a mut Parsed,
    diagnostics: &'a mut Diagnostics,
    header: Option<u32>,
    /// What is known of the file as a whole.
    unit: Unit,
    /// Whether the file has a CR, a NUL or bytes that were not UTF-8 at all: a look at the whole is
    /// cheaper than one per line.
    is_suspect: bool,
}

/// A logical line: one piece, or several that a backslash joins.
#[derive(Default)]
struct Line {
    /// The pieces with their places; none for "one piece" saves the copy.
    text: String,
    pieces: Vec<(u32, u32)>,
}

impl Parser<'_> {
    fn file(&mut self, file: FileId) {
        let whole = self.sources.span(file);
        let mut at = whole.start;
        if self.sources.text(whole).starts_with('\u{feff}') {
            let mark = Span::new(at, at + 3);
            let message = "a byte-order mark begins the file; it is skipped";
            self.diagnostics
                .add(codes::BYTE_ORDER_MARK, mark, message)
                .help("save the file as UTF-8 without one; stock Quadlet refuses it");
            at += 3;
        }
        let mut pending: Option<Line> = None;
        let text = self.sources.text(Span::new(at, whole.end));
        // Without a way out of the loop it works on many bytes at once.
        let has_line_ends = text
            .bytes()
            .fold(false, |found, b| found | matches!(b, b'\r' | 0));
        self.is_suspect = has_line_ends || self.sources.first_replaced(whole).is_some();
        let mut rest = text;
        while !rest.is_empty() {
            let (raw, behind) = split_line(rest);
            rest = behind;
            let start = at;
            at += length(raw) + 1;
            let (trimmed, skipped) = trim(raw);
            let start = start + skipped;
            if matches!(trimmed.as_bytes().first(), None | Some(b'#' | b';')) {
                continue;
            }
            let continued = trimmed.strip_suffix('\\');
            let body = continued.unwrap_or(trimmed);
            match (&mut pending, continued) {
                (None, None) => self.line(Span::new(start, start + length(body)), body, None),
                (None, Some(_)) => {
                    let mut line = Line::default();
                    line.push(body, start);
                    pending = Some(line);
                }
                (Some(line), _) => {
                    self.check_join(line, body, start);
                    line.push(body, start);
                    if continued.is_none()
                        && let Some(line) = pending.take()
                    {
                        self.joined_line(&line);
                    }
                }
            }
        }
        if let Some(line) = pending {
            if let Some(&(at, place)) = line.pieces.last() {
                let end = place + length(&line.text) - at;
                self.diagnostics
                    .add(
                        codes::UNFINISHED_LINE,
                        Span::new(end, end + 1),
                        "the line ends with a backslash, but nothing continues it",
                    )
                    .help("remove the backslash; stock Quadlet may drop the whole line");
            }
            self.joined_line(&line);
        }
    }

    /// Warns where joining does what nobody means.
    fn check_join(&mut self, line: &Line, body: &str, start: u32) {
        let place = Span::new(start, start + length(body));
        if section_name(body).is_some_and(|name| Section::of(self.kind, name) != Section::Unknown) {
            self.diagnostics
                .add(
                    codes::SWALLOWED_SECTION,
                    place,
                    format!("`{body}` continues the value of the line before, which ends with a backslash"),
                )
                .help("remove the backslash before it to begin a section here");
        } else if !line.text.is_empty()
            && !line.text.ends_with([' ', '\t', '='])
            && !body.is_empty()
        {
            self.diagnostics
                .add(
                    codes::GLUED_LINES,
                    Span::new(start, start + length(body)),
                    "this line is joined to the one before without a blank",
                )
                .help("put a blank before the backslash if two words are meant");
        }
    }

    fn joined_line(&mut self, line: &Line) {
        let start = line.pieces.first().map_or(0, |p| p.1);
        let text = line.text.trim_end();
        if line.pieces.len() == 1 {
            return self.line(Span::new(start, start + length(text)), text, None);
        }
        self.line(Span::new(start, start), text, Some(line));
    }

    /// Reads one logical line; `joined` if it is made of several.
    fn line(&mut self, span: Span, text: &str, joined: Option<&Line>) {
        if text.is_empty() {
            return;
        }
        // Where an offset of the text stands; good enough for what is refused as a whole.
        let end = if joined.is_some() {
            span.start + 1
        } else {
            span.end
        };
        let whole = Span::new(span.start, end);
        if let Some(name) = section_name(text) {
            return match joined {
                None => {
                    let start = span.start + 1;
                    self.section(Span::new(start, start + length(name)), name, None);
                }
                Some(line) => {
                    let start = line.place(0);
                    self.section(Span::new(start, start + 1), name, Some(name.into()));
                }
            };
        }
        let equals = text.bytes().position(|b| b == b'=').filter(|&at| at > 0);
        let Some(equals) = equals else {
            return self.not_an_assignment(text, whole);
        };
        let key = text.get(..equals).unwrap_or("").trim_ascii_end();
        let rest = text.get(equals + 1..).unwrap_or("");
        let value = rest.trim_start_matches([' ', '\t', '\x0b', '\x0c', '\r']);
        let value_at = text.len() - value.len();
        let key_span = match joined {
            Some(line) => line.start_of_key(length(key)),
            None => Span::new(span.start, span.start + length(key)),
        };
        if self.is_suspect || text.len() >= LONGEST_LINE {
            self.check_characters(key, value, key_span, span, value_at, joined);
        }
        if key.starts_with('[') {
            // systemd takes it for a header, whatever follows, and refuses the unit.
            let message = format!("`{}` is no key: systemd reads a section header", clip(key));
            self.diagnostics
                .add(codes::BAD_SECTION, key_span, message)
                .help("write `[Name]` alone on its line, and keys without brackets");
            return;
        }
        let Some(header) = self.header else {
            self.unit.is_unusable = true;
            self.diagnostics
                .add(
                    codes::KEY_BEFORE_SECTION,
                    key_span,
                    format!("`{key}` stands before any section"),
                )
                .help(format!(
                    "begin the file with `[{}]` or another section",
                    self.kind.section()
                ));
            return;
        };
        let section = self
            .parsed
            .headers
            .get(header as usize)
            .map_or(Section::Unknown, |h| h.section);
        let row = match section {
            Section::Own => self.kind.key(key),
            Section::Quadlet => QUADLET_KEYS
                .iter()
                .position(|k| k.name == key)
                .and_then(|i| u16::try_from(i).ok()),
            _ => Some(NO_KEY),
        };
        let Some(row) = row else {
            return self.unknown_key(key, key_span, section);
        };
        let value_len = value.len();
        let entry = Entry {
            header,
            key: row,
            key_span,
            value_span: Span::new(
                span.start + index(value_at),
                span.start + index(value_at + value_len),
            ),
            joined: match joined {
                Some(_) => index(self.parsed.joined.len()),
                None => u32::MAX,
            },
        };
        if let Some(line) = joined {
            self.parsed
                .joined
                .push(line.joined(key, value_at, value_len));
        }
        self.parsed.entries.push(entry);
    }

    fn not_an_assignment(&mut self, text: &str, place: Span) {
        self.unit.is_unusable = true;
        if text.starts_with('[') {
            let message = format!("`{}` is no section header", clip(text));
            self.diagnostics
                .add(codes::BAD_SECTION, place, message)
                .help("write `[Name]` alone on its line");
            return self.open(place, None, Section::Foreign);
        }
        let message = format!("`{}` is no assignment, section or comment", clip(text));
        self.diagnostics
            .add(codes::NOT_AN_ASSIGNMENT, place, message)
            .help("write `Key=value`, or put `#` before a comment");
    }

    fn section_is(&self, section: Section) -> bool {
        let header = self
            .header
            .and_then(|h| self.parsed.headers.get(h as usize));
        header.is_some_and(|h| h.section == section)
    }

    fn section(&mut self, place: Span, name: &str, joined: Option<Box<str>>) {
        if name.len() >= LONGEST_LINE {
            let message = format!(
                "the header is {} bytes long; systemd reads lines of up to {LONGEST_LINE}",
                name.len()
            );
            self.diagnostics
                .add(codes::LONG_LINE, place, message)
                .help("give the section a name that somebody reads");
            return self.open(place, None, Section::Foreign);
        }
        let is_name =
            !name.is_empty() && !name.contains('[') && !name.chars().any(char::is_control);
        if !is_name {
            self.unit.is_unusable = true;
            let message = format!("`{name}` cannot be the name of a section");
            self.diagnostics
                .add(codes::BAD_SECTION, place, message)
                .help("write `[Name]` alone on its line");
            // What follows belongs to a section all the same: no error for each line of it.
            return self.open(place, None, Section::Foreign);
        }
        let section = Section::of(self.kind, name);
        self.unit.has_own_section |= section == Section::Own;
        self.unit.has_install_section |= section == Section::Install;
        if section == Section::Unknown {
            let known = [
                self.kind.section(),
                "Unit",
                "Service",
                "Install",
                "Quadlet",
                "X-Wharf",
            ];
            let help = nearest(name, known).map_or_else(
                || "name it `X-…` if it is meant for another program".to_owned(),
                |near| format!("did you mean `[{near}]`?"),
            );
            let message = format!(
                "nobody reads the section `[{name}]` of a .{} file",
                self.kind.suffix()
            );
            self.diagnostics
                .add(codes::UNKNOWN_SECTION, place, message)
                .help(help);
        }
        self.open(place, joined, section);
    }

    fn open(&mut self, name: Span, joined: Option<Box<str>>, section: Section) {
        self.header = Some(index(self.parsed.headers.len()));
        self.parsed.headers.push(Header {
            name,
            joined,
            section,
        });
    }

    fn unknown_key(&mut self, key: &str, place: Span, section: Section) {
        let (keys, name) = match section {
            Section::Own => (self.kind.keys(), self.kind.section()),
            _ => (QUADLET_KEYS, "Quadlet"),
        };
        let mut help = nearest(key, keys.iter().map(|k| k.name))
            .map_or_else(String::new, |near| format!("did you mean `{near}`?"));
        if help.is_empty() {
            let other = Kind::ALL.into_iter().find(|k| k.key(key).is_some());
            help = match other {
                Some(kind) => format!("`{key}` is a key of [{}]", kind.section()),
                None => {
                    "settings of the service belong into [Service], of its dependencies into [Unit]"
                        .to_owned()
                }
            };
        }
        let message = format!("unknown key `{}` in [{name}]", clip(key));
        self.diagnostics
            .add(codes::UNKNOWN_KEY, place, message)
            .help(help);
    }

    /// Finds what systemd would take for the end of a line, bytes that were no text, and lines that
    /// it does not read to their end.
    fn check_characters(
        &mut self,
        key: &str,
        value: &str,
        key_span: Span,
        span: Span,
        value_at: usize,
        joined: Option<&Line>,
    ) {
        let place_of = |offset: usize| match joined {
            Some(line) => line.place(value_at + offset),
            None => span.start + index(value_at + offset),
        };
        let line_end = |text: &str| text.find(['\r', '\0']);
        if let Some(offset) = line_end(value) {
            let is_null = value.as_bytes().get(offset) == Some(&0);
            let (what, help) = if is_null {
                ("NUL", "remove it; no value can hold one")
            } else {
                (
                    "CR",
                    "remove it, or write `\\r` where the key takes escapes",
                )
            };
            let place = place_of(offset);
            let message = format!(
                "the value of `{}` has a {what} in it, at which systemd ends the line",
                clip(key)
            );
            let span = Span::new(place, place + 1);
            self.diagnostics
                .add(codes::CONTROL_CHARACTER, span, message)
                .help(help);
        }
        if let Some(offset) = line_end(key) {
            let place = key_span.start + index(offset);
            self.diagnostics
                .add(
                    codes::CONTROL_CHARACTER,
                    Span::new(place, place + 1),
                    "the key has a control character in it",
                )
                .help("remove it");
        }
        let length = key.len() + 1 + value.len();
        if length >= LONGEST_LINE {
            self.diagnostics
                .add(
                    codes::LONG_LINE,
                    key_span,
                    format!("the line of `{}` is {length} bytes long; systemd reads lines of up to {LONGEST_LINE}", clip(key)),
                )
                .help("put the value into a file and name the file");
        }
        let replaced = match joined {
            Some(line) => line
                .spans()
                .find_map(|piece| self.sources.first_replaced(piece)),
            None => self.sources.first_replaced(span),
        };
        if let Some(place) = replaced {
            let is_description = self.section_is(Section::Unit);
            let problem = self.diagnostics.add(
                codes::NOT_UTF8,
                place,
                format!("the line of `{}` is not UTF-8", clip(key)),
            );
            problem.help("save the file as UTF-8");
            if is_description {
                // A description in Latin-1 is no reason to have no service.
                problem.level(Level::Warning);
            }
        }
    }
}

impl Line {
    fn push(&mut self, body: &str, start: u32) {
        self.pieces.push((length(&self.text), start));
        self.text.push_str(body);
    }

    /// Returns where its pieces stand.
    fn spans(&self) -> impl Iterator<Item = Span> {
        let ends = self
            .pieces
            .iter()
            .skip(1)
            .map(|&(at, _)| at)
            .chain([length(&self.text)]);
        self.pieces
            .iter()
            .zip(ends)
            .map(|(&(at, place), end)| Span::new(place, place + (end - at)))
    }

    fn place(&self, offset: usize) -> u32 {
        let offset = index(offset);
        let next = self.pieces.partition_point(|&(at, _)| at <= offset);
        self.pieces
            .get(next.saturating_sub(1))
            .map_or(0, |&(at, place)| place + (offset - at))
    }

    /// Returns where its key begins, as far as the key is in one piece.
    fn start_of_key(&self, length: u32) -> Span {
        let start = self.place(0);
        let next = self.pieces.iter().map(|&(at, _)| at).find(|&at| at > 0);
        Span::new(start, start + next.unwrap_or(length).min(length))
    }

    fn joined(&self, key: &str, at: usize, len: usize) -> Joined {
        let begin = index(at);
        let text = self.text.get(at..at + len).unwrap_or("").to_owned();
        let first = self
            .pieces
            .partition_point(|&(p, _)| p <= begin)
            .saturating_sub(1);
        let pieces = self
            .pieces
            .iter()
            .skip(first)
            .map(|&(p, place)| (p.saturating_sub(begin), place + begin.saturating_sub(p)))
            .collect();
        Joined {
            key: key.into(),
            text,
            pieces,
        }
    }
}

/// Returns the first line of a text without its end, and what follows. Through `BufRead` because that
/// searches many bytes at once, which `str` does not.
fn split_line(text: &str) -> (&str, &str) {
    let mut bytes = text.as_bytes();
    // Reading from memory does not fail.
    let taken = bytes.skip_until(b'\n').unwrap_or(text.len());
    let (line, rest) = text.split_at_checked(taken).unwrap_or((text, ""));
    (line.strip_suffix('\n').unwrap_or(line), rest)
}

/// Returns a line without white space at its ends, and how many bytes went at the beginning. Most
/// lines have none, which their first and last byte tell.
fn trim(line: &str) -> (&str, u32) {
    let is_plain = |byte: Option<&u8>| byte.is_none_or(u8::is_ascii_graphic);
    if is_plain(line.as_bytes().first()) && is_plain(line.as_bytes().last()) {
        return (line, 0);
    }
    (line.trim(), length(line) - length(line.trim_start()))
}

/// Returns what stands between the brackets of a header: `[` first, only blanks after the first `]`.
fn section_name(line: &str) -> Option<&str> {
    let (name, rest) = line.strip_prefix('[')?.split_once(']')?;
    rest.trim_matches([' ', '\t']).is_empty().then_some(name)
}

/// Returns as much of a text as a message can hold.
fn clip(text: &str) -> &str {
    text.char_indices()
        .nth(80)
        .map_or(text, |(at, _)| text.get(..at).unwrap_or(text))
}

fn length(text: &str) -> u32 {
    index(text.len())
}

/// Narrows an offset; `SourcesBuilder` has bounded the texts.
#[expect(
    clippy::cast_possible_truncation,
    reason = "texts are bounded by `LARGEST`"
)]
const fn index(offset: usize) -> u32 {
    offset as u32
}
