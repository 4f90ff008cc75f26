//! May this request be answered?
//!
//! The name that it calls the app by has to be one of the app's own: a page of somebody else's whose name is made to lead here (DNS rebinding)
//! is refused. What changes something has to come from a page of the app, by its origin and by a token that only those pages hold.

use std::net::{IpAddr, SocketAddr};

use super::answer::Answer;
use super::ask::{Ask, Method, encode};
use super::people::{People, Session, is_same};
use crate::error::Result;

/// Names that the app goes by.
#[derive(Clone, Debug)]
pub(super) struct Names {
    pub(super) address: SocketAddr,
    pub(super) hosts: Vec<String>,
}

/// A request that may be answered.
#[derive(Clone, Debug)]
pub(super) struct Visit {
    pub(super) session: Session,
    /// To be set with the answer.
    pub(super) cookie: Option<String>,
}

impl Names {
    /// Whether `host` (as in `Host`, with its port) is the app.
    fn is_ours(&self, host: &str) -> bool {
        if self.hosts.iter().any(|known| host.eq_ignore_ascii_case(known) || name_of(host).0.eq_ignore_ascii_case(known)) {
            return true;
        }
        let (name, port) = name_of(host);
        if port.unwrap_or(80) != self.address.port() {
            return false;
        }
        // An address cannot be made to lead elsewhere; a name can.
        match name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>() {
            Ok(ip) => ip == self.address.ip() || self.address.ip().is_unspecified() || ip.is_loopback() && self.address.ip().is_loopback(),
            Err(_) => name.eq_ignore_ascii_case("localhost") && (self.address.ip().is_loopback() || self.address.ip().is_unspecified()),
        }
    }

    /// The cookie's name: two apps on one machine share its host, not its port.
    fn cookie_name(&self) -> String {
        format!("outspoken_{}", self.address.port())
    }
}

fn name_of(host: &str) -> (&str, Option<u16>) {
    match host.rsplit_once(':') {
        Some((name, port)) if !name.contains(':') || name.ends_with(']') => (name, port.parse().ok()),
        _ => (host, None),
    }
}

/// Lets a request pass or refuses it.
pub(super) fn check(ask: &Ask, names: &Names, people: &People) -> Result<std::result::Result<Visit, Answer>> {
    let Some(host) = ask.host.as_deref().filter(|host| names.is_ours(host)) else {
        return Ok(Err(Answer::refusal(421, "this app does not go by that name; --host NAME adds one")));
    };
    let cookie_name = names.cookie_name();
    let cookies = ask.cookie.as_deref().unwrap_or_default().split(';').filter_map(|pair| pair.trim().split_once('='));
    let known = cookies.filter(|(name, _)| *name == cookie_name).find_map(|(_, id)| people.session(id));
    if ask.method == Method::Post {
        let is_same_origin = ask.origin.as_deref().is_some_and(|origin| {
            let name = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
            name.is_some_and(|name| name.eq_ignore_ascii_case(host))
        });
        let is_same_site = ask.site.as_deref().is_none_or(|site| site == "same-origin");
        if !is_same_origin || !is_same_site {
            return Ok(Err(Answer::refusal(403, "this form was not sent by a page of this app")));
        }
        let Some(session) = known else {
            return Ok(Err(Answer::refusal(
                403,
                "your session has ended, perhaps because the app was started again: go back, load the page again, and send the form once more",
            )));
        };
        if !is_same(&session.csrf, ask.form.text("csrf")) {
            return Ok(Err(Answer::refusal(403, "this form was not sent by a page of this session")));
        }
        return Ok(signed_in(ask, people, Visit { session, cookie: None }));
    }
    if let Some(session) = known {
        return Ok(signed_in(ask, people, Visit { session, cookie: None }));
    }
    // A link from elsewhere (a mail) comes without the strict cookie: one step inside the app brings it.
    if ask.site.as_deref() == Some("cross-site") {
        return Ok(Err(step_inside(ask)));
    }
    let session = people.begin()?;
    let cookie = cookie(names, &session);
    Ok(signed_in(ask, people, Visit { session, cookie: Some(cookie) }))
}

/// The header that gives a session to the browser: not for scripts, not sent with anything that starts elsewhere.
pub(super) fn cookie(names: &Names, session: &Session) -> String {
    format!("{}={}; Path=/; HttpOnly; SameSite=Strict", names.cookie_name(), session.id)
}

fn step_inside(ask: &Ask) -> Answer {
    let mut html = crate::report::html::Html::default();
    html.raw("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>outspoken</title>");
    html.raw("<meta http-equiv=\"refresh\"").attribute("content", &format!("0;url={}", local(&ask.target))).raw("></head><body><a");
    html.attribute("href", &local(&ask.target)).raw(">Go on</a></body></html>");
    Answer::page(html)
}

/// A target as an address of this app, whatever was sent.
fn local(target: &str) -> String {
    let is_plain = target.starts_with('/') && !target.starts_with("//") && target.bytes().all(|b| (0x21..0x7f).contains(&b) && b != b'\\');
    if is_plain { target.to_owned() } else { "/".to_owned() }
}

fn signed_in(ask: &Ask, people: &People, visit: Visit) -> std::result::Result<Visit, Answer> {
    let is_open = matches!(ask.path.first().map(String::as_str), Some("sign-in" | "assets"));
    if !people.signs_in() || visit.session.reviewer.is_some() || is_open {
        return Ok(visit);
    }
    Err(match ask.method {
        Method::Get => {
            let answer = Answer::see(&format!("/sign-in?back={}", encode(&local(&ask.target))));
            match visit.cookie {
                Some(cookie) => answer.header("set-cookie", cookie),
                None => answer,
            }
        }
        Method::Post => Answer::refusal(403, "sign in first"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_its_own_names_reach_the_app() {
        let check = |address: &str, host: &str, expected: bool| {
            let names = Names { address: address.parse().unwrap(), hosts: vec!["reviews.example.com".to_owned()] };
            assert_eq!(names.is_ours(host), expected, "{address} {host}");
        };
        check("127.0.0.1:8817", "127.0.0.1:8817", true);
        check("127.0.0.1:8817", "localhost:8817", true);
        check("127.0.0.1:8817", "LOCALHOST:8817", true);
        check("127.0.0.1:8817", "reviews.example.com", true);
        check("127.0.0.1:8817", "reviews.example.com:443", true);
        check("127.0.0.1:8817", "127.0.0.1:9999", false);
        check("127.0.0.1:8817", "127.0.0.1", false);
        check("127.0.0.1:8817", "evil.example:8817", false);
        check("127.0.0.1:8817", "localhost.evil.example:8817", false);
        check("127.0.0.1:8817", "10.0.0.1:8817", false);
        check("127.0.0.1:8817", "", false);
        check("[::1]:8817", "[::1]:8817", true);
        check("0.0.0.0:8817", "10.0.0.1:8817", true);
        check("0.0.0.0:8817", "evil.example:8817", false);
        check("10.0.0.1:8817", "10.0.0.1:8817", true);
    }
}
