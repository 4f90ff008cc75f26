//! Calling back and handing over: contact details, other tools.

use super::*;

const REACHABLE: &str = "Response ID,Date,Comment,Rating,Account ID,Account name,Contact name,Email,Phone\n\
    R-1,2026-09-20,I will cancel my account today. Ring me on +1 202 555 0143 or write to kim.private@example.org. My card is 4111 1111 1111 1111,1,A-2,Harbour Clinic,Kim Lee,kim.lee@harbour.example,+1 202 555 0199\n\
    R-2,2026-09-21,Everything was fine and quick. Write to ann@example.org,5,A-3,Redwood Tools,Ann Ito,ann.ito@redwood.example,+1 202 555 0177\n\
    R-3,2026-06-01,I will cancel my account today. Ring me on +1 202 555 0166,1,A-4,Blue Door,Bea Day,bea@blue.example,+1 202 555 0155\n";

pub(super) const REACHABLE_SETTINGS: &str = "[[source]]\nname = \"survey\"\nid = \"Response ID\"\nreceived_at = \"Date\"\nverbatims = [\"Comment\"]\n\
    account_id = \"Account ID\"\naccount_name = \"Account name\"\ncontact_name = \"Contact name\"\ncontact_email = \"Email\"\ncontact_phone = \"Phone\"\n";

pub(super) fn reachable(place: &Place, more: &str) {
    place.write("a.csv", REACHABLE);
    place.write("s.toml", format!("{REACHABLE_SETTINGS}{more}"));
}

pub(super) fn run_as_of(place: &Place, as_of: &str) -> std::process::Output {
    place.program(&["run", "a.csv", "--config", "s.toml", "--out", "out", "--as-of", as_of])
}

#[test]
fn contact_details_are_in_review_db_and_nowhere_else() {
    let place = Place::new();
    reachable(&place, "[[handover]]\nname = \"desk\"\nfile = \"desk/care.jsonl\"\n");
    let ran = run_as_of(&place, AS_OF);
    assert_eq!(ran.status.code(), Some(0), "{}", String::from_utf8_lossy(&ran.stderr));
    let case = case_of(&place, "R-1", "care");
    let book = Casebook::open(&place.out()).unwrap();
    let contacts: Vec<String> =
        book.contacts(&case, micros(AS_OF)).unwrap().into_iter().map(|c| format!("{} {}", c.kind, c.value)).collect();
    assert_eq!(
        contacts,
        [
            "name Kim Lee",
            "phone +1 202 555 0199",
            "phone +1 202 555 0143",
            "email kim.lee@harbour.example",
            "email kim.private@example.org"
        ]
    );
    assert!(book.contacts(&case_of(&place, "R-3", "care"), micros(AS_OF)).unwrap().is_empty(), "nobody calls back on a historical case");
    drop(book);
    let shown = place.program(&["hotline", "show", &case.hotline_id, "--out", "out", "--as-of", AS_OF]);
    assert!(String::from_utf8_lossy(&shown.stdout).contains("call back     phone +1 202 555 0143 (from the answer)"));

    // Everything else that is written.
    for arguments in [
        &["hotline", "export", "--csv", "out/report.csv", "--out", "out"][..],
        &["hotline", "list", "--all", "--json", "--out", "out"],
        &["report", "--out", "out"],
    ] {
        let output = place.program(arguments);
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        fs_err::write(place.out().join(format!("told-{}.txt", arguments[1])), [output.stdout, output.stderr].concat()).unwrap();
    }
    fs_err::write(place.out().join("told-run.txt"), [ran.stdout, ran.stderr].concat()).unwrap();
    // Pages of tables are packed: they are read as text, too.
    for table in outspoken::schema::TABLES {
        let cells: String = table.columns.iter().flat_map(|c| column(&place.out(), table.name, c.name)).collect();
        fs_err::write(place.out().join(format!("cells-{}.txt", table.name)), cells).unwrap();
    }
    let mut n = 0;
    for (name, bytes) in files(&place.out()) {
        let has = |word: &str| bytes.windows(word.len()).any(|w| w == word.as_bytes());
        let is_store = name.starts_with("review.db");
        for secret in
            ["555 0143", "555 0199", "kim.lee@harbour", "kim.private@", "ann@example", "ann.ito@", "555 0177", "555 0155", "4111 1111"]
        {
            assert!(is_store || !has(secret), "{name} holds {secret}");
            n += 1;
        }
        for secret in ["ann@example", "ann.ito@", "555 0177", "555 0155", "555 0166", "4111 1111"] {
            assert!(!has(secret), "{name} holds {secret}, which nobody needs");
        }
    }
    assert!(n > 100);

    // Ninety days later they are gone.
    let output = place.program(&["sync", "--out", "out", "--as-of", "2027-01-05T08:00:00Z"]);
    assert_eq!(output.status.code(), Some(0));
    for (name, bytes) in files(&place.out()) {
        assert!(!bytes.windows(8).any(|w| w == b"555 0143"), "{name} still holds it");
    }
}

