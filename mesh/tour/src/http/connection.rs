//! A connection that is kept open between requests, and the framing of responses.

use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use super::{Request, Response};
use crate::Error;

impl Request {
    /// Sends the request over a connection of its own.
    ///
    /// # Errors
    /// [`Error::Http`] when there is no complete response within [`TIMEOUT`] of silence.
    pub fn send(&self, to: SocketAddr) -> Result<Response, Error> {
        Connection::open(to)?.send(self)
    }
}

/// A connection that is kept open between requests.
#[derive(Debug)]
pub struct Connection {
    stream: BufReader<TcpStream>,
    peer: SocketAddr,
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
