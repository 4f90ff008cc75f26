//! Killed, out of space, forbidden, at once: what does a reader see, and what does the next run do?
//!
//! A child process runs over a directory that holds three months, with a dump that changes all of them and brings two more; it is
//! killed (SIGKILL) at many moments. `OUTSPOKEN_KILLS` says how many (default 16), `OUTSPOKEN_BINARY` which program is run, and
//! `OUTSPOKEN_READER` a command that reads the tables all the while, such as `python3 tests/crash_reader.py`.

#![expect(clippy::unwrap_used, reason = "these are the helpers of tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use crate::support::{AS_OF, Place, files};

const LATER: &str = "2026-10-03T08:00:00Z";

/// Rows of `n` people in each of `months`; what they say depends on `edition`.
fn dump(months: &[u32], n: usize, edition: &str) -> String {
    let says = ["The technician came on time", "My bill is wrong again", "The app is slow", "Friendly people in the shop"];
    let mut text = String::from("Response ID,Date,Comment,Overall satisfaction\n");
    for month in months {
        for i in 0..n {
            let (says, score) = (says[i % says.len()], 1 + i % 5);
            text.push_str(&format!("R-{month}-{i},2026-{month:02}-{:02},\"{says}, {edition} {i}.\",{score}\n", 1 + i % 28));
        }
    }
    text
}

const SETTINGS: &str = "[hotline]\nrules = []\n[themes]\nseeds = []\n[[source]]\nname = \"feedback\"\nid = \"Response ID\"\nreceived_at = \"Date\"\nverbatims = [\"Comment\"]\n[[source.score]]\ncolumn = \"Overall satisfaction\"\nmeasure = \"overall\"\nkind = \"csat\"\n";

fn binary() -> PathBuf {
    std::env::var_os("OUTSPOKEN_BINARY").map_or_else(|| env!("CARGO_BIN_EXE_outspoken").into(), Into::into)
}

fn command(place: &Place, input: &str, out: &Path, as_of: &str) -> Command {
    let mut command = Command::new(binary());
    command.current_dir(place.path("")).args(["run", input, "--config", "settings.toml", "--quiet", "--as-of", as_of, "--out"]).arg(out);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    command
}

fn run(place: &Place, input: &str, out: &Path, as_of: &str) {
    let output = command(place, input, out, as_of).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
}

fn prepared() -> Place {
    let place = Place::new();
    place.write("settings.toml", SETTINGS);
    place.write("first.csv", dump(&[6, 7, 8], 12, "first"));
    place.write("second.csv", dump(&[6, 7, 8, 9, 10], 12, "second"));
    place
}

/// What a reader sees: tables and themes, by their bytes.
fn seen(out: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut seen = BTreeMap::new();
    for part in ["tables", "themes"] {
        seen.extend(files(&out.join(part)).into_iter().map(|(name, bytes)| (format!("{part}/{name}"), bytes)));
    }
    seen
}

/// Detections in review.db, with their clocks.
fn events(out: &Path) -> BTreeSet<(String, i64)> {
    let database = rusqlite::Connection::open(out.join("review.db")).unwrap();
    let mut statement = database.prepare("select event_key, at_micros from case_event where kind = 'detected'").unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    rows.map(Result::unwrap).collect()
}

/// A copy for another kill: files that are never written in place are linked.
fn copy(from: &Path, to: &Path) {
    for entry in fs_err::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_symlink() {
            std::os::unix::fs::symlink(fs_err::read_link(&path).unwrap(), target).unwrap();
        } else if path.is_dir() {
            fs_err::create_dir_all(&target).unwrap();
            copy(&path, &target);
        } else if path.extension().is_some_and(|extension| extension == "parquet") {
            fs_err::hard_link(&path, &target).unwrap();
        } else {
            fs_err::copy(&path, &target).unwrap();
        }
    }
}

/// When a child is killed.
enum Moment {
    /// This long after it has begun to write its version.
    Writing(Duration),
    /// This long after `current` was switched.
    Switched(Duration),
}

