//! Which language does a script give away?

/// Letters of a text by what they can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Script {
    Latin,
    Cyrillic,
    Arabic,
    Han,
    /// Hiragana or Katakana.
    Kana,
    /// A script that one language of feedback is written in.
    Of(&'static str),
    /// No letter, or of a script that is not known here.
    None,
}

/// The script of a letter that is not ASCII.
pub(super) fn script(c: char) -> Script {
    match c as u32 {
        0xaa | 0xba | 0xc0..=0x24f | 0x1e00..=0x1eff if c.is_alphabetic() => Script::Latin,
        0x370..=0x3ff | 0x1f00..=0x1fff => Script::Of("el"),
        0x400..=0x52f => Script::Cyrillic,
        0x531..=0x58f => Script::Of("hy"),
        0x590..=0x5ff => Script::Of("he"),
        0x600..=0x6ff | 0x750..=0x77f | 0xfb50..=0xfdff | 0xfe70..=0xfeff if c.is_alphabetic() => Script::Arabic,
        0x900..=0x97f => Script::Of("hi"),
        0x980..=0x9ff => Script::Of("bn"),
        0xa00..=0xa7f => Script::Of("pa"),
        0xa80..=0xaff => Script::Of("gu"),
        0xb00..=0xb7f => Script::Of("or"),
        0xb80..=0xbff => Script::Of("ta"),
        0xc00..=0xc7f => Script::Of("te"),
        0xc80..=0xcff => Script::Of("kn"),
        0xd00..=0xd7f => Script::Of("ml"),
        0xd80..=0xdff => Script::Of("si"),
        0xe00..=0xe7f => Script::Of("th"),
        0xe80..=0xeff => Script::Of("lo"),
        0x1000..=0x109f => Script::Of("my"),
        0x10a0..=0x10ff => Script::Of("ka"),
        0x1100..=0x11ff | 0xac00..=0xd7af => Script::Of("ko"),
        0x1200..=0x137f => Script::Of("am"),
        0x1780..=0x17ff => Script::Of("km"),
        0x3040..=0x30ff => Script::Kana,
        0x3400..=0x4dbf | 0x4e00..=0x9fff | 0x20000..=0x3ffff => Script::Han,
        _ => Script::None,
    }
}

/// Arabic script: letters that only Urdu or Persian have.
pub(super) fn of_arabic(text: &str) -> &'static str {
    if text.contains(['ٹ', 'ڈ', 'ڑ', 'ں', 'ے', 'ہ']) {
        "ur"
    } else if text.contains(['پ', 'چ', 'ژ', 'گ', 'ک', 'ی']) {
        "fa"
    } else {
        "ar"
    }
}

/// Cyrillic script: letters that only one of its languages has, else the commonest of them in feedback that has neither.
pub(super) fn of_cyrillic(text: &str) -> &'static str {
    let has = |letters: &[char]| text.contains(letters);
    if has(&['ў', 'Ў']) {
        "be"
    } else if has(&['і', 'ї', 'є', 'ґ', 'І', 'Ї', 'Є', 'Ґ']) {
        "uk"
    } else if has(&['ѓ', 'ќ', 'ѕ', 'Ѓ', 'Ќ', 'Ѕ']) {
        "mk"
    } else if has(&['ђ', 'ј', 'љ', 'њ', 'ћ', 'џ', 'Ђ', 'Ј', 'Љ', 'Њ', 'Ћ', 'Џ']) {
        "sr"
    } else if has(&['ы', 'э', 'ё', 'Ы', 'Э', 'Ё']) {
        "ru"
    } else if is_bulgarian(text) {
        "bg"
    } else {
        "ru"
    }
}

/// Words of Bulgarian that Russian does not have.
fn is_bulgarian(text: &str) -> bool {
    text.split(|c: char| !c.is_alphabetic()).any(|word| {
        matches!(
            word,
            "е" | "са"
                | "съм"
                | "се"
                | "ще"
                | "към"
                | "със"
                | "във"
                | "това"
                | "който"
                | "която"
                | "много"
                | "няма"
                | "беше"
                | "добре"
                | "също"
                | "от"
        ) && word != "много"
            && word != "от"
    })
}
