//! The app as people use it: in headless Chromium, through chromedriver. Where there is none a test says so and passes; with
//! `OUTSPOKEN_BROWSER=required`, as `tests/run` sets it after it has installed what is missing, it fails.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use super::client::exchange;
use super::{App, place};
use crate::support::{Place, column, demo_options, run_with};

/// A browser that ends with the test.
struct Browser {
    driver: Child,
    address: SocketAddr,
    session: String,
    base: String,
    _profile: tempfile::TempDir,
}

/// How WebDriver names an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

impl Browser {
    /// None where there is no chromedriver.
    fn open(app: &App) -> Option<Self> {
        let spawned = Command::new("chromedriver").arg("--port=0").stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let Ok(mut driver) = spawned else {
            let is_required = std::env::var_os("OUTSPOKEN_BROWSER").is_some_and(|value| value == "required");
            assert!(!is_required, "chromedriver is not on the path");
            writeln!(std::io::stderr(), "skipped: chromedriver is not on the path").ok();
            return None;
        };
        let lines = BufReader::new(driver.stdout.take().expect("it is piped")).lines();
        let port = lines
            .map_while(Result::ok)
            .find_map(|line| line.split_once("successfully on port ").and_then(|(_, port)| port.trim_end_matches('.').parse::<u16>().ok()))
            .expect("chromedriver says its port");
        let profile = tempfile::tempdir().expect("a folder");
        let arguments = [
            "--headless=new".to_owned(),
            "--no-sandbox".to_owned(),
            "--disable-gpu".to_owned(),
            "--disable-dev-shm-usage".to_owned(),
            "--disable-background-networking".to_owned(),
            "--disable-component-update".to_owned(),
            "--no-first-run".to_owned(),
            format!("--user-data-dir={}", profile.path().display()),
        ];
        let mut browser = Self {
            driver,
            address: ([127, 0, 0, 1], port).into(),
            session: String::new(),
            base: format!("http://{}", app.address),
            _profile: profile,
        };
        let options = json!({ "capabilities": { "alwaysMatch": { "goog:chromeOptions": { "args": arguments } } } });
        let opened = browser.send("POST", "/session", &options);
        browser.session = opened["sessionId"].as_str().expect("a session").to_owned();
        Some(browser)
    }

    fn send(&self, method: &str, path: &str, body: &Value) -> Value {
        let body = if method == "POST" { body.to_string() } else { String::new() };
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            self.address,
            body.len()
        );
        let answer = exchange(self.address, format!("{head}{body}").as_bytes());
        let mut value: Value = serde_json::from_str(&answer.body).unwrap_or_else(|_| panic!("{path}: {} {}", answer.status, answer.body));
        value["value"].take()
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        let value = self.send("POST", &format!("/session/{}{path}", self.session), body);
        assert!(value.get("error").is_none(), "{path} {body}: {value}");
        value
    }

    fn go(&self, page: &str) {
        self.post("/url", &json!({ "url": format!("{}{page}", self.base) }));
    }

    fn element(&self, css: &str) -> String {
        let found = self.post("/element", &json!({ "using": "css selector", "value": css }));
        found[ELEMENT].as_str().unwrap_or_else(|| panic!("{css}")).to_owned()
    }

    fn click(&self, css: &str) {
        let id = self.element(css);
        self.post(&format!("/element/{id}/click"), &json!({}));
    }

    fn type_in(&self, css: &str, text: &str) {
        let id = self.element(css);
        self.post(&format!("/element/{id}/value"), &json!({ "text": text }));
    }

    fn text(&self) -> String {
        self.post("/execute/sync", &json!({ "script": "return document.body.innerText", "args": [] }))
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// The text of the page as soon as it holds `words`, as it is after half a minute otherwise: the answer to a form, a key or a click is a page
    /// that takes its time on a busy machine.
    fn text_with(&self, words: &[&str]) -> String {
        let until = std::time::Instant::now() + std::time::Duration::from_secs(30);
        loop {
            let text = self.text();
            if words.iter().all(|words| text.contains(words)) || std::time::Instant::now() > until {
                return text;
            }
        }
    }

    fn press(&self, key: &str) {
        let actions = json!([{ "type": "keyDown", "value": key }, { "type": "keyUp", "value": key }]);
        self.post("/actions", &json!({ "actions": [{ "type": "key", "id": "keyboard", "actions": actions }] }));
    }

    fn has_alert(&self) -> bool {
        self.send("GET", &format!("/session/{}/alert/text", self.session), &Value::Null).get("error").is_none()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // A test that failed goes on to the next; a second panic would end them all.
        if !self.session.is_empty() && !std::thread::panicking() {
            self.send("DELETE", &format!("/session/{}", self.session), &Value::Null);
        }
        self.driver.kill().ok();
        self.driver.wait().ok();
    }
}