#[test]
fn no_contact_details_are_kept_where_none_are_wanted() {
    let place = Place::new();
    reachable(&place, "[hotline]\ncontact_retention_days = 0\n");
    assert_eq!(run_as_of(&place, AS_OF).status.code(), Some(0));
    let case = case_of(&place, "R-1", "care");
    assert!(Casebook::open(&place.out()).unwrap().contacts(&case, micros(AS_OF)).unwrap().is_empty());
    // A change of the retention is no change of the rows.
    reachable(&place, "[hotline]\ncontact_retention_days = 30\n");
    let output = run_as_of(&place, AS_OF);
    assert!(String::from_utf8_lossy(&output.stderr).contains("3 unchanged"), "{}", String::from_utf8_lossy(&output.stderr));
}

fn handed_over(place: &Place, file: &str) -> Vec<String> {
    let Ok(text) = fs_err::read_to_string(place.out().join(file)) else { return Vec::new() };
    text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["hotline_id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn cases_are_handed_over_once_and_what_fails_is_tried_again() {
    let place = Place::new();
    let command = "[[handover]]\nname = \"crm\"\nroute = \"care\"\ncommand = [\"sh\", \"-c\", \"test -e open && cat >> crm.jsonl\"]\n";
    reachable(&place, &format!("{command}[[handover]]\nname = \"desk\"\nfile = \"desk/care.jsonl\"\n"));
    let output = run_as_of(&place, AS_OF);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "a hand-over never keeps tables from being published: {told}");
    assert!(told.contains("hand-over `crm` failed: `sh` ended with exit status: 1; 1 of 1 cases wait for the next run or sync"), "{told}");
    let id = case_of(&place, "R-1", "care").hotline_id;
    assert_eq!(handed_over(&place, "desk/care.jsonl"), [id.as_str()], "the historical case is handed to nobody");
    assert!(handed_over(&place, "crm.jsonl").is_empty());

    // Commands are not kept with the output: whoever may write there must not choose what is run.
    let sync = |arguments: &[&str]| {
        let output = place.program(&[&["sync", "--out", "out", "--as-of", AS_OF], arguments].concat());
        (output.status.code().unwrap(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    place.write("out/open", "");
    let (code, told) = sync(&[]);
    assert!(
        code == 1 && told.contains("1 cases wait for the hand-over `crm`, which the settings do not name: give them with --config"),
        "{told}"
    );
    let (code, told) = sync(&["--config", "s.toml"]);
    assert_eq!(code, 0, "{told}");
    assert_eq!(handed_over(&place, "crm.jsonl"), [id.as_str()]);
    sync(&["--config", "s.toml"]);
    assert_eq!(run_as_of(&place, AS_OF).status.code(), Some(0));
    assert_eq!((handed_over(&place, "crm.jsonl").len(), handed_over(&place, "desk/care.jsonl").len()), (1, 1), "each once");
}

#[test]
fn a_command_that_does_not_end_is_given_up() {
    let place = Place::new();
    reachable(&place, "[[handover]]\nname = \"slow\"\ncommand = [\"sleep\", \"600\"]\ntimeout_seconds = 1\n");
    let told = String::from_utf8_lossy(&run_as_of(&place, AS_OF).stderr).into_owned();
    assert!(told.contains("`sleep` did not end within 1 s"), "{told}");
}

#[test]
fn what_a_run_that_was_killed_behind_the_switch_found_is_handed_over_by_the_next() {
    let place = Place::new();
    reachable(&place, "[[handover]]\nname = \"desk\"\nfile = \"desk/care.jsonl\"\n");
    assert_eq!(run_as_of(&place, AS_OF).status.code(), Some(0));
    let before = handed_over(&place, "desk/care.jsonl");
    assert!(!before.is_empty());
    // As if the kill had come between the switch and the detections.
    fs_err::remove_dir_all(place.out().join("desk")).unwrap();
    let review = rusqlite::Connection::open(place.out().join("review.db")).unwrap();
    review.execute_batch("delete from case_event; delete from outbox").unwrap();
    drop(review);
    assert_eq!(run_as_of(&place, AS_OF).status.code(), Some(0));
    assert_eq!(handed_over(&place, "desk/care.jsonl"), before);
}

#[test]
fn a_hand_over_that_cannot_be_is_refused() {
    let place = Place::new();
    for (more, what) in [
        ("[[handover]]\nname = \"x\"\n", "neither or both"),
        ("[[handover]]\nfile = \"a.jsonl\"\n", "needs a name"),
        ("[[handover]]\nname = \"x\"\nfile = \"../a.jsonl\"\n", "leaves the output directory"),
        ("[[handover]]\nname = \"x\"\nfile = \"/etc/a.jsonl\"\n", "leaves the output directory"),
        ("[hotline.calendar]\nhours = [17, 9]\n", "no business day"),
    ] {
        reachable(&place, more);
        let output = run_as_of(&place, AS_OF);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(2) && told.contains(what) && told.contains("hint: "), "{more}: {told}");
    }
}
