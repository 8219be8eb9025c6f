use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};

use super::*;
use crate::Error;

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