#[test]
fn a_coordinator_finds_a_verbatim_and_closes_a_case_in_a_browser() {
    let place = place();
    let app = App::open(&place);
    let Some(browser) = Browser::open(&app) else { return };

    browser.go("/");
    browser.press("/");
    browser.type_in("#find", "cancel contract\u{e007}");
    let text = browser.text_with(&["1 verbatim"]);
    assert!(text.contains("1 verbatim"), "{text}");
    browser.click(".hits .words a");
    let text = browser.text_with(&["The refunds never came", "Clauses of"]);
    assert!(text.contains("The refunds never came"), "{text}");

    browser.go("/hotline");
    browser.press("j");
    browser.press("\u{e007}");
    assert!(browser.text_with(&["What was said"]).contains("What was said"), "Enter opens the case");
    browser.press("a");
    browser.type_in("fieldset[data-key=a] textarea", "called the customer");
    browser.click("fieldset[data-key=a] input[name=mine]");
    browser.click("fieldset[data-key=a] button");
    let text = browser.text_with(&["acting", "called the customer"]);
    assert!(text.contains("acting"), "{text}");
    browser.type_in("fieldset[data-key=c] textarea", "all is well again");
    browser.click("fieldset[data-key=c] button");
    let text = browser.text_with(&["closed", "all is well again"]);
    assert!(text.contains("closed") && text.contains("all is well again"), "{text}");
    outspoken::runner::sync(&outspoken::runner::SyncOptions::new(place.out())).unwrap();
    assert!(column(&place.out(), "hotline", "resolution").contains(&"all is well again".to_owned()));
}

/// Two people at the same case: the second is shown what the first did, and nothing that they typed is lost.
#[test]
fn two_browsers_at_one_case_overwrite_nothing() {
    let place = place();
    let app = App::with(&place, |options| options.reviewer = None);
    let (Some(kim), Some(lee)) = (Browser::open(&app), Browser::open(&app)) else { return };
    let case = app.client().get("/hotline").link("/case/").expect("a case");
    for (browser, name) in [(&kim, "Kim Lee"), (&lee, "Dana Ortiz")] {
        browser.go("/you");
        browser.type_in("input[name=reviewer]", &format!("{name}\u{e007}"));
        assert!(browser.text_with(&["Saved"]).contains("Saved"), "{name}");
        browser.go(&case);
    }
    let act = |browser: &Browser, text: &str| {
        browser.type_in("fieldset[data-key=a] textarea", text);
        browser.click("fieldset[data-key=a] button");
    };
    act(&kim, "I called at nine");
    assert!(kim.text_with(&["I called at nine", "acting"]).contains("by Kim Lee"));
    act(&lee, "I wrote them at ten");
    let refused = lee.text_with(&["was changed since you looked"]);
    assert!(refused.contains("was changed since you looked") && refused.contains("I called at nine"), "{refused}");
    lee.click("fieldset[data-key=a] button");
    let text = lee.text_with(&["I wrote them at ten", "by Dana Ortiz"]);
    assert!(text.contains("by Kim Lee") && text.contains("by Dana Ortiz"), "{text}");
    outspoken::runner::sync(&outspoken::runner::SyncOptions::new(place.out())).unwrap();
    assert!(column(&place.out(), "hotline", "status").contains(&"acting".to_owned()));
}

