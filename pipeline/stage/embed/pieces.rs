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

/// Calls `see` with the number of each piece of a plain word, that of the unknown word where nothing fits. `buffer` is room for one piece.
pub(super) fn each(model: &WordPiece, plain: &str, unknown: Option<u32>, buffer: &mut String, mut see: impl FnMut(u32)) {
    for part in plain.split_inclusive('\'') {
        let (run, apostrophe) = part.strip_suffix('\'').map_or((part, ""), |run| (run, "'"));
        for word in [run, apostrophe].into_iter().filter(|word| !word.is_empty()) {
            if !of_run(model, word, buffer, &mut see, false) {
                unknown.into_iter().for_each(&mut see);
            } else {
                of_run(model, word, buffer, &mut see, true);
            }
        }
    }
}

/// Whether pieces fill a run; they are told when `tell` is set.
fn of_run(model: &WordPiece, run: &str, buffer: &mut String, see: &mut impl FnMut(u32), tell: bool) -> bool {
    if run.len() > model.max_input_chars_per_word {
        return false;
    }
    let mut start = 0;
    while start < run.len() {
        buffer.clear();
        if start > 0 {
            buffer.push_str(&model.continuing_subword_prefix);
        }
        let head = buffer.len();
        buffer.push_str(run.get(start..).unwrap_or_default());
        let id = loop {
            if buffer.len() == head {
                return false;
            }
            match model.token_to_id(buffer) {
                Some(id) => break id,
                None => buffer.pop(),
            };
        };
        if tell {
            see(id);
        }
        start += buffer.len() - head;
    }
    true
}
