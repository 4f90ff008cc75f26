//! A small browser: it keeps cookies, sends forms, and can send anything else.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// One person with a browser.
pub(crate) struct Client {
    address: SocketAddr,
    cookie: Option<String>,
}

/// What came back.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Client {
    pub(crate) fn new(address: SocketAddr) -> Self {
        Self { address, cookie: None }
    }

    pub(crate) fn get(&mut self, target: &str) -> Answer {
        self.send(&format!("GET {target} HTTP/1.1\r\nHost: {}\r\n", self.address), "")
    }

    pub(crate) fn post(&mut self, target: &str, fields: &[(&str, String)]) -> Answer {
        let body: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
        let origin = format!("http://{}", self.address);
        self.post_from(target, &body.join("&"), &origin)
    }

    pub(crate) fn post_from(&mut self, target: &str, body: &str, origin: &str) -> Answer {
        let head = format!(
            "POST {target} HTTP/1.1\r\nHost: {}\r\nOrigin: {origin}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n",
            self.address,
            body.len()
        );
        self.send(&head, body)
    }

    /// Sends a head (without its empty line) and a body; the connection is closed after the answer.
    pub(crate) fn send(&mut self, head: &str, body: &str) -> Answer {
        let cookie = self.cookie.as_ref().map_or_else(String::new, |cookie| format!("Cookie: {cookie}\r\n"));
        let answer = exchange(self.address, format!("{head}{cookie}Connection: close\r\n\r\n{body}").as_bytes());
        if let Some(cookie) = answer.header("set-cookie").and_then(|cookie| cookie.split(';').next().map(str::to_owned)) {
            self.cookie = Some(cookie);
        }
        answer
    }
}

/// Sends bytes and reads to the end. A connection that is cut gives status 0.
pub(crate) fn exchange(address: SocketAddr, bytes: &[u8]) -> Answer {
    let mut stream = TcpStream::connect(address).expect("the app listens");
    stream.set_read_timeout(Some(Duration::from_secs(60))).expect("a time");
    // The app may refuse before everything is sent.
    stream.write_all(bytes).ok();
    let mut all = Vec::new();
    let mut part = [0; 1 << 14];
    // To the end of the body where its length is told: chromedriver leaves the connection open.
    while !is_whole(&all) {
        match stream.read(&mut part) {
            Ok(n) if n > 0 => all.extend(part.iter().take(n)),
            _ => break,
        }
    }
    let text = String::from_utf8_lossy(&all).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default();
    Answer { status, head: head.to_owned(), body: body.to_owned() }
}

fn is_whole(bytes: &[u8]) -> bool {
    let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { return false };
    let head = String::from_utf8_lossy(bytes.get(..end).unwrap_or_default()).to_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:")).and_then(|n| n.trim().parse::<usize>().ok());
    length.is_some_and(|length| bytes.len() >= end + 4 + length)
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        self.head
            .lines()
            .filter_map(|line| line.split_once(':'))
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, v)| v.trim().to_owned())
    }

    /// The first address on the page that begins so.
    pub(crate) fn link(&self, begin: &str) -> Option<String> {
        let (_, rest) = self.body.split_once(&format!("href=\"{begin}"))?;
        let (id, _) = rest.split_once('"')?;
        Some(format!("{begin}{id}"))
    }

    /// The value of the first hidden field of this name.
    pub(crate) fn field(&self, name: &str) -> String {
        let (_, rest) = self.body.split_once(&format!("name=\"{name}\" value=\"")).unwrap_or_default();
        rest.split_once('"').unwrap_or_default().0.to_owned()
    }
}

pub(crate) fn encode(text: &str) -> String {
    text.bytes().map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}
