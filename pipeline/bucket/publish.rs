//! How does a published output get into a store whole or not at all?
//!
//! ```text
//! s3://lake/voc/current.json          which version readers see: one small object, switched by one conditional put
//! s3://lake/voc/versions/<name>/…     tables, themes and manifests of one version; never written again once it is shown
//! ```
//!
//! A version is named by its run and its content, so that a publication that was killed is done again under the same name with the same bytes. Files that the
//! version before has too are copied inside the store. The put of `current.json` holds only if it is still what was read at
//! the beginning: of two who publish at once, one is told.

use std::collections::BTreeMap;
use std::path::{Path as FilePath, PathBuf};

use object_store::path::Path;
use object_store::{MultipartUpload as _, ObjectStore as _, ObjectStoreExt as _, PutMode, PutOptions, PutPayload, UpdateVersion};
use serde::{Deserialize, Serialize};
use tokio::task::JoinSet;

use super::{Bucket, failed, refused};
use crate::error::{Error, Result};
use crate::runner::fingerprint_of_file;
use crate::schema::SCHEMA_VERSION;
use crate::sink::Version;

/// What is published of a version.
const FOLDERS: [&str; 3] = ["tables", "themes", "runs"];
/// Bytes of a part, and the largest file that is put in one piece.
const PART_BYTES: usize = 16 << 20;
/// The largest object that a store copies in one request.
const COPY_BYTES: u64 = 5 << 30;
/// Requests at the same time: with one, most of the time goes into waiting; eight hold 128 MB at most.
const N_REQUESTS: usize = 8;

/// What `current.json` says.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Publication {
    /// Version of the tables' schema.
    pub schema_version: String,
    /// The run that made the tables.
    pub run_id: String,
    /// Name of the version that readers see.
    pub version: String,
    /// Folder of its tables, below the address that was published to.
    pub tables: String,
    /// Versions that are there, oldest first.
    pub versions: Vec<String>,
    /// Versions that are being removed: no reader should begin with them.
    pub leaving: Vec<String>,
    /// Every file of the version with its size and fingerprint.
    pub files: BTreeMap<String, File>,
    /// Files that were sent, and those that were copied from the version before, in this publication.
    #[serde(skip)]
    pub n_sent: usize,
    /// See `n_sent`.
    #[serde(skip)]
    pub n_copied: usize,
    /// Bytes that were sent.
    #[serde(skip)]
    pub n_bytes: u64,
}

/// A file of a version.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct File {
    /// Its size.
    pub bytes: u64,
    /// XXH3 of its bytes, as in manifests.
    pub fingerprint: String,
}

impl Bucket {
    /// Publishes what readers of the output directory `out` see now. With `keep`, versions older than the last `keep` are removed.
    ///
    /// Readers of the store see the version before until this succeeds. Fails with [`Error::Bucket`] when the store refuses or when somebody else
    /// published meanwhile, and with [`Error::Output`] when nothing was published in `out` yet.
    pub fn publish(&self, out: &FilePath, keep: Option<usize>) -> Result<Publication> {
        let current = self.below("current.json")?;
        let (before, state) = match self.small(&current)? {
            Some((bytes, state)) => (self.read_publication(&bytes)?, Some(state)),
            None => (Publication::default(), None),
        };
        let (folder, mut next) = of_directory(out)?;
        if before.version == next.version {
            return Ok(before);
        }
        self.send(&folder, &mut next, &before)?;
        let mut versions: Vec<String> = before.versions.iter().filter(|name| **name != next.version).cloned().collect();
        versions.push(next.version.clone());
        let n_leaving = keep.map_or(0, |keep| versions.len().saturating_sub(keep.max(1)));
        next.leaving = before.leaving.iter().cloned().chain(versions.drain(..n_leaving)).filter(|name| *name != next.version).collect();
        next.versions = versions;
        self.show(&current, &next, state)?;
        for name in &next.leaving {
            for object in self.list(Some(self.below(&format!("versions/{name}"))?))? {
                self.ask(self.store.delete(&object.location))?;
            }
        }
        Ok(next)
    }

    fn read_publication(&self, bytes: &[u8]) -> Result<Publication> {
        let found: Publication = serde_json::from_slice(bytes).unwrap_or_default();
        if found.version.is_empty() {
            return Err(failed(&self.url, "`current.json` was not written by outspoken", Some("choose another place in the store")));
        }
        Ok(found)
    }

    /// Brings every file of a version into the store.
    fn send(&self, folder: &FilePath, next: &mut Publication, before: &Publication) -> Result<()> {
        let mut requests = JoinSet::new();
        for (path, file) in &next.files {
            let to = self.below(&format!("versions/{}/{path}", next.version))?;
            let is_there = file.bytes < COPY_BYTES && before.files.get(path) == Some(file);
            let from = if is_there { Some(self.below(&format!("versions/{}/{path}", before.version))?) } else { None };
            if requests.len() >= N_REQUESTS {
                self.one_of(&mut requests)?;
            }
            let (store, file_path) = (self.store.clone(), folder.join(path));
            let request = async move {
                match from {
                    Some(from) => store.copy(&from, &to).await.map_err(Failed::Store),
                    None => put(&store, &file_path, &to).await,
                }
            };
            requests.spawn_on(request, self.runtime.handle());
            if is_there {
                next.n_copied += 1;
            } else {
                (next.n_sent, next.n_bytes) = (next.n_sent + 1, next.n_bytes + file.bytes);
            }
        }
        while !requests.is_empty() {
            self.one_of(&mut requests)?;
        }
        Ok(())
    }

