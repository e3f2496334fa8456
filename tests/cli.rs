//! The command as people see it: what it prints and how it ends. Each test has a small root of its
//! own and a cleared environment.

#![allow(clippy::unwrap_used, reason = "a test may end here")]

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use insta::assert_snapshot;
use tempfile::TempDir;

/// A root, and `wharf` in it.
struct Root {
    folder: TempDir,
}

const WEB: &str = "[Container]\nImage=docker.io/library/nginx:1\nPublishPort=8080:80\n";

impl Root {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// A root with a little of everything.
    fn with_definitions() -> Self {
        let root = Self::new();
        root.write(
            "etc/containers/web.container",
            "[Unit]\nDescription=The site\n\n[Container]\nImage=docker.io/library/nginx:1\n\
             PublishPort=8080:80\nVolume=data.volume:/data\nEnvironment=\"NAME=a b\"\n",
        );
        root.write(
            "etc/containers/web.container.d/10-memory.conf",
            "[Container]\nMemory=1g\n",
        );
        root.write("etc/containers/data.volume", "[Volume]\n");
        root.write(
            "etc/containers/job@.container",
            "[Container]\nImage=docker.io/library/job:1\n\n[Install]\nWantedBy=default.target\n\
             Alias=task@.service\nDefaultInstance=one\n",
        );
        root.write(
            "etc/containers/apps/blog/blog.pod",
            "[Pod]\nPublishPort=9090:90\n",
        );
        root.write(
            "etc/containers/apps/blog/php.container",
            "[Container]\nImgae=docker.io/library/php:8\nPod=blog.pod\nReadOnly=maybe\n",
        );
        root.write("etc/containers/systemd/old.container", WEB);
        root.write("etc/containers/users/mail.container", WEB);
        root
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wharf"));
        command.args(arguments).env_clear().current_dir(self.path());
        command.env("HOME", "/home/joe");
        command.output().unwrap()
    }

    /// Runs `wharf` in the root, for the system, and returns all that a person sees.
    fn see(&self, line: &str) -> String {
        let mut arguments: Vec<&str> = line.split(' ').collect();
        let path = self.path().to_str().unwrap();
        arguments.extend(["--root", path]);
        if !line.contains("--user") && !line.contains("--global") {
            arguments.push("--system");
        }
        self.picture(line, &self.run(&arguments))
    }

    /// Runs several lines.
    fn see_all(&self, lines: &[&str]) -> String {
        let seen: Vec<String> = lines.iter().map(|line| self.see(line)).collect();
        seen.join("\n")
    }

    fn picture(&self, line: &str, output: &Output) -> String {
        let mut text = format!(
            "$ wharf {line}\n{}",
            String::from_utf8_lossy(&output.stdout)
        );
        for said in String::from_utf8_lossy(&output.stderr).lines() {
            text.extend(["2> ", said, "\n"]);
        }
        let status = output.status.code().unwrap().to_string();
        text.extend(["= ", &status, "\n"]);
        let real = self.path().canonicalize().unwrap();
        let text = text.replace(real.to_str().unwrap(), "$ROOT");
        // What stands in a column with paths is as far from the next one as the root is long.
        let narrow = |line: &str| match line.strip_prefix("-  ") {
            Some(rest) => format!("-  {}\n", rest.trim_start()),
            None => format!("{line}\n"),
        };
        text.lines().map(narrow).collect()
    }

    /// Returns all links below a folder, as `PATH -> TARGET`.
    fn links(&self, folder: &str) -> Vec<String> {
        fn walk(root: &Path, folder: &Path, links: &mut Vec<String>) {
            for entry in fs::read_dir(folder).into_iter().flatten() {
                let path = entry.unwrap().path();
                if path.is_symlink() {
                    let target = fs::read_link(&path).unwrap();
                    let path = path.strip_prefix(root).unwrap();
                    links.push(format!("{} -> {}", path.display(), target.display()));
                } else if path.is_dir() {
                    walk(root, &path, links);
                }
            }
        }
        let mut links = Vec::new();
        walk(self.path(), &self.path().join(folder), &mut links);
        links.sort();
        links
    }
}

