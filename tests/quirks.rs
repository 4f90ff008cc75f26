//! What dumps are like in life: each oddity, from the file to the tables.

#![expect(clippy::unwrap_used, reason = "these are the helpers of tests")]

use outspoken::config;
use outspoken::runner::Outcome;

use crate::support::{Place, column, run_with};

/// Runs a file with settings.
fn run(place: &Place, settings: &str, inputs: &[(&str, &str)]) -> Outcome {
    let path = place.write("outspoken.toml", settings);
    let names: Vec<&str> = inputs.iter().map(|(name, _)| *name).collect();
    inputs.iter().for_each(|(name, text)| drop(place.write(name, text)));
    let mut options = place.options(&names);
    options.settings = config::load(&path).unwrap();
    run_with(&options).unwrap()
}

const PLAIN: &str = "[[source]]\nname = \"feedback\"\nid = \"id\"\nreceived_at = \"date\"\nverbatims = [\"comment\"]\n";

#[test]
fn ids_that_differ_in_blanks_are_one_and_in_case_are_two() {
    let place = Place::new();
    let rows = "id,date,comment\nR-1,2026-07-01,The lift was broken\nr-1,2026-07-01,The stairs were steep\n R-1 ,2026-07-02,The lift works again\nR-2,2026-07-02,All fine here\n";
    let counts = run(&place, PLAIN, &[("a.csv", rows)]).manifest.rows;
    assert_eq!((counts.read, counts.new, counts.superseded), (4, 3, 1));
    assert_eq!(column(&place.out(), "response", "response_id"), ["r-1", "R-1", "R-2"]);
}

#[test]
fn a_scale_that_changes_on_a_day_is_read_by_the_day() {
    let place = Place::new();
    let settings = "[[source]]\nname = \"lounge\"\nid = \"id\"\nreceived_at = \"date\"\nverbatims = [\"comment\"]\n\
        [[source.score]]\ncolumn = \"overall\"\nmeasure = \"overall\"\nkind = \"csat\"\nscale = [1, 5]\nuntil = \"2015-06-09\"\n\
        [[source.score]]\ncolumn = \"overall\"\nmeasure = \"overall\"\nkind = \"csat\"\nscale = [1, 10]\nfrom = \"2015-06-10\"\n";
    let rows = "id,date,overall,comment\n1,2015-06-09,5,Comfortable chairs\n2,2015-06-10,5,Loud and full\n3,2015-06-10,10,Quiet corner with a view\n4,2015-06-09,7,Off the scale of its day\n";
    let manifest = run(&place, settings, &[("a.csv", rows)]).manifest;
    assert_eq!(column(&place.out(), "score", "value_raw"), ["5.0", "5.0", "10.0"]);
    assert_eq!(column(&place.out(), "score", "is_top_box"), ["true", "false", "true"]);
    assert_eq!(column(&place.out(), "score", "scale_high"), ["5.0", "10.0", "10.0"]);
    assert!(
        manifest.warnings.iter().any(|warning| warning.contains("1 answers to `overall` are not on its scale")),
        "{:?}",
        manifest.warnings
    );
}

#[test]
fn several_measures_and_questions_in_a_row_and_most_rows_without_text() {
    let place = Place::new();
    let settings = "[[source]]\nname = \"s\"\nid = \"id\"\nreceived_at = \"date\"\nverbatims = [\"why\", \"else\"]\n\
        [[source.score]]\ncolumn = \"nps\"\nkind = \"nps\"\n[[source.score]]\ncolumn = \"billing\"\nkind = \"csat\"\n";
    let rows: String = (0..100)
        .map(|i| match i % 9 {
            0 => format!("{i},2026-07-01,9,5,The bill was right,\n"),
            1 => format!("{i},2026-07-01,2,,Wrong bill number {i},Call me sooner\n"),
            _ => format!("{i},2026-07-01,{},{},,\n", i % 11, 1 + i % 5),
        })
        .collect();
    let manifest = run(&place, settings, &[("a.csv", &format!("id,date,nps,billing,why,else\n{rows}"))]).manifest;
    assert_eq!((manifest.rows.new, manifest.rows.rejected, manifest.verbatims.verbatims), (100, 0, 12 + 2 * 11));
    let questions = column(&place.out(), "verbatim", "question");
    assert_eq!(questions.iter().filter(|question| *question == "else").count(), 11);
    assert_eq!(column(&place.out(), "score", "measure").len(), 200 - 11);
}

