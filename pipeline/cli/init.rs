//! `outspoken init`: a settings file and copies of everything that can be edited.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::Args;

use super::Ending;
use super::tell::Voice;
use crate::casework::SHIPPED_MAPPINGS;
use crate::error::Error;
use crate::measure::goals;
use crate::stage::hotline::Rules;
use crate::stage::sentiment::Lexicons;
use crate::theme::SHIPPED_SEEDS;

/// What `init` takes.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// Where the files go; made if it is missing.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

const TEMPLATE: &str = include_str!("init/outspoken.toml");
const RULES: &str = "lexicons/hotline";

/// Writes the files; none that is there already is touched.
pub(super) fn main(arguments: &Arguments, voice: Voice) -> anyhow::Result<Ending> {
    let files = files();
    let taken: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).filter(|name| arguments.folder.join(name).exists()).collect();
    if let Some(first) = taken.first() {
        return Err(Error::Output {
            path: arguments.folder.clone(),
            what: format!("`{first}` is there already, and {} more", taken.len() - 1),
            hint: Some("nothing was written; choose another directory, or move what is there away".to_owned()),
        }
        .into());
    }
    for (name, text) in &files {
        write(&arguments.folder.join(name), text)?;
    }
    let settings = arguments.folder.join("outspoken.toml");
    writeln!(std::io::stdout().lock(), "{}", settings.display())?;
    voice.say(&format!("{} files written; next: outspoken check INPUT --config {}", files.len(), settings.display()));
    Ok(Ending::Complete)
}

fn write(path: &Path, text: &str) -> Result<(), Error> {
    if let Some(folder) = path.parent() {
        fs_err::create_dir_all(folder).map_err(Error::io("cannot make a folder"))?;
    }
    fs_err::write(path, text).map_err(Error::io("cannot write the file"))
}

/// Every file with its text, settings first.
fn files() -> Vec<(String, String)> {
    let rules: Vec<(String, String)> = Rules::shipped_files().into_iter().map(|(name, text)| (format!("{RULES}/{name}"), text)).collect();
    let lexicons: Vec<(String, String)> =
        Lexicons::shipped_files().iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    let list = |files: &[(String, String)]| files.iter().map(|(name, _)| format!("    \"{name}\",")).collect::<Vec<_>>().join("\n");
    let settings =
        TEMPLATE.replace("@RULES@", &list(&rules)).replace("@LEXICONS@", &list(&lexicons)).replace("@GOALS@", "goals = \"goals.toml\"");
    let mut files = vec![("outspoken.toml".to_owned(), settings)];
    files.extend(rules);
    files.extend(lexicons);
    files.push(("lexicons/themes/areas.toml".to_owned(), SHIPPED_SEEDS.to_owned()));
    files.push(("goals.toml".to_owned(), goals::EXAMPLE.to_owned()));
    files.extend(SHIPPED_MAPPINGS.iter().map(|(name, text)| (format!("mappings/{name}.toml"), (*text).to_owned())));
    files
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{HandoverSettings, ScoreSettings, Settings, SourceSettings};

    #[test]
    fn the_settings_file_shows_every_setting() {
        let source = SourceSettings { scores: vec![ScoreSettings::default()], ..SourceSettings::default() };
        let settings = Settings { sources: vec![source], handovers: vec![HandoverSettings::default()], ..Settings::default() };
        let mut keys = Vec::new();
        collect(&serde_json::to_value(settings).unwrap(), &mut keys);
        assert!(keys.len() > 50);
        for key in keys {
            let is_shown = TEMPLATE.lines().any(|line| {
                let line = line.trim_start_matches('#');
                line.starts_with(&format!("{key} = ")) || line.trim_start_matches('[').split(['.', ']']).any(|part| part == key)
            }) || TEMPLATE.contains(&format!("\n@{}@", key.to_uppercase()));
            assert!(is_shown, "`{key}` is not in the settings file");
        }
    }

    fn collect(value: &serde_json::Value, keys: &mut Vec<String>) {
        match value {
            serde_json::Value::Object(object) => {
                for (key, value) in object {
                    keys.push(key.clone());
                    collect(value, keys);
                }
            }
            serde_json::Value::Array(values) => values.iter().for_each(|value| collect(value, keys)),
            _ => {}
        }
    }

    #[test]
    fn what_is_commented_out_can_be_taken_in() {
        // A line of prose has a blank behind its `#`; a setting has none.
        let all: String = files()[0]
            .1
            .lines()
            .map(|line| {
                let line = if line.starts_with("# ") { line } else { line.strip_prefix('#').unwrap_or(line) };
                format!("{line}\n")
            })
            .collect();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("outspoken.toml");
        fs_err::write(&path, all).unwrap();
        let settings = crate::config::load(&path).unwrap();
        assert_eq!((settings.sources.len(), settings.handovers.len()), (1, 2));
    }
}
