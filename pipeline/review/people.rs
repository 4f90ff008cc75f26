//! Who is at the other end?
//!
//! Sessions live in memory and end with the program. On a loopback address whoever sits at the machine names themselves; elsewhere a token
//! says who somebody is. There is no password to be guessed or left as it came.

use std::collections::{HashMap, VecDeque};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::error::{Error, Result};

/// Names, tokens and sessions.
#[derive(Debug)]
pub(super) struct People {
    tokens: Option<Vec<(String, String)>>,
    reviewers: Vec<String>,
    default: Option<String>,
    sessions: Mutex<Sessions>,
    failures: Mutex<VecDeque<Instant>>,
}

#[derive(Debug, Default)]
struct Sessions {
    by_id: HashMap<String, Session>,
    order: VecDeque<String>,
}

/// One browser.
#[derive(Clone, Debug)]
pub(super) struct Session {
    pub(super) id: String,
    /// What its forms have to carry.
    pub(super) csrf: String,
    /// Who decides.
    pub(super) reviewer: Option<String>,
}

/// Sessions kept; the oldest goes first. Whoever asks without a cookie a million times fills no memory.
const MAX_SESSIONS: usize = 2_000;
/// Tokens shorter than this can be guessed.
const MIN_TOKEN_CHARS: usize = 16;
/// Wrong tokens in a minute after which nobody can sign in for the rest of it.
const MAX_FAILURES: usize = 10;
/// The longest name of a person.
pub(super) const MAX_NAME_CHARS: usize = 80;

impl People {
    pub(super) fn new(token_file: Option<&Path>, reviewers: &[String], default: Option<&str>) -> Result<Self> {
        Ok(Self {
            tokens: token_file.map(tokens).transpose()?,
            reviewers: reviewers.to_vec(),
            default: default.map(str::to_owned),
            sessions: Mutex::default(),
            failures: Mutex::default(),
        })
    }

    /// Whether a token is asked for.
    pub(super) fn signs_in(&self) -> bool {
        self.tokens.is_some()
    }

    /// Names to choose from.
    pub(super) fn reviewers(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.reviewers.iter().map(String::as_str).collect();
        names.extend(self.default.as_deref().filter(|name| !self.reviewers.iter().any(|known| known == name)));
        names
    }

    fn sessions(&self) -> MutexGuard<'_, Sessions> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The session of a cookie.
    pub(super) fn session(&self, id: &str) -> Option<Session> {
        self.sessions().by_id.get(id).cloned()
    }

    /// A new session.
    pub(super) fn begin(&self) -> Result<Session> {
        let reviewer = if self.signs_in() { None } else { self.default.clone() };
        self.keep(Session { id: random()?, csrf: random()?, reviewer })
    }

    fn keep(&self, session: Session) -> Result<Session> {
        let mut sessions = self.sessions();
        while sessions.order.len() >= MAX_SESSIONS {
            let Some(oldest) = sessions.order.pop_front() else { break };
            sessions.by_id.remove(&oldest);
        }
        sessions.order.push_back(session.id.clone());
        sessions.by_id.insert(session.id.clone(), session.clone());
        Ok(session)
    }

    /// Sets who decides in a session; where tokens say who somebody is, nothing changes.
    pub(super) fn name(&self, id: &str, reviewer: &str) {
        let name: String = reviewer.trim().chars().filter(|c| !c.is_control()).take(MAX_NAME_CHARS).collect();
        if let Some(session) = self.sessions().by_id.get_mut(id).filter(|_| !self.signs_in()) {
            session.reviewer = Some(name).filter(|name| !name.is_empty());
        }
    }

    /// Signs in: a new session under the name of the token; none: no such token, or too many wrong ones.
    pub(super) fn sign_in(&self, token: &str) -> Result<Option<Session>> {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        while failures.front().is_some_and(|at| now.duration_since(*at) > Duration::from_secs(60)) {
            failures.pop_front();
        }
        if failures.len() >= MAX_FAILURES {
            return Ok(None);
        }
        // Every token is compared, each to its end: how long it takes tells nothing.
        let mut found = None;
        for (name, known) in self.tokens.iter().flatten() {
            if is_same(known, token) {
                found = Some(name.clone());
            }
        }
        let Some(name) = found else {
            failures.push_back(now);
            return Ok(None);
        };
        drop(failures);
        self.keep(Session { id: random()?, csrf: random()?, reviewer: Some(name) }).map(Some)
    }

    pub(super) fn end(&self, id: &str) {
        let mut sessions = self.sessions();
        sessions.by_id.remove(id);
        sessions.order.retain(|known| known != id);
    }
}

/// Equal in a time that depends on the lengths alone.
pub(super) fn is_same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let differences = a.iter().zip(b).fold(0_u8, |all, (x, y)| all | (x ^ y));
    a.len() == b.len() && differences == 0
}

fn tokens(path: &Path) -> Result<Vec<(String, String)>> {
    let text = fs_err::read_to_string(path).map_err(Error::io("cannot read the token file"))?;
    let mut tokens = Vec::new();
    for (idx, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let fail = |what: &str| Error::Setting {
            place: format!("{}:{}", path.display(), idx + 1),
            what: what.to_owned(),
            hint: Some(format!(
                "one `NAME TOKEN` a line; a token has at least {MIN_TOKEN_CHARS} characters, as from `openssl rand -hex 16`"
            )),
        };
        let (name, token) = line.rsplit_once(char::is_whitespace).ok_or_else(|| fail("a name or a token is missing"))?;
        if token.chars().count() < MIN_TOKEN_CHARS {
            return Err(fail("the token is too short"));
        }
        tokens.push((name.trim().chars().take(MAX_NAME_CHARS).collect(), token.to_owned()));
    }
    if tokens.is_empty() {
        return Err(Error::Setting {
            place: path.display().to_string(),
            what: "there is no token: nobody could sign in".to_owned(),
            hint: Some("one `NAME TOKEN` a line".to_owned()),
        });
    }
    Ok(tokens)
}

/// 128 bits from the system, as hexadecimal digits.
fn random() -> Result<String> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes)
        .map_err(|error| Error::Io { doing: "no random numbers", source: std::io::Error::other(error.to_string()) })?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_signs_in_under_its_name_and_guessing_is_stopped() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tokens");
        fs_err::write(&path, "# who\nDana Ortiz 0123456789abcdef\n").unwrap();
        let people = People::new(Some(&path), &[], None).unwrap();
        assert_eq!(people.sign_in("0123456789abcdef").unwrap().unwrap().reviewer.as_deref(), Some("Dana Ortiz"));
        for _ in 0..MAX_FAILURES {
            assert!(people.sign_in("0123456789abcdee").unwrap().is_none());
        }
        assert!(people.sign_in("0123456789abcdef").unwrap().is_none(), "the minute is not over");
        for text in ["", "Dana\n", "Dana short\n"] {
            fs_err::write(&path, text).unwrap();
            assert!(People::new(Some(&path), &[], None).is_err(), "{text}");
        }
    }

    #[test]
    fn sessions_fill_no_memory() {
        let people = People::new(None, &[], Some("Kim")).unwrap();
        let first = people.begin().unwrap();
        assert_eq!(first.reviewer.as_deref(), Some("Kim"));
        for _ in 0..MAX_SESSIONS {
            people.begin().unwrap();
        }
        assert!(people.session(&first.id).is_none());
        assert_eq!(people.sessions().by_id.len(), MAX_SESSIONS);
    }
}
