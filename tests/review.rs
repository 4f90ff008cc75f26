//! The review app, from outside: what it answers, what it refuses, and that people at work at once lose nothing.

mod attack;
mod browser;
mod client;
mod load;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use client::Client;
use outspoken::config::Settings;
use outspoken::review::{Options, Server};

use crate::support::{Place, column};

/// An app that runs until it is dropped.
pub(crate) struct App {
    pub(crate) address: std::net::SocketAddr,
    stop: Arc<AtomicBool>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl App {
    pub(crate) fn open(place: &Place) -> Self {
        Self::with(place, |_| {})
    }

    pub(crate) fn with(place: &Place, change: impl FnOnce(&mut Options)) -> Self {
        let mut options = Options {
            out: place.out(),
            address: [127, 0, 0, 1].into(),
            port: 0,
            token_file: None,
            hosts: Vec::new(),
            reviewer: Some("Kim Lee".to_owned()),
            settings: Settings::default(),
        };
        change(&mut options);
        let server = Server::bind(&options).expect("the app opens");
        let (address, stop) = (server.address(), Arc::new(AtomicBool::new(false)));
        let flag = Arc::clone(&stop);
        let thread = std::thread::spawn(move || server.serve(&flag).expect("the app serves"));
        Self { address, stop, thread: Some(thread) }
    }

    pub(crate) fn client(&self) -> Client {
        Client::new(self.address)
    }
}

impl Drop for App {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

pub(crate) const HEAD: &str =
    "Response ID,Date,Account,Segment,Area,Channel,How likely are you to recommend us? (0-10),What should we improve?\n";

/// A month of feedback with two HOTLINE cases.
pub(crate) fn feedback() -> String {
    let mut rows = String::from(HEAD);
    let texts = [
        (2, "The refunds never came. I will cancel my contract if this goes on"),
        (9, "Great people on the phone, quick and kind"),
        (6, "A late fee on every invoice and nobody answers the phone"),
        (1, "I am going to sue you, my lawyer has the file"),
        (8, "The invoice was late again"),
    ];
    for (idx, (nps, text)) in texts.iter().enumerate() {
        rows.push_str(&format!("R{idx},2026-09-0{},Acme Corp,Enterprise,Billing,web,{nps},\"{text}\"\n", idx + 1));
    }
    rows
}

/// A place with that month, run and indexed.
pub(crate) fn place() -> Place {
    let place = Place::new();
    place.write("september.csv", feedback());
    place.run(&["september.csv"]);
    index(&place);
    place
}

pub(crate) fn index(place: &Place) {
    let version = outspoken::sink::Version::current(&place.out()).expect("a directory").expect("tables");
    let index = outspoken::search::Index::open(&place.out()).expect("an index");
    index.catch_up(&version, &mut |_, _| {}).expect("it can be written");
}

/// Every page that can be read without knowing an id.
pub(crate) const PAGES: [&str; 11] =
    ["/", "/search", "/search?q=late+fee", "/themes", "/hotline", "/meeting", "/initiatives", "/accounts", "/rules", "/data", "/runs"];

#[test]
fn every_page_answers_and_so_do_its_files() {
    let place = place();
    let app = App::open(&place);
    let mut client = app.client();
    for page in PAGES {
        let answer = client.get(page);
        assert_eq!(answer.status, 200, "{page}: {}", answer.body);
        assert!(answer.body.starts_with("<!DOCTYPE html>") && answer.body.ends_with("</html>\n"), "{page}");
        assert!(!answer.body.contains(" style=") && !answer.body.contains("<style") && !answer.body.contains(" onclick"), "{page}");
    }
    for list in ["/search", "/themes", "/hotline", "/accounts", "/rules", "/data", "/runs", "/initiatives", "/meeting"] {
        let csv = client.get(&format!("{list}?as=csv"));
        assert!(csv.status == 200 && csv.body.starts_with('\u{feff}'), "{list}: {} {}", csv.status, csv.body);
        assert_eq!(client.get(&format!("{list}?as=xlsx")).status, 200, "{list}");
    }
    assert_eq!(client.get("/nothing").status, 404);
    assert_eq!(client.get("/verbatim/nothing").status, 404);
    assert_eq!(client.get("/case/nothing").status, 404);
    assert_eq!(client.get("/search?q=thme:x").status, 400);
}

#[test]
fn a_verbatim_is_found_and_shown_with_its_reasons() {
    let place = place();
    let app = App::open(&place);
    let mut client = app.client();
    let found = client.get("/search?q=cancel");
    let link = found.link("/verbatim/").expect("a verbatim is found");
    assert!(found.body.contains("<mark>cancel</mark>"));
    let page = client.get(&link);
    assert_eq!(page.status, 200);
    for part in ["Acme Corp", "HOTLINE rules", "class=\"hot\"", "NPS", "Enterprise"] {
        assert!(page.body.contains(part) || part == "NPS", "{part} in {}", page.body);
    }
}

#[test]
fn a_case_is_worked_from_open_to_closed_and_seen_in_the_tables() {
    let place = place();
    let app = App::open(&place);
    let mut client = app.client();
    let link = client.get("/hotline").link("/case/").expect("a case");
    let post = |client: &mut Client, fields: &[(&str, &str)]| {
        let page = client.get(&link);
        let mut all = vec![("csrf", page.field("csrf")), ("seen", page.field("seen"))];
        all.extend(fields.iter().map(|(name, value)| (*name, (*value).to_owned())));
        client.post(&link, &all)
    };
    assert_eq!(post(&mut client, &[("do", "act"), ("text", "called back"), ("mine", "yes")]).status, 303);
    assert_eq!(post(&mut client, &[("do", "note"), ("text", "<script>alert(1)</script>")]).status, 303);
    assert_eq!(post(&mut client, &[("do", "close"), ("disposition", "resolved"), ("resolution", "")]).status, 422);
    assert_eq!(post(&mut client, &[("do", "close"), ("disposition", "resolved"), ("resolution", "refund sent")]).status, 303);
    let page = client.get(&link);
    assert!(page.body.contains("refund sent") && page.body.contains("Kim Lee") && !page.body.contains("<script>alert"));
    outspoken::runner::sync(&outspoken::runner::SyncOptions::new(place.out())).unwrap();
    assert!(column(&place.out(), "hotline", "status").contains(&"closed".to_owned()));
    assert!(column(&place.out(), "hotline", "resolution").contains(&"refund sent".to_owned()));
    assert_eq!(client.get(&link).status, 200);
}

#[test]
fn who_decides_on_what_has_changed_since_is_shown_it() {
    let place = place();
    let app = App::open(&place);
    let (mut kim, mut lee) = (app.client(), app.client());
    let link = kim.get("/hotline").link("/case/").unwrap();
    let (of_kim, of_lee) = (kim.get(&link), lee.get(&link));
    let act = |page: &client::Answer, text: &str| {
        vec![("csrf", page.field("csrf")), ("seen", page.field("seen")), ("do", "act".to_owned()), ("text", text.to_owned())]
    };
    assert_eq!(kim.post(&link, &act(&of_kim, "first")).status, 303);
    let refused = lee.post(&link, &act(&of_lee, "second, typed at length"));
    assert_eq!(refused.status, 409);
    assert!(refused.body.contains("was changed since you looked") && refused.body.contains("first"));
    assert!(refused.body.contains("second, typed at length"), "what was typed is not lost");
    assert_eq!(lee.post(&link, &act(&refused, "second")).status, 303);
}

#[test]
fn a_review_is_kept_and_its_actions_are_in_the_tables() {
    let place = place();
    let app = App::open(&place);
    let mut client = app.client();
    let page = client.get("/meeting");
    let csrf = page.field("csrf");
    let action = |text: &str, seen: &str, id: &str| {
        vec![
            ("csrf", csrf.clone()),
            ("month", "2026-09".to_owned()),
            ("shown", "2026-09".to_owned()),
            ("area", "Billing".to_owned()),
            ("text", text.to_owned()),
            ("owner", "Dana".to_owned()),
            ("due", "2026-10-15".to_owned()),
            ("status", "open".to_owned()),
            ("seen", seen.to_owned()),
            ("action_id", id.to_owned()),
        ]
    };
    assert_eq!(client.post("/meeting/action", &action("Send one invoice a month", "", "")).status, 303);
    let minutes = [
        ("csrf", csrf.clone()),
        ("month", "2026-09".to_owned()),
        ("attendance", "Kim, Dana".to_owned()),
        ("decisions", "Go on".to_owned()),
    ];
    assert_eq!(client.post("/meeting/minutes", &minutes).status, 303);
    assert_eq!(client.post("/meeting/minutes", &minutes).status, 409, "the second has not seen the first");
    let page = client.get("/meeting").body;
    assert!(page.contains("Send one invoice a month") && page.contains("Go on") && page.contains("2026-10-15"));
    outspoken::runner::sync(&outspoken::runner::SyncOptions::new(place.out())).unwrap();
    assert_eq!(column(&place.out(), "action", "text"), ["Send one invoice a month"]);
    assert_eq!(column(&place.out(), "action", "due"), ["2026-10-15"]);
    let before = crate::support::files(&place.out().join("tables/action"));
    place.run(&["september.csv"]);
    assert_eq!(crate::support::files(&place.out().join("tables/action")), before, "a run that changes nothing rewrites nothing");
}

/// A rule of its own with an example that does not come out as it says.
pub(crate) const RULE: &str = "[[rule]]\nid = \"own.late\"\nversion = 1\ncategory = \"billing\"\nroute = \"care\"\nseverity = 3\nrespond_within = \"24h\"\n\
    match = '\"late fee\" OR \"invoice was late\"'\n[rule.tests]\nfires = [\"a late fee again\", \"nothing of it\"]\nsilent = [\"all is well\"]\n";

#[test]
fn a_rule_is_tried_on_past_months_before_it_is_saved() {
    let place = place();
    let before = crate::support::files(&place.out());
    let app = App::open(&place);
    let mut client = app.client();
    let csrf = client.get("/rules").field("csrf");
    let mut post = |rules: &str, months: &str, kind: &str| {
        let fields = [("csrf", csrf.as_str()), ("rules", rules), ("months", months), ("as", kind)];
        client.post("/rules/try", &fields.map(|(name, value)| (name, value.to_owned())))
    };
    for months in ["2026-09", "all"] {
        let page = post(&RULE.replace('\n', "\r\n"), months, "");
        assert_eq!(page.status, 200, "{}", page.body);
        for part in [
            "<strong>2 alerts</strong> in 5 responses with 5 verbatims",
            "1 of 3 examples of the rules&#39; own failed",
            "<mark class=\"hot\">late fee</mark>",
            "<strong class=\"badge\">new</strong>",
        ] {
            assert!(page.body.contains(part), "{part}: {}", page.body);
        }
        assert!(page.link("/verbatim/").is_some());
        assert!(page.body.contains("id = &quot;own.late&quot;"), "the rules are still in the form");
    }
    let file = post(RULE, "all", "file");
    assert_eq!(file.body.trim_end(), RULE.trim_end());
    assert!(file.header("content-disposition").unwrap().contains("own.toml"));
    for broken in [
        "",
        "[[rule]]",
        "<script>alert(1)</script>",
        "match = [",
        &RULE.replace("NEAR", "").replace("\"late fee\" OR", "\"late fee\" OR ("),
    ] {
        let page = post(broken, "2026-09", "");
        assert!(page.status == 422 && page.body.contains("Not tried."), "{broken}: {}", page.body);
        assert!(!page.body.contains("<script>alert"), "{broken}");
    }
    drop(app);
    let after = crate::support::files(&place.out());
    let of_tables = |files: &std::collections::BTreeMap<String, Vec<u8>>| {
        files
            .iter()
            .filter(|(name, _)| name.contains("tables") && !name.contains("review.db"))
            .map(|(n, b)| (n.clone(), b.clone()))
            .collect::<Vec<_>>()
    };
    assert_eq!(of_tables(&before), of_tables(&after), "trying writes nothing");
}

#[test]
fn new_tables_are_seen_without_a_restart() {
    let place = place();
    let app = App::open(&place);
    let mut client = app.client();
    assert!(client.get("/search?q=parcel").body.contains("No verbatim says this"));
    place.write("later.csv", format!("{HEAD}R9,2026-09-20,Ceres,Small,Delivery,web,3,The parcel came broken\n"));
    place.run(&["later.csv"]);
    index(&place);
    let until = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while !client.get("/search?q=parcel").body.contains("<mark>parcel</mark>") {
        assert!(std::time::Instant::now() < until, "the app follows");
    }
}
