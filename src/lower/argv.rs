//! Command lines as lists of arguments, each with the line of the definition that made it.

use crate::base::source::Span;

/// A command line. The texts lie one behind another in one buffer.
#[derive(Clone, Debug)]
pub struct Argv {
    text: String,
    /// For each argument the end of its text and where it comes from.
    arguments: Vec<(usize, Option<Span>)>,
}

/// Where an argument comes from: an entry of a definition, or nothing for what is always there.
pub type Origin = Option<Span>;

impl Argv {
    /// Starts a command line with room for `bytes` in `count` arguments: growing step by step would
    /// take longer than all the rest.
    fn with_room(bytes: usize, count: usize) -> Self {
        Self {
            text: String::with_capacity(bytes),
            arguments: Vec::with_capacity(count),
        }
    }

    /// Starts the words that all commands of a unit begin with.
    pub fn base() -> Self {
        Self::with_room(32, 2)
    }

    /// Starts a short command with these words.
    #[must_use]
    pub fn short(&self) -> Self {
        self.copy(128, 8)
    }

    /// Starts a command with these words that has what most containers have.
    #[must_use]
    pub fn long(&self) -> Self {
        self.copy(1024, 64)
    }

    fn copy(&self, bytes: usize, count: usize) -> Self {
        let mut argv = Self::with_room(self.text.len() + bytes, self.arguments.len() + count);
        argv.text.push_str(&self.text);
        argv.arguments.extend_from_slice(&self.arguments);
        argv
    }

    /// Appends an argument that is always there.
    pub fn fixed(&mut self, argument: &str) {
        self.push(&[argument], None);
    }

    /// Appends arguments that are always there.
    pub fn all_fixed(&mut self, arguments: &[&str]) {
        for argument in arguments {
            self.fixed(argument);
        }
    }

    /// Appends an argument made of pieces.
    pub fn push(&mut self, pieces: &[&str], origin: Origin) {
        for piece in pieces {
            self.text.push_str(piece);
        }
        self.arguments.push((self.text.len(), origin));
    }

    /// Appends an option and its value, two arguments.
    pub fn option(&mut self, option: &str, value: &str, origin: Origin) {
        self.push(&[option], origin);
        self.push(&[value], origin);
    }

    /// Returns the arguments in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Origin)> {
        let mut from = 0;
        self.arguments.iter().map(move |&(to, origin)| {
            let argument = self.text.get(from..to).unwrap_or("");
            from = to;
            (argument, origin)
        })
    }

    /// Returns how many bytes the arguments have.
    pub fn bytes(&self) -> usize {
        self.text.len()
    }
}
