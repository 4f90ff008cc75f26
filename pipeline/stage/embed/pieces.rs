//! Which pieces does a plain word have?
//!
//! A word of ASCII letters and digits needs none of the normalising and splitting that a tokenizer of the BERT kind does for any text:
//! what is left is the longest piece that fits, again and again, which is looked up here without any memory. Other words and
//! other kinds of tokenizer go through the tokenizer.

use tokenizers::{Model as _, ModelWrapper, NormalizerWrapper, PreTokenizerWrapper, Tokenizer, models::wordpiece::WordPiece};

/// The model of a tokenizer whose way with plain words is known; none of others.
pub(super) fn word_piece(tokenizer: &Tokenizer) -> Option<&WordPiece> {
    let ModelWrapper::WordPiece(model) = tokenizer.get_model() else { return None };
    let is_bert = matches!(tokenizer.get_normalizer(), None | Some(NormalizerWrapper::BertNormalizer(_)))
        && matches!(tokenizer.get_pre_tokenizer(), Some(PreTokenizerWrapper::BertPreTokenizer(_)));
    is_bert.then_some(model)
}

/// Whether a folded word is one that [`each`] takes.
pub(super) fn is_plain(folded: &str) -> bool {
    folded.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'\''))
}

/// Calls `see` with the number of each piece of a plain word, that of the unknown word where nothing fits.
pub(super) fn each(model: &WordPiece, plain: &str, unknown: Option<u32>, room: &mut Room, mut see: impl FnMut(u32)) {
    for part in plain.split_inclusive('\'') {
        let (run, apostrophe) = part.strip_suffix('\'').map_or((part, ""), |run| (run, "'"));
        for run in [run, apostrophe].into_iter().filter(|run| !run.is_empty()) {
            if cut(model, run, room) { room.ids.iter().copied().for_each(&mut see) } else { unknown.into_iter().for_each(&mut see) }
        }
    }
}

/// Memory that is used again from word to word.
#[derive(Debug, Default)]
pub(super) struct Room {
    piece: String,
    ids: Vec<u32>,
}

/// Finds the pieces of a run; false when they do not fill it.
fn cut(model: &WordPiece, run: &str, room: &mut Room) -> bool {
    room.ids.clear();
    if run.len() > model.max_input_chars_per_word {
        return false;
    }
    let mut start = 0;
    while start < run.len() {
        room.piece.clear();
        if start > 0 {
            room.piece.push_str(&model.continuing_subword_prefix);
        }
        let head = room.piece.len();
        room.piece.push_str(run.get(start..).unwrap_or_default());
        let id = loop {
            if room.piece.len() == head {
                return false;
            }
            match model.token_to_id(&room.piece) {
                Some(id) => break id,
                None => room.piece.pop(),
            };
        };
        room.ids.push(id);
        start += room.piece.len() - head;
    }
    true
}
