//! What systemd takes as the name of a unit, systemd.unit(5).

/// Longest name of a unit with its suffix, in bytes.
const LONGEST: usize = 255;
/// What every service's name ends with.
pub const SERVICE: &str = ".service";

/// What names of units end with, systemd.unit(5).
pub const UNIT_SUFFIXES: [&str; 11] = [
    ".service",
    ".socket",
    ".device",
    ".mount",
    ".automount",
    ".swap",
    ".target",
    ".path",
    ".timer",
    ".slice",
    ".scope",
];

/// What is wrong with a service's name.
#[derive(Debug, PartialEq, Eq)]
pub enum BadName {
    /// Nothing before `.service`.
    Empty,
    /// A character that systemd refuses; `/` among them.
    Character(char),
    /// Longer than systemd takes.
    TooLong,
}

/// Checks a service's name as it is without `.service`.
pub fn check_service(stem: &str) -> Result<(), BadName> {
    if stem.is_empty() || stem.starts_with('@') {
        return Err(BadName::Empty);
    }
    if let Some(c) = stem
        .chars()
        .find(|&c| !(c.is_ascii_alphanumeric() || ":-_.\\@".contains(c)))
    {
        return Err(BadName::Character(c));
    }
    if stem.len() + SERVICE.len() > LONGEST {
        return Err(BadName::TooLong);
    }
    Ok(())
}

/// Returns the template that a unit's name is an instance of: `web@.service` of `web@a.service`.
pub fn template_of(unit: &str) -> Option<String> {
    let (prefix, rest) = unit.split_once('@')?;
    let (instance, suffix) = rest.rsplit_once('.')?;
    (!instance.is_empty()).then(|| [prefix, "@.", suffix].concat())
}

/// The longest word that a likely one is looked for, bytes.
const LONGEST_WORD: usize = 63;

/// A row of the table of distances.
type Row = [usize; LONGEST_WORD + 1];

/// Returns how far apart two names are, case aside: the edits (insert, delete, replace, swap of
/// neighbours) that make one of the other. Used for "did you mean", also in files that are nothing
/// but errors, so it gives up as soon as more than `limit` are sure.
fn distance(a: &[u8], b: &[u8], limit: usize) -> Option<usize> {
    if a.len().abs_diff(b.len()) > limit || b.len() > LONGEST_WORD {
        return None;
    }
    // Each edit changes two letters of those that the names have at most.
    if (letters(a) ^ letters(b)).count_ones() as usize > 2 * limit {
        return None;
    }
    let cell = |row: &Row, at: usize| row.get(at).copied().unwrap_or(usize::MAX / 2);
    let mut before: Row = [0; LONGEST_WORD + 1];
    let mut last: Row = std::array::from_fn(|i| i);
    for (i, x) in a.iter().enumerate() {
        let mut row: Row = [i + 1; LONGEST_WORD + 1];
        let mut least = i + 1;
        for (j, y) in b.iter().enumerate() {
            let is_same = x.eq_ignore_ascii_case(y);
            let mut best = (cell(&last, j) + usize::from(!is_same))
                .min(cell(&last, j + 1) + 1)
                .min(cell(&row, j) + 1);
            let neighbours = i
                .checked_sub(1)
                .and_then(|i| a.get(i))
                .zip(j.checked_sub(1).and_then(|j| b.get(j)));
            if let Some((p, q)) = neighbours
                && p.eq_ignore_ascii_case(y)
                && q.eq_ignore_ascii_case(x)
            {
                best = best.min(cell(&before, j - 1) + 1);
            }
            if let Some(place) = row.get_mut(j + 1) {
                *place = best;
            }
            least = least.min(best);
        }
        if least > limit {
            return None;
        }
        before = last;
        last = row;
    }
    Some(cell(&last, b.len())).filter(|&d| d <= limit)
}

/// Returns a bit for each letter that a name has.
fn letters(name: &[u8]) -> u32 {
    name.iter()
        .fold(0, |bits, b| bits | 1 << (b.to_ascii_lowercase() & 31))
}

/// Returns the candidate that was most likely meant by `word`: the same but for case, or a third of
/// its letters apart at most.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if word.is_empty() || word.len() > LONGEST_WORD {
        return None;
    }
    let limit = (word.len() / 3).max(1);
    candidates
        .into_iter()
        .filter_map(|c| Some((distance(word.as_bytes(), c.as_bytes(), limit)?, c)))
        .min_by_key(|&(d, _)| d)
        .map(|(_, c)| c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_judged_as_systemd_does() {
        assert_eq!(check_service("web@a-b.c\\x2d"), Ok(()));
        assert_eq!(check_service(""), Err(BadName::Empty));
        assert_eq!(check_service("@x"), Err(BadName::Empty));
        assert_eq!(check_service("a b"), Err(BadName::Character(' ')));
        assert_eq!(check_service("a/b"), Err(BadName::Character('/')));
        assert_eq!(check_service(&"a".repeat(248)), Err(BadName::TooLong));
    }

    #[test]
    fn the_nearest_name_is_found() {
        let keys = ["Image", "ImageTag", "Volume"];
        assert_eq!(nearest("Imgae", keys), Some("Image"));
        assert_eq!(nearest("image", keys), Some("Image"));
        assert_eq!(nearest("Volumes", keys), Some("Volume"));
        assert_eq!(nearest("Entrypoint", keys), None);
    }

    #[test]
    fn an_instance_has_a_template() {
        assert_eq!(
            template_of("web@a.service").as_deref(),
            Some("web@.service")
        );
        assert_eq!(template_of("web@.service"), None);
        assert_eq!(template_of("web.service"), None);
    }
}
