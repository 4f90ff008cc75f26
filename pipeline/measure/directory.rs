//! Which account is meant?
//!
//! Answers and invitations name accounts by ids, old ids and names; the account file says which are one. Without it an account is its id, else its
//! name without regard to case and white space.

use std::collections::HashMap;

use crate::identity::Fingerprint;
use crate::roster::account::Account;

/// The accounts of the account file; empty without one.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    accounts: Vec<Account>,
    /// Ids and aliases as they are, names and aliases normalised.
    by_word: HashMap<String, usize>,
    /// Revenue from which on an account counts as profitable; none: the median of those with a stance.
    pub high_value: Option<f64>,
}

impl Directory {
    /// Of accounts in the order of their ids. A word that two accounts have belongs to the first; an id is stronger than an alias or a name.
    pub fn new(accounts: Vec<Account>, high_value: Option<f64>) -> Self {
        let mut by_word = HashMap::new();
        for (idx, account) in accounts.iter().enumerate() {
            by_word.insert(account.id.clone(), idx);
        }
        for (idx, account) in accounts.iter().enumerate() {
            for alias in &account.aliases {
                by_word.entry(alias.clone()).or_insert(idx);
                by_word.entry(normalised(alias)).or_insert(idx);
            }
            if let Some(name) = &account.name {
                by_word.entry(normalised(name)).or_insert(idx);
            }
        }
        Self { accounts, by_word, high_value }
    }

    /// Whether there is no account file.
    pub fn is_empty(&self) -> bool {
        self.accounts.is_empty()
    }

    /// The account with this key.
    pub fn of(&self, key: &str) -> Option<&Account> {
        self.accounts.get(*self.by_word.get(key)?).filter(|account| account.id == key)
    }

    /// The accounts, in the order of their ids.
    pub fn accounts(&self) -> &[Account] {
        &self.accounts
    }

    /// Puts the key of an account into `out`: its id in the file, else the id, else the normalised name. Nothing for nothing.
    pub(crate) fn key(&self, id: Option<&str>, name: Option<&str>, out: &mut String) {
        out.clear();
        match (id, name) {
            (Some(id), _) => out.push_str(id),
            (None, Some(name)) => normalise(name, out),
            (None, None) => return,
        }
        if let Some(account) = self.by_word.get(out.as_str()).and_then(|idx| self.accounts.get(*idx)) {
            out.clear();
            out.push_str(&account.id);
        }
    }

    /// Equal figures follow from equal rows where this is equal.
    pub fn fingerprint(&self) -> String {
        // The derived form names every field; nothing reads it back.
        Fingerprint::of("accounts").part(&format!("{:?} {:?}", self.accounts, self.high_value)).id()
    }
}

fn normalised(name: &str) -> String {
    let mut out = String::new();
    normalise(name, &mut out);
    out
}

/// Adds a name with outer white space cut, inner runs of it made one space, in lower case.
pub(super) fn normalise(name: &str, out: &mut String) {
    for (i, word) in name.split_whitespace().enumerate() {
        if i > 0 {
            out.push(' ');
        }
        if word.is_ascii() {
            out.extend(word.chars().map(|c| c.to_ascii_lowercase()));
        } else {
            out.push_str(&word.to_lowercase());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_ids_and_names_are_the_account() {
        let account = |id: &str, name: &str, aliases: &[&str]| Account {
            id: id.to_owned(),
            name: Some(name.to_owned()),
            aliases: aliases.iter().map(|alias| (*alias).to_owned()).collect(),
            ..Account::default()
        };
        let directory =
            Directory::new(vec![account("A-1", "Harbor Bakery", &["OLD-7", "The Bakery"]), account("A-2", "Pier", &["A-1"])], None);
        let key = |id: Option<&str>, name: Option<&str>| {
            let mut out = String::from("before");
            directory.key(id, name, &mut out);
            out
        };
        assert_eq!(key(Some("OLD-7"), None), "A-1");
        assert_eq!(key(None, Some(" harbor  BAKERY ")), "A-1");
        assert_eq!(key(None, Some("the bakery")), "A-1");
        assert_eq!(key(Some("A-1"), None), "A-1", "an id is stronger than an alias");
        assert_eq!(key(Some("X-9"), Some("Pier")), "X-9");
        assert_eq!(key(None, Some("Nobody & Co")), "nobody & co");
        assert_eq!(key(None, None), "");
        assert_eq!(directory.of("A-2").and_then(|a| a.name.as_deref()), Some("Pier"));
        assert!(directory.of("OLD-7").is_none());
    }
}
