//! Which objects are the input, and how are they read?
//!
//! An address names one object, with a slash at its end all below it that a directory would be searched for, or with `*` and `?` those
//! that match. An object is read in ranges, each of which is asked for again when the connection breaks; all are of one state of the object, or reading fails.

use std::io::{Cursor, Read};
use std::path::PathBuf;

use object_store::path::Path;
use object_store::{GetOptions, ObjectMeta, ObjectStore as _, ObjectStoreExt as _};

use super::{Bucket, failed, refused};
use crate::error::Result;
use crate::source;

/// Bytes that are asked for at once: a tenth of a second on a fast line, and few enough to hold.
const RANGE_BYTES: u64 = 8 << 20;

/// An object of the input.
#[derive(Debug)]
pub struct Object {
    /// Its name in tables, as that of a file: relative to what was named.
    pub name: String,
    meta: ObjectMeta,
}

impl Object {
    /// Its whole key, behind the name of the bucket: a name that no other object has.
    pub fn key(&self) -> &str {
        self.meta.location.as_ref()
    }
}

/// What an address names.
#[derive(Debug, Default)]
pub struct Objects {
    /// Those to read, in the order of their names.
    pub objects: Vec<Object>,
    /// What lies in the folder besides, and why it was left out.
    pub skipped: Vec<(PathBuf, String)>,
}

impl Bucket {
    /// The objects that the address names.
    ///
    /// Fails with [`crate::Error::Bucket`] when it names none or the store refuses.
    pub fn objects(&self) -> Result<Objects> {
        let is_pattern = self.key.contains(['*', '?', '[']);
        if !is_pattern && !self.key.is_empty() && !self.key.ends_with('/') {
            let meta = self.ask(self.store.head(&self.below("")?))?;
            let name = meta.location.filename().unwrap_or_default().to_owned();
            return Ok(Objects { objects: vec![Object { name, meta }], ..Objects::default() });
        }
        let fixed: Vec<&str> = self.key.split('/').take_while(|part| !part.is_empty() && !part.contains(['*', '?', '['])).collect();
        let folder = (!fixed.is_empty()).then(|| Path::parse(fixed.join("/"))).transpose();
        let folder = folder.map_err(|error| refused(&self.url)(error.into()))?;
        let pattern = is_pattern.then(|| glob::Pattern::new(&self.key)).transpose();
        let pattern = pattern.map_err(|error| failed(&self.url, &format!("the pattern cannot be read: {}", error.msg), None))?;
        let n_before = folder.as_ref().map_or(0, |folder| folder.as_ref().len() + 1);
        let mut found = Objects::default();
        for meta in self.list(folder)? {
            let name = meta.location.as_ref().get(n_before..).unwrap_or_default().to_owned();
            let why_not = match &pattern {
                Some(pattern) if !pattern.matches_with(meta.location.as_ref(), PARTS) => continue,
                Some(_) => None,
                None => source::why_not_named(&name),
            };
            match why_not {
                None => found.objects.push(Object { name, meta }),
                Some(why) => found.skipped.push((PathBuf::from(format!("s3://{}/{}", self.name, meta.location)), why)),
            }
        }
        if found.objects.is_empty() {
            return Err(failed(
                &self.url,
                "no object to read there",
                Some("name an object, a folder with a slash at its end, or a pattern"),
            ));
        }
        Ok(found)
    }

    /// What an object holds.
    pub fn read(&self, object: &Object) -> Box<dyn Read + Send> {
        let runtime = std::sync::Arc::clone(&self.runtime);
        Box::new(Reader { store: self.store.clone(), runtime, meta: object.meta.clone(), at: 0, part: Cursor::default() })
    }
}

/// As in paths: `*` stays within a folder.
const PARTS: glob::MatchOptions =
    glob::MatchOptions { case_sensitive: true, require_literal_separator: true, require_literal_leading_dot: false };

struct Reader {
    store: object_store::aws::AmazonS3,
    runtime: std::sync::Arc<tokio::runtime::Runtime>,
    meta: ObjectMeta,
    at: u64,
    part: Cursor<Vec<u8>>,
}

impl Read for Reader {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let n = self.part.read(buffer)?;
        if n > 0 || buffer.is_empty() || self.at >= self.meta.size {
            return Ok(n);
        }
        let end = self.meta.size.min(self.at + RANGE_BYTES);
        let options = GetOptions::default().with_range(Some(self.at..end)).with_if_match(self.meta.e_tag.clone());
        let part = async { self.store.get_opts(&self.meta.location, options).await?.bytes().await };
        let part = self.runtime.block_on(part).map_err(std::io::Error::other)?;
        (self.at, self.part) = (end, Cursor::new(part.to_vec()));
        self.part.read(buffer)
    }
}
