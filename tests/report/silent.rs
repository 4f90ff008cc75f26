//! What stands beside figures that nobody's words can be behind: response rates, silence, and what operations counts.

use outspoken::config;
use outspoken::report::{Edition, Format};

use super::check_markup;
use super::editions::make;
use crate::support::{Place, run_with};

const SETTINGS: &str = r#"
[[source]]
name = "survey"
files = ["*survey.csv"]
id = "id"
received_at = "date"
account_id = "account"
contact_id = "contact"
share_consent = "consent"
verbatims = ["What should we improve?"]
[[source.score]]
column = "recommend"
kind = "nps"
measure = "recommend"
[[source.score]]
column = "parking"
kind = "csat"
scale = [1, 5]
measure = "parking"
area = "Parking"
[invitations]
file = "invited.csv"
[indicators]
file = "counts.csv"
"#;

/// Three months: `A-1` answers once and is asked in vain since, `A-2` never answers, `A-3` answers each month.
fn place() -> Place {
    let place = Place::new();
    let mut csv = "id,date,account,contact,consent,recommend,parking,What should we improve?\n".to_owned();
    let mut invited = "source,account_id,contact_id,invited_at,status\n".to_owned();
    for (idx, month) in ["2026-07", "2026-08", "2026-09"].into_iter().enumerate() {
        for account in ["A-1", "A-2", "A-3"] {
            invited += &format!("survey,{account},C-{account},{month}-02,sent\n");
        }
        csv += &format!("R-3{idx},{month}-03,A-3,C-A-3,named,9,{},The zqparking lot is always full in the morning.\n", 1 + idx);
    }
    csv += "R-1n,2026-07-03,A-1,C-A-1,named,2,1,The zqlast invoice was wrong and nobody called back.\n";
    csv += "R-1a,2026-07-04,A-1,C-A-9,anonymous,2,1,The zqhidden invoice was wrong and nobody called back.\n";
    place.write("survey.csv", csv);
    place.write("invited.csv", invited);
    place.write("counts.csv", "month,indicator,area,value,unit\n2026-09,Average handle time,,431,seconds\n");
    let settings = place.write("outspoken.toml", SETTINGS);
    let mut options = place.options(&["survey.csv"]);
    options.settings = config::load(&settings).expect("the settings");
    options.as_of = "2026-10-02T08:00:00Z".parse().expect("a time");
    run_with(&options).expect("the run completes");
    place
}

#[test]
fn figures_without_words_say_what_they_are_counted_from() {
    let place = place();
    check_markup(&make(&place, Edition::Pack, Format::Html));
    let page = make(&place, Edition::Pack, Format::Markdown);
    let section = |title: &str, end: &str| -> String {
        let after = page.split(title).nth(1).unwrap_or_else(|| panic!("no {title}"));
        after.split(end).next().unwrap_or_default().to_owned()
    };
    let silent = section("Silent accounts", "###");
    assert!(silent.contains("Last words before the silence: A-1") && silent.contains("zqlast"), "{silent}");
    assert!(!silent.contains("zqhidden"), "beside an account stand only words of people who agreed to be named");
    assert!(silent.contains("`outspoken search 'account_id:A-1' --out DIR`") && silent.contains("`/search?q=account_id:A-1`"), "{silent}");
    assert!(silent.contains("1 account has never answered") && silent.contains("`FROM invitation WHERE"), "{silent}");
    let rate = section("What the rate is counted from: Survey", "##");
    assert!(rate.contains("3 people whom an invitation of the month reached, of whom 1 have"), "{rate}");
    assert!(rate.contains("`outspoken search 'source:survey month:2026-09' --out DIR`"), "{rate}");
    assert!(rate.contains("`FROM response WHERE source = 'survey' AND report_month = DATE '2026-09-01'`"), "{rate}");
    assert!(section("Figures from elsewhere", "##").contains("nobody's words stand behind these figures"));
    // No theme and no response names the area: those who rated it are heard.
    let area = section("Parking: by those who rated it", "##");
    assert!(area.contains("zqparking") && area.contains("'source:survey month:2026-09'"), "{area}");
}
