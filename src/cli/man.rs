//! `wharf man`: the manual pages as files.

use std::fs;
use std::path::Path;

use super::context::Context;
use super::failure::Failure;
use super::{Verdict, command};
use crate::document;

/// Write the manual pages into a folder
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The folder, made if missing
    #[arg(value_name = "DIR")]
    folder: String,
}

pub(super) fn run(args: &Args, context: &mut Context) -> Result<Verdict, Failure> {
    let refuse = |operation, path: &Path, source| Failure::System {
        operation,
        path: path.display().to_string(),
        source,
    };
    let folder = Path::new(&args.folder);
    fs::create_dir_all(folder).map_err(|e| refuse("make", folder, e))?;
    for page in document::pages(command()) {
        let path = folder.join(&page.name);
        fs::write(&path, &page.text).map_err(|e| refuse("write", &path, e))?;
        context.say(format_args!("wrote {}", path.display()));
    }
    Ok(Verdict::Good)
}
