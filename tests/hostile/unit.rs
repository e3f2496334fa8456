//! Reads units and command lines the way that systemd does, written from its manual pages and from tries
//! with it, and without any code of the generator's: what a unit means is what systemd takes it for.

/// The longest line that systemd reads.
const LONGEST_LINE: usize = 1 << 20;
const BLANKS: [char; 4] = [' ', '\t', '\n', '\r'];

/// A line of a unit, continuations joined.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Assignment {
    pub(crate) section: String,
    pub(crate) key: String,
    pub(crate) value: String,
}

/// Reads a unit; what systemd would complain about is an error.
pub(crate) fn read_unit(text: &str) -> Result<Vec<Assignment>, String> {
    let mut read = Vec::new();
    let mut section = String::new();
    let mut pending = String::new();
    // It ends a line at CR and NUL too.
    for line in text.split(['\n', '\r', '\0']) {
        let line = line.trim_start_matches(BLANKS);
        if line.starts_with(['#', ';']) {
            continue;
        }
        pending.push_str(line);
        if pending.len() >= LONGEST_LINE {
            return Err(format!("a line of {} bytes", pending.len()));
        }
        let backslashes = pending.len() - pending.trim_end_matches('\\').len();
        if backslashes % 2 == 1 {
            pending.pop();
            pending.push(' ');
            continue;
        }
        read_line(pending.trim_matches(BLANKS), &mut section, &mut read)?;
        pending.clear();
    }
    read_line(pending.trim_matches(BLANKS), &mut section, &mut read)?;
    Ok(read)
}

fn read_line(line: &str, section: &mut String, read: &mut Vec<Assignment>) -> Result<(), String> {
    if line.is_empty() {
        return Ok(());
    }
    if let Some(rest) = line.strip_prefix('[') {
        let name = rest
            .strip_suffix(']')
            .ok_or_else(|| format!("a header `{line}`"))?;
        name.clone_into(section);
        return Ok(());
    }
    let (key, value) = line
        .split_once('=')
        .ok_or_else(|| format!("no assignment: `{line}`"))?;
    if section.is_empty() {
        return Err(format!("`{line}` before any section"));
    }
    read.push(Assignment {
        section: section.clone(),
        key: key.trim_matches(BLANKS).to_owned(),
        value: value.trim_matches(BLANKS).to_owned(),
    });
    Ok(())
}

/// Splits the value of `ExecStart=` and its like into commands, and each into its arguments.
pub(crate) fn split_commands(value: &str) -> Result<Vec<Vec<String>>, String> {
    let mut commands = vec![Vec::new()];
    let mut rest = value.trim_start_matches(BLANKS);
    while !rest.is_empty() {
        if rest == ";"
            || rest
                .strip_prefix(';')
                .is_some_and(|r| r.starts_with(BLANKS))
        {
            commands.push(Vec::new());
            rest = &rest[1..];
        } else if let Some(after) = rest.strip_prefix("\\;")
            && (after.is_empty() || after.starts_with(BLANKS))
        {
            commands.last_mut().unwrap().push(";".to_owned());
            rest = after;
        } else {
            let (word, after) = first_word(rest)?;
            commands.last_mut().unwrap().push(word);
            rest = after;
        }
        rest = rest.trim_start_matches(BLANKS);
    }
    Ok(commands)
}

fn first_word(text: &str) -> Result<(String, &str), String> {
    let mut word = String::new();
    let mut quote = None;
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match (c, quote) {
            ('\\', _) => {
                let (decoded, length) =
                    decode(&text[at + 1..]).ok_or_else(|| format!("an escape in `{text}`"))?;
                word.push(decoded);
                for _ in 0..length {
                    chars.next();
                }
            }
            (c, Some(q)) if c == q => quote = None,
            ('"' | '\'', None) => quote = Some(c),
            (c, None) if BLANKS.contains(&c) => return Ok((word, &text[at..])),
            _ => word.push(c),
        }
    }
    match quote {
        Some(_) => Err(format!("an open quote in `{text}`")),
        None => Ok((word, "")),
    }
}

/// Returns the character of an escape, and how many it is written with.
fn decode(rest: &str) -> Option<(char, usize)> {
    let first = rest.chars().next()?;
    let number = |skip: usize, length: usize, radix| {
        let number = u32::from_str_radix(rest.get(skip..skip + length)?, radix).ok()?;
        let c = char::from_u32(number).filter(|&c| c != '\0')?;
        Some((c, skip + length))
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
        '\\' | '"' | '\'' => first,
        'x' => return number(1, 2, 16),
        'u' => return number(1, 4, 16),
        'U' => return number(1, 8, 16),
        '0'..='3' => return number(0, 3, 8),
        _ => return None,
    };
    Some((simple, 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cr_ends_a_line_and_a_backslash_goes_on() {
        let read = read_unit("# x\n[S]\nA=1\rB=2 \\\n; no\n 3\nC=a\\\\\n").unwrap();
        let pairs: Vec<_> = read
            .iter()
            .map(|a| (a.key.as_str(), a.value.as_str()))
            .collect();
        assert_eq!(pairs, [("A", "1"), ("B", "2  3"), ("C", "a\\\\")]);
        assert!(read_unit("A=1\n").is_err());
        assert!(read_unit("[S\nA=1\n").is_err());
    }

    #[test]
    fn a_lone_semicolon_begins_another_command() {
        let words = |text| split_commands(text).unwrap();
        assert_eq!(words("a b ; c"), [vec!["a", "b"], vec!["c"]]);
        assert_eq!(
            words("a \";\" \\; 'x y'\"z\\x20\""),
            [["a", ";", ";", "x yz "]]
        );
        assert!(split_commands("a \\q").is_err());
        assert!(split_commands("a 'b").is_err());
    }
}
