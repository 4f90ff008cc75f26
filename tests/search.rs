//! Search, as a user sees it: what a query finds, that the index follows the tables, and what a bad query says.

use outspoken::Error;
use outspoken::search::{Found, Index, Request, Searcher, Sort, ThemeNames};
use outspoken::sink::Version;

use crate::support::{Place, column};

const HEAD: &str = "Response ID,Date,Account,Segment,Area,How likely are you to recommend us? (0-10),What should we improve?\n";

fn row(id: &str, date: &str, account: &str, nps: u8, text: &str) -> String {
    format!("{id},{date},{account},Enterprise,Billing,{nps},\"{text}\"\n")
}

fn september() -> String {
    let rows = [
        row("R1", "2026-09-03", "Acme Corp", 2, "The refunds never came and I was refunded twice in error"),
        row("R2", "2026-09-04", "Borealis Ltd", 9, "Great people on the phone, quick and kind"),
        row("R3", "2026-09-05", "Acme Corp", 6, "A late fee on every invoice. I will cancel my contract if this goes on"),
        row("R4", "2026-09-06", "Ceres", 8, "Fees came late again, please fix the invoice"),
    ];
    format!("{HEAD}{}", rows.concat())
}

fn searched(place: &Place) -> (Searcher, ThemeNames) {
    let version = Version::current(&place.out()).expect("a directory").expect("tables");
    let index = Index::open(&place.out()).expect("an index");
    index.catch_up(&version, &mut |_, _| {}).expect("it can be written");
    assert!(index.is_current(&version).expect("it says what it covers"));
    (index.searcher().expect("it can be read"), ThemeNames::load(&version).expect("themes"))
}

fn find(searched: &(Searcher, ThemeNames), query: &str) -> Found {
    let request = Request { query, sort: None, offset: 0, limit: 50, with_facets: true };
    searched.0.find(request, &searched.1).unwrap_or_else(|error| panic!("{query}: {error}"))
}

fn ids(found: &Found) -> Vec<&str> {
    let mut ids: Vec<&str> = found.hits.iter().map(|hit| hit.response_id.as_str()).collect();
    ids.sort_unstable();
    assert_eq!(found.total, ids.len() as u64);
    ids
}

#[test]
fn a_query_finds_what_it_says() {
    let place = Place::new();
    place.write("september.csv", september());
    place.run(&["september.csv"]);
    let searched = searched(&place);
    let check = |query: &str, expected: &[&str]| assert_eq!(ids(&find(&searched, query)), expected, "{query}");
    check("", &["R1", "R2", "R3", "R4"]);
    check("refund", &["R1"]);
    check("REFUNDING", &["R1"]);
    check("\"refund\"", &[]);
    check("fee late", &["R3", "R4"]);
    check("\"late fee\"", &["R3"]);
    check("fee -cancel", &["R4"]);
    check("refund OR kind", &["R1", "R2"]);
    check("NOT invoice", &["R1", "R2"]);
    check("invoi*", &["R3", "R4"]);
    check("invioce~1", &["R3", "R4"]);
    check("nps:<=6", &["R1", "R3"]);
    check("nps:promoter", &["R2"]);
    check("nps:7..8 invoice", &["R4"]);
    check("account:acme", &["R1", "R3"]);
    check("account:\"acme corp\" late", &["R3"]);
    check("account:bor*", &["R2"]);
    check("month:2026-09 month:>=2026-08 month:2026", &["R1", "R2", "R3", "R4"]);
    check("month:<2026-09", &[]);
    check("area:billing segment:enterprise source:feedback language:en kind", &["R2"]);
    check("hotline:any", &["R3"]);
    check("hotline:care OR hotline:sales", &["R3"]);
    check("sentiment:>0 -invoice", &["R2"]);
    check("response:R4", &["R4"]);
    check("area:nothing", &[]);
}