/// A theme renamed and one merged away in the browser are so in the tables, after `sync` and after the next run.
#[test]
fn themes_renamed_and_merged_in_a_browser_are_so_in_the_tables() {
    let place = Place::new();
    let options = demo_options(&place.out());
    run_with(&options).expect("the demo runs");
    super::index(&place);
    let app = App::open(&place);
    let Some(browser) = Browser::open(&app) else { return };
    let themes = app.client().get("/themes");
    let kept = themes.link("/theme/").expect("a theme");
    let id = kept.trim_start_matches("/theme/").to_owned();
    let (_, rest) = themes.body.split_once(&format!("href=\"{kept}\"")).expect("the first theme");
    let others = rest.split("href=\"/theme/").skip(1).filter_map(|part| part.split('"').next());
    let gone = others.map(str::to_owned).find(|other| *other != id).expect("another theme");
    let change = |theme: &str, form: &str, fill: &dyn Fn()| {
        browser.go(&format!("/theme/{theme}/change"));
        fill();
        browser.click(&format!("{form} button"));
        assert!(browser.text_with(&["What it would do"]).contains("What it would do"), "the effect is shown before it is saved");
        browser.click("main form[method=post] button");
        assert!(browser.text_with(&["Saved."]).contains("Saved."));
    };
    let rename = "main form:has(input[value=rename])";
    change(&id, rename, &|| {
        let field = browser.element(&format!("{rename} input[name=label]"));
        browser.post(&format!("/element/{field}/clear"), &json!({}));
        browser.type_in(&format!("{rename} input[name=label]"), "Router goes down");
    });
    let merge = "main form:has(input[value=merge])";
    change(&gone, merge, &|| browser.click(&format!("{merge} option[value=\"{id}\"]")));
    let check = |when: &str| {
        let (ids, labels) = (column(&place.out(), "theme", "theme_id"), column(&place.out(), "theme", "label"));
        let (status, into) = (column(&place.out(), "theme", "status"), column(&place.out(), "theme", "merged_into"));
        let row = |id: &str| ids.iter().position(|known| known == id).expect("a theme is never lost");
        assert_eq!(labels[row(&id)], "Router goes down", "{when}");
        assert_eq!((status[row(&gone)].as_str(), into[row(&gone)].as_str()), ("merged", id.as_str()), "{when}");
        assert!(!column(&place.out(), "clause", "theme_id").contains(&gone), "{when}: its clauses are the other's");
    };
    outspoken::runner::sync(&outspoken::runner::SyncOptions::new(place.out())).unwrap();
    check("after sync");
    run_with(&options).expect("the next run completes");
    check("after the next run");
}

#[test]
fn a_rule_is_tried_in_a_browser_before_it_is_saved() {
    let place = place();
    let app = App::open(&place);
    let Some(browser) = Browser::open(&app) else { return };
    browser.go("/rules");
    let field = browser.element("textarea[name=rules]");
    browser.post(&format!("/element/{field}/clear"), &json!({}));
    browser.type_in("textarea[name=rules]", super::RULE);
    browser.click("form[action=\"/rules/try\"] button");
    let text = browser.text_with(&["What each rule would hit"]);
    assert!(text.contains("2 alerts in 5 responses") && text.contains("late fee"), "{text}");
}

#[test]
fn hostile_text_runs_nothing_in_a_browser() {
    let place = super::attack::hostile();
    let app = App::open(&place);
    let Some(browser) = Browser::open(&app) else { return };
    let mut client = app.client();
    let mut pages: Vec<String> = super::PAGES.iter().map(|page| (*page).to_owned()).collect();
    for (page, begin) in [("/search?q=cancel", "/verbatim/"), ("/hotline?status=all", "/case/"), ("/themes", "/theme/")] {
        pages.extend(client.get(page).link(begin));
    }
    for page in pages {
        browser.go(&page);
        assert!(!browser.has_alert(), "{page}");
        let found = browser.post(
            "/execute/sync",
            &json!({ "script": "return document.querySelectorAll('img, main script, svg[onload], [onerror]').length", "args": [] }),
        );
        assert_eq!(found.as_u64(), Some(0), "{page}");
    }
}
