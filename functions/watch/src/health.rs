//! Whether a function answers `GET /health`.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// Whether it says 200 within this time.
pub(crate) fn answers(address: SocketAddr, within: Duration) -> bool {
    ask(address, within)
        .is_some_and(|line| line.starts_with(b"HTTP/1.1 200") || line.starts_with(b"HTTP/1.0 200"))
}

fn ask(address: SocketAddr, within: Duration) -> Option<[u8; STATUS_LINE]> {
    let mut stream = TcpStream::connect_timeout(&address, within).ok()?;
    stream.set_read_timeout(Some(within)).ok()?;
    stream.set_write_timeout(Some(within)).ok()?;
    let request = format!("GET /health HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).ok()?;
    let mut line = [0; STATUS_LINE];
    stream.read_exact(&mut line).ok()?;
    Some(line)
}

/// `HTTP/1.1 200`
const STATUS_LINE: usize = 12;

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    #[test]
    #[allow(clippy::unwrap_used, reason = "a test")]
    fn only_200_is_health() {
        let rows: &[(&str, &[u8], bool)] = &[
            ("well", b"HTTP/1.1 200 OK\r\n\r\n", true),
            ("by the older version", b"HTTP/1.0 200 OK\r\n\r\n", true),
            ("busy", b"HTTP/1.1 503 Service Unavailable\r\n\r\n", false),
            ("cut off", b"HTTP/1.1", false),
            ("silent", b"", false),
        ];
        for (name, reply, expected) in rows {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let address = listener.local_addr().unwrap();
            let reply = reply.to_vec();
            let server = std::thread::spawn(move || {
                let (mut stream, _) = listener.accept().unwrap();
                let _ = stream.read(&mut [0; 1024]);
                let _ = stream.write_all(&reply);
            });
            assert_eq!(answers(address, Duration::from_secs(2)), *expected, "{name}");
            server.join().unwrap();
        }
        let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        assert!(!answers(nobody, Duration::from_secs(2)), "nobody listens");
    }
}
