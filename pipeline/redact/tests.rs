use proptest::prelude::*;

use super::*;

fn redactor() -> Redactor {
    Redactor::new(&PrivacySettings::default()).unwrap()
}

/// Redacts; and checks that redacting again and looking everywhere change nothing.
fn redacted(redactor: &Redactor, text: &str) -> String {
    let (mut out, mut twice, mut removed) = (String::new(), String::new(), Vec::new());
    let n = redactor.redact(text, &mut out);
    assert_eq!(redactor.redact(&out, &mut twice), 0, "{text:?} twice: {out:?}");
    assert_eq!(out, twice, "{text:?}");
    assert_eq!(redactor.redact_keeping(text, &mut twice, &mut removed), n);
    assert_eq!(out, twice, "{text:?}");
    assert_eq!(restored(&out, &removed), text);
    let (mut fast, mut slow) = (Vec::new(), Vec::new());
    redactor.finder.find(text, &mut fast);
    redactor.finder.find_everywhere(text, &mut slow);
    assert_eq!(fast, slow, "{text:?}");
    out
}

/// The text before redaction, from what was removed.
fn restored(out: &str, removed: &[Removed]) -> String {
    let mut text = String::new();
    let mut done = 0;
    for r in removed {
        text.push_str(out.get(done..r.start_byte).unwrap());
        text.push_str(&r.text);
        let placeholder = out.get(r.start_byte..).unwrap();
        assert!(placeholder.starts_with('['));
        done = r.start_byte + placeholder.find(']').unwrap() + 1;
    }
    text.push_str(out.get(done..).unwrap());
    text
}

fn check(rows: &[(&str, &str)]) {
    let redactor = redactor();
    for (text, expected) in rows {
        assert_eq!(redacted(&redactor, text), *expected, "{text}");
    }
}

fn check_kept(rows: &[&str]) {
    let redactor = redactor();
    for text in rows {
        assert_eq!(redacted(&redactor, text), *text);
    }
}

#[test]
fn cards() {
    check(&[
        ("My card 4111 1111 1111 1111 was charged twice.", "My card [card] was charged twice."),
        ("card:5500-0055-5555-5559!", "card:[card]!"),
        ("Amex 3782 822463 10005, exp 12/26", "Amex [card], exp 12/26"),
        ("378282246310005", "[card]"),
        ("(6011000990139424)", "([card])"),
        ("Diners 3056 930902 5904.", "Diners [card]."),
        ("jcb 3530111333300000 and visa 4012888888881881", "jcb [card] and visa [card]"),
        ("4111.1111.1111.1111", "[card]"),
        ("4111–1111–1111–1111", "[card]"),
        ("4111  1111  1111  1111", "[card]"),
        ("4111 - 1111 - 1111 - 1111", "[card]"),
        ("4111 1111 1111 1111 123", "[card] 123"),
        ("I paid 20 4111111111111111 ok", "I paid 20 [card] ok"),
        ("cc#4111111111111111", "cc#[card]"),
        ("2223003122003222", "[card]"),
    ]);
    check_kept(&[
        "4111 1111 1111 1112",
        "tracking 9400111899223100001234",
        "1234567890123456",
        "years 2015 2016 2017 2018",
        "XXXX XXXX XXXX 1111",
        "411111111111111",
        "0.4111111111111111",
    ]);
}

#[test]
fn ibans() {
    check(&[
        ("IBAN DE89 3704 0044 0532 0130 00 bitte", "IBAN [iban] bitte"),
        ("GB29NWBK60161331926819.", "[iban]."),
        ("iban: fr14 2004 1010 0505 0001 3m02 606", "iban: [iban]"),
        ("ES91-2100-0418-4502-0005-1332", "[iban]"),
        ("NL91 ABNA 0417 1643 00, danke", "[iban], danke"),
        ("DE 89 3704 0044 0532 0130 00", "[iban]"),
        ("CH9300762011623852957", "[iban]"),
        ("My IBAN is DE89370400440532013001", "My IBAN is [account]"),
    ]);
    check_kept(&["DE89 3704 0044 0532 0130 01", "in 30 days at 20 degrees", "ES91 2100 0418", "SEE89 3704 0044 0532 0130 00"]);
}

