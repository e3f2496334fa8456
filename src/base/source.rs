//! The texts of one run and places in them.
//!
//! All texts lie one after another in one buffer that outlives the run; everything later borrows
//! from it. A place is an offset into that buffer, so it needs no file beside it and eight bytes
//! are enough for a [`Span`].

use std::fmt;
use std::rc::Rc;

/// A stretch of text: byte offsets into the buffer of one [`Sources`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// Offset of the first byte.
    pub start: u32,
    /// Offset behind the last byte.
    pub end: u32,
}

impl Span {
    /// Returns the span from `start` to `end`.
    pub const fn new(start: u32, end: u32) -> Self {
        Self { start, end }
    }
}

/// A text of one [`Sources`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileId(u32);

/// A folder of one [`Sources`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DirId(u32);

#[derive(Debug)]
struct File {
    start: u32,
    dir: DirId,
    name: Rc<str>,
}

/// A line and a column, both from 1; the column counts characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// Which file.
    pub file: FileId,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

/// Collects texts while folders are read.
#[derive(Debug, Default)]
pub struct SourcesBuilder {
    root: Box<str>,
    bytes: Vec<u8>,
    dirs: Vec<Box<str>>,
    files: Vec<File>,
}

/// The most text of one run, bytes. Far more than anybody writes, and, even if all of it has to be
/// replaced for not being UTF-8, within what a [`Span`] can address.
pub const LARGEST: usize = 256 << 20;

/// More text than one run takes.
#[derive(Debug)]
pub struct TooLarge;

impl SourcesBuilder {
    /// Starts without any text. All paths lie under `root`, which units do not know of.
    pub fn new(root: &str) -> Self {
        Self {
            root: root.into(),
            ..Self::default()
        }
    }

    /// Adds a folder by its path.
    pub fn add_dir(&mut self, path: &str) -> DirId {
        self.dirs.push(path.into());
        DirId(index(self.dirs.len() - 1))
    }

    /// Returns a folder's path.
    pub fn dir(&self, dir: DirId) -> &str {
        self.dirs.get(dir.0 as usize).map_or("", |d| d)
    }

    /// Starts a file; what is appended to [`Self::buffer`] from now on is its text.
    pub fn add_file(&mut self, dir: DirId, name: impl Into<Rc<str>>) -> FileId {
        self.files.push(File {
            start: index(self.bytes.len()),
            dir,
            name: name.into(),
        });
        FileId(index(self.files.len() - 1))
    }

    /// Returns the buffer that holds all texts; texts are only ever appended.
    pub fn buffer(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }

    /// Refuses what has been appended since `length` when offsets no longer fit a span.
    pub fn keep_addressable(&mut self, length: usize) -> Result<(), TooLarge> {
        if self.bytes.len() > LARGEST {
            self.bytes.truncate(length);
            return Err(TooLarge);
        }
        Ok(())
    }

    /// Returns the path of a file added before.
    pub fn path(&self, file: FileId) -> String {
        path_of(&self.dirs, &self.files, file)
    }

    /// Checks all texts for UTF-8. Bytes that are none become U+FFFD, and their places are kept.
    pub fn finish(self) -> Sources {
        let Self {
            root,
            bytes,
            dirs,
            mut files,
        } = self;
        let mut replaced = Vec::new();
        let text = match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => {
                let bytes = error.into_bytes();
                let mut text = String::with_capacity(bytes.len() + 64);
                for i in 0..files.len() {
                    let start = files.get(i).map_or(0, |f| f.start as usize);
                    let end = files.get(i + 1).map_or(bytes.len(), |f| f.start as usize);
                    if let Some(file) = files.get_mut(i) {
                        file.start = index(text.len());
                    }
                    for chunk in bytes.get(start..end).unwrap_or_default().utf8_chunks() {
                        text.push_str(chunk.valid());
                        if !chunk.invalid().is_empty() {
                            replaced.push(index(text.len()));
                            text.push('\u{fffd}');
                        }
                    }
                }
                text
            }
        };
        Sources {
            root,
            text,
            dirs,
            files,
            replaced,
        }
    }
}

/// The texts of one run.
#[derive(Debug)]
pub struct Sources {
    root: Box<str>,
    text: String,
    dirs: Vec<Box<str>>,
    files: Vec<File>,
    replaced: Vec<u32>,
}

impl Sources {
    /// Returns the text of a span; empty if it is none of this buffer.
    pub fn text(&self, span: Span) -> &str {
        self.text
            .get(span.start as usize..span.end as usize)
            .unwrap_or("")
    }

    /// Returns the whole span of a file.
    pub fn span(&self, file: FileId) -> Span {
        let start = self.files.get(file.0 as usize).map_or(0, |f| f.start);
        let end = self
            .files
            .get(file.0 as usize + 1)
            .map_or(index(self.text.len()), |f| f.start);
        Span::new(start, end)
    }

    /// Returns the path of a file as it was found.
    pub fn path(&self, file: FileId) -> String {
        path_of(&self.dirs, &self.files, file)
    }

