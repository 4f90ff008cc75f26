//! Editions of the report: who may read what, and that what was handed out does not change silently.

use outspoken::config;
use outspoken::report::{self, Edition, Format, Options};

use super::check_markup;
use crate::support::{Place, column, demo_options, files, run_with};

const SETTINGS: &str = r#"
[[source]]
name = "survey"
files = ["survey*.csv"]
id = "id"
received_at = "date"
account_id = "account"
account_name = "account_name"
contact_id = "contact"
contact_name = "person"
contact_title = "title"
contact_role = "role"
share_consent = "consent"
verbatims = ["What should we improve?"]
[[source.score]]
column = "recommend"
kind = "nps"
measure = "recommend"
[[source.score]]
column = "billing"
kind = "csat"
measure = "billing"
area = "Billing"
"#;

const GOALS: &str = r#"
[[initiative]]
id = "one-page-bill"
title = "A bill on one page"
area = "Billing"
owner = "Dana"
measure = "billing"
statistic = "mean"
status = "delivered"
baseline = 2.0
expected_change = { "2026-09" = 0.5 }
[[initiative]]
id = "hours"
title = "Longer hours"
area = "Billing"
measure = "billing"
status = "in work"
"#;

/// Consent, a mark in the person's words, and one in their name.
const PEOPLE: [(&str, &str, &str); 4] = [
    ("named", "zqnamed", "Wnamed"),
    ("anonymous", "zqanonymous", "Wanonymous"),
    ("aggregate_only", "zqaggregate", "Waggregate"),
    ("", "zqsilent", "Wsilent"),
];

/// A run over 120 answers of four accounts; all people of one account (`A-9`) keep their names to themselves.
fn place() -> Place {
    let place = Place::new();
    let mut csv = "id,date,account,account_name,contact,person,title,role,consent,recommend,billing,What should we improve?\n".to_owned();
    for i in 0..120 {
        let (consent, mark, name) = PEOPLE[i % 4];
        let (account, called) = [("A-1", "Harbor Bakery"), ("A-2", "Pier Nine"), ("A-3", "Otherco"), ("A-4", "Quiet Ltd")][i / 4 % 4];
        // A word of one person each: what many say may name a theme.
        let letters: String = i.to_string().bytes().map(|digit| char::from(digit - b'0' + b'a')).collect();
        let role = ["end user", "decision maker"][i % 2];
        csv += &format!(
            "R-{i},2026-09-{:02},{account},{called},C-{i},{name}{letters} Person,Clerk {name},{role},{consent},{},{},The {mark}{letters} invoice was wrong again and {mark}{letters} waited. We will cancel our {mark}{letters} contract.\n",
            1 + i % 28,
            i % 11,
            1 + i % 5,
        );
    }
    // Two people of an account of their own: one agreed to be named.
    for (id, consent, name, recommend) in [("R-x", "aggregate_only", "Wlonely", 0), ("R-y", "named", "Wopen", 10)] {
        csv += &format!(
            "{id},2026-09-03,A-9,Lone Corp,C-{id},{name} Person,Chief {name},decision maker,{consent},{recommend},1,The zqlonely{id} router fails.\n"
        );
    }
    place.write("survey.csv", csv);
    place.write("goals.toml", GOALS);
    let settings = place.write("outspoken.toml", format!("goals = \"goals.toml\"\n{SETTINGS}"));
    let mut options = place.options(&["survey.csv"]);
    options.settings = config::load(&settings).expect("the settings");
    run_with(&options).expect("the run completes");
    place
}

pub(super) fn make(place: &Place, edition: Edition, format: Format) -> String {
    let options = Options { edition, format, ..Options::default() };
    let path = report::make(&place.out(), &options).expect("the report is written");
    fs_err::read_to_string(path).expect("the report is text")
}

/// The text of each sheet.
fn workbook_cells(path: &std::path::Path) -> Vec<(String, String)> {
    let mut workbook: calamine::Xlsx<_> = calamine::open_workbook(path).expect("a workbook");
    let sheets = calamine::Reader::worksheets(&mut workbook);
    sheets.into_iter().map(|(name, range)| (name, range.cells().map(|(_, _, cell)| format!("{cell} ")).collect())).collect()
}

const ACCOUNTS: [&str; 5] = ["Harbor Bakery", "Pier Nine", "Otherco", "Quiet Ltd", "Lone Corp"];

