//! What somebody would try against the app: each attack, and that it fails.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use super::client::{Client, encode, exchange};
use super::{App, HEAD, PAGES, index, place};
use crate::support::Place;

const SCRIPT: &str = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'><svg/onload=alert(3)>";

/// A place where everything that people can write is markup.
pub(crate) fn hostile() -> Place {
    let place = Place::new();
    let quoted = SCRIPT.replace('"', "\"\"");
    let mut rows = String::from(HEAD);
    for idx in 0..40 {
        let text = format!("{quoted} I will cancel my contract, {quoted} the billing portal {idx} is broken");
        rows.push_str(&format!(
            "\"R{idx}{quoted}\",2026-09-0{},\"{quoted}\",\"{quoted}\",\"{quoted}\",\"{quoted}\",2,\"{text}\"\n",
            idx % 9 + 1
        ));
    }
    // A row that cannot be used, and a file whose name is markup.
    rows.push_str(&format!("\"bad{quoted}\",\"no date {quoted}\",a,b,c,d,3,\"{quoted}\"\n"));
    let name = "<img src=x onerror=alert(4)>.csv";
    place.write(name, rows);
    place.run(&[name]);
    index(&place);
    place
}

#[test]
fn nobodys_words_become_markup_on_any_page() {
    let place = hostile();
    let app = App::with(&place, |options| options.reviewer = Some(SCRIPT.to_owned()));
    let mut client = app.client();
    let mut pages: Vec<String> = PAGES.iter().map(|page| (*page).to_owned()).collect();
    let script = encode(SCRIPT);
    pages.extend([
        format!("/search?q={script}"),
        format!("/search?q=cancel&sort={script}&page={script}"),
        format!("/themes?month={script}&source={script}&order={script}"),
        format!("/hotline?status=all&owner={script}&account={script}&route={script}"),
        format!("/accounts?name={script}"),
        format!("/data?reason={script}"),
        format!("/?done={script}"),
        format!("/theme/{script}"),
        format!("/verbatim/{script}"),
        format!("/response/{script}/{script}"),
        format!("/case/{script}"),
        format!("/{script}"),
        "/you".to_owned(),
        "/search?q=cancel".to_owned(),
    ]);
    for (page, begin) in [("/search?q=cancel", "/verbatim/"), ("/hotline?status=all", "/case/"), ("/themes", "/theme/")] {
        pages.extend(client.get(page).link(begin));
    }
    if let Some(case) = client.get("/hotline?status=all").link("/case/") {
        pages.extend(client.get(&case).link("/response/"));
    }
    assert!(pages.len() > 25, "{pages:?}");
    for page in pages {
        let answer = client.get(&page);
        assert!(answer.status > 0, "{page}");
        for markup in ["<script>alert", "<img", "<svg/", "onerror=alert(2)>\"", "onload=alert(3)>\""] {
            assert!(!answer.body.contains(markup), "{page} holds {markup}");
        }
        let policy = answer.header("content-security-policy").unwrap_or_default();
        assert!(
            policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"),
            "{page}"
        );
        for (name, value) in [("x-content-type-options", "nosniff"), ("x-frame-options", "DENY"), ("cache-control", "no-store")] {
            assert_eq!(answer.header(name).as_deref(), Some(value), "{page}");
        }
    }
    let csrf = client.get("/rules").field("csrf");
    for rules in [SCRIPT.to_owned(), format!("{}\n", super::RULE.replace("own.late", "<script>alert(1)</script>"))] {
        let fields = [("csrf", csrf.clone()), ("rules", rules), ("months", script.clone())];
        let answer = client.post("/rules/try", &fields);
        assert!(answer.status > 0 && !answer.body.contains("<script>alert") && !answer.body.contains("<img"), "{}", answer.body);
    }
    let csv = client.get("/search?as=csv").body;
    assert!(csv.contains("alert(1)"));
}

