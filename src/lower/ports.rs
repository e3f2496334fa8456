//! `ExposeHostPort=`, the one port key that is checked.

use super::{Argv, Lowering};
use crate::base::codes;
use crate::syntax::read::Assigned;

impl<'a> Lowering<'a, '_> {
    /// Appends `--expose` for each line.
    pub(super) fn exposed_ports(&mut self, assigned: Assigned<'a>, argv: &mut Argv) {
        for value in assigned.lines() {
            let port = value.text.trim();
            match port_starts_at(port) {
                None => {
                    let message = format!("`{port}` is no port");
                    let help = "write `PORT` or `FROM-TO`, and `/tcp`, `/udp` or `/sctp` behind it if needed";
                    self.error(codes::BAD_PORT, value.whole(), message, help);
                }
                Some(0) => argv.option("--expose", port, Some(value.whole())),
                Some(_) => {
                    let message = format!("`{port}` has more in it than a port");
                    self.warn(
                        codes::LOOSE_PORT,
                        value.whole(),
                        message,
                        "write the port alone",
                    );
                    argv.option("--expose", port, Some(value.whole()));
                }
            }
        }
    }
}

/// Returns where in a text the port at its end begins.
fn port_starts_at(text: &str) -> Option<usize> {
    let number = ["/tcp", "/udp", "/sctp"]
        .iter()
        .find_map(|p| text.strip_suffix(p))
        .unwrap_or(text);
    let without = |t: &str| t.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let mut start = without(number);
    if start == number.len() {
        return None;
    }
    if let Some(range) = number.get(..start).and_then(|t| t.strip_suffix('-')) {
        let first = without(range);
        if first < range.len() {
            start = first;
        }
    }
    Some(start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_found_at_the_end() {
        for good in ["80", "80-90", "80/tcp", "80-90/sctp"] {
            assert_eq!(port_starts_at(good), Some(0), "{good}");
        }
        assert_eq!(port_starts_at("abc80"), Some(3));
        assert_eq!(port_starts_at("x-80"), Some(2));
        for bad in ["", "http", "80/dccp", "-", "/tcp"] {
            assert_eq!(port_starts_at(bad), None, "{bad}");
        }
    }
}