#[test]
fn matches_are_marked_counted_and_sorted() {
    let place = Place::new();
    place.write("september.csv", september());
    place.run(&["september.csv"]);
    let searched = searched(&place);
    let found = find(&searched, "refund");
    let hit = &found.hits[0];
    let marked: Vec<&str> = hit.marks.iter().map(|(from, to)| hit.text.get(*from..*to).unwrap()).collect();
    assert_eq!(marked, ["refunds", "refunded"]);
    let found = find(&searched, "");
    assert_eq!(found.sort, Sort::Newest);
    assert_eq!(found.hits[0].response_id, "R4");
    let counted = |values: &[outspoken::search::FacetValue]| values.iter().map(|v| (v.value.clone(), v.n)).collect::<Vec<_>>();
    assert_eq!(counted(&found.facets.month), [("2026-09".to_owned(), 4)]);
    assert_eq!(counted(&found.facets.area), [("Billing".to_owned(), 4)]);
    assert_eq!(counted(&found.facets.segment), [("Enterprise".to_owned(), 4)]);
    let request = Request { query: "", sort: Some(Sort::MostNegative), offset: 1, limit: 1, with_facets: false };
    let page = searched.0.find(request, &searched.1).unwrap();
    assert_eq!((page.total, page.hits.len(), page.facets.theme.len()), (4, 1, 0));
}

#[test]
fn the_index_follows_the_tables_and_superseded_rows_leave_it() {
    let place = Place::new();
    place.write("july.csv", format!("{HEAD}{}", row("R9", "2026-07-03", "Acme", 5, "The portal was down in July")));
    place.write("september.csv", september());
    place.run(&["july.csv", "september.csv"]);
    let version = || Version::current(&place.out()).unwrap().expect("tables");
    let first = Index::open(&place.out()).unwrap().catch_up(&version(), &mut |_, _| {}).unwrap();
    assert_eq!((first.n_months, first.n_verbatims), (2, 5));
    // R3 says something else now, and R4 moved to August.
    let corrected = [row("R3", "2026-09-05", "Acme Corp", 6, "All is well"), row("R4", "2026-08-06", "Ceres", 8, "Moved")].concat();
    place.write("september.csv", format!("{HEAD}{corrected}"));
    place.run(&["september.csv"]);
    let index = Index::open(&place.out()).unwrap();
    assert!(!index.is_current(&version()).unwrap());
    let second = index.catch_up(&version(), &mut |_, _| {}).unwrap();
    assert_eq!((second.n_months, second.n_verbatims), (2, 4), "July stays as it is");
    let searched = searched(&place);
    assert_eq!(ids(&find(&searched, "\"late fee\"")), [""; 0]);
    assert_eq!(ids(&find(&searched, "month:2026-08 moved")), ["R4"]);
    assert_eq!(ids(&find(&searched, "portal")), ["R9"]);
    let mut expected = column(&place.out(), "verbatim", "verbatim_id");
    let found = find(&searched, "");
    let mut indexed: Vec<&str> = found.hits.iter().map(|hit| hit.verbatim_id.as_str()).collect();
    expected.sort_unstable();
    indexed.sort_unstable();
    assert_eq!(indexed, expected);
    let third = index.catch_up(&version(), &mut |_, _| {}).unwrap();
    assert_eq!((third.n_months, third.n_verbatims), (0, 0));
}

#[test]
fn a_broken_index_is_built_again() {
    let place = Place::new();
    place.write("september.csv", september());
    place.run(&["september.csv"]);
    searched(&place);
    for name in ["meta.json", "anything.idx"] {
        let folder = place.out().join("index");
        for entry in fs_err::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let hit = path.file_name().unwrap().to_str() == Some(name)
                || (name.ends_with(".idx") && path.extension().is_some_and(|e| e == "store"));
            if hit {
                fs_err::write(&path, b"not an index").unwrap();
            }
        }
        let index = Index::open(&place.out()).unwrap();
        let version = Version::current(&place.out()).unwrap().unwrap();
        index.rebuild(&version, &mut |_, _| {}).unwrap();
        assert_eq!(ids(&find(&searched(&place), "refund")), ["R1"]);
    }
}

