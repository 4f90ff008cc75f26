//! What does a word near a hit say about how it is meant?
//!
//! Cues by language, on [plain](super::words::plain) words. English cues hold in every language, since
//! English sentences stand in verbatims of all languages and the language of short ones is often undecided.

/// What a word is as a cue; most are nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cue {
    None,
    /// Denies what follows.
    Negation,
    /// "no", "without": deny only the noun behind them.
    Determiner,
    /// "can't", "unable": deny an ability, not a wish.
    Inability,
    /// A subject of the first person.
    FirstPerson,
    /// "me", "us": the customer, but not as subject.
    FirstObject,
    /// A subject of the third person.
    ThirdPerson,
    /// The reader, that is, the company.
    SecondPerson,
    /// A word behind which a denial no longer reaches.
    Break,
    /// Verbs whose denial is that of what they introduce: "I don't think I will leave".
    Raising,
    /// What comes behind depends on it.
    Condition,
    /// "until": what comes behind led to something.
    Until,
    /// "almost": it did not come to it.
    Almost,
    /// "or", which can threaten: "fix it or I'll leave".
    Or,
    /// May begin or end a phrase of the past: "used to", "back in", "two years ago".
    Past,
    /// A person near the customer, who is not the customer.
    Relation,
    /// The company and its people.
    Company,
}

/// Languages with cues of their own; English last, which stands for all others.
pub(super) const LANGUAGES: [&str; 5] = ["es", "fr", "de", "pt", "en"];

/// The place of a language in [`LANGUAGES`].
pub(super) fn language_index(language: &str) -> usize {
    LANGUAGES.iter().position(|own| *own == language).unwrap_or(LANGUAGES.len() - 1)
}

/// The meaning of a plain word as a cue in `language`.
pub(super) fn cue(word: &str, language: &str) -> Cue {
    let local = match language {
        "es" => spanish(word),
        "fr" => french(word),
        "de" => german(word),
        "pt" => portuguese(word),
        _ => Cue::None,
    };
    if local == Cue::None { english(word) } else { local }
}

fn english(word: &str) -> Cue {
    match word {
        "not" | "never" | "nor" | "neither" | "nobody" | "none" | "hardly" | "barely" | "don't" | "dont" | "doesn't" | "doesnt"
        | "didn't" | "didnt" | "won't" | "wont" | "wouldn't" | "wouldnt" | "isn't" | "isnt" | "aren't" | "arent" | "wasn't" | "wasnt"
        | "weren't" | "werent" | "haven't" | "havent" | "hasn't" | "hasnt" | "hadn't" | "hadnt" | "shouldn't" | "shouldnt" | "needn't"
        | "ain't" | "aint" | "n't" | "nt" | "nothing" | "refuse" => Cue::Negation,
        "no" | "without" | "zero" => Cue::Determiner,
        "can't" | "cant" | "cannot" | "couldn't" | "couldnt" | "unable" | "impossible" => Cue::Inability,
        "i" | "i'm" | "im" | "i've" | "ive" | "i'll" | "i'd" | "we" | "we're" | "we've" | "weve" | "we'll" | "we'd" => Cue::FirstPerson,
        "me" | "us" | "my" | "our" => Cue::FirstObject,
        "he" | "she" | "they" | "he's" | "she's" | "they're" | "theyre" | "they've" | "they'll" | "he'll" | "she'll" | "who" | "people"
        | "everyone" | "somebody" | "someone" | "others" => Cue::ThirdPerson,
        "you" | "you're" | "youre" | "you've" | "you'll" | "u" => Cue::SecondPerson,
        "and" | "so" | "because" | "therefore" | "then" | "which" | "when" | "since" | "that's" | "hence" | "instead" | "after" => {
            Cue::Break
        }
        "think" | "believe" | "expect" | "suppose" | "imagine" | "say" | "said" | "mean" | "meant" | "thinks" | "feel" | "want"
        | "wanted" | "see" => Cue::Raising,
        "if" | "unless" | "otherwise" | "provided" => Cue::Condition,
        "until" | "till" | "til" => Cue::Until,
        "almost" | "nearly" | "previously" | "formerly" => Cue::Almost,
        "or" => Cue::Or,
        "used" | "back" | "had" | "last" | "years" | "months" | "year" | "was" | "were" => Cue::Past,
        _ if is_relation(word) => Cue::Relation,
        _ if is_company(word) => Cue::Company,
        _ => Cue::None,
    }
}