#[test]
fn social_security_numbers() {
    check(&[
        ("My SSN is 078-05-1120.", "My SSN is [ssn]."),
        ("ssn 078051120", "ssn [ssn]"),
        ("social security number 078 05 1120", "social security number [ssn]"),
        ("Social Security #: 078051120", "Social Security #: [ssn]"),
        ("078-05-1120", "[ssn]"),
        ("SSN:078-051120", "SSN:[ssn]"),
        ("SS# 078051120", "SS# [ssn]"),
        ("my social is 078.05.1120, thanks", "my social is [ssn], thanks"),
    ]);
    check_kept(&[
        "000-12-3456",
        "666-12-3456",
        "900-12-3456",
        "123-00-4567",
        "123-45-0000",
        "94105-1234",
        "12345-67-8901",
        "078051120 items",
    ]);
}

#[test]
fn addresses_of_mail() {
    check(&[
        ("Write to john.doe@example.com.", "Write to [email]."),
        ("<a_b+c@mail.example.co.uk>", "<[email]>"),
        ("mailto:x@y.org?subject", "mailto:[email]?subject"),
        ("jürgen@müller.de", "[email]"),
        ("5551234567@example.com", "[email]"),
        ("john@gmail", "[email]"),
        ("a@b.com.Please call", "[email].Please call"),
        ("A@B.COM.AU", "[email]"),
        ("john @ gmail.com", "[email]"),
        ("john.doe @ example.com", "[email]"),
        ("john (at) example.com", "[email]"),
        ("john[at]example[dot]com", "[email]"),
        ("reach me: john dot doe at example dot com please", "reach me: [email] please"),
        ("jane at example dot co dot uk", "[email]"),
        ("mail is jsmith at gmail.com", "mail is [email]"),
        ("JOHN.DOE@EXAMPLE.COM", "[email]"),
        ("a@b.com,c@d.com;e@f.com", "[email],[email];[email]"),
    ]);
    check_kept(&[
        "@united thanks",
        "2 @ 5",
        "meet me @ work.",
        "@",
        "a@",
        "@@@",
        "look at gmail.com",
        "write me at example dot com",
        "the dot com boom",
        "as quick as @gmail",
        "at 49.99 @ example.com",
        "open at 5 dot 30",
    ]);
}

#[test]
fn telephone_numbers() {
    check(&[
        ("Call 415-555-2671.", "Call [phone]."),
        ("(415) 555-2671", "[phone]"),
        ("(415)555-2671 ext. 12, thanks", "[phone], thanks"),
        ("+1 415 555 2671", "[phone]"),
        ("1-800-555-1212 x9", "[phone]"),
        ("415.555.2671", "[phone]"),
        ("4155552671", "[phone]"),
        ("(415 555 2671)", "([phone])"),
        ("(1 (415) 555-2671)", "([phone])"),
        ("voici 612 345 678, merci", "voici [phone], merci"),
        ("0043 1 234567", "[phone]"),
        ("+1(415)555-2671", "[phone]"),
        ("(415)-555-2671", "[phone]"),
        ("T: 030/1234-567", "T: [phone]"),
        ("415/555-2671", "[phone]"),
        ("415–555–2671", "[phone]"),
        ("1 (415) 555-2671", "[phone]"),
        ("+49 89 1234567", "[phone]"),
        ("+49 (0)89 123 45 67", "[phone]"),
        ("+44 20 7946 0958 12 times", "[phone] 12 times"),
        ("+33 6 12 34 56 78", "[phone]"),
        ("+4915112345678", "[phone]"),
        ("(+34) 612 345 678", "[phone]"),
        ("0049 171 1234567", "[phone]"),
        ("089/123456", "[phone]"),
        ("0171-1234567", "[phone]"),
        ("(030) 1234567", "[phone]"),
        ("06 12 34 56 78", "[phone]"),
        ("06.12.34.56.78", "[phone]"),
        ("07700 900123", "[phone]"),
        ("020 7946 0958", "[phone]"),
        ("llámame al 612 345 678", "llámame al [phone]"),
        ("+91 98765 43210", "[phone]"),
        ("call me at 555-2671", "call me at [phone]"),
        ("Tel.: 12 34 56 78", "Tel.: [phone]"),
        ("customer service at 1-800-555-1212", "customer service at [phone]"),
        ("my number is 415 555 2671 and 415 555 2672", "my number is [phone] and [phone]"),
    ]);
    check_kept(&[
        "order 4155552671",
        "Order number: 415-555-2671",
        "ticket #4155552671",
        "case no. 4155552671",
        "on 12/05/2019 at 10:30",
        "2019-05-12 10:30:45",
        "01.02.2019 10:30",
        "$1,234,567.89 and {$1200.00}",
        "ZIP 94105-1234",
        "call about 94105-1234",
        "100/20 Mbps, 1000 mbps",
        "error 0x80070005",
        "555-2671",
        "between 100 and 2000000 people",
        "9am-5pm 24/7 365",
        "https://example.com/p/4155552671",
        "ISBN 978-3-16-148410-0",
        "1234567 items",
        "XXX-XXX-2671",
        "113-1234567-1234567",
        "version 10.0.19041.1234",
        "tag 0016 964012",
        "<3333333333",
        "5-10-2014, 6-11-2014",
    ]);
}

