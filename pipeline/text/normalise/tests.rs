use proptest::prelude::*;

use super::*;

fn check(raw: &str, expected: &str, n_entities: u32, n_mojibake: u32) {
    let mut out = "old".to_owned();
    let repairs = normalise(raw, &mut out);
    assert_eq!(out, expected, "{raw:?}");
    assert_eq!(repairs, Repairs { n_entities, n_mojibake }, "{raw:?}");
    let mut twice = String::new();
    assert_eq!(normalise(&out, &mut twice), Repairs::default(), "{raw:?} twice");
    assert_eq!(twice, out, "{raw:?} twice");
}

#[test]
fn plain_text_is_trimmed_and_kept() {
    check("", "", 0, 0);
    check(" \t\n ", "", 0, 0);
    check("  Good  service\tand food\nthanks ", "Good  service\tand food\nthanks", 0, 0);
    check("a < b; c > d", "a < b; c > d", 0, 0);
}

#[test]
fn line_ends_spaces_and_controls() {
    check("a\r\nb\rc\n\rd", "a\nb\nc\n\nd", 0, 0);
    check("a\u{2028}b\u{85}c\u{b}d", "a\nb\nc\nd", 0, 0);
    check("a\0b\u{1}c\u{7f}d\u{90}e", "abcde", 0, 0);
    check("\u{feff}a\u{a0}b\u{3000}c\u{202f}d\u{a0}", "a b c d", 0, 0);
    check("a\u{202e}b\u{2066}c\u{200b}d\u{ad}e", "abcde", 0, 0);
    check("👨\u{200d}👩\u{200d}👧 می\u{200c}خواهم ❤\u{fe0f}", "👨\u{200d}👩\u{200d}👧 می\u{200c}خواهم ❤\u{fe0f}", 0, 0);
}

#[test]
fn entities_are_decoded_to_a_fixed_point() {
    check("Tom &amp; Jerry&#39;s &#x27;x&#X27;", "Tom & Jerry's 'x'", 4, 0);
    check("&amp;lt;b&amp;gt;", "<b>", 4, 0);
    check("&amp;amp;amp;quot;", "\"", 4, 0);
    check("&#38;#38;lt;", "<", 3, 0);
    check("&am\u{200b}p;", "&", 1, 0);
    check("caf&eacute;&nbsp;", "café", 2, 0);
    check("e&#769;", "é", 1, 0);
    check("AT&T; R&D &nosuch; &#xD800; &; &#; & amp;", "AT&T; R&D &nosuch; &#xD800; &; &#; & amp;", 0, 0);
    check("&lt\u{37e}", "<", 1, 0);
    check("5&#0;6", "56", 1, 0);
}

#[test]
fn mojibake_is_repaired_when_it_decodes() {
    check("cafÃ© donâ€™t Â\u{a0}Â£5 ðŸ˜€", "café don’t  £5 😀", 0, 5);
    check("CAFÃ‰", "CAFÉ", 0, 1);
    check("dÃ©jÃ\u{a0} vu", "déjà vu", 0, 2);
    check("â€œgoodâ€\u{9d}", "“good”", 0, 2);
    check("cafÃƒÂ©", "café", 0, 3);
    check("ï»¿Hello", "Hello", 0, 1);
    check("A\u{303}©", "é", 0, 1);
    check("Ã la carte, ombrã©, CAFÉ™, 20 °C, naïve", "Ã la carte, ombrã©, CAFÉ™, 20 °C, naïve", 0, 0);
}

#[test]
fn letters_are_composed() {
    check("cafe\u{301} A\u{30a} \u{1112}\u{1161}\u{11ab}", "café Å 한", 0, 0);
}

#[test]
fn hostile_text_takes_linear_time() {
    let mut out = String::new();
    for piece in ["Â", "Ã", "&amp;", "&", "&#38;", "e\u{301}", "\u{301}", ";", "Â©", "ðŸ", "\r"] {
        normalise(&piece.repeat(200_000), &mut out);
    }
}

/// Pieces that are near to what is mended.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "&", "amp;", "&amp;", "lt", ";", "#", "38", "x26", "&#38;", "Ã", "Â", "â", "€", "™", "©", "ð", "Ÿ", "˜", "\u{a0}", "\u{9d}",
        "\u{81}", "A", "a", "\u{303}", "\u{301}", "\u{302}", " ", "\r", "\n", "\u{200b}", "\u{37e}", "\u{212b}", "é", "ƒ", "‚", "Ì",
        "&Atilde;", "&#771;", "&copy;", "&shy;", "\u{feff}", "Å", "„", "«", "\0",
    ]);
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn twice_is_once(raw in prop_oneof![any::<String>(), pieces()]) {
        let (mut once, mut twice) = (String::new(), String::new());
        normalise(&raw, &mut once);
        prop_assert_eq!(normalise(&once, &mut twice), Repairs::default());
        prop_assert_eq!(once, twice);
    }

    #[test]
    fn the_fast_way_and_the_slow_way_agree(raw in prop_oneof![any::<String>(), "[ -~\n\t\r\u{0}&;]{0,200}", pieces()]) {
        let (mut fast, mut slow) = (String::new(), String::new());
        prop_assert_eq!(normalise(&raw, &mut fast), normalise_chars(&raw, &mut slow));
        prop_assert_eq!(fast, slow);
    }
}
