//! What lies in an object store, and what do readers of it see?
//!
//! An address such as `s3://lake/voc` names a bucket and what its keys begin with; who may read and write there, and which server it
//! is, comes from the environment, as for other S3 tools (`AWS_ACCESS_KEY_ID`, `AWS_REGION`, `AWS_ENDPOINT_URL`, …). Objects come out as
//! byte streams for [`crate::source::spool`](crate::source::spool()), which redacts them before anything reaches the disk; a published version goes in as a folder of
//! its own, shown to readers by one conditional put.
//!
//! This is the one place that speaks to a network, behind the feature `object_store`.

mod input;
mod publish;

use std::sync::Arc;
use std::time::Duration;

use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::path::Path;
use object_store::{ObjectStoreExt as _, RetryConfig};
use tokio::runtime::Runtime;

pub use input::{Object, Objects};
pub use publish::Publication;

use crate::error::{Error, Result};

/// What addresses begin with.
const SCHEME: &str = "s3://";

/// A place in an object store.
#[derive(Debug)]
pub struct Bucket {
    store: AmazonS3,
    /// One thread, that of the caller: requests wait for the network, not for a core.
    runtime: Arc<Runtime>,
    /// The address as given, without a slash at its end.
    url: String,
    name: String,
    /// What stands behind the name of the bucket.
    key: String,
}

impl Bucket {
    /// Names a place; nothing is asked of the store yet.
    ///
    /// Fails with [`Error::Bucket`] when `url` is no such address or the environment has settings that cannot be used.
    pub fn new(url: &str) -> Result<Self> {
        let rest = url.strip_prefix(SCHEME).unwrap_or_default();
        let (name, key) = rest.split_once('/').unwrap_or((rest, ""));
        if name.is_empty() {
            return Err(failed(url, "this is no address in an object store", Some("write s3://BUCKET/KEY")));
        }
        // Only the first call finds nothing there.
        rustls::crypto::ring::default_provider().install_default().ok();
        // Half a minute of a network that is gone, then the person is told.
        let retry = RetryConfig { max_retries: 5, retry_timeout: Duration::from_secs(30), ..RetryConfig::default() };
        let store = AmazonS3Builder::from_env().with_bucket_name(name).with_retry(retry).build().map_err(refused(url))?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Error::io("cannot speak to a network"))?;
        let url = url.trim_end_matches('/').to_owned();
        Ok(Self { store, runtime: Arc::new(runtime), url, name: name.to_owned(), key: key.to_owned() })
    }

    /// Its address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A key below this place.
    fn below(&self, path: &str) -> Result<Path> {
        let key = format!("{}/{path}", self.key.trim_matches('/'));
        Path::parse(key.trim_start_matches('/')).map_err(|error| refused(&self.url)(error.into()))
    }

    /// Every object below a key, in the order of their names.
    fn list(&self, below: Option<Path>) -> Result<Vec<object_store::ObjectMeta>> {
        let (mut found, mut folders) = (Vec::new(), vec![below]);
        while let Some(folder) = folders.pop() {
            let part = self.ask(object_store::ObjectStore::list_with_delimiter(&self.store, folder.as_ref()))?;
            found.extend(part.objects);
            folders.extend(part.common_prefixes.into_iter().map(Some));
        }
        found.sort_by(|a, b| a.location.cmp(&b.location));
        Ok(found)
    }

    /// The whole of a small object and what tells this state of it from others; none: there is no such object.
    fn small(&self, at: &Path) -> Result<Option<(Vec<u8>, object_store::UpdateVersion)>> {
        let read = async {
            let found = self.store.get(at).await?;
            let state = object_store::UpdateVersion { e_tag: found.meta.e_tag.clone(), version: found.meta.version.clone() };
            Ok((found.bytes().await?.to_vec(), state))
        };
        match self.runtime.block_on(read) {
            Ok(found) => Ok(Some(found)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(refused(&self.url)(error)),
        }
    }

    fn ask<T>(&self, answer: impl Future<Output = object_store::Result<T>>) -> Result<T> {
        self.runtime.block_on(answer).map_err(refused(&self.url))
    }
}

fn failed(url: &str, what: &str, hint: Option<&str>) -> Error {
    Error::Bucket { url: url.to_owned(), what: what.to_owned(), hint: hint.map(str::to_owned) }
}

/// For `map_err`: what the store said, and what to do about it.
fn refused(url: &str) -> impl FnOnce(object_store::Error) -> Error {
    move |error| {
        let hint = match &error {
            object_store::Error::NotFound { .. } => "look at the name of the bucket and of the object",
            object_store::Error::PermissionDenied { .. } | object_store::Error::Unauthenticated { .. } => {
                "see that AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or the role of the machine, may do this"
            }
            object_store::Error::Precondition { .. } => "the object changed meanwhile: run again when it is complete",
            _ => "the server is named by AWS_ENDPOINT_URL and AWS_REGION; http:// needs AWS_ALLOW_HTTP=true",
        };
        failed(url, &error.to_string(), Some(hint))
    }
}
