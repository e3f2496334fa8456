//! Words: how a value is split into them, and how systemd wants them written.
//!
//! Splitting follows Quadlet, whose two ways are named here after the systemd functions they come
//! from. Writing follows the command lines of systemd.service(5).

use std::borrow::Cow;

/// How a value is split into words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Splitting {
    /// Quotes are removed, a backslash is an ordinary character, an open quote spoils the line.
    Strv,
    /// Quotes are removed, escapes of C are decoded, an open quote ends with the line.
    Exec,
}

/// A word of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word<'a> {
    /// The word without quotes and escapes.
    pub text: Cow<'a, str>,
    /// Offset of its first byte in the value.
    pub start: usize,
    /// Offset behind its last byte in the value.
    pub end: usize,
}

/// Why a value cannot be split; Quadlet drops the whole line then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SplitError {
    /// An escape that is none of C's; offsets of it in the value.
    Escape(usize, usize),
    /// A quote at this offset that nothing closes.
    OpenQuote(usize),
}

/// The longest line that systemd reads, bytes (`LONG_LINE_MAX`).
pub const LONGEST_LINE: usize = 1 << 20;

const BLANKS: [u8; 4] = [b' ', b'\t', b'\r', b'\n'];

/// Splits a value and hands over its words. Empty quoted words stay, as systemd has it; Quadlet's
/// own splitter ends at the first one. After an error, the words before it mean nothing.
pub fn split<'a>(
    value: &'a str,
    how: Splitting,
    mut word: impl FnMut(Word<'a>),
) -> Result<(), SplitError> {
    let bytes = value.as_bytes();
    let mut at = 0;
    loop {
        while bytes.get(at).is_some_and(|b| BLANKS.contains(b)) {
            at += 1;
        }
        if at >= bytes.len() {
            return Ok(());
        }
        let start = at;
        let plain = bytes.get(at..).unwrap_or_default();
        let length = plain
            .iter()
            .position(|b| BLANKS.contains(b) || matches!(b, b'"' | b'\'' | b'\\'))
            .unwrap_or(plain.len());
        at += length;
        let special = bytes.get(at).is_some_and(|b| !BLANKS.contains(b));
        if !special || (how == Splitting::Strv && !plain_word_ends_quoted(bytes, at)) {
            // The common case borrows: no quote, and no backslash that means anything.
            let rest = bytes.get(at..).unwrap_or_default();
            at += rest
                .iter()
                .position(|b| BLANKS.contains(b))
                .unwrap_or(rest.len());
            let text = Cow::Borrowed(value.get(start..at).unwrap_or(""));
            word(Word {
                text,
                start,
                end: at,
            });
            continue;
        }
        let (text, end) = split_quoted(value, start, how)?;
        if let Some(text) = text {
            word(Word {
                text: Cow::Owned(text),
                start,
                end,
            });
        }
        at = end;
    }
}

/// Returns whether the word that goes on at `at` has a quote in it.
fn plain_word_ends_quoted(bytes: &[u8], at: usize) -> bool {
    let rest = bytes.get(at..).unwrap_or_default();
    rest.iter()
        .take_while(|b| !BLANKS.contains(b))
        .any(|b| matches!(b, b'"' | b'\''))
}

/// Reads a word that has quotes or escapes in it. A backslash that ends the value is no word.
fn split_quoted(
    value: &str,
    start: usize,
    how: Splitting,
) -> Result<(Option<String>, usize), SplitError> {
    let mut text = String::new();
    let mut is_quoted = false;
    let mut quote: Option<(char, usize)> = None;
    let mut chars = value
        .get(start..)
        .unwrap_or("")
        .char_indices()
        .map(|(i, c)| (start + i, c));
    while let Some((i, c)) = chars.next() {
        match (c, quote) {
            ('\\', _) if how == Splitting::Exec => {
                let rest = value.get(i + 1..).unwrap_or("");
                let Some((decoded, length)) = decode_escape(rest) else {
                    let next = rest.chars().next().map_or(0, char::len_utf8);
                    return Err(SplitError::Escape(i, i + 1 + next));
                };
                text.extend(decoded);
                for _ in 0..length {
                    chars.next();
                }
            }
            (c, Some((q, _))) if c == q => quote = None,
            ('"' | '\'', None) => {
                is_quoted = true;
                quote = Some((c, i));
            }
            (' ' | '\t' | '\r' | '\n', None) => return Ok((Some(text), i)),
            (c, _) => text.push(c),
        }
    }
    match quote {
        Some((_, open)) if how == Splitting::Strv => Err(SplitError::OpenQuote(open)),
        _ => Ok((
            Some(text).filter(|t| is_quoted || !t.is_empty()),
            value.len(),
        )),
    }
}

/// Decodes what follows a backslash: the character (none for a backslash that ends the value) and
/// how many characters of the value it takes.
fn decode_escape(rest: &str) -> Option<(Option<char>, usize)> {
    let Some(first) = rest.chars().next() else {
        return Some((None, 0));
    };
    let simple = match first {
        'a' => '\x07',
        'b' => '\x08',
        'f' => '\x0c',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\x0b',
        's' => ' ',
        // `\;` is systemd's own way to write a lone semicolon; Quadlet refuses it.
        '\\' | '"' | '\'' | ';' => first,
        'x' => return decode_digits(rest, 1, 2, 16),
        'u' => return decode_digits(rest, 1, 4, 16),
        'U' => return decode_digits(rest, 1, 8, 16),
        '0'..='7' => return decode_digits(rest, 0, 3, 8),
        _ => return None,
    };
    Some((Some(simple), 1))
}

