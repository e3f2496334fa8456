//! Installs the programs under test, as a package would, into a folder that is laid over a machine's root.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder of the crate.
const CRATE: &str = env!("CARGO_MANIFEST_DIR");

/// Returns the folder with the release programs.
pub(crate) fn find() -> Result<PathBuf, String> {
    let release = env::var_os("WHARF_BIN_DIR").map_or_else(
        || {
            let target = env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
            Path::new(CRATE).join(target).join("release")
        },
        PathBuf::from,
    );
    for program in ["wharf", "wharf-generator"] {
        if !release.join(program).is_file() {
            return Err(format!(
                "{} is missing: run `make build`, or set WHARF_BIN_DIR to a folder that has it",
                release.join(program).display()
            ));
        }
    }
    Ok(release)
}

/// Runs `make install` of these programs with `layer` as its root.
pub(crate) fn install(release: &Path, layer: &Path) -> Result<(), String> {
    let run = Command::new("make")
        .args(["--silent", "--directory", CRATE, "install", "PREFIX=/usr"])
        .arg(format!("DESTDIR={}", layer.display()))
        .arg(format!("RELEASE={}", release.display()))
        .output()
        .map_err(|error| format!("cannot run make: {error}"))?;
    if run.status.success() {
        Ok(())
    } else {
        Err(format!(
            "`make install` failed:\n{}",
            String::from_utf8_lossy(&run.stderr)
        ))
    }
}