#[test]
fn addresses_of_the_internet_protocol() {
    check(&[
        ("from 192.168.1.10.", "from [ip]."),
        ("IP: 8.8.8.8:53/24", "IP: [ip]:53/24"),
        ("at 2001:db8:85a3::8a2e:370:7334 now", "at [ip] now"),
        ("fe80::1ff:fe23:4567:890a", "[ip]"),
    ]);
    check_kept(&[
        "version 4.2.1.0",
        "firmware 4.2.1.0",
        "v4.2.1.0",
        "updated to 4.2.1.0",
        "Firmware version is 4.2.1.0",
        "1.2.3",
        "1.2.3.4.5",
        "256.1.1.1",
        "at 10:30:45",
        "12::30",
        "01.02.03.04",
    ]);
}

#[test]
fn accounts() {
    check(&[
        ("account # 12345678", "account # [account]"),
        ("Account number: 1234-5678-90", "Account number: [account]"),
        ("acct no. 99887766", "acct no. [account]"),
        ("my account number is 4155552671", "my account number is [account]"),
        ("policy number AB 123456", "policy number [account]"),
        ("policy AB-123456", "policy [account]"),
        ("Customer ID C12345", "Customer ID [account]"),
        ("member id: 4821", "member id: [account]"),
        ("Kundennummer 1234567", "Kundennummer [account]"),
        ("Meine Kunden-Nr. lautet 12345", "Meine Kunden-Nr. lautet [account]"),
        ("número de cuenta 0012345678", "número de cuenta [account]"),
        ("n.º de cliente: 445566", "n.º de cliente: [account]"),
        ("numéro de client 445566", "numéro de client [account]"),
        ("mon numéro de contrat est le 445566", "mon numéro de contrat est le [account]"),
        ("account number 1234 5678 9012", "account number [account]"),
        ("loan # 0012345678", "loan # [account]"),
        ("A/C 12345678", "A/C [account]"),
        ("Acct#12345678.", "Acct#[account]."),
        ("customer reference 123456", "customer reference [account]"),
        ("Account Number:\n12345678", "Account Number:\n[account]"),
    ]);
    check_kept(&[
        "account since 2015",
        "account 2018",
        "account number XXXX1234",
        "account number XXXX XXXX 1234",
        "account ending in 1234",
        "my account is 10000 dollars short",
        "account balance 123456",
        "account number 123",
        "customer service 123456",
        "closed my account on 12/05/2019",
        "policy of 1234.56",
        "order number 12345678",
        "customer 12345@",
        "@user#nogluten2016",
    ]);
}

#[test]
fn names() {
    check(&[
        ("My name is John Smith and I called.", "My name is [name] and I called."),
        ("my name's Jane", "my name's [name]"),
        ("Hello, this is John Smith speaking.", "Hello, this is [name] speaking."),
        ("My name is John. I called", "My name is [name]. I called"),
        ("My name is Mr. O'Brien-Jones", "My name is Mr. [name]"),
        ("MY NAME IS JOHN SMITH AND I", "MY NAME IS [name] AND I"),
        ("Me llamo Juan de la Cruz.", "Me llamo [name]."),
        ("Ich heiße Jürgen Müller", "Ich heiße [name]"),
        ("ich heisse Anna", "ich heisse [name]"),
        ("Mein Name ist Anna Schmidt, guten Tag", "Mein Name ist [name], guten Tag"),
        ("Je m'appelle Éloïse Dupont", "Je m'appelle [name]"),
        ("je m’appelle Marc", "je m’appelle [name]"),
        ("mi nombre es Ana", "mi nombre es [name]"),
        ("Mi chiamo Anna Rossi", "Mi chiamo [name]"),
        ("me chamo João", "me chamo [name]"),
        ("Meu nome é Ana", "Meu nome é [name]"),
        ("ik heet Jan de Vries", "ik heet [name]"),
        ("Hier spricht Anna Schmidt.", "Hier spricht [name]."),
        ("My name’s Jane", "My name’s [name]"),
        ("My name is John Q. Public", "My name is [name]"),
    ]);
    check_kept(&[
        "My name is not on it",
        "my name is on the account",
        "My name is Not John",
        "My name is XXXX XXXX",
        "My name is XXXMy loan",
        "this is John",
        "the name is Apple",
        "this is a representative speaking",
        "my name is [name] and",
    ]);
}

