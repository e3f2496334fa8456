//! How the assignments of one key are read: the rules that [`Read`](crate::schema::Read) names.

use std::borrow::Cow;

use super::{EntryId, Parsed, Value};
use crate::base::quote::{SplitError, Splitting, split};
use crate::base::source::{Sources, Span};

/// All assignments of one key in one definition, drop-ins included, in order.
#[derive(Clone, Copy, Debug)]
pub struct Assigned<'a> {
    parsed: &'a Parsed,
    sources: &'a Sources,
    entries: &'a [EntryId],
}

/// A word with its place.
#[derive(Clone, Debug)]
pub struct Placed<'a> {
    /// The word, quotes and escapes gone.
    pub text: Cow<'a, str>,
    /// Where it stands.
    pub span: Span,
}

/// A line that could not be split.
#[derive(Clone, Copy, Debug)]
pub struct Unsplit {
    /// Why.
    pub error: SplitError,
    /// The place of the escape or quote.
    pub span: Span,
}

/// A number as C writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Number {
    /// A number in range.
    Good(u32),
    /// The same, written with a leading zero.
    Octal(u32),
    /// None; Quadlet reads 0.
    Bad,
}

impl<'a> Assigned<'a> {
    /// Joins entries with what they point into.
    pub fn new(parsed: &'a Parsed, sources: &'a Sources, entries: &'a [EntryId]) -> Self {
        Self {
            parsed,
            sources,
            entries,
        }
    }

    /// Returns whether the key is there at all.
    pub fn is_set(&self) -> bool {
        !self.entries.is_empty()
    }

    /// Returns all values, also those that a later empty one forgets.
    pub fn all(&self) -> impl DoubleEndedIterator<Item = Value<'a>> + use<'a> {
        let Self {
            parsed,
            sources,
            entries,
        } = *self;
        entries.iter().map(move |&e| parsed.value(e, sources))
    }

    /// Returns the place of the last assignment's key.
    pub fn key_span(&self) -> Span {
        self.entries
            .last()
            .map_or(Span::default(), |&e| self.parsed.entry(e).key_span)
    }

    /// Returns the last value as it stands.
    pub fn raw(&self) -> Option<Value<'a>> {
        self.all().next_back()
    }

    /// Returns the last value without quotes around it.
    pub fn text(&self) -> Option<Value<'a>> {
        self.raw().map(|value| value.unquoted())
    }

    /// Returns the last value without quotes around it, unless it is empty.
    pub fn nonempty(&self) -> Option<Value<'a>> {
        self.text().filter(|v| !v.text.is_empty())
    }

    /// Returns the values since the last empty one.
    pub fn lines(&self) -> impl Iterator<Item = Value<'a>> + use<'a> {
        let Self {
            parsed,
            sources,
            entries,
        } = *self;
        let from = entries
            .iter()
            .rposition(|&e| parsed.value(e, sources).text.is_empty())
            .map_or(0, |at| at + 1);
        entries
            .iter()
            .skip(from)
            .map(move |&e| parsed.value(e, sources))
    }

    /// Returns the words of the values since the last empty one; a line that cannot be split is
    /// left out and reported.
    pub fn words(&self, how: Splitting, mut unsplit: impl FnMut(Unsplit)) -> Vec<Placed<'a>> {
        let mut words = Vec::new();
        for value in self.lines() {
            split_into(&value, how, &mut words, &mut unsplit);
        }
        words
    }

    /// Returns the words of the last value alone.
    pub fn last_words(&self, how: Splitting, mut unsplit: impl FnMut(Unsplit)) -> Vec<Placed<'a>> {
        let mut words = Vec::new();
        if let Some(value) = self.raw() {
            split_into(&value, how, &mut words, &mut unsplit);
        }
        words
    }

    /// Returns the pairs by name: name, value if there is a `=`, place.
    pub fn pairs(&self, unsplit: impl FnMut(Unsplit)) -> Vec<Placed<'a>> {
        let mut words = self.words(Splitting::Exec, unsplit);
        if words.len() > 1 {
            // The sort is stable: of one name the last comes last, and is the one that stays.
            words.sort_by(|a, b| name_of(&a.text).cmp(name_of(&b.text)));
            words.dedup_by(|later, kept| {
                let is_same = name_of(&later.text) == name_of(&kept.text);
                if is_same {
                    std::mem::swap(later, kept);
                }
                is_same
            });
        }
        words
    }

    /// Returns the last value as yes or no; anything but a clear yes is no.
    pub fn boolean(&self) -> Option<bool> {
        self.text().map(|v| is_yes(v.text))
    }

    /// Returns the last value as a number.
    pub fn number(&self) -> Option<(Number, Value<'a>)> {
        self.text().map(|value| (parse_number(value.text), value))
    }
}

/// Returns the name of a pair.
fn name_of(word: &str) -> &str {
    word.split_once('=').map_or(word, |(name, _)| name)
}

/// Returns whether a value means yes.
pub fn is_yes(text: &str) -> bool {
    ["1", "yes", "true", "on"]
        .iter()
        .any(|yes| text.eq_ignore_ascii_case(yes))
}

/// Returns whether a value means no and says so.
pub fn is_no(text: &str) -> bool {
    ["0", "no", "false", "off"]
        .iter()
        .any(|no| text.eq_ignore_ascii_case(no))
}

/// Appends the words of a value; nothing of a line that cannot be split, which is reported.
pub fn split_into<'a>(
    value: &Value<'a>,
    how: Splitting,
    words: &mut Vec<Placed<'a>>,
    unsplit: &mut impl FnMut(Unsplit),
) {
    let before = words.len();
    let split = split(value.text, how, |w| {
        let span = value.span(w.start, w.end);
        words.push(Placed { text: w.text, span });
    });
    let new = words.get(before..).unwrap_or_default();
    // `Key=""` is how people write "nothing"; Quadlet reads no word there either.
    let is_nothing = new.len() == 1 && new.iter().all(|w| w.text.is_empty());
    if split.is_err() || is_nothing {
        words.truncate(before);
    }
    if let Err(error) = split {
        let span = match error {
            SplitError::Escape(from, to) => value.span(from, to),
            SplitError::OpenQuote(at) => value.span(at, at + 1),
        };
        unsplit(Unsplit { error, span });
    }
}

/// Reads a number as C's `strtol` with base 0 does, 32 bits without sign.
fn parse_number(text: &str) -> Number {
    let digits = text.strip_prefix('+').unwrap_or(text);
    let hex = digits
        .strip_prefix("0x")
        .or_else(|| digits.strip_prefix("0X"));
    let (digits, radix) = match hex {
        Some(hex) => (hex, 16),
        None if digits.len() > 1 && digits.starts_with('0') => (digits, 8),
        None => (digits, 10),
    };
    if digits.is_empty() || !digits.chars().all(|c| c.is_digit(radix)) {
        return Number::Bad;
    }
    match (u32::from_str_radix(digits, radix), radix) {
        (Ok(number), 8) => Number::Octal(number),
        (Ok(number), _) => Number::Good(number),
        (Err(_), _) => Number::Bad,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_c_does() {
        assert_eq!(parse_number("+12"), Number::Good(12));
        assert_eq!(parse_number("0"), Number::Good(0));
        assert_eq!(parse_number("0x10"), Number::Good(16));
        assert_eq!(parse_number("010"), Number::Octal(8));
        for bad in ["", "08", "-1", "0b1", "1_0", "4294967296", "root", "0x+1"] {
            assert_eq!(parse_number(bad), Number::Bad, "{bad}");
        }
    }
}