#[test]
fn two_sources_have_their_own_files_zones_and_months() {
    let place = Place::new();
    let settings = "[[source]]\nname = \"survey\"\nfiles = [\"survey_*.csv\"]\nid = \"id\"\nreceived_at = \"when\"\ntime_zone = \"America/New_York\"\nverbatims = [\"comment\"]\n\
        [[source]]\nname = \"quarterly\"\nfiles = [\"wave*.csv\"]\nid = \"id\"\nwave = \"wave\"\nmonth_from = \"wave\"\nverbatims = [\"answer\"]\n";
    let survey = "id,when,comment\n1,2026-07-31 22:00,Late but friendly\n2,2026-08-01T02:00:00Z,The same evening in another writing\n";
    let waves = "id,wave,answer\n1,2026-Q1,Good in spring\n2,2026-Q3,Good in autumn\n";
    let manifest = run(&place, settings, &[("survey_7.csv", survey), ("waves.csv", waves), ("notes.csv", "a,b\n1,2\n")]).manifest;
    let rows: Vec<String> = column(&place.out(), "response", "report_month")
        .into_iter()
        .zip(column(&place.out(), "response", "source"))
        .map(|(month, source)| format!("{month} {source}"))
        .collect();
    // A quarter lies in its last month; the months between have no rows of it, and are not made up.
    assert_eq!(rows, ["2026-03-01 quarterly", "2026-07-01 survey", "2026-07-01 survey", "2026-09-01 quarterly"]);
    assert_eq!(column(&place.out(), "response", "received_at")[1], "2026-08-01T02:00:00Z");
    let quarters = column(&place.out(), "kpi_month", "source").into_iter().zip(column(&place.out(), "kpi_month", "report_month"));
    assert!(quarters.filter(|(source, _)| source == "quarterly").all(|(_, month)| month.ends_with("-03-01") || month.ends_with("-09-01")));
    assert!(manifest.warnings.iter().any(|warning| warning.contains("notes.csv") && warning.contains("no [[source]] takes it")));
}

#[test]
fn a_late_dump_touches_its_month_and_those_compared_with_it() {
    let place = Place::new();
    let rows = |months: &[u32], ids: &str| -> String {
        let row = |month: &u32| format!("{ids}{month},2026-{month:02}-03,The answer of month {month} was good\n");
        format!("id,date,comment\n{}", months.iter().map(row).collect::<String>())
    };
    run(&place, PLAIN, &[("a.csv", &rows(&[3, 4, 6, 7], "A"))]);
    let late = run(&place, PLAIN, &[("late.csv", &rows(&[4], "B"))]).manifest;
    assert_eq!(late.rows.new, 1);
    assert_eq!(column(&place.out(), "response", "response_id"), ["A3", "A4", "B4", "A6", "A7"]);
    assert!(
        late.months_written.contains(&"2026-04".to_owned()) && !late.months_written.contains(&"2026-03".to_owned()),
        "{:?}",
        late.months_written
    );
}

#[test]
fn what_was_mended_is_told_with_its_places() {
    let place = Place::new();
    let mut bytes =
        "id,date,comment\n1,2026-07-01,Très bien à été\n2,2026-07-01,The cafÃ© was &amp; is open &lt;daily&gt;\n".as_bytes().to_vec();
    bytes.extend_from_slice(b"3,2026-07-01,The caf\xe9 was closed\n4,2026-07-01,Plain words only\n");
    place.write("a.csv", &bytes);
    place.write("outspoken.toml", PLAIN);
    let mut options = place.options(&["a.csv"]);
    options.settings = config::load(&place.path("outspoken.toml")).unwrap();
    let manifest = run_with(&options).unwrap().manifest;
    assert_eq!(column(&place.out(), "verbatim", "text")[1..3], ["The café was & is open <daily>", "The café was closed"]);
    assert_eq!((manifest.verbatims.entities, manifest.verbatims.mojibake), (3, 1));
    assert_eq!(manifest.verbatims.mended_at, ["a.csv:2"]);
    assert_eq!((manifest.inputs[0].repaired, manifest.inputs[0].repaired_at.join("; ")), (1, "line 4, column comment".to_owned()));
    let warning = "a.csv: 1 cells with bytes that are not UTF-8 were read as Windows-1252, at line 4, column comment";
    assert!(manifest.warnings.iter().any(|told| told == warning), "{:?}", manifest.warnings);
}