/// Cases of a page, as HTML or Markdown: rows that are about churn. Those that name an account are of people who agreed to be named, and in those that hold
/// words of somebody who did not stands no account. Gives how many hold such words.
fn check_cases(name: &str, page: &str) -> usize {
    let rows =
        page.split("<tr>").skip(1).filter_map(|row| row.split("</tr>").next()).chain(page.lines().filter(|line| line.starts_with("| ")));
    let mut n_anonymous = 0;
    for row in rows.filter(|row| row.contains("Churn") || row.contains("churn")) {
        let named = ACCOUNTS.iter().find(|account| row.contains(*account));
        if row.contains("zqanonymous") {
            n_anonymous += 1;
            assert_eq!(named, None, "an account beside the words of somebody who is not to be named, in {name}: {row}");
        }
        if let Some(account) = named {
            let is_agreed = row.contains("zqnamed") || row.contains("zqlonelyR-y");
            assert!(is_agreed, "{account} beside the case of somebody who did not agree, in {name}: {row}");
        }
    }
    n_anonymous
}

/// Cases of a table: whose they are stands only where the person agreed to be named.
fn check_case_table(name: &str, text: &str) {
    let ids = || (0..120).map(|i| (i, format!("R-{i}")));
    let cells: Vec<&str> = text.split([',', ' ', '\n', '\r']).collect();
    let is_there = |id: &str| cells.contains(&id);
    assert!(ids().any(|(i, id)| i % 4 == 0 && is_there(&id)), "no named case in {name}");
    for (i, id) in ids().filter(|(i, _)| i % 4 != 0) {
        assert!(!is_there(&id), "case of {id} ({}) in {name}", PEOPLE[i % 4].0);
    }
    let n_named = ids().filter(|(_, id)| is_there(id)).count() + usize::from(is_there("R-y"));
    let n_accounts: usize = ACCOUNTS.iter().map(|account| text.matches(account).count()).sum();
    assert!(n_accounts <= n_named, "{n_accounts} accounts for {n_named} cases that may name one, in {name}");
}

#[test]
fn no_edition_holds_what_it_must_not() {
    let place = place();
    let unagreed = ["zqaggregate", "zqsilent", "Wanonymous", "Waggregate", "Wsilent", "Wlonely", "zqlonelyR-x"];
    let inside = [Edition::Pack, Edition::Area("billing".into()), Edition::Account("A-1".into()), Edition::Account("Lone Corp".into())];
    let outside = [Edition::Customer("A-1".into()), Edition::Customer("A-9".into()), Edition::Staff, Edition::Customers];
    for edition in inside.iter().chain(&outside) {
        for format in [Format::Html, Format::Markdown] {
            let page = make(&place, edition.clone(), format);
            if format == Format::Html {
                check_markup(&page);
            }
            for mark in unagreed {
                assert!(!page.contains(mark), "{mark} in {edition:?}");
            }
            let n_anonymous = check_cases(&format!("{edition:?} as {format:?}"), &page);
            match edition {
                // Otherwise nothing would have been looked at.
                Edition::Pack => assert!(n_anonymous > 0, "no case of somebody who is not to be named"),
                Edition::Account(_) => assert!(!page.contains("zqanonymous"), "words beside the name of an account"),
                _ => {}
            }
        }
    }
    for edition in &outside {
        let page = make(&place, edition.clone(), Format::Html).replace(&include_str!("../../pipeline/report/style.css").to_string(), "");
        for hidden in ["Wnamed", "Wopen", "HOTLINE", "entiment", "hotline", "Otherco", "Quiet Ltd", "Pier Nine", "detractor"] {
            assert!(!page.contains(hidden), "{hidden} in {edition:?}");
        }
    }
    // What lies beside the pages: tables of the pack, the workbook, what is frozen, and the list of those who are written to.
    let publish = Options { publish: Some([None, None]), ..Options::default() };
    report::make(&place.out(), &publish).expect("it is published");
    let beside = files(&place.out().join("reports"));
    assert!(beside.keys().any(|name| name.ends_with("hotline.csv")) && beside.keys().any(|name| name.contains("published/")));
    for (name, bytes) in &beside {
        let text = String::from_utf8_lossy(bytes);
        check_cases(name, &text);
        if name.ends_with("hotline.csv") {
            check_case_table(name, &text);
        }
        for mark in unagreed {
            assert!(!text.contains(mark), "{mark} in {name}");
        }
        for named in ["Wnamed", "Wopen"] {
            assert!(name.contains("internal") || !text.contains(named), "{named} in {name}: a name stands in the rehearsal sheet alone");
        }
    }
    // On the sheet of an account nothing leads to words that the pack shows without a name.
    let cases =
        beside.iter().find(|(name, _)| name.ends_with("tables/hotline.csv")).map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned());
    let cases = cases.expect("the table of cases");
    let withheld: Vec<&str> = cases.lines().skip(1).filter(|line| !ACCOUNTS.iter().any(|account| line.contains(account))).collect();
    assert!(withheld.len() > 60, "{}", withheld.len());
    for line in withheld {
        let id = line.split(',').next().unwrap_or_default();
        for (name, bytes) in beside.iter().filter(|(name, _)| name.contains("-internal.")) {
            assert!(!String::from_utf8_lossy(bytes).contains(id), "case {id} in {name}");
        }
    }
    let workbook = report::make(&place.out(), &Options { format: Format::Xlsx, ..Options::default() }).expect("a workbook");
    for (sheet, cells) in workbook_cells(&workbook) {
        if sheet == "hotline" {
            check_case_table("the workbook", &cells);
        }
        for mark in unagreed.iter().chain(&["Wnamed", "Wopen", "zqnamed", "zqanonymous"]) {
            assert!(!cells.contains(mark), "{mark} in {sheet} of the workbook");
        }
    }
    for notice in report::notices(&place.out(), "one-page-bill").expect("those who are told") {
        assert!(notice.contact_name.starts_with("Wnamed") || notice.contact_name.starts_with("Wopen"), "{}", notice.contact_name);
    }
    let staff = make(&place, Edition::Staff, Format::Html);
    assert!(!staff.contains("Harbor Bakery") && staff.contains("A bill on one page") && staff.contains("120") | staff.contains("122"));
}

