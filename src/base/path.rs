//! Paths as text, without a look at the disk: what Go's `filepath.Clean` and `Join` do, since the
//! paths of units have to come out as Quadlet's.

/// Returns `dir` joined with `rest` and cleaned: no `.`, no `..` that can be resolved, no `//`.
pub fn join(dir: &str, rest: &str) -> String {
    clean(&[dir, "/", rest].concat())
}

/// Returns the shortest path that means the same as text. An empty one is `.`.
pub fn clean(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|&last| last != "..") => {
                parts.pop();
            }
            ".." if rooted => {}
            part => parts.push(part),
        }
    }
    let joined = parts.join("/");
    match (rooted, joined.is_empty()) {
        (true, _) => ["/", &joined].concat(),
        (false, true) => ".".to_owned(),
        (false, false) => joined,
    }
}

/// Returns whether a value is left as it is where a path is expected: it begins with `/`, or with
/// a specifier of systemd (`%h`, but not the escaped `%%`).
pub fn is_absolute_or_specifier(path: &str) -> bool {
    path.starts_with('/') || (path.starts_with('%') && !path.starts_with("%%"))
}

/// Returns the folder of a path as text: everything before the last `/`, cleaned.
pub fn parent(path: &str) -> String {
    match path.rfind('/') {
        Some(0) => "/".to_owned(),
        Some(at) => clean(path.get(..at).unwrap_or(path)),
        None => ".".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_cleaned_as_go_does() {
        for (path, want) in [
            ("/a/./b//c/../d", "/a/b/d"),
            ("/../a", "/a"),
            ("../a/..", ".."),
            ("a/../../b", "../b"),
            ("", "."),
            ("/", "/"),
            ("a/", "a"),
        ] {
            assert_eq!(clean(path), want, "{path}");
        }
        assert_eq!(join("/d", "~/y"), "/d/~/y");
        assert_eq!(parent("/a/b"), "/a");
        assert_eq!(parent("/a"), "/");
        assert_eq!(parent("%h/CF"), "%h");
    }
}
