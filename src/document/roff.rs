//! Writing roff, man(7).

/// What pages are part of.
pub(super) const SOURCE: &str = concat!("wharf ", env!("CARGO_PKG_VERSION"));

/// A page, or a part of one, that is being written.
#[derive(Debug, Default)]
pub(super) struct Roff {
    text: String,
}

impl Roff {
    /// Begins a page.
    pub(super) fn new(title: &str, section: u8, what: &str) -> Self {
        let mut page = Self::default();
        page.line(&format!(".TH {title} {section} \"\" \"{SOURCE}\""));
        page.section("NAME");
        page.paragraph(&format!("{title} - {what}"));
        page
    }

    /// Begins a section.
    pub(super) fn section(&mut self, name: &str) {
        self.line(&format!(".SH {}", quoted(name)));
    }

    /// Adds a paragraph. What stands between backticks is shown in bold.
    pub(super) fn paragraph(&mut self, text: &str) {
        self.text.push_str(".PP\n");
        self.body(text);
    }

    /// Adds a term and what it means.
    pub(super) fn item(&mut self, term: &str, text: &str) {
        self.text.push_str(".TP\n");
        self.body(term);
        self.body(text);
    }

    /// Adds lines as they are.
    pub(super) fn example(&mut self, lines: &str) {
        self.text.push_str(".PP\n.RS 4\n.nf\n");
        for line in lines.lines() {
            self.line(&escaped(line));
        }
        self.text.push_str(".fi\n.RE\n");
    }

    /// Returns the page.
    pub(super) fn finish(self) -> String {
        self.text
    }

    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn body(&mut self, text: &str) {
        let mut line = String::new();
        for (number, part) in text.split('`').enumerate() {
            if number % 2 == 1 {
                line.push_str(&["\\fB", &inner(part), "\\fR"].concat());
            } else {
                line.push_str(&inner(part));
            }
        }
        self.line(&guarded(line));
    }
}

/// Returns roff in which what stands between backticks in a line is bold.
pub(super) fn bold_code(text: &str) -> String {
    let mut out = String::new();
    for line in text.split_inclusive('\n') {
        let parts: Vec<&str> = line.split('`').collect();
        // An odd number of parts: each backtick has its other one.
        if parts.len() % 2 == 1 {
            for (number, part) in parts.into_iter().enumerate() {
                let bold = if number % 2 == 1 {
                    ["\\fB", "\\fR"]
                } else {
                    ["", ""]
                };
                out.extend([bold[0], part, bold[1]]);
            }
        } else {
            out.push_str(line);
        }
    }
    out
}

/// Returns roff with its names for characters that are not ASCII, since not every reader takes UTF-8.
pub(super) fn ascii(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '…' => out.push_str("..."),
            c if c.is_ascii() => out.push(c),
            c => out.extend(format!("\\[u{:04X}]", u32::from(c)).chars()),
        }
    }
    out
}

/// Escapes what roff reads within a line: a backslash, and a hyphen, which it would break at or draw
/// as another character.
fn inner(text: &str) -> String {
    text.replace('\\', "\\e")
        .replace('-', "\\-")
        .replace('\'', "\\(aq")
}

/// Escapes a whole line: also one that begins like a request.
fn escaped(line: &str) -> String {
    guarded(inner(line))
}

fn guarded(line: String) -> String {
    if line.starts_with('.') {
        ["\\&", &line].concat()
    } else {
        line
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text).replace('"', "\\(dq"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_is_a_request() {
        let mut page = Roff::default();
        page.paragraph(".so /etc/passwd");
        page.paragraph("'x `--flag` a\\b");
        assert_eq!(
            page.text,
            ".PP\n\\&.so /etc/passwd\n.PP\n\\(aqx \\fB\\-\\-flag\\fR a\\eb\n"
        );
    }
}
