//! `outspoken completions` and `outspoken man`: what the command definitions say, for shells and for `man`.

use std::io::Write as _;
use std::path::PathBuf;

use clap::Args;

use super::Ending;
use crate::error::Error;

/// What `completions` takes.
#[derive(Args, Debug)]
pub(super) struct CompletionArguments {
    /// The shell.
    #[arg(value_name = "SHELL", value_enum)]
    shell: clap_complete::Shell,
}

/// What `man` takes.
#[derive(Args, Debug)]
pub(super) struct ManArguments {
    /// Where the pages go; made if it is missing.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

/// Prints the completions of a shell on standard output.
pub(super) fn completions(arguments: &CompletionArguments, mut command: clap::Command) -> anyhow::Result<Ending> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut command, "outspoken", &mut script);
    std::io::stdout().lock().write_all(&script)?;
    Ok(Ending::Complete)
}

/// Writes `outspoken.1`, and `outspoken-run.1` and its like for each command, and prints their names.
pub(super) fn pages(arguments: &ManArguments, mut command: clap::Command) -> anyhow::Result<Ending> {
    command.build();
    fs_err::create_dir_all(&arguments.folder).map_err(Error::io("cannot make the folder of the pages"))?;
    let mut out = std::io::stdout().lock();
    let mut write = |name: String, command: clap::Command| -> anyhow::Result<()> {
        let mut page = Vec::new();
        clap_mangen::Man::new(command).render(&mut page)?;
        let path = arguments.folder.join(format!("{name}.1"));
        fs_err::write(&path, page).map_err(Error::io("cannot write a page"))?;
        Ok(writeln!(out, "{}", path.display())?)
    };
    write("outspoken".to_owned(), command.clone())?;
    for sub in command.get_subcommands().filter(|sub| sub.get_name() != "help" && !sub.is_hide_set()) {
        write(format!("outspoken-{}", sub.get_name()), sub.clone())?;
    }
    Ok(Ending::Complete)
}
