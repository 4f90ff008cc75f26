//! What did people change about themes?
//!
//! Append-only events, each with who and when; taking one back is an event too. What follows from them is told by
//! [`crate::theme::Edits`].

use rusqlite::params;

use super::Store;
use crate::error::{Error, Result};
use crate::theme::{Edit, Edits, ThemeEvent};

/// The step of the database that brings the table.
pub(super) const FIRST: &str = "
    create table theme_event (
        number integer primary key autoincrement,
        theme_id text not null,
        at_micros integer not null,
        who text,
        edit text not null
    ) strict;
";

/// A change as it is kept: number, theme, time, who, and the change as JSON.
type Stored = (i64, String, i64, Option<String>, String);

impl Store {
    /// All changes to themes, oldest first, those included that were taken back.
    pub fn theme_events(&self) -> Result<Vec<ThemeEvent>> {
        let read = || -> rusqlite::Result<Vec<Stored>> {
            let mut statement =
                self.connection.prepare("select number, theme_id, at_micros, who, edit from theme_event order by number")?;
            let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?)))?;
            rows.collect()
        };
        let rows = read().map_err(Error::store(&self.path))?;
        rows.into_iter()
            .map(|(number, theme_id, at, who, edit)| {
                let edit: Edit = serde_json::from_str(&edit).map_err(|_| Error::Output {
                    path: self.path.clone(),
                    what: format!("change {number} to a theme is of a kind that this version does not know"),
                    hint: Some("use the newer program".to_owned()),
                })?;
                Ok(ThemeEvent { number, theme_id, at, who, edit })
            })
            .collect()
    }

    /// What follows from all changes.
    pub fn theme_edits(&self) -> Result<Edits> {
        Ok(Edits::of(&self.theme_events()?))
    }

    /// Keeps a change; gives its number. Whether it can be made is for [`Edits::check`] to say.
    pub fn edit_theme(&mut self, theme_id: &str, edit: &Edit, at: i64, who: Option<&str>) -> Result<i64> {
        let text = serde_json::to_string(edit).expect("an edit is text and numbers");
        let insert = "insert into theme_event (theme_id, at_micros, who, edit) values (?1, ?2, ?3, ?4)";
        self.connection.execute(insert, params![theme_id, at, who, text]).map_err(Error::store(&self.path))?;
        Ok(self.connection.last_insert_rowid())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_changed_is_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let rename = Edit::Rename { label: "bills".into() };
        let number = Store::open(folder.path()).unwrap().edit_theme("t-1", &rename, 7, Some("eve")).unwrap();
        let mut store = Store::open(folder.path()).unwrap();
        let expected = ThemeEvent { number, theme_id: "t-1".into(), at: 7, who: Some("eve".into()), edit: rename };
        assert_eq!(store.theme_events().unwrap(), [expected]);
        assert_eq!(store.theme_edits().unwrap().label("t-1"), Some("bills"));
        store.edit_theme("t-1", &Edit::Undo { event: number }, 8, None).unwrap();
        assert_eq!(store.theme_edits().unwrap().label("t-1"), None);
    }
}
