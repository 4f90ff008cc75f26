//! What tests share: runs into temporary directories, and looks at what came out.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::AtomicBool;

use outspoken::Error;
use outspoken::config;
use outspoken::runner::{Outcome, Progress, RunOptions, run};
use tempfile::TempDir;

/// The clock of all tests.
pub(crate) const AS_OF: &str = "2026-10-02T08:00:00Z";

/// A temporary directory with an input and an output in it.
pub(crate) struct Place {
    folder: TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a temporary directory") }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs_err::create_dir_all(path.parent().expect("a file lies in a folder")).expect("the folder can be made");
        fs_err::write(&path, content).expect("the file can be written");
        path
    }

    pub(crate) fn out(&self) -> PathBuf {
        self.path("out")
    }

    /// Options of a run over files of this place.
    pub(crate) fn options(&self, inputs: &[&str]) -> RunOptions {
        let inputs = inputs.iter().map(|name| self.path(name).display().to_string()).collect();
        let mut options = RunOptions::new(inputs, self.out());
        options.as_of = AS_OF.parse().expect("a time");
        options
    }

    pub(crate) fn run(&self, inputs: &[&str]) -> Outcome {
        run_with(&self.options(inputs)).expect("the run completes")
    }

    /// Runs the program in this place.
    pub(crate) fn program(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_outspoken")).args(arguments).current_dir(self.folder.path()).output().expect("the program starts")
    }
}

pub(crate) fn run_with(options: &RunOptions) -> Result<Outcome, Error> {
    run(options, &Progress::default(), &AtomicBool::new(false))
}

/// Options of the demo's run into `out`.
pub(crate) fn demo_options(out: &Path) -> RunOptions {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("datasets/demo");
    let inputs = ["relationship_survey.csv", "complaints.jsonl"].map(|name| folder.join(name).display().to_string());
    let mut options = RunOptions::new(inputs.into(), out.to_owned());
    options.settings = config::load(&folder.join("outspoken.toml")).expect("the demo's settings");
    options.as_of = AS_OF.parse().expect("a time");
    options
}

/// Every file below a folder with its bytes.
pub(crate) fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs_err::read_dir(&next).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).expect("it lies below").display().to_string();
                found.insert(name, fs_err::read(&path).expect("a file"));
            }
        }
    }
    found
}

/// A column of text over all files of a table; null is "null".
pub(crate) fn column(out: &Path, table: &str, name: &str) -> Vec<String> {
    let mut values = Vec::new();
    for file in files(&out.join("tables").join(table)).keys() {
        let file = fs_err::File::open(out.join("tables").join(table).join(file)).expect("a table").into_file();
        let reader =
            parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(file).expect("a table").build().expect("a table");
        for batch in reader {
            let batch = batch.expect("rows");
            let array = batch.column_by_name(name).expect("the column");
            for i in 0..batch.num_rows() {
                let null = arrow_array::Array::is_null(array, i);
                let text = |array| arrow_cast::display::array_value_to_string(array, i).expect("a value");
                values.push(if null {
                    "null".to_owned()
                } else if let Some(times) =
                    arrow_array::cast::AsArray::as_primitive_opt::<arrow_array::types::TimestampMicrosecondType>(array)
                {
                    jiff::Timestamp::from_microsecond(times.value(i)).expect("a time").to_string()
                } else {
                    text(array)
                });
            }
        }
    }
    values
}
