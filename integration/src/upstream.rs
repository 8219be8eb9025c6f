//! An HTTP/1.1 upstream that answers as it's told and remembers what it was asked.

use http_filter::Headers;
use std::{
    collections::VecDeque,
    io::{BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

/// A running upstream. It serves until the process ends.
#[derive(Clone)]
pub struct Upstream {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
}

struct State {
    answer: Answer,
    next: VecDeque<Answer>,
    /// Header fields and body of each, since no thread may hand `Headers` to another.
    received: Vec<(Vec<Field>, Vec<u8>)>,
}

/// Name and value.
type Field = (String, Vec<u8>);

/// A request as it arrived.
#[derive(Clone, Debug)]
pub struct Received {
    /// Its header fields, pseudo-headers as HTTP/2 has them.
    pub headers: Headers,
    /// Its body.
    pub body: Vec<u8>,
}

/// What the upstream answers.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// Header lines.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The body, in chunks; one chunk goes out with its length, several in `chunked` framing, unless the headers have a
    /// `content-length`.
    pub body: Vec<Vec<u8>>,
    /// Trailers, which need `chunked` framing.
    pub trailers: Vec<(String, String)>,
    /// Whether a request with a `Range` of bytes gets that part alone, with 206 (RFC 9110 §15.3.7).
    pub in_parts: bool,
    /// How long to wait before the head.
    pub delay: Duration,
    /// How long to wait before each chunk.
    pub pause: Duration,
}

impl Default for Answer {
    fn default() -> Self {
        Self {
            status: 200,
            headers: Vec::new(),
            body: Vec::new(),
            trailers: Vec::new(),
            in_parts: false,
            delay: Duration::ZERO,
            pause: Duration::ZERO,
        }
    }
}

impl Answer {
    /// 200 with this body, in one piece.
    pub fn text(body: &str) -> Self {
        Self {
            body: vec![body.into()],
            ..Self::default()
        }
    }

    /// Adds a header line.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.headers.push((name.to_owned(), value.as_ref().to_vec()));
        self
    }

    /// The part of a 200 that `range` asks for (`bytes=first-last`), where this is an answer in parts.
    fn part(self, range: Option<String>) -> Self {
        let Some(range) = range.filter(|_| self.in_parts && self.status == 200) else {
            return self;
        };
        let (first, last) = range.strip_prefix("bytes=").unwrap().split_once('-').unwrap();
        let body = self.body.concat();
        let (first, last) = (first.parse::<usize>().unwrap(), last.parse::<usize>().unwrap());
        let told = format!("bytes {first}-{last}/{}", body.len());
        let part = Self {
            status: 206,
            body: vec![body[first..=last].to_vec()],
            ..self
        };
        part.header("content-range", told)
    }
}

impl Upstream {
    /// Starts an upstream that answers 200 with `upstream`.
    pub fn start() -> Self {
        Self::listen(Ipv4Addr::LOCALHOST)
    }

    /// Starts one on all interfaces: a container does not reach this machine's loopback interface.
    pub fn for_containers() -> Self {
        Self::listen(Ipv4Addr::UNSPECIFIED)
    }

    fn listen(interface: Ipv4Addr) -> Self {
        let listener = TcpListener::bind((interface, 0)).unwrap();
        // The standard library lets 128 connections wait. Of a crowd's, the others would be left half open by the kernel.
        rustix::net::listen(&listener, 4096).unwrap();
        let address = listener.local_addr().unwrap();
        let state = State {
            answer: Answer::text("upstream"),
            next: VecDeque::new(),
            received: Vec::new(),
        };
        let upstream = Self {
            address,
            state: Arc::new(Mutex::new(state)),
        };
        let server = upstream.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let server = server.clone();
                // A client that goes away ends its connection, nothing else.
                thread::spawn(move || server.serve(stream).ok());
            }
        });
        upstream
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What every request gets from now on.
    pub fn answer_with(&self, answer: Answer) {
        self.state.lock().unwrap().answer = answer;
    }

    /// What the next request gets, once.
    pub fn answer_next_with(&self, answer: Answer) {
        self.state.lock().unwrap().next.push_back(answer);
    }

    /// The requests received since the last time this was asked.
    pub fn received(&self) -> Vec<Received> {
        let received = std::mem::take(&mut self.state.lock().unwrap().received);
        received
            .into_iter()
            .map(|(fields, body)| Received {
                headers: Headers::new(fields),
                body,
            })
            .collect()
    }

    fn serve(&self, stream: TcpStream) -> std::io::Result<()> {
        stream.set_nodelay(true)?;
        let mut reader = BufReader::new(stream.try_clone()?);
        let mut writer = stream;
        while let Some(received) = read_request(&mut reader)? {
            let is_head = value_of(&received.0, ":method").is_some_and(|method| method == "HEAD");
            let range = value_of(&received.0, "range");
            let answer = {
                let mut state = self.state.lock().unwrap();
                state.received.push(received);
                state.next.pop_front().unwrap_or_else(|| state.answer.clone())
            };
            let answer = answer.part(range);
            write_answer(&mut writer, &answer, is_head)?;
        }
        Ok(())
    }
}

