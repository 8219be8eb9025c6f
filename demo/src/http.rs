//! A small blocking HTTP/1.1 client that sends exactly the bytes it is given: repeated headers, bytes that aren't UTF-8 and
//! odd targets included. It decodes the framing of a response, never its content coding.

use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use crate::Error;

/// A request, header lines in the order given. `host` and `content-length` are added when they are missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The method, e.g. `GET`.
    pub method: String,
    /// The request target: path and query.
    pub target: String,
    /// Header lines.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The body; empty for none.
    pub body: Vec<u8>,
}

/// A complete response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// Header lines in the order received, names in lower case.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The body, as it came (still compressed when it was).
    pub body: Vec<u8>,
    /// From the first byte sent to the last byte received.
    pub elapsed: Duration,
}

/// A connection that is kept open between requests.
#[derive(Debug)]
pub struct Connection {
    stream: BufReader<TcpStream>,
    peer: SocketAddr,
}

impl Request {
    /// A request without headers and body.
    #[must_use]
    pub fn new(method: &str, target: &str) -> Self {
        Self {
            method: method.to_owned(),
            target: target.to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    /// A GET request.
    #[must_use]
    pub fn get(target: &str) -> Self {
        Self::new("GET", target)
    }

    /// A POST request with a JSON body.
    #[must_use]
    pub fn post_json(target: &str, body: &serde_json::Value) -> Self {
        let mut request = Self::new("POST", target).header("content-type", "application/json");
        request.body = body.to_string().into_bytes();
        request
    }

    /// Adds a header line; the same name may be added again.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.headers.push((name.to_owned(), value.as_ref().to_vec()));
        self
    }

    /// Sends the request over a connection of its own.
    ///
    /// # Errors
    /// [`Error::Http`] when there is no complete response within [`TIMEOUT`] of silence.
    pub fn send(&self, to: SocketAddr) -> Result<Response, Error> {
        Connection::open(to)?.send(self)
    }

    fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = format!("{} {} HTTP/1.1\r\n", self.method, self.target).into_bytes();
        let has = |wanted: &str| {
            self.headers
                .iter()
                .any(|(name, _)| name.eq_ignore_ascii_case(wanted))
        };
        if !has("host") {
            bytes.extend_from_slice(b"host: localhost\r\n");
        }
        for (name, value) in &self.headers {
            bytes.extend_from_slice(name.as_bytes());
            bytes.extend_from_slice(b": ");
            bytes.extend_from_slice(value);
            bytes.extend_from_slice(b"\r\n");
        }
        if !self.body.is_empty() && !has("content-length") {
            bytes.extend_from_slice(format!("content-length: {}\r\n", self.body.len()).as_bytes());
        }
        bytes.extend_from_slice(b"\r\n");
        bytes.extend_from_slice(&self.body);
        bytes
    }
}

impl Response {
    /// The value of the first line with this (lower-case) name, as text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<String> {
        self.header_lines(name).into_iter().next()
    }

    /// The values of all lines with this (lower-case) name, as text.
    #[must_use]
    pub fn header_lines(&self, name: &str) -> Vec<String> {
        let lines = self.headers.iter().filter(|(n, _)| n == name);
        lines
            .map(|(_, value)| String::from_utf8_lossy(value).into_owned())
            .collect()
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON; `Null` when it isn't JSON.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

impl Connection {
    /// Connects.
    ///
    /// # Errors
    /// [`Error::Http`].
    pub fn open(peer: SocketAddr) -> Result<Self, Error> {
        let failed = |e: std::io::Error| no_response(peer, "", e);
        let stream = TcpStream::connect_timeout(&peer, TIMEOUT).map_err(failed)?;
        stream.set_nodelay(true).map_err(failed)?;
        stream.set_read_timeout(Some(TIMEOUT)).map_err(failed)?;
        stream.set_write_timeout(Some(TIMEOUT)).map_err(failed)?;
        Ok(Self {
            stream: BufReader::new(stream),
            peer,
        })
    }

    /// Sends a request and reads the whole response; interim responses (1xx) are skipped.
    ///
    /// # Errors
    /// [`Error::Http`] when the connection ends or is silent for [`TIMEOUT`] before the response is complete.
    pub fn send(&mut self, request: &Request) -> Result<Response, Error> {
        let started = Instant::now();
        // A server may answer and close before it has read everything: what it said counts, not the failed write.
        let written = self.stream.get_mut().write_all(&request.to_bytes());
        let read = self.read_response(&request.method);
        let (status, headers, body) = match (read, written) {
            (Ok(response), _) => response,
            (Err(read), Ok(())) => return Err(no_response(self.peer, &request.target, read)),
            (Err(_), Err(write)) => return Err(no_response(self.peer, &request.target, write)),
        };
        Ok(Response {
            status,
            headers,
            body,
            elapsed: started.elapsed(),
        })
    }

    fn read_response(&mut self, method: &str) -> std::io::Result<(u16, Headers, Vec<u8>)> {
        loop {
            let (status, headers) = self.read_head()?;
            if (100..200).contains(&status) {
                continue;
            }
            let body = match (method, status) {
                ("HEAD", _) | (_, 204 | 304) => Vec::new(),
                _ => self.read_body(&headers)?,
            };
            return Ok((status, headers, body));
        }
    }

    fn read_head(&mut self) -> std::io::Result<(u16, Headers)> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            if head.len() > MAX_HEAD {
                return Err(invalid("the response's head is larger than 256 KiB"));
            }
            if self.stream.read_until(b'\n', &mut head)? == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
        }
        let mut lines = vec![httparse::EMPTY_HEADER; MAX_HEADERS];
        let mut response = httparse::Response::new(&mut lines);
        response.parse(&head).map_err(|e| invalid(&e.to_string()))?;
        let status = response.code.ok_or_else(|| invalid("no status code"))?;
        let headers = response
            .headers
            .iter()
            .map(|h| (h.name.to_ascii_lowercase(), h.value.to_vec()))
            .collect();
        Ok((status, headers))
    }

    fn read_body(&mut self, headers: &[(String, Vec<u8>)]) -> std::io::Result<Vec<u8>> {
        let value = |wanted: &str| {
            let line = headers.iter().find(|(name, _)| name == wanted)?;
            Some(String::from_utf8_lossy(&line.1).trim().to_ascii_lowercase())
        };
        let mut body = Vec::new();
        if value("transfer-encoding").is_some_and(|codings| codings.ends_with("chunked")) {
            self.read_chunks(&mut body)?;
        } else if let Some(length) = value("content-length") {
            let length = length
                .parse()
                .map_err(|_| invalid("content-length isn't a number"))?;
            self.read_exactly(length, &mut body)?;
        } else {
            self.stream.by_ref().take(MAX_BODY).read_to_end(&mut body)?;
        }
        Ok(body)
    }

    fn read_chunks(&mut self, body: &mut Vec<u8>) -> std::io::Result<()> {
        loop {
            let line = self.read_line()?;
            let size = line.split(';').next().unwrap_or_default().trim();
            let size =
                u64::from_str_radix(size, 16).map_err(|_| invalid("a chunk's size isn't hexadecimal"))?;
            if size == 0 {
                break;
            }
            self.read_exactly(size, body)?;
            self.read_line()?;
        }
        // Trailers, up to the empty line.
        while !self.read_line()?.is_empty() {}
        Ok(())
    }

    fn read_exactly(&mut self, length: u64, body: &mut Vec<u8>) -> std::io::Result<()> {
        if length > MAX_BODY {
            return Err(invalid("the body is larger than 64 MiB"));
        }
        match self.stream.by_ref().take(length).read_to_end(body)? as u64 == length {
            true => Ok(()),
            false => Err(std::io::ErrorKind::UnexpectedEof.into()),
        }
    }

    fn read_line(&mut self) -> std::io::Result<String> {
        let mut line = String::new();
        match self.stream.by_ref().take(MAX_HEAD as u64).read_line(&mut line)? {
            0 => Err(std::io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(line.trim_end_matches(['\r', '\n']).to_owned()),
        }
    }
}

