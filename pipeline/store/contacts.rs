//! How can the customer of a case be reached?
//!
//! The one exception to redaction: what it takes to call somebody back, of cases alone, here alone, and only as long as was set. What is
//! purged is overwritten on the disk.

use rusqlite::{Connection, params};
use serde::Serialize;

use super::Store;
use crate::error::Result;

/// The step of the database that brings contact details.
pub(super) const STEP: &str = "
    create table case_contact (
        hotline_id text not null,
        kind text not null,
        value text not null,
        origin text not null,
        expires_micros integer not null,
        primary key (hotline_id, kind, value)
    ) strict, without rowid;
    create index case_contact_by_end on case_contact (expires_micros);
";

/// One way to reach somebody.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Contact {
    /// The case.
    pub hotline_id: String,
    /// name, email or phone.
    pub kind: String,
    /// The name, address or number. Personal data: never in a log, table or report.
    pub value: String,
    /// Where it comes from: `column` of the input, or `text`, where redaction masked it.
    pub origin: String,
}

impl Store {
    /// Keeps contact details until `expires` (microseconds since 1970-01-01T00:00Z); those that are there already are kept
    /// until the later of the two.
    pub fn keep_contacts(&mut self, contacts: &[Contact], expires: i64) -> Result<()> {
        if contacts.is_empty() {
            return Ok(());
        }
        self.write(|connection| {
            let sql = "insert into case_contact (hotline_id, kind, value, origin, expires_micros) values (?1, ?2, ?3, ?4, ?5)
                on conflict do update set expires_micros = max(expires_micros, excluded.expires_micros)";
            let mut statement = connection.prepare(sql)?;
            for contact in contacts {
                statement.execute(params![contact.hotline_id, contact.kind, contact.value, contact.origin, expires])?;
            }
            Ok(())
        })
    }

    /// Contact details of a case that are kept at `now`: names, addresses, numbers.
    pub fn contacts(&self, hotline_id: &str, now: i64) -> Result<Vec<Contact>> {
        self.read(|connection| {
            let sql = "select hotline_id, kind, value, origin from case_contact where hotline_id = ?1 and expires_micros > ?2
                order by case kind when 'name' then 0 when 'phone' then 1 else 2 end, origin, value";
            let mut statement = connection.prepare(sql)?;
            let contacts = statement.query_map(params![hotline_id, now], |row| {
                Ok(Contact { hotline_id: row.get(0)?, kind: row.get(1)?, value: row.get(2)?, origin: row.get(3)? })
            })?;
            contacts.collect()
        })
    }

    /// Forgets what was to be kept until `now`, and what belongs to no case (a run that came to nothing leaves such); returns how many.
    pub fn purge_contacts(&mut self, now: i64) -> Result<usize> {
        let orphans = "not exists (select 1 from case_event e where e.hotline_id = case_contact.hotline_id)";
        let condition = format!("expires_micros <= {now} or {orphans}");
        let count = |connection: &Connection| {
            connection.query_row(&format!("select count(*) from case_contact where {condition}"), [], |row| row.get::<_, i64>(0))
        };
        if self.read(count)? == 0 {
            return Ok(0);
        }
        let n = self.write(|connection| {
            connection.pragma_update(None, "secure_delete", true)?;
            connection.execute(&format!("delete from case_contact where {condition}"), [])
        })?;
        // What was deleted still stands in the journal until that begins anew.
        self.read(|connection| connection.query_row("pragma wal_checkpoint(truncate)", [], |_| Ok(())))?;
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Detected;

    #[test]
    fn contact_details_are_forgotten_when_their_time_is_over() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::open(folder.path()).unwrap();
        let contact = |id: &str, value: &str| Contact {
            hotline_id: id.to_owned(),
            kind: "phone".to_owned(),
            value: value.to_owned(),
            origin: "column".to_owned(),
        };
        store.detect(&[Detected { hotline_id: "a".to_owned(), at: 1, is_historical: false }]).unwrap();
        store.keep_contacts(&[contact("a", "+1 202 555 0143")], 100).unwrap();
        store.keep_contacts(&[contact("a", "+1 202 555 0143"), contact("nobody", "+1 202 555 0199")], 90).unwrap();
        assert_eq!(store.contacts("a", 99).unwrap().len(), 1);
        assert_eq!(store.purge_contacts(50).unwrap(), 1, "of a case that never came to be");
        assert_eq!(store.purge_contacts(99).unwrap(), 0);
        assert!(store.contacts("a", 100).unwrap().is_empty(), "not shown after its time, purged or not");
        assert_eq!(store.purge_contacts(100).unwrap(), 1);
        drop(store);
        for file in crate::store::tests::files(folder.path()) {
            let bytes = fs_err::read(&file).unwrap();
            assert!(!bytes.windows(8).any(|w| w == b"555 0143"), "{} still has it", file.display());
        }
    }
}
