//! How do bytes of the network become requests, and who is not waited for?
//!
//! HTTP/1.1 by hyper on one thread; what a request asks for is worked out on a few others. Every step has a limit: connections, size of
//! the head and the body, time to send them, time to answer, time that a connection lives.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode, header};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::time::timeout;

use super::answer::{Answer, SAFETY};
use super::app::App;
use super::ask::{Ask, Fields, Method, Plus, decode};
use crate::config::Settings;
use crate::error::{Error, Result};

/// How the app is opened.
#[derive(Clone, Debug)]
pub struct Options {
    /// The output directory.
    pub out: PathBuf,
    /// Where it listens. Anything but a loopback address needs a token file.
    pub address: IpAddr,
    /// Port; 0: one that is free.
    pub port: u16,
    /// File with one `NAME TOKEN` a line: who may sign in.
    pub token_file: Option<PathBuf>,
    /// Names by which it may be called besides its address, `reviews.example.com`.
    pub hosts: Vec<String>,
    /// Who decides, where nobody signs in.
    pub reviewer: Option<String>,
    /// Settings: names of reviewers.
    pub settings: Settings,
}

/// The app, listening.
pub struct Server {
    listener: std::net::TcpListener,
    address: SocketAddr,
    app: Arc<App>,
}

/// Connections at once: beyond, new ones are closed.
const MAX_CONNECTIONS: usize = 256;
/// The whole head of a request.
const MAX_HEAD_BYTES: usize = 32 << 10;
/// The whole body: the longest note, many times over.
const MAX_BODY_BYTES: usize = 1 << 20;
/// To send a head, and to send a body.
const READ_TIME: Duration = Duration::from_secs(10);
/// To work an answer out.
const ANSWER_TIME: Duration = Duration::from_secs(60);
/// A connection with everything that goes over it; a reader who takes longer connects again.
const CONNECTION_TIME: Duration = Duration::from_secs(300);
/// Between two looks at whether something was published or decided elsewhere: what pages need of it is read before they are asked for.
const AHEAD_TIME: Duration = Duration::from_secs(2);
/// Threads that work answers out.
const N_WORKERS: usize = 8;

impl Server {
    /// Opens the tables and listens.
    ///
    /// Fails with [`Error::Setting`] where another address than a loopback one is asked for without a token file, and with
    /// [`Error::Output`] where nothing was published.
    pub fn bind(options: &Options) -> Result<Self> {
        if !options.address.is_loopback() && options.token_file.is_none() {
            return Err(Error::Setting {
                place: "--address".to_owned(),
                what: format!("{} can be reached by others", options.address),
                hint: Some("give --token-file FILE with one `NAME TOKEN` a line, or leave the address at 127.0.0.1".to_owned()),
            });
        }
        let listener = std::net::TcpListener::bind((options.address, options.port)).map_err(Error::io("cannot listen on the port"))?;
        let address = listener.local_addr().map_err(Error::io("cannot listen on the port"))?;
        listener.set_nonblocking(true).map_err(Error::io("cannot listen on the port"))?;
        Ok(Self { listener, address, app: Arc::new(App::open(options, address)?) })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers until `stop` is set.
    pub fn serve(self, stop: &AtomicBool) -> Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .max_blocking_threads(N_WORKERS)
            .build()
            .map_err(Error::io("cannot start the server"))?;
        let done = runtime.block_on(accept(self.listener, self.app, stop));
        runtime.shutdown_timeout(Duration::from_secs(2));
        done
    }
}