fn no_response(peer: SocketAddr, target: &str, error: std::io::Error) -> Error {
    let reason = match error.kind() {
        std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut => {
            format!("silence for {} s", TIMEOUT.as_secs())
        }
        std::io::ErrorKind::UnexpectedEof => "the connection was closed".to_owned(),
        _ => error.to_string(),
    };
    Error::Http {
        from: format!("{peer}{target}"),
        reason,
    }
}

fn invalid(what: &str) -> std::io::Error {
    std::io::Error::new(std::io::ErrorKind::InvalidData, what)
}

type Headers = Vec<(String, Vec<u8>)>;

/// How long a server may be silent.
pub const TIMEOUT: Duration = Duration::from_secs(15);
const MAX_HEAD: usize = 256 * 1024;
const MAX_HEADERS: usize = 2048;
const MAX_BODY: u64 = 64 * 1024 * 1024;

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, TcpListener};

    use super::*;

    /// Answers one connection with these bytes and gives what the client sent.
    fn server(answer: &'static [u8]) -> (SocketAddr, std::thread::JoinHandle<Vec<u8>>) {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let thread = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut sent = vec![0; 4096];
            let length = stream.read(&mut sent).unwrap();
            stream.write_all(answer).unwrap();
            sent.truncate(length);
            sent
        });
        (address, thread)
    }

    #[test]
    fn framings() {
        let rows: &[(&str, &[u8], u16, &str)] = &[
            ("length", b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi+more", 200, "hi"),
            ("chunks", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n1;x=y\r\n!\r\n0\r\nt: 1\r\n\r\n", 200, "hi!"),
            ("close", b"HTTP/1.0 404 Not Found\r\n\r\nuntil the end", 404, "until the end"),
            ("no body", b"HTTP/1.1 304 Not Modified\r\ncontent-length: 9\r\n\r\n", 304, ""),
            ("interim", b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\ncontent-length: 0\r\n\r\n", 201, ""),
        ];
        for (name, answer, status, body) in rows {
            let (address, _server) = server(answer);
            let response = Request::get("/").send(address).unwrap();
            assert_eq!(
                (response.status, response.text().as_str()),
                (*status, *body),
                "{name}"
            );
        }
    }

    #[test]
    fn broken_responses_are_errors() {
        let rows: &[(&str, &[u8])] = &[
            ("nothing", b""),
            ("cut head", b"HTTP/1.1 200 OK\r\ncontent-"),
            ("cut body", b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhi"),
            (
                "cut chunk",
                b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n9\r\nhi",
            ),
            ("not HTTP", b"SSH-2.0-OpenSSH_9.2\r\n\r\n"),
        ];
        for (name, answer) in rows {
            let (address, _server) = server(answer);
            assert!(
                matches!(Request::get("/").send(address), Err(Error::Http { .. })),
                "{name}"
            );
        }
    }

    #[test]
    fn headers_go_out_as_they_are() {
        let (address, server) = server(b"HTTP/1.1 204 No Content\r\n\r\n");
        let request = Request::get("/a?b")
            .header("X-Twice", "1")
            .header("x-twice", b"\xff");
        request.send(address).unwrap();
        assert_eq!(
            server.join().unwrap(),
            b"GET /a?b HTTP/1.1\r\nhost: localhost\r\nX-Twice: 1\r\nx-twice: \xff\r\n\r\n"
        );
    }
}