#[test]
fn forms_from_elsewhere_are_refused() {
    let place = place();
    let app = App::open(&place);
    let mut client = app.client();
    let link = client.get("/hotline").link("/case/").unwrap();
    let page = client.get(&link);
    let (csrf, seen) = (page.field("csrf"), page.field("seen"));
    let body = |csrf: &str| format!("csrf={csrf}&seen={seen}&do=act&text=x");
    let origin = format!("http://{}", app.address);
    assert_eq!(client.post_from(&link, &body(""), &origin).status, 403, "no token");
    assert_eq!(client.post_from(&link, &body(&"0".repeat(32)), &origin).status, 403, "a wrong token");
    for elsewhere in ["http://evil.example", "null", "", "http://127.0.0.1:1", "https://127.0.0.1"] {
        assert_eq!(client.post_from(&link, &body(&csrf), elsewhere).status, 403, "{elsewhere}");
    }
    let head = format!(
        "POST {link} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n",
        app.address,
        body(&csrf).len()
    );
    assert_eq!(client.send(&head, &body(&csrf)).status, 403, "no origin");
    let head = format!("{head}Origin: {origin}\r\nSec-Fetch-Site: cross-site\r\n");
    assert_eq!(client.send(&head, &body(&csrf)).status, 403, "the browser says that it comes from elsewhere");
    assert_eq!(Client::new(app.address).post_from(&link, &body(&csrf), &origin).status, 403, "another session");
    let json = head.replace("application/x-www-form-urlencoded", "text/plain");
    assert_eq!(client.send(&json, &body(&csrf)).status, 415, "a form that needs no preflight");
    assert_eq!(client.get(&format!("{link}?{}", body(&csrf))).status, 200, "reading changes nothing");
    assert!(client.get(&link).body.contains("<strong class=\"badge\">open</strong>"));
    assert_eq!(client.post_from(&link, &body(&csrf), &origin).status, 303, "the page's own form is taken");
}

#[test]
fn cookies_stay_in_the_app() {
    let place = place();
    let app = App::open(&place);
    let cookie = app.client().get("/").header("set-cookie").unwrap();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict") && cookie.contains("Path=/"), "{cookie}");
    // A link in a mail: the strict cookie does not come along; one step inside brings it.
    let mut client = app.client();
    let head = format!("GET /themes HTTP/1.1\r\nHost: {}\r\nSec-Fetch-Site: cross-site\r\n", app.address);
    let answer = client.send(&head, "");
    assert!(answer.header("set-cookie").is_none() && answer.body.contains("0;url=/themes"), "{}", answer.body);
}

#[test]
fn other_names_do_not_reach_the_app() {
    let place = place();
    let app = App::open(&place);
    let port = app.address.port();
    for host in [
        format!("evil.example:{port}"),
        "evil.example".to_owned(),
        format!("127.0.0.1.evil.example:{port}"),
        "localhost".to_owned(),
        String::new(),
    ] {
        let answer = exchange(app.address, format!("GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").as_bytes());
        assert_eq!(answer.status, 421, "{host}");
        assert!(!answer.body.contains("Acme"));
    }
    let twice = format!("GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nHost: evil.example\r\nConnection: close\r\n\r\n");
    assert_eq!(exchange(app.address, twice.as_bytes()).status, 400);
    let ours = format!("GET / HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n");
    assert_eq!(exchange(app.address, ours.as_bytes()).status, 200);
}

#[test]
fn no_path_reaches_the_file_system() {
    let place = place();
    place.write("out/secret.txt", "the secret");
    let app = App::open(&place);
    let mut client = app.client();
    for path in [
        "/../secret.txt",
        "/assets/../../secret.txt",
        "/assets/..%2f..%2fsecret.txt",
        "/assets/%2e%2e/%2e%2e/secret.txt",
        "/assets/%00",
        "/assets//etc/passwd",
        "/etc/passwd",
        "/theme/..%2f..%2f..%2fetc%2fpasswd",
        "/case/....//....//etc/passwd",
        "/search?q=..%2fsecret&as=..%2fsecret",
        "/review.db",
        "/reports/2026-09/index.html",
        "/themes?month=../../secret",
    ] {
        let answer = client.get(path);
        assert!(!answer.body.contains("the secret") && !answer.body.contains("root:"), "{path}");
        assert!([200, 404].contains(&answer.status), "{path}: {}", answer.status);
    }
}

