//! A small file server for machines without nginx: GET and HEAD, validators, types by extension.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::sync::oneshot;
use tower_http::services::ServeDir;

use crate::Error;

/// A server in a thread of this program. Stopped when dropped.
#[derive(Debug)]
pub struct StaticSite {
    address: SocketAddr,
    /// The server ends when this is gone.
    _running: oneshot::Sender<()>,
}

impl StaticSite {
    /// Serves the files below `folder` on the loopback interface; port 0 lets the system choose.
    ///
    /// # Errors
    /// [`Error::Spawn`] when the port can't be had.
    pub fn start(folder: &Path, port: u16) -> Result<Self, Error> {
        let failed = |source| Error::Spawn {
            name: "static site".to_owned(),
            source,
        };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(failed)?;
        listener.set_nonblocking(true).map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(failed)?;
        let files = ServeDir::new(folder);
        let (running, ended) = oneshot::channel::<()>();
        std::thread::spawn(move || {
            runtime.spawn(serve(listener, files));
            // What the runtime serves ends with it.
            let _ = runtime.block_on(ended);
        });
        Ok(Self {
            address,
            _running: running,
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

/// Serves each connection by a task of its own.
async fn serve(listener: TcpListener, files: ServeDir) -> std::io::Result<()> {
    let listener = tokio::net::TcpListener::from_std(listener)?;
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // Too many open files, say: it may be better in a moment.
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        stream.set_nodelay(true)?;
        let serving = http1::Builder::new()
            .timer(TokioTimer::new())
            .serve_connection(TokioIo::new(stream), TowerToHyperService::new(files.clone()));
        tokio::spawn(serving);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::{Connection, Request};
    use std::fs;

    #[test]
    fn files_validators_and_nothing_else() {
        let outer = tempfile::tempdir().unwrap();
        let folder = outer.path().join("site");
        fs::create_dir(&folder).unwrap();
        fs::write(outer.path().join("secret"), "secret").unwrap();
        fs::write(folder.join("index.html"), "<p>hi").unwrap();
        fs::write(folder.join("a.css"), "a{}").unwrap();
        let site = StaticSite::start(&folder, 0).unwrap();
        let mut connection = Connection::open(site.address()).unwrap();
        let first = connection.send(&Request::get("/a.css?v=1")).unwrap();
        let (etag, date) = (
            first.header("etag").unwrap(),
            first.header("last-modified").unwrap(),
        );

        let rows = [
            ("page", Request::get("/"), 200, "<p>hi"),
            ("file", Request::get("/a.css"), 200, "a{}"),
            ("head", Request::new("HEAD", "/a.css"), 200, ""),
            (
                "tag",
                Request::get("/a.css").header("If-None-Match", &etag),
                304,
                "",
            ),
            (
                "tag in a list",
                Request::get("/a.css").header("if-none-match", format!("\"x\", {etag}")),
                304,
                "",
            ),
            (
                "date",
                Request::get("/a.css").header("if-modified-since", &date),
                304,
                "",
            ),
            (
                "other tag outweighs date",
                Request::get("/a.css")
                    .header("if-none-match", "\"x\"")
                    .header("if-modified-since", &date),
                200,
                "a{}",
            ),
            ("nothing there", Request::get("/b.css"), 404, ""),
            ("outside", Request::get("/../secret"), 404, ""),
            ("outside, deeper", Request::get("/x/../../secret"), 404, ""),
            ("wrong method", Request::new("DELETE", "/a.css"), 405, ""),
        ];
        for (name, request, status, body) in rows {
            let response = connection.send(&request).unwrap();
            assert_eq!(
                (response.status, response.text().as_str()),
                (status, body),
                "{name}"
            );
        }
        assert_eq!(first.header("content-type").as_deref(), Some("text/css"));
    }
}