fn spanish(word: &str) -> Cue {
    match word {
        "no" | "nunca" | "jamas" | "tampoco" | "nadie" | "ni" => Cue::Negation,
        "sin" | "ningun" | "ninguna" => Cue::Determiner,
        "imposible" => Cue::Inability,
        "yo" | "nosotros" | "nosotras" => Cue::FirstPerson,
        "mi" | "me" | "nos" => Cue::FirstObject,
        "el" | "ella" | "ellos" | "ellas" => Cue::None,
        "y" | "porque" | "pues" | "entonces" | "que" => Cue::Break,
        "creo" | "pienso" => Cue::Raising,
        "si" => Cue::Condition,
        "hasta" => Cue::Until,
        "casi" => Cue::Almost,
        _ => Cue::None,
    }
}

fn french(word: &str) -> Cue {
    match word {
        "ne" | "pas" | "jamais" | "ni" | "personne" | "rien" => Cue::Negation,
        "sans" | "aucun" | "aucune" => Cue::Determiner,
        "impossible" => Cue::Inability,
        "je" | "j'ai" | "nous" => Cue::FirstPerson,
        "me" | "moi" | "mon" | "ma" => Cue::FirstObject,
        "il" | "elle" | "ils" | "elles" => Cue::ThirdPerson,
        "et" | "donc" | "parce" | "puis" | "car" | "que" => Cue::Break,
        "si" | "s'il" | "s'ils" | "sinon" => Cue::Condition,
        "jusqu'a" | "jusqu'au" | "jusque" => Cue::Until,
        "presque" | "failli" => Cue::Almost,
        _ => Cue::None,
    }
}

fn german(word: &str) -> Cue {
    match word {
        "nicht" | "nie" | "niemals" | "niemand" | "niemanden" | "niemandem" | "weder" => Cue::Negation,
        "kein" | "keine" | "keinen" | "keiner" | "keinem" | "ohne" => Cue::Determiner,
        "unmoglich" => Cue::Inability,
        "ich" | "wir" => Cue::FirstPerson,
        "mir" | "mich" | "uns" | "mein" | "meine" => Cue::FirstObject,
        "er" | "man" => Cue::ThirdPerson,
        "und" | "weil" | "daher" | "deshalb" | "dann" | "also" => Cue::Break,
        "wenn" | "falls" | "sonst" | "sofern" => Cue::Condition,
        "bis" => Cue::Until,
        "fast" | "beinahe" | "fruher" => Cue::Almost,
        _ => Cue::None,
    }
}

fn portuguese(word: &str) -> Cue {
    match word {
        "nao" | "nunca" | "jamais" | "nem" | "ninguem" => Cue::Negation,
        "sem" | "nenhum" | "nenhuma" => Cue::Determiner,
        "impossivel" => Cue::Inability,
        "eu" | "nos" => Cue::FirstPerson,
        "me" | "meu" | "minha" => Cue::FirstObject,
        "ele" | "ela" | "eles" | "elas" => Cue::ThirdPerson,
        "e" | "porque" | "pois" | "entao" | "que" => Cue::Break,
        "se" | "caso" | "senao" => Cue::Condition,
        "ate" => Cue::Until,
        "quase" => Cue::Almost,
        _ => Cue::None,
    }
}