#[test]
fn oversized_and_broken_requests_are_refused() {
    let place = place();
    let app = App::open(&place);
    let origin = format!("http://{}", app.address);
    let mut client = app.client();
    let csrf = client.get("/you").field("csrf");
    let large = format!("csrf={csrf}&reviewer={}", "x".repeat(2 << 20));
    assert!([0, 413].contains(&client.post_from("/you", &large, &origin).status), "a large body");
    let head = format!("GET /?{} HTTP/1.1\r\nHost: {}\r\n\r\n", "x".repeat(64 << 10), app.address);
    assert!([0, 400, 414, 431].contains(&exchange(app.address, head.as_bytes()).status), "a large head");
    let many: String = (0..200).map(|n| format!("X-{n}: 1\r\n")).collect();
    let head = format!("GET / HTTP/1.1\r\nHost: {}\r\n{many}\r\n", app.address);
    assert!([0, 400, 431].contains(&exchange(app.address, head.as_bytes()).status), "many headers");
    for bytes in
        [&b"\x16\x03\x01\x02\x00"[..], b"GET\r\n\r\n", b"\0\0\0\0\r\n\r\n", b"DELETE / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"]
    {
        assert!([0, 400, 405].contains(&exchange(app.address, bytes).status));
    }
    let many_fields = format!("csrf={csrf}&{}", "a=1&".repeat(100_000));
    assert_eq!(client.post_from("/you", &many_fields, &origin).status, 303);
    assert_eq!(client.get("/").status, 200, "the app goes on");
}

/// Connections that send nothing, or a byte at a time, keep nobody else out.
#[test]
fn slow_clients_keep_nobody_out() {
    let place = place();
    let app = App::open(&place);
    let mut slow: Vec<TcpStream> = (0..60).map(|_| TcpStream::connect(app.address).unwrap()).collect();
    for stream in &mut slow {
        stream.write_all(b"GET / HTTP/1.1\r\nHost: ").unwrap();
    }
    assert_eq!(app.client().get("/").status, 200);
    // Each is cut, at the latest when its head has not come in ten seconds.
    let stream = &mut slow[0];
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).unwrap();
    assert!(rest.is_empty() || String::from_utf8_lossy(&rest).contains("408"), "{rest:?}");
}

#[test]
fn another_address_asks_for_a_token() {
    use outspoken::review::{Options, Server};
    let place = place();
    let tokens = place.write("tokens", "Dana Ortiz 0123456789abcdef0123\n");
    let mut options = Options {
        out: place.out(),
        address: [0, 0, 0, 0].into(),
        port: 0,
        token_file: None,
        hosts: Vec::new(),
        reviewer: None,
        settings: outspoken::config::Settings::default(),
    };
    let error = Server::bind(&options).err().unwrap().to_string();
    assert!(error.contains("can be reached by others"), "{error}");
    options.token_file = Some(tokens.clone());
    assert!(Server::bind(&options).is_ok());

    let app = App::with(&place, |options| options.token_file = Some(tokens));
    let mut client = app.client();
    for page in PAGES {
        let answer = client.get(page);
        assert_eq!(answer.status, 303, "{page}");
        assert!(answer.header("location").unwrap().starts_with("/sign-in") && !answer.body.contains("Acme"), "{page}");
    }
    let sign_in = |client: &mut Client, token: &str, back: &str| {
        let csrf = client.get("/sign-in").field("csrf");
        client.post("/sign-in", &[("csrf", csrf), ("token", token.to_owned()), ("back", back.to_owned())])
    };
    assert_eq!(sign_in(&mut client, "0123456789abcdef0124", "/").header("location").as_deref(), Some("/sign-in?why=wrong"));
    let answer = sign_in(&mut client, "0123456789abcdef0123", "//evil.example/");
    assert_eq!(answer.header("location").as_deref(), Some("/"), "nobody is led elsewhere after signing in");
    let page = client.get("/hotline");
    assert!(page.status == 200 && page.body.contains("Dana Ortiz"));
    let csrf = client.get("/you").field("csrf");
    client.post("/you", &[("csrf", csrf), ("reviewer", "Somebody Else".to_owned())]);
    assert!(client.get("/").body.contains("Dana Ortiz"), "a token says who somebody is");
}
