//! Did a command take what it was given, within its time?

use std::io::Write as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const DEFAULT_SECONDS: u32 = 30;

/// Runs a command in `folder` with `input` on standard input; what it prints is thrown away, for it may tell of customers.
///
/// Fails with words that say nothing of the input.
pub(super) fn run(command: &[String], folder: &Path, input: &str, timeout_seconds: u32) -> Result<(), String> {
    let Some((program, arguments)) = command.split_first() else { return Err("no command".to_owned()) };
    let seconds = if timeout_seconds == 0 { DEFAULT_SECONDS } else { timeout_seconds };
    let mut child = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| format!("`{program}` cannot be started: {error}"))?;
    let stdin = child.stdin.take();
    let input = input.to_owned();
    // From a thread of its own, which nobody waits for: a command that reads nothing must not hold us up.
    std::thread::spawn(move || {
        if let Some(mut stdin) = stdin {
            // A command that ends without reading all says by its exit code whether that was well.
            stdin.write_all(input.as_bytes()).ok();
        }
    });
    wait(&mut child, program, Duration::from_secs(u64::from(seconds)))
}

fn wait(child: &mut Child, program: &str, limit: Duration) -> Result<(), String> {
    let started = Instant::now();
    let mut pause = Duration::from_millis(1);
    loop {
        match child.try_wait() {
            Ok(Some(status)) if status.success() => return Ok(()),
            Ok(Some(status)) => return Err(format!("`{program}` ended with {status}")),
            Ok(None) if started.elapsed() > limit => {
                child.kill().ok();
                child.wait().ok();
                return Err(format!("`{program}` did not end within {} s", limit.as_secs()));
            }
            Ok(None) => {
                std::thread::sleep(pause);
                pause = (pause * 2).min(Duration::from_millis(50));
            }
            Err(error) => return Err(format!("`{program}` cannot be waited for: {error}")),
        }
    }
}
