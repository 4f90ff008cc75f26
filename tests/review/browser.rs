//! The app as people use it: in headless Chromium, through chromedriver. Where there is none the test says so and passes; with
//! `OUTSPOKEN_BROWSER=required`, as in `tests/run`, it fails.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use super::client::exchange;
use super::{App, place};
use crate::support::column;

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

    /// The text of the page as soon as it holds `words`, as it is after ten seconds otherwise: a form's answer is a page that
    /// takes its time on a busy machine.
    fn text_with(&self, words: &[&str]) -> String {
        let until = std::time::Instant::now() + std::time::Duration::from_secs(10);
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
    let text = browser.text();
    assert!(text.contains("1 verbatim"), "{text}");
    browser.click(".hits .words a");
    assert!(browser.text().contains("The refunds never came"));

    browser.go("/hotline");
    browser.press("j");
    browser.press("\u{e007}");
    assert!(browser.text().contains("What was said"), "Enter opens the case");
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