#[test]
fn help_tells_of_every_verb() {
    let root = Root::new();
    let mut text = root.picture("--help", &root.run(&["--help"]));
    for verb in [
        "check",
        "list",
        "show",
        "enable",
        "disable",
        "completions",
        "man",
    ] {
        text.push_str(&root.picture(&format!("{verb} -h"), &root.run(&[verb, "-h"])));
    }
    assert_snapshot!("help", text);
}

#[test]
fn version_is_that_of_the_package() {
    let output = Root::new().run(&["--version"]);
    let version = format!("wharf {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(String::from_utf8(output.stdout).unwrap(), version);
}

#[test]
fn a_call_that_makes_no_sense_ends_with_2() {
    let root = Root::with_definitions();
    for line in [
        "nonsense",
        "show",
        "list --format xml",
        "show web --command --origin",
        "list --user --system",
    ] {
        let output = root.run(&line.split(' ').collect::<Vec<_>>());
        assert_eq!(output.status.code(), Some(2), "{line}");
        assert!(
            output.stdout.is_empty() && !output.stderr.is_empty(),
            "{line}"
        );
    }
    let output = root.run(&["list", "--root", "/does/not/exist"]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn show_prints_the_unit() {
    assert_snapshot!("show", Root::with_definitions().see("show web"));
}

#[test]
fn show_prints_what_the_generator_writes() {
    let root = Root::with_definitions();
    let folder = root.path().join("etc/containers");
    let generator = Command::new(env!("CARGO_BIN_EXE_wharf-generator"))
        .args(["--dryrun", "--no-kmsg-log"])
        .env_clear()
        .env("QUADLET_UNIT_DIRS", &folder)
        .output()
        .unwrap();
    let written = String::from_utf8(generator.stdout).unwrap();
    let shown = Command::new(env!("CARGO_BIN_EXE_wharf"))
        .args(["show", "web"])
        .env_clear()
        .env("QUADLET_UNIT_DIRS", &folder)
        .output()
        .unwrap();
    let shown = String::from_utf8(shown.stdout).unwrap();
    assert!(shown.starts_with("# Generated by Wharf from "));
    assert!(
        written.contains(&format!("---web.service---\n{shown}")),
        "{written}\n{shown}"
    );
}

#[test]
fn show_takes_the_names_of_file_service_and_instance() {
    let root = Root::with_definitions();
    let unit = |name: &str| {
        let seen = root.see(&format!("show {name}"));
        seen.split_once('\n').unwrap().1.to_owned()
    };
    assert_eq!(unit("web"), unit("web.container"));
    assert_eq!(unit("web"), unit("web.service"));
    assert_eq!(unit("data"), unit("data-volume.service"));
    assert_eq!(unit("job@"), unit("job@three"));
    root.write("etc/containers/data.network", "[Network]\n");
    assert_snapshot!(
        "show-names",
        root.see_all(&["show data", "show wbe", "show nothing-like-it"])
    );
}

#[test]
fn show_prints_commands_and_their_origin() {
    let root = Root::with_definitions();
    let lines = [
        "show web --command",
        "show web --origin",
        "show blog --command",
    ];
    assert_snapshot!("show-command", root.see_all(&lines));
}

#[test]
fn show_says_why_a_definition_is_broken() {
    assert_snapshot!(
        "show-broken",
        Root::with_definitions().see("show php --command")
    );
}

#[test]
fn show_takes_files_that_are_not_installed() {
    let root = Root::new();
    root.write("repo/app/web.container", WEB);
    root.write("repo/app/data.volume", "[Volume]\n");
    root.write("repo/containers/systemd/old.container", WEB);
    let lines = [
        "show -f repo/app",
        "show -f repo/app/data.volume",
        "show -f repo/containers/systemd/old.container --command",
        "show -f repo/app nothing",
        "show -f repo/nothing",
    ];
    assert_snapshot!("show-files", root.see_all(&lines));
}

#[test]
fn list_is_a_table() {
    let root = Root::with_definitions();
    assert_snapshot!(
        "list",
        root.see_all(&["list", "list --user", "list --format json"])
    );
}

#[test]
fn list_keeps_a_name_in_its_line() {
    let root = Root::new();
    root.write("etc/containers/a\nb\u{1b}[31m.container", WEB);
    assert_snapshot!("list-odd-name", root.see("list"));
}

#[test]
fn check_tells_every_problem() {
    let root = Root::with_definitions();
    root.write(
        "etc/containers/bad.container",
        "[Container]\nVolume=\n nonsense\n",
    );
    let lines = [
        "check",
        "check -v",
        "check etc/containers/apps/blog/php.container",
        "check etc/containers/web.container etc/containers/data.volume",
        "check etc/containers/apps",
        "check etc/nothing",
    ];
    assert_snapshot!("check", root.see_all(&lines));
}

#[test]
fn check_ends_with_0_where_there_are_only_warnings() {
    let root = Root::new();
    root.write(
        "etc/containers/web.container",
        "[Container]\nImage=docker.io/library/a:1\nReadOnly=maybe\n",
    );
    assert_snapshot!("check-warning", root.see("check"));
}

#[test]
fn check_judges_a_file_with_the_folder_it_is_in() {
    let root = Root::new();
    root.write(
        "repo/web.container",
        &format!("{WEB}Volume=data.volume:/data\nNetwork=lan.network\n"),
    );
    root.write("repo/data.volume", "[Volume]\nNonsense=1\n");
    root.write("repo/web.container.d/a.conf", "[Container]\nNonsense=1\n");
    let lines = ["check repo/web.container", "check repo"];
    assert_snapshot!("check-outside", root.see_all(&lines));
}

#[test]
fn check_tells_of_units_that_have_the_name_already() {
    let root = Root::new();
    root.write("etc/containers/web.container", WEB);
    root.write("etc/containers/mine.container", WEB);
    root.write("etc/containers/packaged.container", WEB);
    root.write(
        "run/systemd/system/web.service",
        "[Service]\nExecStart=true\n",
    );
    root.write(
        "run/systemd/system/mine.service",
        "# Generated by Wharf from /x\n",
    );
    root.write(
        "usr/lib/systemd/system/packaged.service",
        "[Service]\nExecStart=true\n",
    );
    assert_snapshot!("check-units", root.see("check"));
}

#[test]
fn enable_makes_systemctls_links_and_disable_removes_them() {
    let root = Root::with_definitions();
    root.write(
        "etc/containers/all.container",
        &format!(
            "{WEB}[Install]\nWantedBy=a.target b.target\nRequiredBy=c.service\nUpheldBy=d.target\n\
             Alias=everything.service\nAlso=web.service proxy.socket\n"
        ),
    );
    let made = root.see_all(&["enable all job@blue job@ blog data", "enable all web"]);
    let links = root.links("etc/systemd").join("\n");
    let removed = root.see_all(&["disable job@blue", "disable all job@ blog", "disable all"]);
    assert_eq!(root.links("etc/systemd"), [""; 0]);
    assert_snapshot!("enable", format!("{made}\n{links}\n\n{removed}"));
}

#[test]
fn enable_for_all_users_takes_their_common_definitions() {
    let root = Root::with_definitions();
    let made = root.see("enable --global mail");
    let links = root.links("etc/systemd");
    let target = "/run/systemd/user/mail.service";
    assert_eq!(
        links,
        [format!(
            "etc/systemd/user/default.target.wants/mail.service -> {target}"
        )]
    );
    let removed = root.see_all(&["enable --global web", "disable --global mail"]);
    assert_eq!(root.links("etc/systemd"), [""; 0]);
    assert_snapshot!("enable-global", format!("{made}\n{removed}"));
}

#[test]
fn enable_says_why_it_cannot() {
    let root = Root::with_definitions();
    root.write(
        "etc/containers/odd.container",
        &format!("{WEB}[Install]\nWantedBy=../../x.target\n"),
    );
    root.write(
        "etc/containers/held.container",
        &format!("{WEB}[Install]\nAlias=taken.service\n"),
    );
    root.write("etc/containers/masked.container", WEB);
    root.write("etc/containers/edited.container", WEB);
    root.write(
        "etc/systemd/system/taken.service",
        "[Service]\nExecStart=true\n",
    );
    root.write(
        "etc/systemd/system/edited.service",
        "[Service]\nExecStart=true\n",
    );
    symlink(
        "/dev/null",
        root.path().join("etc/systemd/system/masked.service"),
    )
    .unwrap();
    let lines = [
        "enable web old",
        "enable php",
        "enable odd",
        "enable held",
        "enable masked",
        "enable edited",
        "enable wbe",
        "disable wbe",
        "disable old",
        "enable --user web",
    ];
    let mut seen = root.see_all(&lines);
    for line in ["enable web", "disable web"] {
        let arguments: Vec<&str> = line.split(' ').chain(["--system"]).collect();
        seen.extend(["\n", &root.picture(line, &root.run(&arguments))]);
    }
    assert_eq!(
        root.links("etc/systemd"),
        ["etc/systemd/system/masked.service -> /dev/null"]
    );
    assert_snapshot!("enable-refused", seen);
}

#[test]
fn enable_stays_below_the_root() {
    let root = Root::with_definitions();
    let outside = tempfile::tempdir().unwrap();
    fs::create_dir_all(root.path().join("etc/systemd")).unwrap();
    symlink(outside.path(), root.path().join("etc/systemd/system")).unwrap();
    let seen = root.see("enable web");
    assert!(seen.ends_with("= 1\n"), "{seen}");
    assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 0, "{seen}");
}

#[test]
fn disable_removes_what_an_earlier_version_asked_for() {
    let root = Root::new();
    let section = "[Install]\nWantedBy=a.target\nAlias=site.service\n";
    root.write("etc/containers/web.container", &format!("{WEB}{section}"));
    root.see("enable web");
    root.write("etc/containers/web.container", WEB);
    let foreign = root
        .path()
        .join("etc/systemd/system/a.target.wants/other.service");
    symlink("/run/systemd/system/other.service", &foreign).unwrap();
    root.see("disable web");
    assert_eq!(
        root.links("etc/systemd").len(),
        1,
        "only that of another unit"
    );
    fs::remove_file(root.path().join("etc/containers/web.container")).unwrap();
    root.see("disable other");
    assert_eq!(
        root.links("etc/systemd"),
        [""; 0],
        "also where the definition is gone"
    );
}

#[test]
fn completions_and_pages_are_written() {
    let root = Root::new();
    for shell in ["bash", "zsh", "fish"] {
        let output = root.run(&["completions", shell]);
        let script = String::from_utf8(output.stdout).unwrap();
        assert!(
            output.status.success() && script.contains("completions"),
            "{shell}"
        );
    }
    assert!(root.run(&["man", "pages"]).status.success());
    assert!(root.path().join("pages/wharf-definition.5").exists());
}

#[test]
fn a_closed_pipe_is_no_failure() {
    let root = Root::with_definitions();
    let mut child = Command::new(env!("CARGO_BIN_EXE_wharf"))
        .args(["list", "--system", "--root"])
        .arg(root.path())
        .env_clear()
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert!(output.stderr.is_empty(), "{output:?}");
}

#[test]
fn output_that_cannot_be_written_is_a_failure() {
    let root = Root::with_definitions();
    let output = Command::new(env!("CARGO_BIN_EXE_wharf"))
        .args(["list", "--system", "--root"])
        .arg(root.path())
        .env_clear()
        .stdout(fs::File::create("/dev/full").unwrap())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        String::from_utf8_lossy(&output.stderr).contains("cannot write"),
        "{output:?}"
    );
}
