//! What does the account file say of an account?

use std::collections::BTreeMap;
use std::path::Path;

use arrow_array::RecordBatch;

use super::Read;
use super::sheet::{Column, Sheet};
use crate::error::{Error, Result};
use crate::schema::{ACCOUNT, Rows, account as col};

/// The columns that are looked for, with the names that files give them.
pub const COLUMNS: [Column; 8] = [
    ("account_id", &["account_id", "id", "account_no", "account_number", "acct", "acct_id", "customer_id", "account"]),
    ("account_name", &["account_name", "name", "customer_name", "customer", "company", "account"]),
    ("aliases", &["aliases", "alias", "also_known_as", "other_ids", "other_names"]),
    ("tier", &["tier", "account_tier", "class", "segment"]),
    ("revenue", &["revenue", "annual_revenue", "arr", "account_value", "value", "profit", "margin", "contribution"]),
    ("renewal_date", &["renewal_date", "renewal", "renews_on", "contract_end", "contract_ends"]),
    ("account_manager", &["account_manager", "manager", "owner", "account_owner"]),
    ("executive_sponsor", &["executive_sponsor", "sponsor", "exec_sponsor"]),
];

/// An account.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Account {
    /// Its id, as answers name it.
    pub id: String,
    /// Its name.
    pub name: Option<String>,
    /// Other ids and names of it, in order.
    pub aliases: Vec<String>,
    /// How important it is, in the user's words.
    pub tier: Option<String>,
    /// What it is worth, in the user's unit.
    pub revenue: Option<f64>,
    /// When its contract ends, days since 1970.
    pub renewal: Option<i32>,
    /// Who looks after it.
    pub manager: Option<String>,
    /// Who speaks for it in the management.
    pub sponsor: Option<String>,
}

/// Reads the account file, in the order of ids; `named` are columns that the settings name. Aliases are parted by `;` or `|`.
///
/// Fails when it cannot be read or has no account id. Lines without an id, and second lines of an id, are left out and told.
pub fn read(path: &Path, named: &BTreeMap<String, String>) -> Result<Read<Account>> {
    let mut sheet = Sheet::read(path, &COLUMNS, named, &["renewal_date"])?;
    let mut accounts: BTreeMap<String, Account> = BTreeMap::new();
    for row in 0..sheet.n_rows() {
        let Some(id) = sheet.owned(row, 0) else {
            sheet.slip_at("lines without an account id", row);
            continue;
        };
        if accounts.contains_key(&id) {
            sheet.slip_at("lines with the id of an earlier line", row);
            continue;
        }
        let aliases = sheet.text(row, 2).unwrap_or_default().split([';', '|']).map(str::trim).filter(|alias| !alias.is_empty());
        let mut aliases: Vec<String> = aliases.map(str::to_owned).collect();
        aliases.sort_unstable();
        aliases.dedup();
        let account = Account {
            name: sheet.owned(row, 1),
            aliases,
            tier: sheet.owned(row, 3),
            revenue: sheet.number(row, 4),
            renewal: sheet.day(row, 5),
            manager: sheet.owned(row, 6),
            sponsor: sheet.owned(row, 7),
            id: id.clone(),
        };
        accounts.insert(id, account);
    }
    if accounts.is_empty() {
        return Err(Error::Input {
            path: path.to_owned(),
            what: "names no account".to_owned(),
            found: None,
            hint: Some("give it a column `account_id`, or name its column: `columns = { account_id = \"…\" }` under [accounts]".to_owned()),
        });
    }
    Ok(Read { rows: accounts.into_values().collect(), slips: sheet.slips() })
}

/// The rows of `account`.
pub fn rows(accounts: &[Account]) -> RecordBatch {
    let mut out = Rows::new(&ACCOUNT);
    for account in accounts {
        out.text(col::account_id, account.id.as_str());
        out.text(col::account_name, account.name.as_deref());
        let aliases = account.aliases.join("|");
        out.text(col::aliases, Some(aliases.as_str()).filter(|aliases| !aliases.is_empty()));
        out.text(col::tier, account.tier.as_deref());
        out.float(col::revenue, account.revenue);
        out.date(col::renewal_date, account.renewal);
        out.text(col::account_manager, account.manager.as_deref());
        out.text(col::executive_sponsor, account.sponsor.as_deref());
        out.end_row();
    }
    out.finish()
}
