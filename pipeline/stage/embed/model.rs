//! What does a word mean, before any corpus is known?
//!
//! A static model: a tokenizer that cuts words into pieces and a table with one row of 8-bit integers a piece. The
//! vector of a word is the sum of its pieces' rows; how much a word tells is in the length of its rows.
//! The format is that of Model2Vec: `tokenizer.json` and `model.safetensors` with a tensor `embeddings`.

use std::collections::BTreeMap;

use serde::Deserialize;
use tokenizers::Tokenizer;
use xxhash_rust::xxh3::Xxh3;

use super::pieces::{self, Room};
use super::vector::MAX_DIMENSIONS;
use crate::error::{Error, Result};

/// A static embedding model.
pub struct Model {
    tokenizer: Tokenizer,
    /// Whether plain words may go past the tokenizer.
    is_word_piece: bool,
    unknown: Option<u32>,
    rows: Vec<i8>,
    dimensions: usize,
    fingerprint: String,
}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Model").field("dimensions", &self.dimensions).field("fingerprint", &self.fingerprint).finish()
    }
}

impl Model {
    /// The model that comes with the program: 128 dimensions, made for customer feedback; see `models/README.md`.
    pub fn shipped() -> Result<Self> {
        Self::from_bytes(
            include_bytes!("../../../models/voc-static-128/tokenizer.json"),
            include_bytes!("../../../models/voc-static-128/model.safetensors"),
        )
    }

    /// A model from the bytes of its two files.
    ///
    /// Fails with [`Error::Setting`] when they are not a tokenizer and a table of one row a token, of at most 256
    /// dimensions, in 8-bit integers, 16-bit or 32-bit floats.
    pub fn from_bytes(tokenizer: &[u8], weights: &[u8]) -> Result<Self> {
        let mut hash = Xxh3::new();
        hash.update(tokenizer);
        hash.update(weights);
        let fingerprint = format!("{:032x}", hash.digest128());
        let mut tokenizer =
            Tokenizer::from_bytes(tokenizer).map_err(|_| unusable("tokenizer.json", "is not a tokenizer of the `tokenizers` library"))?;
        tokenizer.with_padding(None);
        tokenizer.with_truncation(None).map_err(|_| unusable("tokenizer.json", "has truncation that cannot be switched off"))?;
        let (rows, dimensions) = table(weights).ok_or_else(|| {
            unusable("model.safetensors", "has no tensor `embeddings` of 8-bit integers, 16-bit or 32-bit floats, at most 256 wide")
        })?;
        if tokenizer.get_vocab_size(true) * dimensions > rows.len() {
            return Err(unusable("model.safetensors", "has fewer rows than the tokenizer has tokens"));
        }
        let unknown = ["[UNK]", "<unk>"].iter().find_map(|token| tokenizer.token_to_id(token));
        // A token that was added could be a plain word, which would then not be cut into pieces.
        let is_apart = |content: &str| !pieces::is_plain(content);
        let added = tokenizer.get_added_tokens_decoder();
        let is_word_piece = pieces::word_piece(&tokenizer).is_some() && added.values().all(|token| is_apart(&token.content));
        Ok(Self { tokenizer, is_word_piece, unknown, rows, dimensions, fingerprint })
    }

    /// Numbers in a vector.
    pub fn dimensions(&self) -> usize {
        self.dimensions
    }

    /// A hash of both files, 32 hexadecimal digits: a registry belongs to the model that it was made with.
    pub fn fingerprint(&self) -> String {
        self.fingerprint.clone()
    }

    /// Writes the sum of the rows of a word's pieces into `sum`; false when no piece is known.
    pub(super) fn word(&self, folded: &str, room: &mut Room, sum: &mut [i32]) -> bool {
        match pieces::word_piece(&self.tokenizer).filter(|_| self.is_word_piece && pieces::is_plain(folded)) {
            Some(model) => {
                sum.fill(0);
                let mut any = false;
                pieces::each(model, folded, self.unknown, room, |id| any |= self.add(id, sum));
                any
            }
            None => self.any_word(folded, sum),
        }
    }

    /// As [`Model::word`], through the tokenizer.
    fn any_word(&self, folded: &str, sum: &mut [i32]) -> bool {
        sum.fill(0);
        let Ok(encoding) = self.tokenizer.encode_fast(folded, false) else { return false };
        encoding.get_ids().iter().fold(false, |any, id| self.add(*id, sum) | any)
    }

    /// Adds the row of a piece; false when there is none or it holds nothing.
    fn add(&self, id: u32, sum: &mut [i32]) -> bool {
        let start = id as usize * self.dimensions;
        let Some(row) = self.rows.get(start..start + self.dimensions).filter(|_| Some(id) != self.unknown) else { return false };
        for (sum, value) in sum.iter_mut().zip(row) {
            *sum += i32::from(*value);
        }
        row.iter().any(|value| *value != 0)
    }
}

fn unusable(file: &str, what: &str) -> Error {
    Error::Setting {
        place: format!("themes.model: {file}"),
        what: what.to_owned(),
        hint: Some("name a folder with `tokenizer.json` and `model.safetensors` of a Model2Vec model".to_owned()),
    }
}

#[derive(Deserialize)]
struct Tensor {
    dtype: String,
    shape: Vec<usize>,
    data_offsets: [usize; 2],
}