/// Whether a version is being written.
fn is_writing(out: &Path) -> bool {
    let entries = fs_err::read_dir(out.join(".versions")).unwrap();
    entries.flatten().any(|entry| entry.path().extension().is_some_and(|extension| extension == "partial"))
}

/// Waits until a child has come to something; false: it ended before.
fn begun(child: &mut Child, test: impl Fn() -> bool) -> bool {
    while !test() {
        if child.try_wait().unwrap().is_some() {
            return false;
        }
        std::thread::yield_now();
    }
    true
}

/// Kills a run at its moment; false: it was done before.
fn kill(mut child: Child, out: &Path, moment: &Moment) -> bool {
    let current = out.join("current");
    let before = fs_err::read_link(&current).unwrap();
    let wait = match moment {
        Moment::Writing(wait) if begun(&mut child, || is_writing(out)) => wait,
        Moment::Switched(wait) if begun(&mut child, || fs_err::read_link(&current).unwrap() != before) => wait,
        _ => return false,
    };
    let since = Instant::now();
    while since.elapsed() < *wait {
        std::hint::spin_loop();
    }
    child.kill().unwrap();
    !child.wait().unwrap().success()
}

/// A process that reads the tables of the directory that a link leads to, over and over, and says what it has seen.
struct Reader(Child);

impl Reader {
    fn start(folder: &Path) -> Option<Self> {
        let command = std::env::var("OUTSPOKEN_READER").ok()?;
        let mut words = command.split_whitespace();
        let mut child = Command::new(words.next()?);
        child.args(words).arg(folder).stdin(Stdio::piped()).stdout(Stdio::piped());
        Some(Self(child.spawn().unwrap()))
    }

    /// Each distinct thing that was seen, one line each, and how often it was looked.
    fn end(mut self) -> (BTreeSet<String>, String) {
        drop(self.0.stdin.take());
        let lines = BufReader::new(self.0.stdout.take().unwrap()).lines().map(Result::unwrap);
        let (seen, looks): (Vec<String>, Vec<String>) = lines.partition(|line| line.starts_with('{'));
        assert!(self.0.wait().unwrap().success());
        (seen.into_iter().collect(), looks.join(" "))
    }

    /// What is seen in a directory that nobody writes.
    fn look(folder: &Path) -> BTreeSet<String> {
        let reader = Self::start(folder).unwrap();
        std::thread::sleep(Duration::from_secs(3));
        reader.end().0
    }
}

fn point(link: &Path, to: &Path) {
    let next = link.with_extension("next");
    std::os::unix::fs::symlink(to, &next).unwrap();
    fs_err::rename(next, link).unwrap();
}

