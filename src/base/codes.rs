//! The kinds of problems: one row each. A number never changes its meaning and is never used again.
//!
//! Blocks: 00xx syntax, 01xx keys and sections, 02xx values, 03xx names and references, 04xx keys
//! that contradict each other, 09xx files, folders and environment. `W` is for Wharf, not for
//! warning: a level may change, a number does not.

use std::fmt;

use super::diagnostic::Level::{self, Error, Note, Tolerated, Warning};

/// A kind of problem.
#[derive(Debug)]
pub struct Code {
    /// The number that people look up.
    pub number: u16,
    /// A name that reads as "allow X".
    pub name: &'static str,
    /// How much it matters.
    pub level: Level,
    /// What it is, in one sentence.
    pub title: &'static str,
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "W{:04}", self.number)
    }
}

macro_rules! codes {
    ($($constant:ident = $number:literal $name:literal $level:ident $title:literal;)*) => {
        $(
            #[doc = $title]
            pub const $constant: &Code =
                &Code { number: $number, name: $name, level: $level, title: $title };
        )*
        /// All of them, by number.
        pub const ALL: &[&Code] = &[$($constant),*];
    };
}

codes! {
    NOT_AN_ASSIGNMENT = 1 "not-an-assignment" Error "A line that is no section, assignment or comment.";
    BAD_SECTION = 2 "bad-section" Error "A section name that cannot be one.";
    KEY_BEFORE_SECTION = 3 "key-before-section" Error "An assignment before the first section.";
    CONTROL_CHARACTER = 4 "control-character" Error "A character within a value at which systemd would end the line.";
    NOT_UTF8 = 5 "not-utf8" Error "Bytes that are not UTF-8.";
    BYTE_ORDER_MARK = 6 "byte-order-mark" Warning "A byte-order mark at the beginning of a file.";
    UNFINISHED_LINE = 7 "unfinished-line" Warning "A continued line that nothing continues.";
    SWALLOWED_SECTION = 8 "swallowed-section" Warning "A section header that a continued line has swallowed.";
    GLUED_LINES = 9 "glued-lines" Warning "Two lines joined without a blank between them.";
    LONG_LINE = 10 "long-line" Error "A line longer than systemd reads.";

    UNKNOWN_SECTION = 101 "unknown-section" Warning "A section that nobody reads.";
    UNKNOWN_KEY = 102 "unknown-key" Error "A key that its section does not have.";
    MISSING_SECTION = 103 "missing-section" Warning "A definition without its kind's own section.";
    MISSING_KEY = 104 "missing-key" Error "A key that the kind cannot do without.";

    BAD_ESCAPE = 201 "bad-escape" Warning "An escape that does not exist; the line is dropped.";
    LOST_LINE = 202 "lost-line" Error "A line that cannot be split into words, of a key that protects something.";
    EMPTY_WORD = 203 "empty-word" Warning "An empty word between quotes.";
    NOT_A_BOOLEAN = 204 "not-a-boolean" Warning "A value that is neither yes nor no; it is read as no.";
    NOT_A_NUMBER = 205 "not-a-number" Error "A value that is no number.";
    OCTAL_NUMBER = 206 "octal-number" Warning "A number that is octal because it begins with 0.";
    EMPTY_VALUE = 207 "empty-value" Warning "An empty value that is taken as not set.";
    OPTION_AS_VALUE = 208 "option-as-value" Error "A value that Podman would take for an option.";
    BAD_PORT = 209 "bad-port" Error "A port that is none.";
    BAD_MOUNT = 210 "bad-mount" Error "A mount that cannot be read.";
    LITERAL_QUOTES = 211 "literal-quotes" Warning "Quotes that stay part of the value.";
    INNER_QUOTES = 212 "inner-quotes" Warning "Several quoted words where one value is meant.";
    BAD_SERVICE_TYPE = 213 "bad-service-type" Error "A service type or kill mode that does not work with a container.";
    BAD_REMAP = 215 "bad-remap" Error "A user mapping that cannot be.";
    YAML_URL = 216 "yaml-url" Error "A URL where a file is needed.";
    ODD_PATH = 217 "odd-path" Warning "A path that is not what it looks like.";
    BAD_SERVICE_NAME = 218 "bad-service-name" Error "A name that systemd does not take for a service.";
    DOUBLE_SUFFIX = 219 "double-suffix" Warning "A service name with `.service` at its end, to which another is added.";
    BAD_WORKING_DIRECTORY = 220 "bad-working-directory" Error "A folder or context for Podman that cannot be told.";
    LOOSE_PORT = 221 "loose-port" Warning "A port with something before it that Podman will refuse.";
    SHORT_IMAGE_NAME = 222 "short-image-name" Warning "An image name without a registry.";
    NOT_A_POD = 223 "not-a-pod" Error "A pod that is not named by a `.pod` definition.";

    UNKNOWN_REFERENCE = 301 "unknown-reference" Error "A reference to a definition that does not exist.";
    BROKEN_REFERENCE = 302 "broken-reference" Error "A reference to a definition that is broken itself.";
    NAMELESS_REFERENCE = 303 "nameless-reference" Error "A reference to something whose name is known only when it runs.";
    REFERENCE_CYCLE = 304 "reference-cycle" Error "Definitions that need each other in a circle.";
    TEMPLATE_POD = 305 "template-pod" Error "A container in a pod that is a template.";
    REFERENCE_TO_NATIVE = 306 "reference-to-native" Error "A reference from a Quadlet folder to a definition of Wharf's own folders.";
    SERVICE_TWICE = 307 "service-twice" Error "Two definitions of one service.";
    DEFINED_TWICE = 308 "defined-twice" Warning "A definition in a Quadlet folder that one in Wharf's own folders replaces.";
    SHADOWED = 309 "shadowed" Note "A definition that one of higher priority replaces.";
    PACKAGED_UNIT = 310 "packaged-unit" Error "A service with the name of a unit that a package brought.";
    CONTAINER_NETWORK_OPTIONS = 311 "container-network-options" Error "Options for the network of another container.";
    ODD_REFERENCE = 312 "odd-reference" Warning "A reference to a kind that does not belong there.";

    SPECIFIER_IN_NAME = 313 "specifier-in-name" Warning "A name with a specifier that another unit reads its own way.";
    BROKEN_SHADOWS = 314 "broken-shadows" Warning "A broken definition before one of lower priority.";
    ALIAS_OF_ANOTHER = 315 "alias-of-another" Tolerated "An alias that is the name of another definition's service.";

    IMAGE_AND_ROOTFS = 401 "image-and-rootfs" Error "An image and a root file system at once.";
    GROUP_WITHOUT_USER = 402 "group-without-user" Error "A group without a user.";
    RELOAD_TWICE = 403 "reload-twice" Error "Two ways to reload.";
    MAPPING_CONFLICT = 404 "mapping-conflict" Error "Two ways to map users.";
    SUBNET_MISMATCH = 405 "subnet-mismatch" Error "A gateway or range without its subnet.";
    VOLUME_OPTIONS = 406 "volume-options" Error "A volume option without what it applies to.";
    OVERRIDDEN = 407 "overridden" Warning "A setting of the service that the generated one replaces.";
    USER_IN_SERVICE = 408 "user-in-service" Warning "A user for the whole service.";
    CONTEXT_DROPPED = 409 "context-dropped" Warning "A build context that the service's working directory replaces.";
    TEMPLATE_NAME = 410 "template-name" Warning "A template whose service is none.";
    CUT_INSTANCE_NAME = 411 "cut-instance-name" Warning "A name of a volume or network whose instance is cut.";
    SHARED_POD_NAME = 412 "shared-pod-name" Warning "A pod template whose instances all have one name.";
    SOURCE_PATH = 413 "source-path" Warning "A `SourcePath=` beside the generated one.";

    UNREADABLE = 901 "unreadable" Error "A file or folder that cannot be read.";
    DANGLING_LINK = 902 "dangling-link" Error "A link that leads nowhere.";
    NOT_A_FILE = 903 "not-a-file" Warning "Something with a definition's name that is no file.";
    BAD_UNIT_DIR = 904 "bad-unit-dir" Warning "A path in `QUADLET_UNIT_DIRS` that is not absolute.";
    NO_HOME = 905 "no-home" Warning "A user without a home.";
    DROPIN_NAME = 906 "dropin-name" Warning "A folder for definitions that is named as one for drop-ins.";
    USERS_FOLDER = 907 "users-folder" Warning "Definitions of users that the system does not read.";
    MASKED = 908 "masked" Note "A definition that a link to `/dev/null` hides.";
    CANNOT_WRITE = 909 "cannot-write" Error "A unit that cannot be written.";
    CANNOT_LINK = 910 "cannot-link" Tolerated "A link of `[Install]` that cannot be made.";
    NO_RUNTIME_FOLDER = 911 "no-runtime-folder" Warning "A folder for runtime units that cannot be written.";
    FOREIGN_UNIT = 912 "foreign-unit" Error "A unit of that name that Wharf did not write.";
    BAD_FILE_NAME = 913 "bad-file-name" Error "A file name that no unit can have.";
    TOO_LARGE = 914 "too-large" Error "More text than one run takes.";
    NULL_DEFAULT = 915 "null-default" Warning "A link to `/dev/null` that makes a default unit instead of hiding one.";
    NOT_A_FOLDER = 916 "not-a-folder" Error "Something with the name of a folder for drop-ins that is no folder.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_rise_and_names_are_unique() {
        assert!(ALL.windows(2).all(|w| w[0].number < w[1].number));
        for (i, code) in ALL.iter().enumerate() {
            assert!(
                ALL.iter().skip(i + 1).all(|c| c.name != code.name),
                "{}",
                code.name
            );
            assert!(code.title.ends_with('.'), "{}", code.name);
        }
    }
}