#[test]
fn placeholders_and_masks_stay() {
    check_kept(&[
        "[card] [iban] [ssn] [email] [phone] [ip] [account] [name]",
        "account number [account] 1234567",
        "XX/XX/2019 XXXX XXXX",
        "",
    ]);
}

#[test]
fn patterns_of_the_user_come_first() {
    let patterns = [("badge".to_owned(), r"\bEMP-\d+".to_owned()), ("room".to_owned(), r"room \w+".to_owned())].into();
    let redactor = Redactor::new(&PrivacySettings { patterns, ..PrivacySettings::default() }).unwrap();
    assert_eq!(redacted(&redactor, "EMP-4155552671 in room 5, a@b.com"), "[badge] in [room], [email]");
    assert_eq!(redacted(&redactor, "[badge] [room]"), "[badge] [room]");
}

#[test]
fn only_what_is_asked_for() {
    let redactor = Redactor::new(&PrivacySettings { redact: vec!["email".to_owned()], ..PrivacySettings::default() }).unwrap();
    assert_eq!(redacted(&redactor, "a@b.com 415-555-2671"), "[email] 415-555-2671");
    let redactor = Redactor::new(&PrivacySettings { redact: Vec::new(), ..PrivacySettings::default() }).unwrap();
    assert_eq!(redacted(&redactor, "a@b.com my name is John"), "a@b.com my name is John");
}

#[test]
fn unusable_settings_are_refused() {
    let error = |redact: &[&str], patterns: &[(&str, &str)]| {
        let patterns = patterns.iter().map(|(n, p)| ((*n).to_owned(), (*p).to_owned())).collect();
        let redact = redact.iter().map(|k| (*k).to_owned()).collect();
        let error = Redactor::new(&PrivacySettings { redact, patterns }).unwrap_err();
        format!("{error} / {}", error.hint().unwrap())
    };
    assert_eq!(error(&["emails"], &[]), "privacy.redact: unknown kind `emails` / did you mean `email`?");
    assert!(error(&[], &[("x", "(")]).starts_with("privacy.patterns.x: unclosed group"));
    assert!(error(&[], &[("x", "a*")]).contains("empty text"));
    assert!(error(&[], &[("X y", "a")]).contains("not a name"));
    assert!(error(&[], &[("card", "a")]).contains("built-in"));
}

#[test]
fn hostile_text_takes_linear_time() {
    let redactor = redactor();
    let mut out = String::new();
    for piece in [
        "4111 1111 1111 1111 ",
        "4111-",
        "1",
        "1 ",
        "@",
        "a@",
        "a@b.",
        "a.",
        "1.",
        "1a",
        "DE89 ",
        "DE8937040044",
        "my name is ",
        "My name is John",
        " dot ",
        "a dot ",
        "(at)",
        "+1",
        "a:",
        "::1",
        "555-1234-",
        "account ",
        "account 1234 ",
        "call 1234567 ",
        "[card]",
        "[",
        "0171 1234567 ",
        "x dot com",
        "this is John speaking",
        "John ",
        "speaking",
        "é",
        "1/",
        "ssn 078051120",
        "-",
        "1-",
    ] {
        redactor.redact(&piece.repeat(100_000 / piece.len()), &mut out);
    }
}

/// Pieces that are near to what is found.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "4111 1111 1111 1111",
        "4111",
        "1111",
        "415-555-2671",
        "(415)",
        "555",
        "2671",
        "+49",
        "+",
        "0171",
        "1",
        "12",
        "123",
        "078-05-1120",
        "a@b.com",
        "@",
        "b.com",
        "192.168.1.1",
        "::",
        "fe80",
        "DE89",
        "DE89 3704 0044 0532 0130 00",
        "account",
        "number",
        "#",
        "SSN",
        "my name is",
        "John",
        "Smith",
        "this is",
        "speaking",
        " dot ",
        " at ",
        "(at)",
        "com",
        " ",
        " ",
        " ",
        "-",
        ".",
        "/",
        "(",
        ")",
        ",",
        ":",
        "–",
        "[",
        "]",
        "[card]",
        "XXXX",
        "call",
        "order",
        "é",
        "ext. 5",
        "\n",
        "x",
        "$",
        "ich heiße",
        "heißt",
        "m'appelle",
        "_",
        "me é ",
        "’",
    ]);
    prop::collection::vec(piece, 0..16).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]
    #[test]
    fn twice_is_once_and_everywhere_is_at_triggers(text in prop_oneof![any::<String>(), "[0-9 ().@/:+a-z-]{0,60}", pieces()]) {
        redacted(&redactor(), &text);
    }
}
