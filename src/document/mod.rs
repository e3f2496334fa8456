//! The manual pages, from the table of keys and from the tree of verbs. Text in, text out.

mod definition;
mod generator;
mod roff;

use clap_mangen::Man;
use roff::Roff;

/// A page.
#[derive(Debug)]
pub struct Page {
    /// The name of its file, `wharf.1`.
    pub name: String,
    /// Its text, in roff.
    pub text: String,
}

/// The first line of each page.
const ORIGIN: &str =
    ".\\\" Made of the source. To make it anew: WHARF_BLESS=1 cargo test --test generated\n";

/// Returns all pages; `command` is the tree of verbs.
pub fn pages(mut command: clap::Command) -> Vec<Page> {
    command.build();
    let mut end = exit_status();
    end.push_str(&see_also(
        "wharf-definition(5), wharf-generator(8), systemctl(1), podman(1)",
    ));
    let mut pages = vec![page_of(&command, &end)];
    let end = see_also("wharf(1), wharf-definition(5)");
    let verbs = command.get_subcommands().filter(|verb| !verb.is_hide_set());
    pages.extend(verbs.map(|verb| page_of(verb, &end)));
    pages.push(Page {
        name: "wharf-definition.5".to_owned(),
        text: definition::page(),
    });
    pages.push(Page {
        name: "wharf-generator.8".to_owned(),
        text: generator::page(),
    });
    for page in &mut pages {
        page.text = [ORIGIN, &roff::ascii(&page.text)].concat();
    }
    pages
}

/// Returns the page of a verb, or of the whole command, and puts `end` behind it.
fn page_of(command: &clap::Command, end: &str) -> Page {
    let name = command
        .get_display_name()
        .unwrap_or_else(|| command.get_name())
        .to_owned();
    let mut text = Vec::new();
    Man::new(command.clone())
        .section("1")
        .source(roff::SOURCE)
        .render(&mut text)
        .expect("a vector takes all that is written");
    let mut text = roff::bold_code(&String::from_utf8_lossy(&text));
    text.push_str(end);
    Page {
        name: format!("{name}.1"),
        text,
    }
}

fn exit_status() -> String {
    let mut part = Roff::default();
    part.section("EXIT STATUS");
    part.item("0", "All is well.");
    part.item("1", "There are errors in definitions, or something failed.");
    part.item("2", "The call cannot be understood.");
    part.finish()
}

fn see_also(pages: &str) -> String {
    let mut part = Roff::default();
    part.section("SEE ALSO");
    part.paragraph(pages);
    part.finish()
}
