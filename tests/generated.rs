//! Files that are made of the source say what the source says.

#![allow(clippy::unwrap_used, reason = "a test may end here")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use wharf::document::pages;
use wharf::schema::Kind;

/// The pages in `man/` are those that the tables give; with `WHARF_BLESS=1` they become them.
#[test]
fn man_pages_are_up_to_date() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("man");
    let pages = pages(wharf::cli::command());
    if std::env::var_os("WHARF_BLESS").is_some_and(|v| v == "1") {
        fs::create_dir_all(&folder).unwrap();
        for entry in fs::read_dir(&folder).unwrap() {
            fs::remove_file(entry.unwrap().path()).unwrap();
        }
        for page in &pages {
            fs::write(folder.join(&page.name), &page.text).unwrap();
        }
    }
    let committed: BTreeSet<String> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let made: BTreeSet<String> = pages.iter().map(|page| page.name.clone()).collect();
    let how = "make them anew with: WHARF_BLESS=1 cargo test --test generated";
    assert_eq!(committed, made, "man/ has other pages; {how}");
    for page in &pages {
        let committed = fs::read_to_string(folder.join(&page.name)).unwrap();
        let differs = committed
            .lines()
            .zip(page.text.lines())
            .find(|(a, b)| a != b);
        let is_same = committed == page.text;
        assert!(
            is_same,
            "man/{} is out of date, first at {differs:?}; {how}",
            page.name
        );
    }
}

#[test]
fn every_key_is_in_the_manual() {
    let pages = pages(wharf::cli::command());
    let page = pages
        .iter()
        .find(|page| page.name == "wharf-definition.5")
        .unwrap();
    for kind in Kind::ALL {
        let header = format!(".SH \"[{}]\"", kind.section());
        let section = page.text.split(&header).nth(1).unwrap();
        let section = section.split("\n.SH").next().unwrap();
        for key in kind.keys() {
            let term = format!("\n\\fB{}=\\fR", key.name);
            assert!(section.contains(&term), "{}: {}", kind.section(), key.name);
        }
    }
}

#[test]
fn every_page_says_how_it_is_made() {
    for page in pages(wharf::cli::command()) {
        let first = page.text.lines().next().unwrap();
        assert!(
            first.starts_with(".\\\" ") && first.contains("WHARF_BLESS=1"),
            "{}",
            page.name
        );
    }
}