async fn accept(listener: std::net::TcpListener, app: Arc<App>, stop: &AtomicBool) -> Result<()> {
    let listener = TcpListener::from_std(listener).map_err(Error::io("cannot listen on the port"))?;
    let n_open = Arc::new(AtomicUsize::new(0));
    let mut ahead: Option<(tokio::task::JoinHandle<()>, Instant)> = None;
    while !stop.load(Ordering::Relaxed) {
        if ahead.as_ref().is_none_or(|(warming, since)| warming.is_finished() && since.elapsed() > AHEAD_TIME) {
            let app = Arc::clone(&app);
            ahead = Some((tokio::task::spawn_blocking(move || app.warm()), Instant::now()));
        }
        let Ok(accepted) = timeout(Duration::from_millis(200), listener.accept()).await else { continue };
        let Ok((stream, _)) = accepted else {
            // Out of file handles: those that are open will end.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        if n_open.load(Ordering::Relaxed) >= MAX_CONNECTIONS {
            drop(stream);
            continue;
        }
        let open = Open::new(&n_open);
        let app = Arc::clone(&app);
        tokio::spawn(async move {
            let service = service_fn(move |request| answer(request, Arc::clone(&app)));
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(READ_TIME)
                .max_buf_size(MAX_HEAD_BYTES)
                .max_headers(64)
                .serve_connection(TokioIo::new(stream), service);
            // What goes wrong on a connection concerns whoever is at its other end.
            timeout(CONNECTION_TIME, connection).await.ok();
            drop(open);
        });
    }
    Ok(())
}

/// A connection that counts while it lives.
struct Open(Arc<AtomicUsize>);

impl Open {
    fn new(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(count))
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

async fn answer(request: Request<Incoming>, app: Arc<App>) -> std::result::Result<Response<Full<Bytes>>, std::convert::Infallible> {
    let is_head = request.method() == hyper::Method::HEAD;
    let answer = match read(request).await {
        Ok(ask) => match timeout(ANSWER_TIME, tokio::task::spawn_blocking(move || app.answer(&ask))).await {
            Ok(Ok(answer)) => answer,
            // A worker that panicked: a broken invariant of ours, of one request only.
            Ok(Err(_)) => Answer::refusal(500, "something went wrong; the message is on the terminal of the app"),
            Err(_) => Answer::refusal(503, "this took too long; try again"),
        },
        Err(refusal) => refusal,
    };
    Ok(response(answer, is_head))
}

fn response(answer: Answer, is_head: bool) -> Response<Full<Bytes>> {
    let length = answer.body.len();
    let body = if is_head { Bytes::new() } else { Bytes::from(answer.body) };
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(answer.kind));
    headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    for (name, value) in SAFETY {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    for (name, value) in answer.headers {
        // A value that no header can hold is left out: nothing is written after a line break of somebody else's.
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    response
}

async fn read(request: Request<Incoming>) -> std::result::Result<Ask, Answer> {
    let (head, body) = request.into_parts();
    let method = match head.method {
        hyper::Method::GET | hyper::Method::HEAD => Method::Get,
        hyper::Method::POST => Method::Post,
        _ => return Err(Answer::refusal(405, "GET and POST only").header("allow", "GET, HEAD, POST".to_owned())),
    };
    let text = |name| head.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let only_one = |name| head.headers.get_all(name).iter().count() <= 1;
    if !only_one(header::HOST) || !only_one(header::ORIGIN) {
        return Err(Answer::refusal(400, "a header stands twice"));
    }
    let path = head.uri.path();
    let mut ask = Ask {
        method,
        path: path.split('/').filter(|part| !part.is_empty()).map(|part| decode(part, Plus::IsPlus)).collect(),
        target: head.uri.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string),
        query: Fields::parse(head.uri.query().unwrap_or_default()),
        form: Fields::default(),
        host: text(header::HOST),
        origin: text(header::ORIGIN),
        site: text(HeaderName::from_static("sec-fetch-site")),
        cookie: text(header::COOKIE),
    };
    if method == Method::Post {
        let kind = text(CONTENT_TYPE).unwrap_or_default();
        if kind.split(';').next().map(str::trim) != Some("application/x-www-form-urlencoded") {
            return Err(Answer::refusal(415, "forms are sent as application/x-www-form-urlencoded"));
        }
        let body = match timeout(READ_TIME, Limited::new(body, MAX_BODY_BYTES).collect()).await {
            Ok(Ok(body)) => body.to_bytes(),
            Ok(Err(_)) => return Err(Answer::refusal(413, "the form is too large")),
            Err(_) => return Err(Answer::refusal(408, "the form took too long")),
        };
        ask.form = Fields::parse(&String::from_utf8_lossy(&body));
    }
    Ok(ask)
}
