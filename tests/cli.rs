//! What a person sees: standard output, standard error and exit code.

use crate::support::Place;

fn check(place: &Place, arguments: &[&str], exit_code: i32, in_stdout: &[&str], in_stderr: &[&str]) {
    let output = place.program(arguments);
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(exit_code), "{arguments:?}\n{stdout}\n{stderr}");
    for text in in_stdout {
        assert!(stdout.contains(text), "{arguments:?}: no {text:?} in standard output\n{stdout}");
    }
    for text in in_stderr {
        assert!(stderr.contains(text), "{arguments:?}: no {text:?} in standard error\n{stderr}");
    }
    assert!(!stderr.contains("panicked"), "{stderr}");
}

#[test]
fn the_demo_does_the_whole_job() {
    let place = Place::new();
    check(
        &place,
        &["demo"],
        0,
        &["outspoken-demo/tables", "report  outspoken-demo/reports/2026-09/index.html"],
        &[
            "780 rows read: 772 new, 0 replacing, 0 unchanged, 3 superseded, 5 rejected",
            "HOTLINE: ",
            "top themes: ",
            "5 rows could not be used",
        ],
    );
    check(&place, &["demo", "--quiet"], 0, &["outspoken-demo/tables"], &[]);
}

#[test]
fn bad_input_is_told_with_place_what_was_found_and_a_hint() {
    let place = Place::new();
    place.write("empty.csv", "");
    place.write("header.csv", "Response ID,Date,Comment,Rating\n");
    place.write("numbers.csv", "a,b\n1,2\n3,4\n5,6\n");
    place.write("undated.csv", "id,Comment\n1,The room was clean and quiet\n2,The staff were rude and slow\n");
    place.write("good.csv", "Response ID,Date,Comment,Rating\nR-1,2026-07-03,The room was clean and quiet,5\n");
    place.write("typo.toml", "[[source]]\nname = \"s\"\nverbatim = [\"Comment\"]\n");
    place.write("column.toml", "[[source]]\nname = \"s\"\nreceived_at = \"Date\"\nverbatims = [\"Coment\"]\n");
    place.write("scale.toml", "[[source]]\nname = \"s\"\nreceived_at = \"Date\"\nverbatims = [\"Comment\"]\n[[source.score]]\ncolumn = \"Rating\"\nscale = [5, 5]\n");
    let run = |input: &str, more: &[&str], expected: &[&str]| {
        let mut arguments = vec!["run", input, "--out", "out", "--as-of", "2026-10-02T08:00:00Z"];
        arguments.extend(more);
        check(&place, &arguments, 2, &[], expected);
        assert!(!place.path("out/tables").exists(), "nothing is published");
    };
    run("missing.csv", &[], &["error: ", "missing.csv", "hint: "]);
    run("empty.csv", &[], &["empty.csv", "empty", "hint: "]);
    run("numbers.csv", &["--month", "2026-07"], &["numbers.csv", "open text", "a, b", "hint: "]);
    run("undated.csv", &[], &["undated.csv", "month", "hint: give the month of the whole dump with --month YYYY-MM"]);
    run("good.csv", &["--config", "typo.toml"], &["typo.toml:3: unknown key `verbatim`", "hint: did you mean `verbatims`?"]);
    run(
        "good.csv",
        &["--config", "column.toml"],
        &["column `Coment` not found in", "found: Response ID, Date, Comment, Rating", "hint: did you mean `Comment`?"],
    );
    run("good.csv", &["--config", "scale.toml"], &["scale [5, 5] of `Rating` has no length", "hint: "]);
    run("good.csv", &["--config", "absent.toml"], &["absent.toml"]);
    run("good.csv", &["--month", "July"], &["2026-07"]);
    run("good.csv", &["--threads", "0"], &["--threads"]);
}

#[test]
fn the_cause_of_an_error_is_said_once() {
    let place = Place::new();
    place.write("good.csv", "Response ID,Date,Comment,Rating\nR-1,2026-07-03,The room was clean and quiet,5\n");
    let output = place.program(&["run", "good.csv", "--out", "good.csv/out"]);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{stderr}");
    assert_eq!(stderr.matches("os error").count(), 1, "{stderr}");
}

#[test]
fn rejected_rows_end_with_exit_code_1() {
    let place = Place::new();
    let rows: String = (1..10).map(|i| format!("R-{i},2026-07-0{i},Room {i} was clean and quiet\n")).collect();
    place.write("a.csv", format!("Response ID,Date,Comment\n{rows}R-10,soon,The staff were rude and slow\n"));
    check(&place, &["run", "a.csv", "--out", "out"], 1, &[], &["9 new", "1 rejected", "warning: 1 rows could not be used"]);
}

#[test]
fn check_tells_what_run_would_decide_and_writes_nothing() {
    let place = Place::new();
    place.write(
        "a.csv",
        "Response ID,Date,Comment,Rating\nR-1,2026-07-03,The room was clean and quiet,5\nR-2,2026-07-04,The staff were rude and slow,1\n",
    );
    check(&place, &["check", "a.csv"], 0, &["a.csv → source `feedback`", "Comment", "verbatim", "memory: "], &[]);
    let left: Vec<_> = fs_err::read_dir(place.path("")).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(left, ["a.csv"]);
}

