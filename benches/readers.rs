//! What does reading cost, format by format, and redacting?
//!
//! Reading is unpacking, decoding, cutting and checking, into columns; every column is asked for. What is done once a file, whatever its size (how it is
//! written, what its columns mean), is measured apart. Corpora are
//! generated (`outspoken synth`, seed 7): 20,000 answers of a relationship survey (short cells, 20 columns) and 4,000 complaint
//! narratives (long cells), one thread. Each bench asserts how many rows it read or how many pieces it replaced.
//! `cargo bench --bench readers`; the budgets are 2.5 CPU seconds per GB for CSV, 5 for JSON Lines, 2 for redaction.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::cast::AsArray as _;
use arrow_array::{Array as _, ArrayRef, RecordBatch, StringArray};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

use outspoken::config::PrivacySettings;
use outspoken::redact::Redactor;
use outspoken::source::{self, InputFile, roles};
use outspoken::synth::{self, Format, Shape, SynthSettings};
use outspoken::text::normalise;

fn corpus(shape: Shape, rows: u64, format: Format) -> Vec<u8> {
    let mut bytes = Vec::new();
    let settings = SynthSettings { rows, seed: 7, shape, months: Vec::new(), format };
    synth::write(&settings, &mut bytes).expect("memory takes everything");
    bytes
}

fn file(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.join(name);
    fs_err::write(&path, bytes).expect("a temporary file");
    path
}

fn inspect(path: &Path) -> source::Shape {
    source::inspect(&InputFile { path: path.to_owned(), name: "bench".to_owned() }).expect("a generated file")
}

/// Reads every column of a file; how many rows there were.
fn read(shape: &source::Shape) -> usize {
    let all: Vec<usize> = (0..shape.header.len()).collect();
    let mut reader = source::open(shape, &all).expect("it was inspected");
    let mut n = 0;
    while let Some(batch) = reader.next_batch(8192).expect("sound rows") {
        assert!(batch.rejects.is_empty());
        n += batch.rows.len();
    }
    n
}

/// All rows of a file as one batch of text columns.
fn rows(path: &Path) -> RecordBatch {
    let shape = inspect(path);
    let all: Vec<usize> = (0..shape.header.len()).collect();
    let batch = source::open(&shape, &all).expect("it was inspected").next_batch(usize::MAX).expect("rows").expect("rows");
    let columns = shape.header.iter().zip(batch.columns).map(|(name, column)| (name.clone(), Arc::new(column) as ArrayRef));
    RecordBatch::try_from_iter(columns).expect("columns of one length")
}

fn parquet(rows: &RecordBatch) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer = parquet::arrow::ArrowWriter::try_new(&mut bytes, rows.schema(), None).expect("a schema");
    writer.write(rows).and_then(|()| writer.close()).expect("memory takes everything");
    bytes
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).expect("memory takes everything")
}

/// Everything that is read is measured by the bytes of its text, packed or not.
fn reading(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let place = folder.path();
    for (name, shape, n) in [("survey", Shape::Survey, 20_000), ("narratives", Shape::Complaints, 4_000)] {
        let csv = corpus(shape, n, Format::Csv);
        let jsonl = corpus(shape, n, Format::Jsonl);
        let array = [
            "[".as_bytes(),
            &jsonl
                .trim_ascii_end()
                .iter()
                .flat_map(|b| if *b == b'\n' { &b",\n"[..] } else { std::slice::from_ref(b) })
                .copied()
                .collect::<Vec<_>>(),
            b"]",
        ]
        .concat();
        let utf16: Vec<u8> = std::str::from_utf8(&csv).expect("text").encode_utf16().flat_map(u16::to_le_bytes).collect();
        let columns = rows(&file(place, "columns.csv", &csv));
        let files: [(&str, Vec<u8>, usize); 7] = [
            ("csv", csv.clone(), csv.len()),
            ("csv.gz", gzip(&csv), csv.len()),
            ("csv.zst", zstd::encode_all(csv.as_slice(), 3).expect("memory takes everything"), csv.len()),
            ("csv in UTF-16", [&[0xff, 0xfe], utf16.as_slice()].concat(), csv.len()),
            ("jsonl", jsonl.clone(), jsonl.len()),
            ("json array", array, jsonl.len()),
            ("parquet", parquet(&columns), csv.len()),
        ];
        let mut group = criterion.benchmark_group(format!("read {name}"));
        for (format, bytes, n_bytes) in files {
            let path = file(place, &format!("{name}.{format}"), &bytes);
            group.throughput(Throughput::Bytes(n_bytes as u64)).sample_size(10);
            let shape = inspect(&path);
            group.bench_function(format, |bench| bench.iter(|| assert_eq!(read(&shape), n as usize)));
        }
        let path = file(place, "roles.csv", &csv);
        group.bench_function("how it is written", |bench| bench.iter(|| assert!(!inspect(&path).header.is_empty())));
        let shape = inspect(&path);
        group.bench_function("what columns mean", |bench| bench.iter(|| assert!(roles::find(&shape).is_ok())));
        group.finish();
    }
}

/// Normalised texts of a corpus, as the redactor gets them.
fn texts(shape: Shape, n: u64) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let rows = rows(&file(folder.path(), "texts.csv", &corpus(shape, n, Format::Csv)));
    let mean = |column: &StringArray| column.value_data().len() / column.len();
    let longest = rows.columns().iter().map(|column| column.as_string::<i32>()).max_by_key(|column| mean(column)).expect("columns");
    let mut out = String::new();
    let normal = |text: &str| {
        normalise(text, &mut out);
        out.clone()
    };
    longest.iter().flatten().map(normal).collect()
}

fn redacting(criterion: &mut Criterion) {
    let redactor = Redactor::new(&PrivacySettings::default()).expect("the default kinds");
    let mut group = criterion.benchmark_group("redact");
    for (name, shape, n) in [("comments", Shape::Survey, 20_000), ("narratives", Shape::Complaints, 4_000)] {
        let texts = texts(shape, n);
        let without_digits: Vec<String> = texts.iter().map(|text| text.replace(|c: char| c.is_ascii_digit(), "x")).collect();
        for (kind, texts) in [("", &texts), (" without digits", &without_digits)] {
            let mut out = String::new();
            let expected: u32 = texts.iter().map(|text| redactor.redact(text, &mut out)).sum();
            let n_bytes: usize = texts.iter().map(String::len).sum();
            group.throughput(Throughput::Bytes(n_bytes as u64)).sample_size(10);
            group.bench_function(format!("{name}{kind}"), |bench| {
                bench.iter(|| assert_eq!(texts.iter().map(|text| redactor.redact(text, &mut out)).sum::<u32>(), expected));
            });
        }
    }
    group.finish();
}

criterion_group!(benches, reading, redacting);
criterion_main!(benches);