#[test]
fn a_killed_run_leaves_before_or_after_and_the_next_one_the_same_bytes() {
    let n_kills: u32 = std::env::var("OUTSPOKEN_KILLS").map_or(16, |n| n.parse().unwrap());
    let place = prepared();
    let (first, second) = (place.path("before"), place.path("after"));
    run(&place, "first.csv", &first, AS_OF);
    fs_err::create_dir(&second).unwrap();
    copy(&first, &second);
    let mut undisturbed = command(&place, "second.csv", &second, AS_OF).spawn().unwrap();
    assert!(begun(&mut undisturbed, || is_writing(&second)));
    let since = Instant::now();
    assert!(undisturbed.wait().unwrap().success());
    let span = since.elapsed();
    let (before, after, after_events) = (seen(&first), seen(&second), events(&second));
    assert!(before.len() > 20 && after.len() > before.len() && before != after);
    let expected: BTreeSet<String> = match std::env::var_os("OUTSPOKEN_READER") {
        Some(_) => [&first, &second].iter().flat_map(|folder| Reader::look(folder)).collect(),
        None => BTreeSet::new(),
    };
    let link = place.path("read");
    point(&link, &first);
    let reader = Reader::start(&link);

    let fresh = |i: u32| {
        let work = place.path(&format!("work-{i}"));
        fs_err::create_dir(&work).unwrap();
        copy(&first, &work);
        point(&link, &work);
        work
    };
    let mut work = fresh(0);
    let (mut n_before, mut n_after, mut n_late, mut n_lost) = (0, 0, 0, 0);
    let mut in_a_row = 0;
    for i in 0..n_kills {
        // Two thirds of the kills while a version is written, at places that lie evenly over it; a third just behind the switch.
        let fraction = f64::from(i) * 0.618_033_988_75 % 1.0;
        let moment = if i % 3 == 2 {
            Moment::Switched(Duration::from_micros(u64::from(i / 3 % 8) * 400))
        } else {
            Moment::Writing(span.mul_f64(fraction))
        };
        let child = command(&place, "second.csv", &work, AS_OF).spawn().unwrap();
        n_late += u32::from(!kill(child, &work, &moment));
        let now = seen(&work);
        let is_after = now == after;
        assert!(is_after || now == before, "kill {i}: neither as before nor as after");
        if is_after {
            n_after += 1;
            n_lost += u32::from(events(&work) != after_events);
        } else {
            n_before += 1;
            assert!(events(&work).is_subset(&after_events), "kill {i}: an event of a run that was never shown");
        }
        in_a_row += 1;
        if !is_after && in_a_row < 6 && i + 1 < n_kills {
            continue;
        }
        in_a_row = 0;
        // Every third that was shown, and every one that review.db was not told of, is followed by another run.
        if is_after && n_after % 3 != 1 && events(&work) == after_events {
            work = fresh(i + 1);
            continue;
        }
        // A run that was shown needs no repeat, so the next clock may be another one; the clocks of its cases stay.
        run(&place, "second.csv", &work, if is_after { LATER } else { AS_OF });
        assert!(seen(&work) == after, "kill {i}: the next run gives other bytes than an undisturbed one");
        assert_eq!(events(&work), after_events, "kill {i}");
        let left: Vec<_> = fs_err::read_dir(work.join(".versions")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert!(left.len() <= 2 && left.iter().all(|name| !name.to_string_lossy().contains("partial")), "{left:?}");
        work = fresh(i + 1);
    }
    assert!(n_before > 0 && n_after > 0, "{n_before} before, {n_after} after");
    let looks = reader.map(|reader| {
        let (seen, looks) = reader.end();
        assert!(seen.is_subset(&expected), "a reader saw something between: {:?}", seen.difference(&expected));
        looks
    });
    let told = format!(
        "{n_kills} kills: {n_before} left the directory as before, {n_after} as after ({n_lost} of them before review.db was written), \
         {n_late} came when the run had ended{}\n",
        looks.map_or_else(String::new, |looks| format!("; the reader looked {looks} times")),
    );
    std::io::stderr().write_all(told.as_bytes()).unwrap();
}

#[test]
fn detections_of_a_run_that_was_killed_behind_the_switch_keep_their_clock() {
    let place = prepared();
    let out = place.out();
    run(&place, "first.csv", &out, AS_OF);
    let (before, told) = (events(&out), crate::support::column(&out, "hotline", "detected_at"));
    assert!(!before.is_empty());
    // As if the kill had come between the switch and the last write.
    rusqlite::Connection::open(out.join("review.db")).unwrap().execute("delete from case_event", []).unwrap();
    place.write("corrected.csv", dump(&[6, 7, 8], 12, "corrected"));
    run(&place, "corrected.csv", &out, LATER);
    assert_eq!(events(&out), before);
    assert_eq!(crate::support::column(&out, "hotline", "detected_at"), told);
}

/// A failed run: exit code 2, a message with these words, and the directory as it was.
fn fails(output: &Output, out: &Path, before: &BTreeMap<String, Vec<u8>>, words: &[&str]) {
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(words.iter().any(|word| told.contains(word)) && !told.contains("panicked"), "{told}");
    assert!(seen(out) == *before, "{told}");
}

#[test]
fn a_full_disk_ends_with_a_clear_error_and_nothing_published() {
    let place = prepared();
    let out = place.path("small/out");
    fs_err::create_dir_all(place.path("small")).unwrap();
    let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=640k", "tmpfs"]).arg(place.path("small")).output();
    if mounted.is_ok_and(|output| output.status.success()) {
        let _unmount = Unmount(place.path("small"));
        run(&place, "first.csv", &out, AS_OF);
        let before = seen(&out);
        // What is left after the first run is less than a version takes.
        let fill = |keep: u64| {
            let mut file = fs_err::File::create(place.path("small/ballast")).unwrap();
            while file.write_all(&[7; 4096]).is_ok() {}
            let size = file.metadata().unwrap().len();
            file.set_len(size.saturating_sub(keep)).unwrap();
        };
        for keep in [0, 8 << 10, 40 << 10, 120 << 10] {
            fill(keep);
            let output = command(&place, "second.csv", &out, AS_OF).output().unwrap();
            fails(&output, &out, &before, &["make room"]);
        }
        fs_err::remove_file(place.path("small/ballast")).unwrap();
        let output = command(&place, "second.csv", &out, AS_OF).output().unwrap();
        fails(&output, &out, &before, &["make room"]);
        Command::new("mount").args(["-o", "remount,size=16m"]).arg(place.path("small")).status().unwrap();
        run(&place, "second.csv", &out, AS_OF);
        return;
    }
    // Where nothing can be mounted: no file may grow above 16 KB. The signal that comes with it is ignored, so that writing fails.
    run(&place, "first.csv", &out, AS_OF);
    let before = seen(&out);
    let mut limited = Command::new("bash");
    limited.current_dir(place.path("")).args(["-c", "trap '' XFSZ; ulimit -f 16; exec \"$@\"", "bash"]).arg(binary());
    limited.args(["run", "second.csv", "--config", "settings.toml", "--quiet", "--as-of", AS_OF, "--out"]).arg(&out);
    fails(&limited.output().unwrap(), &out, &before, &["make room"]);
}

struct Unmount(PathBuf);

impl Drop for Unmount {
    fn drop(&mut self) {
        Command::new("umount").arg(&self.0).status().unwrap();
    }
}

#[test]
fn a_directory_that_may_not_be_written_ends_with_a_clear_error() {
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::process::CommandExt as _;
    let place = prepared();
    let out = place.out();
    run(&place, "first.csv", &out, AS_OF);
    let before = seen(&out);
    let mut forbidden = command(&place, "second.csv", &out, AS_OF);
    if fs_err::metadata(&out).is_ok_and(|m| std::os::unix::fs::MetadataExt::uid(&m) == 0) {
        // The superuser may write anywhere: somebody else runs it, and may read all but the output's owner's rights.
        fs_err::set_permissions(place.path(""), PermissionsExt::from_mode(0o755)).unwrap();
        forbidden.uid(65534).gid(65534);
    } else {
        for folder in [&out, &out.join(".versions")] {
            fs_err::set_permissions(folder, PermissionsExt::from_mode(0o555)).unwrap();
        }
        fs_err::set_permissions(out.join(".lock"), PermissionsExt::from_mode(0o444)).unwrap();
    }
    let Ok(output) = forbidden.output() else {
        std::io::stderr().write_all(b"not run: the program cannot be started by another user here\n").unwrap();
        return;
    };
    fails(&output, &out, &before, &["ermission denied"]);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(told.contains("hint"), "{told}");
    for folder in [&out, &out.join(".versions")] {
        fs_err::set_permissions(folder, PermissionsExt::from_mode(0o755)).unwrap();
    }
}

#[test]
fn of_two_runs_at_once_one_is_told_who_is_writing_and_since_when() {
    let place = prepared();
    let out = place.out();
    run(&place, "first.csv", &out, AS_OF);
    let before = seen(&out);
    let held = outspoken::sink::Output::open(&out).unwrap();
    let output = command(&place, "second.csv", &out, AS_OF).output().unwrap();
    fails(&output, &out, &before, &[&format!("another run is writing here (process {} since 20", std::process::id())]);
    drop(held);
    run(&place, "second.csv", &out, AS_OF);
    assert!(seen(&out) != before);
}
