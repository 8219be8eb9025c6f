//! Many requests in little time, over several connections at once.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    thread,
    time::{Duration, Instant},
};

/// What became of a request.
#[derive(Clone, Copy, Debug)]
pub struct Reply {
    /// The status code.
    pub status: u16,
    /// Before it was sent.
    pub sent: Instant,
    /// After its response had come.
    pub received: Instant,
}

/// A GET of `/` with one header line.
pub fn get(name: &str, value: &str) -> String {
    format!("GET / HTTP/1.1\r\nhost: localhost\r\n{name}: {value}\r\n\r\n")
}

/// Sends each list of requests over a connection of its own, all at the same time; the replies in the same order.
///
/// # Panics
/// When a connection breaks, or a response takes more than twenty seconds.
pub fn send(to: SocketAddr, connections: &[Vec<String>]) -> Vec<Vec<Reply>> {
    thread::scope(|scope| {
        let senders: Vec<_> = connections
            .iter()
            .map(|requests| scope.spawn(|| over_one_connection(to, requests)))
            .collect();
        senders.into_iter().map(|sender| sender.join().unwrap()).collect()
    })
}

fn over_one_connection(to: SocketAddr, requests: &[String]) -> Vec<Reply> {
    let mut stream = TcpStream::connect(to).unwrap();
    stream.set_nodelay(true).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut answer = |request: &String| {
        let sent = Instant::now();
        stream.write_all(request.as_bytes()).unwrap();
        Reply {
            status: read_response(&mut reader),
            sent,
            received: Instant::now(),
        }
    };
    requests.iter().map(&mut answer).collect()
}

/// Reads a response whose body has a `content-length`; its status.
fn read_response(reader: &mut BufReader<TcpStream>) -> u16 {
    let (mut status, mut length, mut line) = (0, 0, String::new());
    loop {
        line.clear();
        assert!(
            reader.read_line(&mut line).unwrap() > 0,
            "the connection is closed"
        );
        let text = line.trim_end();
        if text.is_empty() {
            break;
        }
        if let Some(rest) = text.strip_prefix("HTTP/1.1 ") {
            status = rest.split(' ').next().unwrap().parse().unwrap();
        } else if let Some((_, value)) = text
            .split_once(": ")
            .filter(|(name, _)| *name == "content-length")
        {
            length = value.parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    status
}