#[test]
fn standard_input_is_read_like_a_file() {
    use std::io::Write as _;
    let place = Place::new();
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_outspoken"))
        .args(["run", "-", "--out", "out", "--quiet", "--json"])
        .current_dir(place.path(""))
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let rows = "Response ID,Date,Comment\nR-1,2026-07-03,Write to jo@example.com about the clean room\nR-2,2026-07-04,The staff were rude and slow\n";
    child.stdin.take().unwrap().write_all(rows.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    let manifest: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(manifest["rows"]["new"], 2);
    assert_eq!(crate::support::column(&place.out(), "verbatim", "text")[0], "Write to [email] about the clean room");
}

#[test]
fn a_pipe_is_read_once_and_spooled_redacted_like_standard_input() {
    let place = Place::new();
    let rows = "Response ID,Date,Comment\nR-1,2026-07-03,Write to jo@example.com about the clean room\nR-2,2026-07-04,The staff were rude and slow\n";
    place.write("a.csv", rows);
    place.write("b.csv", rows.replace("R-", "S-"));
    let shell = |command: &str| {
        let program = std::process::Command::new("bash")
            .args(["-c", command])
            .env("OUTSPOKEN", env!("CARGO_BIN_EXE_outspoken"))
            .current_dir(place.path(""))
            .output();
        program.unwrap()
    };
    let manifest = |command: &str| {
        let output = shell(command);
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap()
    };
    let both = manifest("\"$OUTSPOKEN\" run <(cat a.csv) <(gzip -c b.csv) --out out --quiet --json");
    assert_eq!((&both["rows"]["new"], &both["inputs"][0]["name"], &both["inputs"][1]["name"]), (&4.into(), &"-".into(), &"-2".into()));
    assert_eq!(crate::support::column(&place.out(), "verbatim", "text")[0], "Write to [email] about the clean room");
    // As when it is read from a file.
    assert_eq!(crate::support::column(&place.out(), "verbatim", "redaction_count"), ["1", "0", "1", "0"]);
    let named = manifest("mkfifo c.csv && (cat a.csv > c.csv &) && \"$OUTSPOKEN\" run c.csv --out named --quiet --json");
    assert_eq!((&named["rows"]["new"], &named["inputs"][0]["name"]), (&2.into(), &"c.csv".into()));

    let looked_at = shell("\"$OUTSPOKEN\" check <(cat a.csv)");
    assert_eq!(looked_at.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&looked_at.stderr).contains("can be read once only"), "{looked_at:?}");
}

#[test]
#[cfg(not(feature = "object_store"))]
fn an_object_store_is_no_file_that_is_missing() {
    let place = Place::new();
    check(&place, &["run", "s3://lake/july.csv", "--out", "out"], 2, &[], &["s3://lake/july.csv", "built without object stores", "hint"]);
    assert!(!place.out().exists());
}

#[test]
fn an_interrupt_ends_with_nothing_visible_and_exit_code_2() {
    let place = Place::new();
    place.program(&["synth", "--rows", "60000", "--out", "big.csv"]);
    let child = std::process::Command::new(env!("CARGO_BIN_EXE_outspoken"))
        .args(["run", "big.csv", "--out", "out", "--quiet"])
        .current_dir(place.path(""))
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    while !place.path("out/.lock").exists() {
        std::thread::yield_now();
    }
    std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(String::from_utf8_lossy(&output.stderr).contains("nothing was published"));
    assert!(!place.path("out/current").exists());
    let versions: Vec<_> = fs_err::read_dir(place.path("out/.versions")).unwrap().collect();
    assert!(versions.is_empty(), "{versions:?}");
}

#[test]
fn schema_lists_every_table_and_column() {
    let place = Place::new();
    let tables: Vec<&str> = outspoken::schema::TABLES.iter().map(|table| table.name).collect();
    check(&place, &["schema"], 0, &tables, &[]);
    let output = place.program(&["schema", "--json"]);
    let schema: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(schema["tables"].as_array().unwrap().len(), tables.len());
}

#[test]
fn synth_gives_the_same_rows_for_the_same_seed() {
    let place = Place::new();
    let rows = |seed: &str| place.program(&["synth", "--rows", "50", "--seed", seed]).stdout;
    assert_eq!(rows("7"), rows("7"));
    assert_ne!(rows("7"), rows("8"));
}

#[test]
fn the_version_tells_what_is_linked_when_asked() {
    let place = Place::new();
    let told = |arguments: &[&str]| {
        let output = place.program(arguments);
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    assert_eq!(told(&["--version"]), (Some(0), concat!("outspoken ", env!("CARGO_PKG_VERSION"), "\n").to_owned()));
    let (code, text) = told(&["--version", "--verbose"]);
    assert!(code == Some(0) && ["arrow-array", "rusqlite", "MIT OR Apache-2.0"].iter().all(|word| text.contains(word)), "{text}");
    assert_eq!(told(&["schema", "--verbose"]).0, Some(2));
    assert_eq!(told(&["--verbose", "schema"]).0, Some(2));
}