    fn one_of(&self, requests: &mut JoinSet<Result<(), Failed>>) -> Result<()> {
        match self.runtime.block_on(requests.join_next()) {
            None | Some(Ok(Ok(()))) => Ok(()),
            Some(Ok(Err(Failed::File(source)))) => Err(Error::Io { doing: "cannot read a file of the version", source }),
            Some(Ok(Err(Failed::Store(error)))) => Err(refused(&self.url)(error)),
            Some(Err(error)) => Err(refused(&self.url)(error.into())),
        }
    }

    /// The one put that counts.
    fn show(&self, current: &Path, next: &Publication, state: Option<UpdateVersion>) -> Result<()> {
        let bytes = serde_json::to_vec_pretty(next).expect("publications are maps of text and numbers");
        let mode = state.map_or(PutMode::Create, PutMode::Update);
        let shown = self.runtime.block_on(self.store.put_opts(current, bytes.into(), PutOptions::from(mode)));
        match shown {
            Ok(_) => Ok(()),
            Err(object_store::Error::Precondition { .. } | object_store::Error::AlreadyExists { .. }) => {
                // An answer that was lost: the store had taken it, and refused the second try.
                let now = self.small(current)?;
                if now.is_some_and(|(bytes, _)| self.read_publication(&bytes).is_ok_and(|now| now.version == next.version)) {
                    return Ok(());
                }
                let hint = "nothing changed for readers; publish again when the other one is done";
                Err(failed(&self.url, "somebody else published here meanwhile", Some(hint)))
            }
            Err(object_store::Error::NotSupported { .. } | object_store::Error::NotImplemented { .. }) => {
                let hint = "without them two who publish at once could undo each other: use a store that has them";
                Err(failed(&self.url, "this store takes no conditional puts", Some(hint)))
            }
            Err(error) => Err(refused(&self.url)(error)),
        }
    }
}

enum Failed {
    File(std::io::Error),
    Store(object_store::Error),
}

/// Puts a file, a large one in parts.
async fn put(store: &object_store::aws::AmazonS3, file: &FilePath, to: &Path) -> Result<(), Failed> {
    let mut file = fs_err::File::open(file).map_err(Failed::File)?;
    let mut part = read_part(&mut file).map_err(Failed::File)?;
    if part.len() < PART_BYTES {
        return store.put(to, PutPayload::from(part)).await.map(drop).map_err(Failed::Store);
    }
    let mut upload = store.put_multipart(to).await.map_err(Failed::Store)?;
    while !part.is_empty() {
        let sent = upload.put_part(PutPayload::from(part)).await.map_err(Failed::Store);
        part = match sent.and_then(|()| read_part(&mut file).map_err(Failed::File)) {
            Ok(part) => part,
            Err(failed) => {
                upload.abort().await.ok();
                return Err(failed);
            }
        };
    }
    upload.complete().await.map(drop).map_err(Failed::Store)
}

fn read_part(file: &mut fs_err::File) -> std::io::Result<Vec<u8>> {
    use std::io::Read as _;
    let mut part = Vec::new();
    file.take(PART_BYTES as u64).read_to_end(&mut part)?;
    Ok(part)
}

/// What readers of an output directory see now, and its folder.
fn of_directory(out: &FilePath) -> Result<(PathBuf, Publication)> {
    let Some(version) = Version::current(out)? else {
        let hint = Some("`outspoken run … --out DIR` comes first".to_owned());
        return Err(Error::Output { path: out.to_owned(), what: "nothing was published here yet".to_owned(), hint });
    };
    let latest = fs_err::read(version.runs().join("latest.json")).map_err(Error::io("cannot read the manifest"))?;
    let manifest: serde_json::Value = serde_json::from_slice(&latest).unwrap_or_default();
    let run_id = manifest.get("run_id").and_then(|id| id.as_str()).unwrap_or("run").to_owned();
    let mut files = BTreeMap::new();
    for folder in FOLDERS {
        gather(version.folder(), &version.folder().join(folder), &mut files)?;
    }
    let mut hash = xxhash_rust::xxh3::Xxh3::new();
    for (path, file) in &files {
        hash.update(format!("{path}\n{}\n{}\n", file.bytes, file.fingerprint).as_bytes());
    }
    let content = crate::identity::base32(hash.digest128());
    let name = format!("{run_id}-{}", content.get(..8).unwrap_or(&content));
    let tables = format!("versions/{name}/tables");
    Ok((
        version.folder().to_owned(),
        Publication { schema_version: SCHEMA_VERSION.to_owned(), run_id, version: name, tables, files, ..Publication::default() },
    ))
}

fn gather(root: &FilePath, folder: &FilePath, files: &mut BTreeMap<String, File>) -> Result<()> {
    for entry in fs_err::read_dir(folder).map_err(Error::io("cannot read a version"))? {
        let path = entry.map_err(Error::io("cannot read a version"))?.path();
        if path.is_dir() {
            gather(root, &path, files)?;
            continue;
        }
        let bytes = fs_err::metadata(&path).map_err(Error::io("cannot read a version"))?.len();
        let fingerprint = fingerprint_of_file(&path)?;
        let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().into_owned();
        files.insert(name, File { bytes, fingerprint });
    }
    Ok(())
}
