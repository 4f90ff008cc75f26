//! What is linked into the program, in which version, under which licence?
//!
//! The list is made by `.ci/third-party` from Cargo's metadata; a test holds it against the lock file.

use std::io::Write as _;

use crate::schema::SCHEMA_VERSION;

const LIST: &str = include_str!("../../docs/third-party.md");

/// Prints the version, and each crate with its version and licence.
pub(super) fn print() -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "outspoken {}", env!("CARGO_PKG_VERSION"))?;
    writeln!(out, "  licence       {}", env!("CARGO_PKG_LICENSE"))?;
    writeln!(out, "  schema        {SCHEMA_VERSION}")?;
    writeln!(out, "  features      {}", features().join(", "))?;
    writeln!(out, "\nlinked, with the default features:")?;
    for [name, version, licence] in crates() {
        writeln!(out, "  {name:<28} {version:<14} {licence}")?;
    }
    writeln!(out, "\nword lists, rules and the embedding model name their source and licence in their own files")
}

fn features() -> Vec<&'static str> {
    let all = [
        ("cli", cfg!(feature = "cli")),
        ("index", cfg!(feature = "index")),
        ("object_store", cfg!(feature = "object_store")),
        ("review", cfg!(feature = "review")),
    ];
    all.into_iter().filter(|(_, on)| *on).map(|(name, _)| name).collect()
}

/// Name, version and licence of each crate.
fn crates() -> impl Iterator<Item = [&'static str; 3]> {
    LIST.lines().skip_while(|line| !line.starts_with("| ---")).skip(1).filter_map(|line| {
        let mut cells = line.split('|').map(str::trim).skip(1);
        Some([cells.next()?, cells.next()?, cells.next()?])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_that_of_the_lock_file() {
        let lock = include_str!("../../Cargo.lock");
        let n = crates()
            .inspect(|[name, version, licence]| {
                let entry = format!("name = \"{name}\"\nversion = \"{version}\"\n");
                assert!(lock.contains(&entry) && !licence.is_empty(), "{name} {version}: run `.ci/third-party`");
            })
            .count();
        assert!(n > 100);
    }
}