/// Persons near the customer, who are not the customer.
fn is_relation(word: &str) -> bool {
    matches!(
        word,
        "sister"
            | "brother"
            | "mother"
            | "father"
            | "mom"
            | "mum"
            | "dad"
            | "wife"
            | "husband"
            | "son"
            | "daughter"
            | "friend"
            | "friends"
            | "neighbor"
            | "neighbour"
            | "neighbors"
            | "neighbours"
            | "colleague"
            | "colleagues"
            | "coworker"
            | "coworkers"
            | "cousin"
            | "aunt"
            | "uncle"
            | "boss"
            | "roommate"
            | "girlfriend"
            | "boyfriend"
            | "parents"
            | "grandmother"
            | "partner"
            | "hermana"
            | "hermano"
            | "amigo"
            | "amiga"
            | "vecino"
            | "vecina"
            | "soeur"
            | "sœur"
            | "frere"
            | "frère"
            | "ami"
            | "amie"
            | "voisin"
            | "schwester"
            | "bruder"
            | "freund"
            | "freundin"
            | "nachbar"
            | "kollege"
            | "irma"
            | "irmã"
            | "irmao"
            | "irmão"
            | "vizinho"
            | "vizinha"
    )
}

/// Words for nobody in particular: subjects only of the verb next to them.
pub(super) fn is_anybody(word: &str) -> bool {
    matches!(word, "who" | "people" | "everyone" | "somebody" | "someone" | "others")
}

/// What "no" before it denies, with what comes behind: "no plans to leave".
pub(super) fn is_intention(word: &str) -> bool {
    matches!(
        word,
        "need"
            | "reason"
            | "reasons"
            | "plan"
            | "plans"
            | "intention"
            | "intentions"
            | "intent"
            | "desire"
            | "wish"
            | "interest"
            | "thought"
            | "ganas"
            | "intencion"
            | "intención"
            | "grund"
            | "absicht"
            | "motivo"
            | "vontade"
    )
}

/// What a denial before it makes an inability of: "won't let me".
pub(super) fn is_permission(word: &str) -> bool {
    matches!(
        word,
        "able"
            | "let"
            | "letting"
            | "lets"
            | "allow"
            | "allowed"
            | "allowing"
            | "allows"
            | "possible"
            | "permit"
            | "help"
            | "puedo"
            | "dejan"
            | "deja"
            | "peux"
            | "konnte"
            | "könnte"
            | "kann"
            | "posso"
            | "consigo"
            | "deixam"
            | "lassen"
    )
}

/// The company and its people.
fn is_company(word: &str) -> bool {
    matches!(
        word,
        "company"
            | "airline"
            | "bank"
            | "store"
            | "agent"
            | "rep"
            | "representative"
            | "seller"
            | "merchant"
            | "landlord"
            | "driver"
            | "supplier"
            | "vendor"
            | "carrier"
            | "insurer"
            | "technician"
            | "system"
    )
}

/// A question that is asked without its mark begins so.
pub(super) fn opens_question(first: &str, second: &str, third: &str) -> bool {
    matches!(
        (first, second, third),
        ("how", "do" | "can" | "would" | "to" | "does" | "should", _)
            | ("can" | "could" | "may" | "should" | "do" | "must", "i" | "we", _)
            | ("what", "if", _)
            | ("what", "happens" | "happen", "if" | "when")
            | ("is", "it" | "there", "possible" | "a" | "any")
            | ("where" | "when" | "why", "do" | "can" | "should", "i" | "we")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cues_are_plain_words() {
        for language in ["en", "es", "fr", "de", "pt"] {
            assert_eq!(cue("never", language), Cue::Negation);
        }
        assert_eq!(cue("si", "es"), Cue::Condition);
        assert_eq!(cue("si", "en"), Cue::None);
        assert_eq!(cue("no", "es"), Cue::Negation);
        assert_eq!(cue("nao", "pt"), Cue::Negation);
    }
}
