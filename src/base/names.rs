//! What systemd takes as the name of a unit, systemd.unit(5).

/// Longest name of a unit with its suffix, in bytes.
const LONGEST: usize = 255;
/// What every service's name ends with.
pub const SERVICE: &str = ".service";

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

/// Returns how far apart two names are: the edits (insert, delete, replace, swap of neighbours)
/// that make one of the other. Used for "did you mean".
fn distance(a: &[u8], b: &[u8]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, &x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, &y) in b.iter().enumerate() {
            let cell = |row: &[usize], at: usize| row.get(at).copied().unwrap_or(usize::MAX - 1);
            let mut best = (cell(&last, j) + usize::from(x != y))
                .min(cell(&last, j + 1) + 1)
                .min(cell(&row, j) + 1);
            let swapped = i > 0 && j > 0 && a.get(i - 1) == Some(&y) && b.get(j - 1) == Some(&x);
            if swapped && x != y {
                best = best.min(cell(&before, j - 1) + 1);
            }
            row.push(best);
        }
        before = last;
        last = row;
    }
    last.last().copied().unwrap_or(0)
}

/// Returns the candidate that was most likely meant by `word`: the same but for case, or a third of
/// its letters apart at most.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    const LONGEST_WORD: usize = 64;
    if word.is_empty() || word.len() > LONGEST_WORD {
        return None;
    }
    let lower = word.to_ascii_lowercase();
    let limit = (word.len() / 3).max(1);
    candidates
        .into_iter()
        .filter(|c| c.len().abs_diff(word.len()) <= limit)
        .map(|c| {
            (
                distance(lower.as_bytes(), c.to_ascii_lowercase().as_bytes()),
                c,
            )
        })
        .filter(|&(d, _)| d <= limit)
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