#[test]
fn a_score_goes_with_a_name_only_where_its_author_agreed() {
    let place = place();
    let sheet = make(&place, Edition::Account("A-1".into()), Format::Html);
    assert!(sheet.contains("Wnamed") && sheet.contains("Rehearsal sheet") && sheet.contains("Users and management"));
    let lone = make(&place, Edition::Account("lone corp".into()), Format::Html);
    assert!(lone.contains("Wopen Person") && lone.contains("under 5"), "two people, of whom one may be named");
    // The one said 10, the other 0: a mean, or an NPS of the two, would give the other away.
    assert!(!lone.contains("5.00") && !lone.contains("detractor") && !lone.contains("passive"), "a score that can be worked out");
    let customer = make(&place, Edition::Customer("A-9".into()), Format::Html);
    assert!(customer.contains("2 people of your company") && customer.contains("fewer than five people"), "no figure of two people");
    let many = make(&place, Edition::Customer("A-1".into()), Format::Html);
    assert!(many.contains("Your mean") && many.contains("Three questions to you") && !many.contains("Source:"));
}

#[test]
fn an_area_has_its_own_pack_and_a_page_for_its_front_line() {
    let place = place();
    let page = make(&place, Edition::Area("Billing".into()), Format::Html);
    assert!(page.contains("For the front line") && page.contains("A bill on one page"));
    let sheet = page.split("class=\"sheet\"").nth(1).unwrap();
    assert!(!sheet.contains("Person") && !sheet.contains("Harbor"), "no name on what is hung up");
    let options = Options { edition: Edition::Area("Biling".into()), ..Options::default() };
    let error = report::make(&place.out(), &options).unwrap_err();
    assert_eq!(error.hint().unwrap(), "did you mean `Billing`?");
    let options = Options { edition: Edition::Account("Harbor Bakry".into()), ..Options::default() };
    assert_eq!(report::make(&place.out(), &options).unwrap_err().hint().unwrap(), "did you mean `Harbor Bakery`?");
}

#[test]
fn only_those_who_agreed_to_be_named_are_told() {
    let place = Place::new();
    run_with(&demo_options(&place.out())).expect("the demo runs");
    let found = report::notices(&place.out(), "one-page-bill").unwrap();
    assert!(found.iter().all(|notice| !notice.contact_name.is_empty() && notice.source == "relationship_survey"));
    let error = report::notices(&place.out(), "one-page-bil").unwrap_err();
    assert_eq!(error.hint().unwrap(), "did you mean `one-page-bill`?");
}