/// The tensor `embeddings` of a safetensors file as 8-bit integers, and its width.
///
/// The file is eight bytes with the length of a JSON header, the header, and the tensors' bytes.
fn table(file: &[u8]) -> Option<(Vec<i8>, usize)> {
    let length = usize::try_from(u64::from_le_bytes(file.get(..8)?.try_into().ok()?)).ok()?;
    let data_at = length.checked_add(8)?;
    let header: BTreeMap<String, serde_json::Value> = serde_json::from_slice(file.get(8..data_at)?).ok()?;
    let tensor: Tensor = serde_json::from_value(header.get("embeddings")?.clone()).ok()?;
    let [start, end] = tensor.data_offsets;
    let bytes = file.get(data_at.checked_add(start)?..data_at.checked_add(end)?)?;
    let [n_rows, dimensions] = tensor.shape[..] else { return None };
    let rows: Vec<i8> = match tensor.dtype.as_str() {
        "I8" => bytes.iter().map(|byte| *byte as i8).collect(),
        "F32" => quantised(bytes.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect())?,
        "F16" => quantised(bytes.chunks_exact(2).map(|b| half(u16::from_le_bytes([b[0], b[1]]))).collect())?,
        _ => return None,
    };
    let fits = dimensions > 0 && dimensions <= MAX_DIMENSIONS && Some(rows.len()) == n_rows.checked_mul(dimensions);
    fits.then_some((rows, dimensions))
}

/// One scale for the whole table: rows keep their lengths relative to each other.
fn quantised(values: Vec<f32>) -> Option<Vec<i8>> {
    let largest = values.iter().fold(0_f32, |largest, value| largest.max(value.abs()));
    if !largest.is_finite() || largest == 0.0 || values.iter().any(|value| value.is_nan()) {
        return None;
    }
    Some(values.iter().map(|value| (value / largest * 127.0).round() as i8).collect())
}

/// A 16-bit float.
fn half(bits: u16) -> f32 {
    let sign = u32::from(bits >> 15) << 31;
    let exponent = u32::from(bits >> 10 & 0x1f);
    let fraction = u32::from(bits & 0x3ff);
    match exponent {
        0 => f32::from_bits(sign | (fraction as f32 / 16_777_216.0).to_bits()),
        31 => f32::from_bits(sign | 0x7f80_0000 | fraction << 13),
        _ => f32::from_bits(sign | (exponent + 112) << 23 | fraction << 13),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKENIZER: &str = r###"{"version":"1.0","truncation":null,"padding":null,"added_tokens":[],"normalizer":null,
        "pre_tokenizer":{"type":"BertPreTokenizer"},"post_processor":null,"decoder":null,
        "model":{"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##","max_input_chars_per_word":100,
        "vocab":{"[UNK]":0,"bill":1,"##ing":2}}}"###;

    fn safetensors(dtype: &str, width: usize, bytes: &[u8]) -> Vec<u8> {
        let header = format!(r#"{{"embeddings":{{"dtype":"{dtype}","shape":[3,{width}],"data_offsets":[0,{}]}}}}"#, bytes.len());
        [&(header.len() as u64).to_le_bytes(), header.as_bytes(), bytes].concat()
    }

    fn word(dtype: &str, bytes: &[u8], word: &str) -> Option<Vec<i32>> {
        let model = Model::from_bytes(TOKENIZER.as_bytes(), &safetensors(dtype, 2, bytes)).unwrap();
        let mut sum = vec![9; 16];
        model.word(word, &mut Room::default(), &mut sum).then(|| sum[..2].to_vec())
    }

    #[test]
    fn a_word_is_the_sum_of_its_pieces() {
        let i8s = [7, 7, 100, 1, 27, 0xff];
        assert_eq!(word("I8", &i8s, "bill"), Some(vec![100, 1]));
        assert_eq!(word("I8", &i8s, "billing"), Some(vec![127, 0]));
        assert_eq!(word("I8", &i8s, "zzz"), None);
        let f32s: Vec<u8> = [0.0_f32, 0.0, 0.5, 1.0, -1.0, 0.0].iter().flat_map(|f| f.to_le_bytes()).collect();
        assert_eq!(word("F32", &f32s, "billing"), Some(vec![-63, 127]));
        let f16s: Vec<u8> = [0_u16, 0, 0x3800, 0x3c00, 0xbc00, 0].iter().flat_map(|f| f.to_le_bytes()).collect();
        assert_eq!(word("F16", &f16s, "billing"), Some(vec![-63, 127]));
    }

    proptest::proptest! {
        #[test]
        fn plain_words_have_the_pieces_that_the_tokenizer_gives(words in proptest::collection::vec("[a-z0-9']{1,12}|[a-z]{3,9}(ing|ed|s|'s|n't)|x{95,105}", 1..20)) {
            static MODEL: std::sync::LazyLock<Model> = std::sync::LazyLock::new(|| Model::shipped().unwrap());
            proptest::prop_assert!(MODEL.is_word_piece);
            for word in words {
                let (mut fast, mut slow) = (vec![1; 128], vec![2; 128]);
                let found = MODEL.word(&word, &mut Room::default(), &mut fast);
                proptest::prop_assert_eq!(found, MODEL.any_word(&word, &mut slow), "{}", word);
                proptest::prop_assert_eq!(fast, slow, "{}", word);
            }
        }
    }

    #[test]
    fn files_of_another_kind_are_refused() {
        let good = safetensors("I8", 2, &[1; 6]);
        for bad in [&[][..], &good[..20], &good[..good.len() - 1], &safetensors("I8", 1, &[1; 3])[1..], &safetensors("I64", 2, &[1; 48])] {
            assert!(Model::from_bytes(TOKENIZER.as_bytes(), bad).is_err());
        }
        assert!(Model::from_bytes(b"{}", &good).is_err());
        assert!(Model::from_bytes(TOKENIZER.as_bytes(), &[0xff; 64]).is_err());
    }
}
