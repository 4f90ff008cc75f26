//! Is a code an IBAN?

use super::digits::{char_at, char_before};

/// The IBAN whose check digits start at `at`: a country of the registry, its length, check digits by ISO 7064 mod 97-10.
///
/// Groups may be parted by single spaces or dashes.
pub(super) fn find(text: &str, at: usize) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    // "DE 89 3704 …" is written too.
    let letters_end = if at > 2 && bytes[at - 1] == b' ' { at - 1 } else { at };
    let start = letters_end.checked_sub(2)?;
    let (first, second) = (bytes[start].to_ascii_uppercase(), bytes[start + 1].to_ascii_uppercase());
    let length = length_of([first, second])?;
    if char_before(text, start).is_some_and(|c| c.is_alphanumeric() || c == '_') {
        return None;
    }
    let (mut n, mut end, mut n_digits) = (2, at, 0);
    // The four characters in front are moved to the end before the remainder is taken.
    let mut body = 0_u32;
    let mut check = 0_u32;
    while n < length {
        let mut byte = *bytes.get(end)?;
        if n >= 4 && matches!(byte, b' ' | b'-') {
            end += 1;
            byte = *bytes.get(end)?;
        }
        if n < 4 {
            check = check * 10 + u32::from(digit(byte)?);
        } else {
            body = append(body, byte)?;
        }
        n_digits += usize::from(byte.is_ascii_digit());
        end += 1;
        n += 1;
    }
    let remainder = append(append(body, first)?, second)?;
    let passes = (remainder * 100 + check) % 97 == 1;
    let ends = char_at(text, end).is_none_or(|c| !c.is_alphanumeric() && c != '_');
    (passes && ends && n_digits >= 8).then_some((start, end))
}

fn digit(byte: u8) -> Option<u8> {
    byte.is_ascii_digit().then(|| byte - b'0')
}

/// The remainder by 97 with one more character; letters count 10 to 35.
fn append(remainder: u32, byte: u8) -> Option<u32> {
    match byte.to_ascii_uppercase() {
        b @ b'0'..=b'9' => Some((remainder * 10 + u32::from(b - b'0')) % 97),
        b @ b'A'..=b'Z' => Some((remainder * 100 + u32::from(b - b'A') + 10) % 97),
        _ => None,
    }
}

/// How long an IBAN of a country is, from the registry of SWIFT.
fn length_of(country: [u8; 2]) -> Option<usize> {
    Some(match &country {
        b"NO" => 15,
        b"BE" => 16,
        b"DK" | b"FI" | b"FO" | b"GL" | b"NL" | b"SD" | b"FK" => 18,
        b"MK" | b"SI" => 19,
        b"AT" | b"BA" | b"EE" | b"KZ" | b"LT" | b"LU" | b"XK" | b"MN" => 20,
        b"CH" | b"CR" | b"HR" | b"LI" | b"LV" => 21,
        b"BG" | b"BH" | b"DE" | b"GB" | b"GE" | b"IE" | b"ME" | b"RS" | b"VA" => 22,
        b"AE" | b"GI" | b"IL" | b"IQ" | b"TL" | b"OM" | b"SO" => 23,
        b"AD" | b"CZ" | b"ES" | b"MD" | b"PK" | b"RO" | b"SA" | b"SE" | b"SK" | b"TN" | b"VG" => 24,
        b"LY" | b"PT" | b"ST" => 25,
        b"IS" | b"TR" => 26,
        b"FR" | b"GR" | b"IT" | b"MC" | b"MR" | b"SM" | b"BI" | b"DJ" => 27,
        b"AL" | b"AZ" | b"BY" | b"CY" | b"DO" | b"GT" | b"HU" | b"LB" | b"PL" | b"SV" | b"NI" => 28,
        b"BR" | b"EG" | b"PS" | b"QA" | b"UA" => 29,
        b"JO" | b"KW" | b"MU" | b"YE" => 30,
        b"MT" | b"SC" => 31,
        b"LC" => 32,
        b"RU" => 33,
        _ => return None,
    })
}
