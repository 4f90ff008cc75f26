//! The review pack: what may stand in it, and that it is the same bytes for the same tables.

mod editions;
mod payback;
mod silent;

use outspoken::config;
use outspoken::month::Month;
use outspoken::report;

use crate::support::{Place, demo_options, run_with};

const SETTINGS: &str = r#"
[[source]]
name = "survey <b>&'\""
files = ["*.csv"]
id = "id"
received_at = "date"
account_id = "account"
account_name = "account_name"
share_consent = "consent"
verbatims = ["What should we improve?"]
[[source.score]]
column = "billing"
kind = "csat"
measure = "billing"
scale = [1, 5]
area = "<i>Billing</i>"
"#;

/// Runs over rows of id, consent, account name and verbatim, and gives the page.
fn page(place: &Place, rows: &[(String, &str, &str, String)]) -> String {
    let quoted = |cell: &str| format!("\"{}\"", cell.replace('"', "\"\""));
    let mut csv = "id,date,account,account_name,consent,billing,What should we improve?\n".to_owned();
    for (idx, (id, consent, account, verbatim)) in rows.iter().enumerate() {
        let day = 1 + idx % 28;
        csv += &format!(
            "{},2026-09-{day:02},{},{},{consent},{},{}\n",
            quoted(id),
            quoted(account),
            quoted(account),
            1 + idx % 5,
            quoted(verbatim)
        );
    }
    place.write("survey.csv", csv);
    let settings = place.write("outspoken.toml", SETTINGS);
    let mut options = place.options(&["survey.csv"]);
    options.settings = config::load(&settings).expect("the settings");
    run_with(&options).expect("the run completes");
    let path = report::write(&place.out(), None).expect("the report is written");
    assert_eq!(path, place.out().join("reports/2026-09/index.html"));
    fs_err::read_to_string(path).expect("the report is text")
}

/// Every tag is one of ours and is closed where it must be; no attribute can run anything.
fn check_markup(page: &str) {
    const VOID: [&str; 8] = ["!DOCTYPE", "meta", "br", "circle", "line", "link", "polyline", "rect"];
    const OURS: &str = " html head title style body main header p h1 h2 h3 h4 h5 b bdi nav a ol li strong div section span svg text details summary table caption ul \
                        ul thead tbody tr th td code blockquote footer dl dt dd ";
    let mut open: Vec<&str> = Vec::new();
    for piece in page.split('<').skip(1) {
        let Some((tag, _)) = piece.split_once('>') else { panic!("a tag that does not end") };
        let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap_or_default();
        assert!(!tag.split('"').step_by(2).any(|part| part.contains(" on")), "{tag}");
        if tag.starts_with('/') {
            assert_eq!(open.pop(), Some(name));
        } else if !VOID.contains(&name) {
            assert!(OURS.contains(&format!(" {name} ")), "{name}");
            open.push(name);
        }
    }
    assert_eq!(open, Vec::<&str>::new());
    for foreign in ["<script", "<img", "http://", "https://", "url(", "@import"] {
        assert!(!page.contains(foreign), "{foreign}");
    }
}

#[test]
fn hostile_text_stays_text() {
    let hostile = [
        "<script>alert('x')</script>",
        "</td></table><img src=x onerror=alert(1)>",
        "=cmd|' /C calc'!A0",
        "\u{202e}drawkcab\u{2067}",
        "\"><b onmouseover=alert(1)>",
        "&lt;b&gt; &amp;",
    ];
    let mut rows = Vec::new();
    for i in 0..60 {
        let text = hostile[i % hostile.len()];
        let said = format!(
            "The invoice was wrong {text} and billing overcharged us {i} times. We will cancel the contract {text} and call our lawyer."
        );
        rows.push((format!("R-{i} {text}"), "named", text, said));
    }
    let long = "invoice".repeat(7150);
    rows.push(("R-long".to_owned(), "named", "Long account", long.clone()));
    rows.push(("R-longer".to_owned(), "named", long.as_str(), format!("The invoice {long} is wrong and we will cancel.")));
    let place = Place::new();
    let page = page(&place, &rows);
    check_markup(&page);
    assert!(page.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;"), "an account's name is shown as it is");
    assert!(page.contains("survey &lt;b&gt;&amp;&#39;&quot;") && page.contains("&lt;i&gt;Billing&lt;/i&gt;"));
    assert!(page.contains("<bdi>\u{202e}drawkcab"), "text that turns the direction is kept apart");
    assert!(page.contains("overflow-wrap: anywhere"));
}

#[test]
fn words_are_shown_only_with_consent() {
    let consents = [("named", "zqnamed"), ("anonymous", "zqanonymous"), ("aggregate_only", "zqaggregate"), ("", "zqnoanswer")];
    let rows: Vec<_> = (0..80)
        .map(|i| {
            let (consent, mark) = consents[i % consents.len()];
            // A word of one person each: what many say may name a theme.
            let letters: String = i.to_string().bytes().map(|digit| char::from(digit - b'0' + b'a')).collect();
            let mark = format!("{mark}{letters}");
            let said = format!("The {mark} invoice was wrong again. We will cancel our {mark} contract and call a lawyer, {mark}.");
            (format!("R-{i}"), consent, "Harbor Bakery", said)
        })
        .collect();
    let place = Place::new();
    let page = page(&place, &rows);
    assert!(page.contains("zqnamed") || page.contains("zqanonymous"), "there are examples");
    for mark in ["zqaggregate", "zqnoanswer"] {
        assert!(!page.contains(mark), "{mark}");
    }
    assert!(page.contains("words not shown without consent"), "their cases are listed without their words");
}

#[test]
fn the_same_tables_give_the_same_page() {
    let place = Place::new();
    run_with(&demo_options(&place.out())).unwrap();
    let write = |month: Option<Month>| fs_err::read_to_string(report::write(&place.out(), month).unwrap()).unwrap();
    let newest = write(None);
    check_markup(&newest);
    assert_eq!(newest, write(Month::parse("2026-09")));
    assert!(newest.contains("September 2026") && newest.contains("FROM kpi_month WHERE"));
    let first = write(Month::parse("2026-07"));
    check_markup(&first);
    assert!(first.contains("no month before") && !first.contains(">NEW<") && !first.contains("Aug 26"));
    let again = Place::new();
    run_with(&demo_options(&again.out())).unwrap();
    assert_eq!(newest, fs_err::read_to_string(report::write(&again.out(), None).unwrap()).unwrap());
}

#[test]
fn a_month_without_responses_is_told_with_those_that_have_some() {
    let place = Place::new();
    let error = |place: &Place, month: &str| report::write(&place.out(), Month::parse(month)).unwrap_err();
    assert!(error(&place, "2026-09").to_string().contains("no tables here"));
    place.write("a.csv", "Response ID,Date,Comment,Rating\nR-1,2026-07-03,The room was clean and quiet,5\n");
    place.run(&["a.csv"]);
    let said = error(&place, "2026-09");
    assert!(said.to_string().contains("no responses in 2026-09"));
    assert_eq!(said.hint().unwrap(), "months with responses: 2026-07");
    let page = fs_err::read_to_string(report::write(&place.out(), None).unwrap()).unwrap();
    check_markup(&page);
    let output = place.program(&["report", "--out", "out"]);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "out/reports/2026-07/index.html\n");
    assert_eq!(place.program(&["report", "--out", "out", "--month", "2026-09"]).status.code(), Some(2));
}