fn value_of(fields: &[Field], name: &str) -> Option<String> {
    let (_, value) = fields.iter().find(|(known, _)| known == name)?;
    Some(String::from_utf8_lossy(value).into_owned())
}

fn read_request(reader: &mut BufReader<TcpStream>) -> std::io::Result<Option<(Vec<Field>, Vec<u8>)>> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if reader.read_until(b'\n', &mut head)? == 0 {
            return Ok(None);
        }
    }
    let mut lines = vec![httparse::EMPTY_HEADER; 2048];
    let mut request = httparse::Request::new(&mut lines);
    request.parse(&head).unwrap();
    let mut fields = vec![
        (":method".to_owned(), request.method.unwrap().into()),
        (":path".to_owned(), request.path.unwrap().into()),
    ];
    for line in request.headers.iter() {
        let name = line.name.to_ascii_lowercase();
        fields.push((
            if name == "host" {
                ":authority".to_owned()
            } else {
                name
            },
            line.value.to_vec(),
        ));
    }
    let body = if value_of(&fields, "transfer-encoding").is_some() {
        read_chunked(reader)?
    } else {
        let length = value_of(&fields, "content-length").map_or(0, |length| length.parse().unwrap());
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        body
    };
    Ok(Some((fields, body)))
}

fn read_chunked(reader: &mut BufReader<TcpStream>) -> std::io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let size = usize::from_str_radix(line.trim(), 16).unwrap();
        let mut chunk = vec![0; size];
        reader.read_exact(&mut chunk)?;
        body.extend(chunk);
        if size == 0 {
            while reader.read_line(&mut line)? > 2 {
                line.clear();
            }
            return Ok(body);
        }
        reader.read_line(&mut line)?;
    }
}

fn write_answer(writer: &mut TcpStream, answer: &Answer, is_head: bool) -> std::io::Result<()> {
    thread::sleep(answer.delay);
    let mut head = format!("HTTP/1.1 {} X\r\n", answer.status).into_bytes();
    for (name, value) in &answer.headers {
        head.extend([name.as_bytes(), b": ", value, b"\r\n"].concat());
    }
    let bodiless = matches!(answer.status, 100..200 | 204 | 304);
    let has_length = answer.headers.iter().any(|(name, _)| name == "content-length");
    let chunked = !has_length && (answer.body.len() > 1 || !answer.trailers.is_empty());
    if chunked && !bodiless {
        head.extend(b"transfer-encoding: chunked\r\n");
    } else if !bodiless && !has_length {
        head.extend(
            format!(
                "content-length: {}\r\n",
                answer.body.iter().map(Vec::len).sum::<usize>()
            )
            .bytes(),
        );
    }
    head.extend(b"\r\n");
    writer.write_all(&head)?;
    if is_head || bodiless {
        return Ok(());
    }
    // An empty chunk would be the last one.
    for chunk in answer.body.iter().filter(|chunk| !chunk.is_empty()) {
        thread::sleep(answer.pause);
        if chunked {
            writer.write_all(format!("{:x}\r\n", chunk.len()).as_bytes())?;
            writer.write_all(chunk)?;
            writer.write_all(b"\r\n")?;
        } else {
            writer.write_all(chunk)?;
        }
    }
    if chunked {
        writer.write_all(b"0\r\n")?;
        for (name, value) in &answer.trailers {
            writer.write_all(format!("{name}: {value}\r\n").as_bytes())?;
        }
        writer.write_all(b"\r\n")?;
    }
    Ok(())
}
