//! `wharf-generator(8)`: the program that systemd starts.

use super::roff::Roff;

pub(super) fn page() -> String {
    let mut page = Roff::new(
        "wharf-generator",
        8,
        "makes services of container definitions",
    );
    page.section("SYNOPSIS");
    page.paragraph("`/usr/lib/systemd/system-generators/wharf-system-generator` NORMAL EARLY LATE");
    page.paragraph("`/usr/lib/systemd/user-generators/wharf-user-generator` NORMAL EARLY LATE");
    page.paragraph("`/usr/libexec/wharf/wharf-generator` [OPTION…] NORMAL");

    page.section("DESCRIPTION");
    page.paragraph(
        "A generator of systemd's, systemd.generator(7): it runs at boot and at every `systemctl daemon-reload`, reads the \
         definitions, wharf-definition(5), and writes a service for each. It reads and writes files, and does nothing else.",
    );
    page.paragraph(
        "Units of Wharf's own folders are written to the folder for runtime units, `/run/systemd/system` or \
         `$XDG_RUNTIME_DIR/systemd/user`, so that `systemctl enable` takes them; those of Quadlet's folders to the \
         generator's own folder, NORMAL. A unit begins with a line that names its definition. A unit file without that line \
         is never replaced or removed.",
    );
    page.paragraph(
        "A definition with an error harms no other. A service stands in for it: starting that fails with the problem as its \
         status, stopping it removes what the last good version runs.",
    );
    page.paragraph(
        "Problems go to the journal, each in a line with file, line, column and code; `wharf check` tells the same. The \
         exit status is 1 if a definition has an error.",
    );

    page.section("OPTIONS");
    page.paragraph("Options are written as Quadlet's are, with one hyphen or two.");
    page.item("`--user`", "Make units for a user's manager. So it does if its name has `user` in it, unless `SYSTEMD_SCOPE` is `system`.");
    page.item("`--dryrun`", "Print the units; NORMAL is not needed.");
    page.item(
        "`--no-kmsg-log`",
        "Tell problems on standard error, not in the kernel's log.",
    );
    page.item("`-v`", "Tell notes too.");
    page.item("`--version`", "Print the version.");
    page.item("`--help`", "Print a short help.");
    page.item(
        "`--broken` TEXT",
        "Print TEXT and fail: what the service of a broken definition runs.",
    );

    page.section("ENVIRONMENT");
    page.item("`QUADLET_UNIT_DIRS`", "A list of folders, with `:` between them, in place of all others. There Quadlet's rules hold, and a broken definition gives no unit.");
    page.item(
        "`PODMAN`",
        "The path of Podman in the units; `/usr/bin/podman` unless set.",
    );
    page.item(
        "`SYSTEMD_SCOPE`",
        "`system` or `user`: which manager calls.",
    );
    page.item("`SYSTEMD_IN_INITRD`", "With `1` nothing is done.");

    page.section("SEE ALSO");
    page.paragraph("wharf(1), wharf-check(1), wharf-definition(5), systemd.generator(7), podman-systemd.unit(5)");
    page.finish()
}