#[test]
fn too_many_rejects_publish_where_that_is_asked_for() {
    let place = Place::new();
    place.write("a.csv", "id,date,comment\n1,2026-07-01,The room was clean\n2,soon,The staff were rude\n3,2026-07-03,The lift was slow\n");
    place.write("own.toml", "[[source]]\nname = \"a\"\nid = \"id\"\nreceived_at = \"date\"\nverbatims = [\"comment\"]\n");
    let run = |more: &[&str]| {
        let mut arguments = vec!["run", "a.csv", "--config", "own.toml", "--out", "out", "--max-reject-share", "0.05"];
        arguments.extend(more);
        let output = place.program(&arguments);
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (code, told) = run(&[]);
    assert!(code == Some(2) && told.contains("1 of 3 rows rejected (33.3 %) is over the limit of --max-reject-share 0.05"), "{told}");
    assert!(!place.path("out/tables").exists());
    let (code, told) = run(&["--too-many-rejects", "publish"]);
    assert!(code == Some(1) && told.contains("warning: 1 of 3 rows rejected (33.3 %), over --max-reject-share 0.05"), "{told}");
    assert_eq!(column(&place.out(), "response", "response_id"), ["1", "3"]);
    assert_eq!(column(&place.out(), "reject", "source_row"), ["2"]);
}

#[test]
fn contact_columns_are_kept_and_passthrough_is_redacted() {
    let place = Place::new();
    let settings = format!(
        "{PLAIN}contact_id = \"mail\"\naccount_id = \"account\"\npassthrough = [\"note\"]\n[privacy]\nredact = [\"email\", \"card\"]\n[privacy.patterns]\nticket = \"T-[0-9]{{6}}\"\n"
    );
    let rows = "id,date,comment,mail,account,note\n1,2026-07-01,\"Call 415-555-2671 about T-123456, card 4111 1111 1111 1111, XXXX said\",jo@example.com,4111111111111111,see jo@example.com\n";
    run(&place, &settings, &[("a.csv", rows)]);
    assert_eq!(column(&place.out(), "verbatim", "text"), ["Call 415-555-2671 about [ticket], card [card], XXXX said"]);
    assert_eq!(column(&place.out(), "verbatim", "redaction_count"), ["2"]);
    assert_eq!(column(&place.out(), "response", "contact_id"), ["jo@example.com"]);
    assert_eq!(column(&place.out(), "response", "account_id"), ["4111111111111111"]);
    assert_eq!(column(&place.out(), "response_attribute", "value"), ["see [email]"]);
}

#[test]
fn no_name_of_the_settings_or_the_input_leads_out_of_the_output() {
    let place = Place::new();
    let settings = "[[source]]\nname = \"../../escaped\"\nid = \"id\"\nreceived_at = \"date\"\nverbatims = [\"../comment\"]\narea = \"area\"\n\
        [[source.score]]\ncolumn = \"/tmp/score\"\nmeasure = \"../../measure\"\narea = \"../area\"\n";
    let rows =
        "id,date,../comment,/tmp/score,area\n../../1,2026-07-01,The room was clean,5,../../x\n/etc/2,2026-07-02,The lift was slow,1,/y\n";
    run(&place, settings, &[("in/..%2f..csv", rows)]);
    let left = |folder: &str| -> Vec<String> {
        let mut names: Vec<String> =
            fs_err::read_dir(place.path(folder)).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    };
    assert_eq!(left(""), ["in", "out", "outspoken.toml"]);
    assert!(
        left("out").iter().all(|name| ["current", "review.db", "runs", "tables", "themes", "index", "reports"].contains(&name.as_str())
            || name.starts_with(['.'])
            || name.starts_with("review.db")),
        "{:?}",
        left("out")
    );
    assert_eq!(column(&place.out(), "response", "source"), ["../../escaped", "../../escaped"]);
}

#[test]
fn a_run_over_more_months_than_the_limit_is_refused() {
    let place = Place::new();
    let row = |i: u32| format!("{i},{}-{:02}-01,The visit of month {i} was fine\n", 1970 + i / 12, 1 + i % 12);
    place.write("a.csv", format!("id,date,comment\n{}", (1..=640).map(row).collect::<String>()));
    let message = run_with(&place.options(&["a.csv"])).unwrap_err();
    assert!(
        message.to_string().contains("640 months with rows in one run, 1970-02 to 2023-05, is over the limit of 600 months"),
        "{message}"
    );
    assert!(!place.out().join("tables").exists());
}
