//! A small file server for machines without nginx: GET and HEAD, validators, types by extension.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::Error;

/// A server in threads of this program. Stops accepting when dropped.
#[derive(Debug)]
pub struct StaticSite {
    address: SocketAddr,
    stopped: Arc<AtomicBool>,
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
        let address = listener.local_addr().map_err(failed)?;
        let stopped = Arc::new(AtomicBool::new(false));
        let (folder, until) = (folder.to_owned(), Arc::clone(&stopped));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if until.load(Ordering::Relaxed) {
                    break;
                }
                let folder = folder.clone();
                if let Ok(stream) = stream {
                    std::thread::spawn(move || serve(&stream, &folder));
                }
            }
        });
        Ok(Self { address, stopped })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for StaticSite {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Relaxed);
        // Wakes the accepting thread; if that fails there is none to wake.
        let _ = TcpStream::connect(self.address);
    }
}

/// Answers requests until the client closes, is silent too long or sends what isn't HTTP.
fn serve(stream: &TcpStream, folder: &Path) -> Option<()> {
    stream.set_read_timeout(Some(IDLE)).ok()?;
    stream.set_nodelay(true).ok()?;
    let mut reader = BufReader::new(stream);
    loop {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            if head.len() > MAX_HEAD || reader.read_until(b'\n', &mut head).ok()? == 0 {
                return None;
            }
        }
        let mut lines = [httparse::EMPTY_HEADER; 100];
        let mut request = httparse::Request::new(&mut lines);
        request.parse(&head).ok()?;
        (&mut &*stream).write_all(&answer(&request, folder)).ok()?;
    }
}

fn answer(request: &httparse::Request<'_, '_>, folder: &Path) -> Vec<u8> {
    let method = request.method.unwrap_or_default();
    if !matches!(method, "GET" | "HEAD") {
        return response("405 Method Not Allowed", &[("allow", "GET, HEAD")], b"", true);
    }
    let found = file_at(request.path.unwrap_or_default(), folder).and_then(|path| {
        Some((
            fs::read(&path).ok()?,
            fs::metadata(&path).ok()?.modified().ok()?,
            path,
        ))
    });
    let Some((content, modified, path)) = found else {
        return response(
            "404 Not Found",
            &[("content-type", "text/plain")],
            b"Not found.\n",
            method == "GET",
        );
    };
    let seconds = modified
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs();
    let etag = format!("\"{seconds:x}-{:x}\"", content.len());
    let date = httpdate::fmt_http_date(modified);
    let validators = [("etag", etag.as_str()), ("last-modified", date.as_str())];
    let header = |wanted: &str| {
        let line = request
            .headers
            .iter()
            .find(|line| line.name.eq_ignore_ascii_case(wanted))?;
        std::str::from_utf8(line.value).ok()
    };
    // RFC 9110 §13.2.2: the date counts only where no tag is given.
    let current = match header("if-none-match") {
        Some(tags) => tags
            .split(',')
            .map(|tag| tag.trim().trim_start_matches("W/"))
            .any(|tag| tag == "*" || tag == etag),
        None => header("if-modified-since") == Some(date.as_str()),
    };
    if current {
        return response("304 Not Modified", &validators, b"", false);
    }
    let mut headers = vec![("content-type", content_type(&path)), ("accept-ranges", "none")];
    headers.extend(validators);
    response("200 OK", &headers, &content, method == "GET")
}

/// The file a target names, never one outside the folder.
fn file_at(target: &str, folder: &Path) -> Option<PathBuf> {
    let path = target
        .split('?')
        .next()
        .unwrap_or_default()
        .trim_start_matches('/');
    let path = Path::new(if path.is_empty() { "index.html" } else { path });
    path.components()
        .all(|part| matches!(part, Component::Normal(_)))
        .then(|| folder.join(path))
}

fn content_type(path: &Path) -> &'static str {
    match path
        .extension()
        .and_then(|extension| extension.to_str())
        .unwrap_or_default()
    {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "json" => "application/json",
        "png" => "image/png",
        "svg" => "image/svg+xml",
        _ => "application/octet-stream",
    }
}

fn response(status: &str, headers: &[(&str, &str)], content: &[u8], with_content: bool) -> Vec<u8> {
    let mut bytes = format!("HTTP/1.1 {status}\r\n").into_bytes();
    for (name, value) in headers {
        bytes.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
    }
    if !status.starts_with("304") {
        bytes.extend_from_slice(format!("content-length: {}\r\n", content.len()).as_bytes());
    }
    bytes.extend_from_slice(b"\r\n");
    if with_content {
        bytes.extend_from_slice(content);
    }
    bytes
}

const IDLE: Duration = Duration::from_secs(75);
const MAX_HEAD: usize = 16 * 1024;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::{Connection, Request};

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
                "weak tag in a list",
                Request::get("/a.css").header("if-none-match", format!("\"x\", W/{etag}")),
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
            ("nothing there", Request::get("/b.css"), 404, "Not found.\n"),
            ("outside", Request::get("/../secret"), 404, "Not found.\n"),
            (
                "outside, deeper",
                Request::get("/x/../../secret"),
                404,
                "Not found.\n",
            ),
            ("a folder", Request::get("/."), 404, "Not found.\n"),
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
        assert_eq!(
            first.header("content-type").as_deref(),
            Some("text/css; charset=utf-8")
        );
    }
}