#[test]
fn a_query_that_asks_for_nothing_known_says_what_is_known() {
    let place = Place::new();
    place.write("september.csv", september());
    place.run(&["september.csv"]);
    let searched = searched(&place);
    let check = |query: &str, expected_at: usize, part: &str| {
        let request = Request { query, sort: None, offset: 0, limit: 5, with_facets: false };
        match searched.0.find(request, &searched.1) {
            Err(Error::Query { at, what, .. }) => assert!(at == expected_at && what.contains(part), "{query}: {at} {what}"),
            other => panic!("{query}: {other:?}"),
        }
    };
    check("late month:Sept", 11, "no month");
    check("nps:good", 4, "no NPS answer");
    check("sentiment:<low", 11, "no sentiment");
    check("theme:zzzzzz", 6, "no theme");
    check("late !!!", 5, "no letter");
    check("area:bill~1", 5, "no fuzzy");
}

#[test]
fn hostile_texts_and_queries_do_no_harm() {
    let place = Place::new();
    let texts = ["<script>alert(1)</script>", "👩‍👩‍👧‍👦 \u{202e}desrever", "a\u{0}b", "ÅÄÖ ﬁne ﬂow ﷽", "-", "x".repeat(100_000).leak()];
    let rows: String = texts.iter().enumerate().map(|(i, text)| row(&format!("H{i}"), "2026-09-03", "A\"\"cme", 3, text)).collect();
    place.write("hostile.csv", format!("{HEAD}{rows}"));
    place.run(&["hostile.csv"]);
    let searched = searched(&place);
    for query in [
        "script",
        "*",
        "\u{202e}",
        "a:b:c",
        "\"",
        "((((",
        "-",
        "~",
        "~1",
        "x*",
        "\u{0}",
        "👩‍👩‍👧‍👦",
        "theme:\"\"",
        "ﷺ*",
        "account:\"",
        "NOT NOT NOT x",
    ] {
        let request = Request { query, sort: None, offset: 0, limit: 50, with_facets: true };
        match searched.0.find(request, &searched.1) {
            Ok(found) => assert!(found.hits.iter().all(|hit| hit.marks.iter().all(|(from, to)| hit.text.get(*from..*to).is_some()))),
            Err(Error::Query { .. }) => {}
            Err(other) => panic!("{query}: {other}"),
        }
    }
    assert_eq!(ids(&find(&searched, "script")), ["H0"]);
}

#[test]
fn the_command_prints_hits_json_and_errors() {
    let place = Place::new();
    place.write("september.csv", september());
    let out = place.program(&["run", "september.csv", "--out", "out", "--as-of", crate::support::AS_OF]);
    assert!(String::from_utf8_lossy(&out.stderr).contains("search index: 4 verbatims of 1 month"), "{out:?}");
    let out = place.program(&["search", "\"late fee\"", "--out", "out"]);
    let text = String::from_utf8_lossy(&out.stdout);
    assert!(text.starts_with("1 verbatim") && text.contains("[late fee]"), "{text}");
    let out = place.program(&["search", "nps:<=6", "--json", "--out", "out"]);
    let json: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    assert_eq!((json["total"].as_u64(), json["facets"]["month"][0]["n"].as_u64()), (Some(2), Some(2)));
    let out = place.program(&["search", "late thme:x", "--out", "out"]);
    let error = String::from_utf8_lossy(&out.stderr);
    assert_eq!(out.status.code(), Some(2));
    assert!(error.contains("there is no field `thme` (character 6 of the query)") && error.contains("did you mean `theme:`?"), "{error}");
    fs_err::write(place.path("no_index.toml"), "[index]\nenabled = false\n").unwrap();
    let out = place.program(&["run", "september.csv", "--out", "bare", "--config", "no_index.toml", "--as-of", crate::support::AS_OF]);
    assert!(!place.path("bare/index").exists(), "{out:?}");
    let out = place.program(&["search", "refund", "--out", "bare"]);
    assert!(String::from_utf8_lossy(&out.stderr).contains("there is no search index yet"), "{out:?}");
    assert!(String::from_utf8_lossy(&out.stdout).starts_with("1 verbatim"));
}
