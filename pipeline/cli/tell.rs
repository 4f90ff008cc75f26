//! How does the program talk to people and to log systems?

use std::io::{IsTerminal as _, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use indicatif::{HumanBytes, HumanCount, ProgressBar, ProgressStyle};

use super::LogFormat;
use crate::error::Error;
use crate::runner::{Progress, Standing};

/// Says things on standard error, as the user wants them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Voice {
    quiet: bool,
    log: LogFormat,
}

impl Voice {
    pub(super) fn new(quiet: bool, log: LogFormat) -> Self {
        Self { quiet, log }
    }

    /// A line that informs.
    pub(super) fn say(self, text: &str) {
        if !self.quiet {
            self.line("info", text, &[]);
        }
    }

    /// A line that asks for attention.
    pub(super) fn warn(self, text: &str) {
        if !self.quiet {
            self.line("warning", text, &[]);
        }
    }

    /// Why the command could not complete: what, where, what was found, one hint.
    pub(super) fn error(self, error: &anyhow::Error) {
        let known = error.downcast_ref::<Error>();
        let mut parts = Vec::new();
        if let Some(found) = known.and_then(Error::found) {
            parts.push(("found", found));
        }
        if let Some(hint) = known.and_then(Error::hint) {
            parts.push(("hint", hint));
        }
        // Our own errors say their cause in their own words; the chain would say it again.
        let text = known.map_or_else(|| format!("{error:#}"), ToString::to_string);
        self.line("error", &text, &parts);
    }

    fn line(self, level: &str, text: &str, parts: &[(&str, String)]) {
        let mut out = std::io::stderr().lock();
        let written = match self.log {
            LogFormat::Json => {
                let mut object = serde_json::Map::new();
                object.insert("at".to_owned(), jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string().into());
                object.insert("level".to_owned(), level.into());
                object.insert("message".to_owned(), text.into());
                for (name, value) in parts {
                    object.insert((*name).to_owned(), value.clone().into());
                }
                writeln!(out, "{}", serde_json::Value::Object(object))
            }
            LogFormat::Text if level == "info" => writeln!(out, "{text}"),
            LogFormat::Text => {
                let lines = parts.iter().map(|(name, value)| format!("\n{name:>8}: {value}"));
                writeln!(out, "{level}: {text}{}", lines.collect::<String>())
            }
        };
        // Where standard error is closed there is nobody to tell.
        written.ok();
    }

    /// Shows how far a run is while `work` runs: a meter on a terminal, plain lines elsewhere.
    pub(super) fn meter<R>(self, progress: &Progress, work: impl FnOnce() -> R) -> R {
        let done = AtomicBool::new(false);
        std::thread::scope(|scope| {
            if !self.quiet {
                scope.spawn(|| self.watch(progress, &done));
            }
            let _done = SetOnDrop(&done);
            work()
        })
    }

    fn watch(self, progress: &Progress, done: &AtomicBool) {
        let is_terminal = self.log == LogFormat::Text && std::io::stderr().is_terminal();
        let bar = if is_terminal { ProgressBar::new(0) } else { ProgressBar::hidden() };
        let style = if std::env::var_os("NO_COLOR").is_some() { "{msg:24} [{bar:30}]" } else { "{msg:24} [{bar:30.cyan}]" };
        bar.set_style(ProgressStyle::with_template(style).expect("a template that was tried").progress_chars("=> "));
        let (mut phase, mut since, mut last_line) = ("", Instant::now(), Instant::now());
        while !done.load(Ordering::Relaxed) {
            std::thread::sleep(Duration::from_millis(60));
            let standing = progress.standing();
            if standing.phase != phase {
                (phase, since) = (standing.phase, Instant::now());
            }
            let text = describe(&standing, since.elapsed());
            if is_terminal {
                bar.set_length(standing.n_bytes_total.max(1));
                bar.set_position(standing.n_bytes);
                bar.set_message(text);
            } else if last_line.elapsed() > Duration::from_secs(10) {
                last_line = Instant::now();
                self.say(&text);
            }
        }
        bar.finish_and_clear();
    }
}

struct SetOnDrop<'a>(&'a AtomicBool);

impl Drop for SetOnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

fn describe(standing: &Standing, elapsed: Duration) -> String {
    let seconds = elapsed.as_secs_f64();
    if standing.n_bytes_total == 0 || standing.n_bytes == 0 || seconds < 0.2 {
        return standing.phase.to_owned();
    }
    let speed = standing.n_bytes as f64 / seconds;
    let left = standing.n_bytes_total.saturating_sub(standing.n_bytes) as f64 / speed.max(1.0);
    format!(
        "{}: {} rows, {} of {}, {}/s, {:.0} s left",
        standing.phase,
        HumanCount(standing.n_rows),
        HumanBytes(standing.n_bytes),
        HumanBytes(standing.n_bytes_total),
        HumanBytes(speed as u64),
        left
    )
}

/// Text that others wrote, for a terminal: control characters, which could move the cursor or set its title, become spaces.
pub(super) fn printable(text: &str) -> String {
    let is_harmful = |c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars().map(|c| if is_harmful(c) { ' ' } else { c }).collect()
}

/// Whether an error is only that nobody reads our output any more.
pub(super) fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<std::io::Error>().is_some_and(|e| e.kind() == std::io::ErrorKind::BrokenPipe)
}
