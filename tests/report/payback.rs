//! What customers answer after a case: of those answered in time, late and never.

use outspoken::casework::{By, Casebook, Filter, Operation};
use outspoken::config;
use outspoken::report::{Edition, Format};

use super::editions::make;
use crate::support::{Place, run_with};

const SETTINGS: &str = r#"
[[source]]
name = "survey"
files = ["*.csv"]
id = "id"
received_at = "date"
account_id = "account"
contact_id = "contact"
verbatims = ["What should we improve?"]
[[source.score]]
column = "recommend"
kind = "nps"
measure = "recommend"
"#;

fn micros(time: &str) -> i64 {
    time.parse::<jiff::Timestamp>().expect("a time").as_microsecond()
}

fn run(place: &Place, name: &str, rows: &[String], as_of: &str) {
    place.write(name, format!("id,date,account,contact,recommend,What should we improve?\n{}", rows.concat()));
    let settings = place.write("outspoken.toml", SETTINGS);
    let mut options = place.options(&[name]);
    options.settings = config::load(&settings).expect("the settings");
    options.as_of = as_of.parse().expect("a time");
    run_with(&options).expect("the run completes");
}

/// Points with the case and next, of six customers each who were answered in time, late and never; one came back with another case.
#[test]
fn what_customers_answer_next_stands_beside_how_they_were_answered() {
    let place = Place::new();
    let ids = || (0..3).flat_map(|group| (0..6).map(move |i| (group, i)));
    let cases = ids().map(|(group, i)| {
        format!("R-{group}{i},2026-08-20,A-{group}{i},C-{group}{i},{},I will cancel my contract because of the invoice.\n", i % 3)
    });
    run(&place, "august.csv", &cases.collect::<Vec<_>>(), "2026-08-24T08:00:00Z");
    let mut book = Casebook::open(&place.out()).expect("the cases");
    for case in book.cases(&Filter::default()).expect("the cases") {
        let at = match case.response_id.get(..3) {
            Some("R-0") => "2026-08-24T09:00:00Z",
            Some("R-1") => "2026-09-14T09:00:00Z",
            _ => continue,
        };
        let by = By { who: "Ana Ruiz".to_owned(), at: micros(at), seen: None };
        book.apply(&case, &Operation::Act { text: "called".to_owned(), owner: None }, &by).expect("it is written");
    }
    drop(book);
    let next = ids().map(|(group, i)| {
        let points = [[3, 5, 6, 4, 4, 8], [1, 2, 2, 1, 1, 2], [0, 1, 1, 0, 0, 1]][group][i];
        let said = match (group, i) {
            (2, 0) => "I will cancel my contract.",
            (0, _) => "The zqsoon invoice is right since somebody called me back.",
            _ => "Fine.",
        };
        // The last group answers as other people of the account.
        let contact = if group == 2 { "N" } else { "C" };
        format!("S-{group}{i},2026-09-21,A-{group}{i},{contact}-{group}{i},{points},{said}\n")
    });
    run(&place, "september.csv", &next.collect::<Vec<_>>(), "2026-10-02T08:00:00Z");
    let page = make(&place, Edition::Pack, Format::Markdown);
    let after = page.split("After a case").nth(1).expect("it is told").split("##").next().expect("it ends");
    // Interval of the change: scipy.stats.ttest_rel(after, before).confidence_interval().
    for row in [
        "| answered in time | 6 | 1.00 | 5.00 | +4.00 | +2.85 to +5.15 |",
        "| answered late | 6 | 1.00 | 1.50 | +0.50 | −0.07 to +1.07 |",
        "| not answered, time over | 6 | 1.00 | 0.50 | −0.50 | −1.07 to +0.07 |",
    ] {
        assert!(after.contains(row), "{row} in {after}");
    }
    let words =
        after.split("In their next words: answered in time").nth(1).expect("words").split("In their next words").next().expect("an end");
    assert!(words.contains("zqsoon"), "{words}");
    assert!(after.contains("`outspoken search 'hotline:any month:2026-08..2026-09' --out DIR`"), "{after}");
    assert!(after.contains("1 of 19 responses") && after.contains("Not proof of cause"), "{after}");
}