    /// Returns the path that a file has on the system that the units are for.
    pub fn path_in_unit(&self, file: FileId) -> String {
        let name = self.files.get(file.0 as usize).map_or("", |f| &f.name);
        join(self.dir_in_unit(file), name)
    }

    /// Returns the folder that a file was found in, as units know it.
    pub fn dir_in_unit(&self, file: FileId) -> &str {
        let dir = self.dir_of(file);
        dir.strip_prefix(&*self.root).unwrap_or(dir)
    }

    fn dir_of(&self, file: FileId) -> &str {
        let dir = self.files.get(file.0 as usize).map(|f| f.dir);
        dir.and_then(|d| self.dirs.get(d.0 as usize))
            .map_or("", |d| d)
    }

    /// Returns the first place in `span` where bytes were not UTF-8.
    pub fn first_replaced(&self, span: Span) -> Option<Span> {
        let at = self.replaced.partition_point(|&r| r < span.start);
        let place = *self.replaced.get(at)?;
        (place < span.end).then(|| Span::new(place, place + 3))
    }

    /// Returns the file that an offset lies in.
    pub fn file_at(&self, offset: u32) -> FileId {
        FileId(index(
            self.files
                .partition_point(|f| f.start <= offset)
                .saturating_sub(1),
        ))
    }

    /// Returns a reader of positions for offsets that do not go down.
    pub fn locator(&self) -> Locator<'_> {
        Locator {
            sources: self,
            file: FileId(u32::MAX),
            offset: 0,
            line: 1,
            column: 1,
        }
    }
}

/// Turns offsets into lines and columns in one walk over the text, so that any number of
/// diagnostics costs no more than reading the files once.
#[derive(Debug)]
pub struct Locator<'a> {
    sources: &'a Sources,
    file: FileId,
    offset: u32,
    line: u32,
    column: u32,
}

impl Locator<'_> {
    /// Returns the position of `offset`, which must not be smaller than the one asked before.
    pub fn position(&mut self, offset: u32) -> Position {
        let file = self.sources.file_at(offset);
        if file != self.file {
            let start = self.sources.span(file).start;
            *self = Self {
                sources: self.sources,
                file,
                offset: start,
                line: 1,
                column: 1,
            };
            let head = self
                .sources
                .text(Span::new(start, self.sources.span(file).end));
            if head.starts_with('\u{feff}') && offset > start {
                self.offset += 3; // a byte-order mark takes no column
            }
        }
        for &byte in self.sources.text(Span::new(self.offset, offset)).as_bytes() {
            if byte == b'\n' {
                self.line += 1;
                self.column = 1;
            } else if byte & 0xc0 != 0x80 {
                self.column += 1;
            }
        }
        self.offset = self.offset.max(offset);
        Position {
            file,
            line: self.line,
            column: self.column,
        }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

fn path_of(dirs: &[Box<str>], files: &[File], file: FileId) -> String {
    let Some(file) = files.get(file.0 as usize) else {
        return String::new();
    };
    join(dirs.get(file.dir.0 as usize).map_or("", |d| d), &file.name)
}

fn join(dir: &str, name: &str) -> String {
    let slash = if dir.ends_with('/') { "" } else { "/" };
    [dir, slash, name].concat()
}

/// Narrows a length that [`SourcesBuilder::keep_addressable`] has bounded.
#[expect(
    clippy::cast_possible_truncation,
    reason = "texts are bounded by `LARGEST`"
)]
const fn index(length: usize) -> u32 {
    length as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn two_files() -> Sources {
        let mut builder = SourcesBuilder::default();
        let dir = builder.add_dir("/d");
        builder.add_file(dir, "a");
        builder.buffer().extend_from_slice("ä=1\nb=2\n".as_bytes());
        builder.add_file(dir, "b");
        builder.buffer().extend_from_slice(b"c=\xff\nd=4\n");
        builder.finish()
    }

    #[test]
    fn columns_count_characters_and_lines_start_anew_in_each_file() {
        let sources = two_files();
        let mut locator = sources.locator();
        let at = |p: Position| (sources.path(p.file), p.line, p.column);
        assert_eq!(at(locator.position(2)), ("/d/a".into(), 1, 2));
        assert_eq!(at(locator.position(5)), ("/d/a".into(), 2, 1));
        assert_eq!(at(locator.position(9)), ("/d/b".into(), 1, 1));
        assert_eq!(at(locator.position(15)), ("/d/b".into(), 2, 1));
    }

    #[test]
    fn bytes_that_are_not_utf8_are_replaced_and_their_place_is_known() {
        let sources = two_files();
        let file = sources.file_at(9);
        assert_eq!(sources.text(sources.span(file)), "c=\u{fffd}\nd=4\n");
        assert_eq!(
            sources.first_replaced(sources.span(file)),
            Some(Span::new(11, 14))
        );
        assert_eq!(sources.first_replaced(Span::new(0, 9)), None);
    }
}