#[test]
fn what_was_published_stays_and_what_changed_since_is_told() {
    let place = place();
    let publish = |edition: &str| {
        let days = ["2026-10-02", "2026-10-09"].map(|day| day.parse().ok());
        let options = Options { publish: Some(days), ..Options::default() };
        let path = report::make(&place.out(), &options).unwrap();
        assert!(path.ends_with(format!("reports/2026-09/published/{edition}")), "{}", path.display());
        fs_err::read_to_string(path).unwrap()
    };
    let frozen = publish("index-1.html");
    assert!(!frozen.contains("Published, edition"));
    let live = make(&place, Edition::Pack, Format::Html);
    assert!(live.contains("Published, edition 1") && live.contains("meeting 2026-10-09") && live.contains("No figure has changed since"));
    let more = "id,date,account,account_name,contact,person,title,role,consent,recommend,billing,What should we improve?\nR-late,2026-09-30,A-1,Harbor Bakery,C-l,P,T,end user,named,10,5,\n";
    place.write("survey_late.csv", more);
    let mut options = place.options(&["survey_late.csv"]);
    options.settings = config::load(&place.path("outspoken.toml")).expect("the settings");
    let outcome = run_with(&options).unwrap();
    assert_eq!(outcome.manifest.months_restated, ["2026-09"]);
    let live = make(&place, Edition::Pack, Format::Html);
    assert!(live.contains("Restated:") && live.contains("survey / recommend / all / nps"), "{}", live.len());
    check_markup(&live);
    assert_eq!(fs_err::read_to_string(place.out().join("reports/2026-09/published/index-1.html")).unwrap(), frozen, "frozen");
    publish("index-2.html");
}

#[test]
fn tables_open_in_a_spreadsheet_and_run_nothing() {
    let place = Place::new();
    place.write(
        "a.csv",
        "Response ID,Date,Area,Account name,Comment,Rating\nR-1,2026-07-03,=1+1,=cmd|' /C calc'!A0,The room was clean and quiet,5\n",
    );
    place.run(&["a.csv"]);
    let options = Options { format: Format::Xlsx, ..Options::default() };
    let path = report::make(&place.out(), &options).unwrap();
    assert!(path.ends_with("reports/2026-07/index.xlsx") && fs_err::read(&path).unwrap().starts_with(b"PK"));
    assert_eq!(fs_err::read(&path).unwrap(), fs_err::read(report::make(&place.out(), &options).unwrap()).unwrap(), "the same bytes");
    report::write(&place.out(), None).unwrap();
    let accounts = fs_err::read_to_string(place.out().join("reports/2026-07/tables/account_month.csv")).unwrap();
    assert!(accounts.contains("'=cmd|") && !accounts.contains(",=cmd|"), "{accounts}");
    let workbook = Options { edition: Edition::Staff, format: Format::Xlsx, ..Options::default() };
    assert!(report::make(&place.out(), &workbook).is_err());
}

#[test]
fn accounts_and_invitations_come_with_a_run_and_stay() {
    let place = Place::new();
    let out = place.out();
    run_with(&demo_options(&out)).expect("the demo runs");
    let rates = column(&out, "coverage_month", "response_rate");
    assert!(!rates.is_empty() && rates.iter().all(|rate| rate != "null"));
    assert!(column(&out, "account_standing", "attention").iter().any(|reasons| reasons.contains("silent")));
    assert_eq!(column(&out, "account", "account_id").len(), 65);
    let page = fs_err::read_to_string(report::write(&out, None).unwrap()).unwrap();
    check_markup(&page);
    for said in ["Response rate", "Silent accounts", "Profitable detractors", "Average handle time", "From detected to closed"] {
        assert!(page.contains(said), "{said}");
    }
    let mut options = demo_options(&out);
    options.settings.accounts.file = None;
    options.settings.invitations.file = None;
    run_with(&options).expect("it runs again");
    assert_eq!(column(&out, "coverage_month", "response_rate"), rates, "what a run is not given stays");
    place.write("bad.csv", "month,what\n2026-07,x\n");
    place.write("good.csv", "Response ID,Date,Comment,Rating\nR-1,2026-07-03,The room was clean and quiet,5\n");
    let printed = place.program(&["run", "good.csv", "--out", "out2", "--invited", "bad.csv", "--source", "s"]);
    assert_eq!(printed.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&printed.stderr).contains("holds no invitation that can be used"));
}