fn decode_digits(
    rest: &str,
    skip: usize,
    count: usize,
    radix: u32,
) -> Option<(Option<char>, usize)> {
    let digits = rest.get(skip..skip + count)?;
    if !digits.chars().all(|c| c.is_digit(radix)) {
        return None;
    }
    let number = u32::from_str_radix(digits, radix).ok()?;
    if number == 0 || number > 0x10_ffff || (radix == 8 && number > 0o377) {
        return None;
    }
    // A surrogate is no character; Quadlet writes U+FFFD for it.
    Some((
        Some(char::from_u32(number).unwrap_or('\u{fffd}')),
        skip + count,
    ))
}

/// Appends a word to a command line as systemd reads it back: quoted only when it must be. Dollar
/// and percent signs stay as they are, since variables and specifiers are meant to work.
pub fn push_word(out: &mut String, word: &str) {
    // An empty word needs quotes to exist at all; a lone `;` would end the command.
    if word.is_empty() || word == ";" {
        out.push('"');
        out.push_str(word);
        out.push('"');
        return;
    }
    if !word
        .bytes()
        .any(|b| NEEDS_QUOTES.get(b as usize) == Some(&true))
    {
        out.push_str(word);
        return;
    }
    out.push('"');
    for c in word.chars() {
        match c {
            ' ' => out.push_str("\\x20"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            '\x07' => out.push_str("\\a"),
            '\x08' => out.push_str("\\b"),
            '\x0b' => out.push_str("\\v"),
            '\x0c' => out.push_str("\\f"),
            '\\' => out.push_str("\\\\"),
            '"' => out.push_str("\\\""),
            c if c.is_ascii_control() => {
                out.push_str("\\x");
                for half in [u32::from(c) >> 4, u32::from(c) & 15] {
                    out.push(char::from_digit(half, 16).unwrap_or('0'));
                }
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

/// For each byte whether a word with it must be quoted.
#[expect(
    clippy::indexing_slicing,
    reason = "within the table; computed when Wharf is built"
)]
const NEEDS_QUOTES: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = byte <= b' ' as usize
            || byte == 0x7f
            || byte == b'"' as usize
            || byte == b'\'' as usize
            || byte == b'\\' as usize;
        byte += 1;
    }
    table
};

/// Returns a value without trailing blanks and without one pair of double quotes around it: how
/// Quadlet reads a key that has a single value.
pub fn unquote(value: &str) -> &str {
    let value = value.trim_end();
    let inner = value.strip_prefix('"').and_then(|v| v.strip_suffix('"'));
    inner.unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(value: &str, how: Splitting) -> Vec<String> {
        let mut words = Vec::new();
        split(value, how, |w| words.push(w.text.into_owned())).unwrap();
        words
    }

    fn error(value: &str, how: Splitting) -> SplitError {
        split(value, how, |_| {}).unwrap_err()
    }

    #[test]
    fn quotes_join_with_what_is_beside_them() {
        assert_eq!(
            words("foo\"bar baz\"qux 'a b'", Splitting::Exec),
            ["foobar bazqux", "a b"]
        );
        assert_eq!(words("a\\x20b", Splitting::Strv), ["a\\x20b"]);
        assert_eq!(
            words("a\\x20b \\u00e4\\101", Splitting::Exec),
            ["a b", "äA"]
        );
        assert_eq!(words("a \"\" b", Splitting::Exec), ["a", "", "b"]);
        assert_eq!(words("a\"b", Splitting::Exec), ["ab"]);
        assert_eq!(words("end\\", Splitting::Exec), ["end"]);
    }

    #[test]
    fn what_cannot_be_split_says_where() {
        assert_eq!(error("a \\q", Splitting::Exec), SplitError::Escape(2, 4));
        assert_eq!(error("a \\x00", Splitting::Exec), SplitError::Escape(2, 4));
        assert_eq!(error("a 'b", Splitting::Strv), SplitError::OpenQuote(2));
    }

    #[test]
    fn words_read_back_as_they_were() {
        arbtest::arbtest(|u| {
            let word: String = u.arbitrary()?;
            if word.contains('\0') {
                return Ok(());
            }
            let mut line = String::new();
            push_word(&mut line, &word);
            push_word(&mut line, "");
            assert!(!line.contains(['\n', '\r', '\0']), "{line:?}");
            let back = words(line.strip_suffix("\"\"").unwrap(), Splitting::Exec);
            assert_eq!(back, [word], "{line:?}");
            Ok(())
        });
    }

    #[test]
    fn one_pair_of_quotes_is_taken_off() {
        assert_eq!(unquote("\"a b\" "), "a b");
        assert_eq!(unquote("\"a\" \"b\""), "a\" \"b");
        assert_eq!(unquote("\""), "\"");
        assert_eq!(unquote("'a'"), "'a'");
    }
}
