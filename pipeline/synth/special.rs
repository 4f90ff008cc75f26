//! What in a sentence cannot come from a list of phrases?
//!
//! Amounts, dates, numbers, codes, people, masks and rare words: each `{name}` below in an inventory is made
//! up where it stands. Telephone numbers are 555-01xx and addresses end in `.example`, which nobody has; card numbers
//! pass Luhn's check, as those of the card networks' test ranges do.

use super::random::Random;
use super::words;

macro_rules! specials {
    ($($variant:ident $name:literal $about:literal;)*) => {
        /// A slot that is made up on the spot.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Special { $(#[doc = $about] $variant),* }
        impl Special {
            /// The special of a slot's name.
            pub(crate) fn of_name(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

specials! {
    Digit "n" "A whole number from 2 to 9.";
    Tens "nn" "A whole number from 11 to 95.";
    Money "money" "An amount in dollars: $84 or $1,240.50.";
    MaskedMoney "mmoney" "An amount as a published complaint has it: {$84.00}.";
    Day "day" "A day of the year: 14 March.";
    MaskedDay "mday" "A masked day: XX/XX/XXXX.";
    Mask "mask" "One to three masks: XXXX XXXX.";
    Order "order" "An order or ticket number of seven digits.";
    Code "code" "A product code: KV-4471B.";
    Rare "rare" "A rare word, lower case.";
    RareName "Rare" "A rare word, capital first: a brand, a plan, a village.";
    Phone "phone" "A telephone number that nobody has.";
    Card "card" "A card number of a test range.";
    Clock "clock" "A time of day: 9:40.";
    Percent "pct" "A percentage from 3 to 60.";
}

const MONTHS: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

impl Special {
    /// Writes it.
    pub(crate) fn write(self, random: &mut Random, out: &mut Vec<u8>) {
        match self {
            Self::Digit => number(random.within(2, 9), out),
            Self::Tens => number(random.within(11, 95), out),
            Self::Money => {
                out.push(b'$');
                amount(random, out);
                if random.per_mille(400) {
                    out.push(b'.');
                    padded(random.below(100), 2, out);
                }
            }
            Self::MaskedMoney => {
                out.extend_from_slice(b"{$");
                number(random.within(12, 1_900), out);
                out.extend_from_slice(b".00}");
            }
            Self::Day => {
                number(random.within(1, 28), out);
                out.push(b' ');
                out.extend_from_slice(MONTHS[random.below(12) as usize].as_bytes());
            }
            Self::MaskedDay => out.extend_from_slice(b"XX/XX/XXXX"),
            Self::Mask => {
                out.extend_from_slice(b"XXXX");
                for _ in 0..random.below(3) {
                    out.extend_from_slice(b" XXXX");
                }
            }
            Self::Order => number(random.within(1_000_000, 9_999_999), out),
            Self::Code => code(random, out),
            Self::Rare => out.extend_from_slice(words::rare(random)),
            Self::RareName => {
                let start = out.len();
                out.extend_from_slice(words::rare(random));
                out[start].make_ascii_uppercase();
            }
            Self::Phone => {
                out.push(b'(');
                number(random.within(201, 989), out);
                out.extend_from_slice(b") 555-01");
                padded(random.below(100), 2, out);
            }
            Self::Card => card(random, out),
            Self::Clock => {
                number(random.within(1, 12), out);
                out.push(b':');
                padded(random.below(12) * 5, 2, out);
            }
            Self::Percent => {
                number(random.within(3, 60), out);
                out.push(b'%');
            }
        }
    }
}

/// Most amounts are two or three digits long.
fn amount(random: &mut Random, out: &mut Vec<u8>) {
    match random.below(8) {
        0 => {
            number(random.within(1, 9), out);
            out.push(b',');
            padded(random.below(1000), 3, out);
        }
        1..=3 => number(random.within(100, 999), out),
        _ => number(random.within(5, 99), out),
    }
}

fn code(random: &mut Random, out: &mut Vec<u8>) {
    let letters = random.next();
    out.extend([b'A' + (letters % 26) as u8, b'A' + (letters / 26 % 26) as u8, b'-']);
    // Codes follow Zipf too: a few models are complained of again and again.
    number(100 + random.zipf(8_192), out);
    if letters & (1 << 40) != 0 {
        out.push(b'A' + (letters / 676 % 6) as u8);
    }
}

fn card(random: &mut Random, out: &mut Vec<u8>) {
    let mut digits = [0_u8; 16];
    digits[0] = 4;
    for digit in &mut digits[1..15] {
        *digit = random.below(10) as u8;
    }
    // Luhn: of sixteen digits, those at even places from the left count double.
    let doubled = |d: u8| if d > 4 { 2 * d - 9 } else { 2 * d };
    let sum: u32 = digits.iter().enumerate().map(|(i, d)| u32::from(if i % 2 == 0 { doubled(*d) } else { *d })).sum();
    digits[15] = ((10 - sum % 10) % 10) as u8;
    for (i, digit) in digits.iter().enumerate() {
        if i > 0 && i % 4 == 0 {
            out.push(b' ');
        }
        out.push(b'0' + digit);
    }
}

/// Writes a number.
pub(crate) fn number(n: u32, out: &mut Vec<u8>) {
    padded(n, 1, out);
}

/// Writes a number with zeros before it up to `width` digits.
pub(crate) fn padded(mut n: u32, width: usize, out: &mut Vec<u8>) {
    let mut digits = [b'0'; 10];
    let mut first = digits.len();
    while n > 0 || digits.len() - first < width {
        first -= 1;
        digits[first] = b'0' + (n % 10) as u8;
        n /= 10;
    }
    out.extend_from_slice(&digits[first..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(special: Special, row: u64) -> String {
        let mut out = Vec::new();
        special.write(&mut Random::of(3, row), &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn cards_pass_the_check_of_luhn() {
        for row in 0..200 {
            let card = written(Special::Card, row);
            let digits: Vec<u32> = card.chars().filter_map(|c| c.to_digit(10)).collect();
            assert_eq!(digits.len(), 16);
            let sum: u32 = digits.iter().enumerate().map(|(i, d)| if i % 2 == 0 { d * 2 / 10 + d * 2 % 10 } else { *d }).sum();
            assert_eq!(sum % 10, 0, "{card}");
        }
    }

    #[test]
    fn numbers_are_padded() {
        let mut out = Vec::new();
        padded(7, 3, &mut out);
        padded(0, 1, &mut out);
        padded(12_345, 2, &mut out);
        assert_eq!(out, b"007012345");
    }

    #[test]
    fn telephone_numbers_are_fictional() {
        assert!((0..50).all(|row| written(Special::Phone, row).contains("555-01")));
    }
}
