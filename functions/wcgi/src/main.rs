//! The function backend as a CGI program (RFC 3875): the request in variables and on standard input, the answer on standard
//! output. A host that starts a fresh instance for each request needs no more than that: Wasmer's WCGI, a worker of Cloudflare's
//! with a few functions of WASI around it, or a shell.
//!
//! ```sh
//! cargo build --release --target wasm32-wasip1 -p functions-wcgi
//! wasmtime run --env REQUEST_METHOD=GET --env REQUEST_URI=/geo target/wasm32-wasip1/release/functions-wcgi.wasm < /dev/null
//! ```

mod cgi;

use std::io::{self, Read as _, Write};
use std::time::Duration;

use functions_handler::{Body, MAX_BODY, Place, Response, handle};

fn main() -> io::Result<()> {
    let variables: Vec<(String, Vec<u8>)> = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_encoded_bytes())))
        .collect();
    let mut body = Vec::new();
    // One byte more than may be: the handler then says that there was too much.
    io::stdin().take(MAX_BODY as u64 + 1).read_to_end(&mut body)?;
    let place = Place::named_by(|name| std::env::var(name).ok(), "wcgi");
    let response = handle(&cgi::request(&variables, body), &place);
    send(&response, &mut io::stdout().lock())
}

fn send(response: &Response, out: &mut impl Write) -> io::Result<()> {
    out.write_all(cgi::head(response).as_bytes())?;
    match &response.body {
        Body::Whole(bytes) => out.write_all(bytes)?,
        Body::Paced { chunks, pause } => paced(chunks, *pause, out)?,
    }
    out.flush()
}

fn paced(chunks: &[String], pause: Duration, out: &mut impl Write) -> io::Result<()> {
    for (index, chunk) in chunks.iter().enumerate() {
        if index > 0 {
            std::thread::sleep(pause);
        }
        out.write_all(chunk.as_bytes())?;
        out.flush()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sent() {
        let rows: &[(&str, &str, &str, &str, &str)] = &[
            (
                "whole",
                "GET",
                "/health",
                "Status: 200\r\n",
                "\r\n\r\n{\"status\":\"ok\"}",
            ),
            (
                "in pieces",
                "GET",
                "/stream?n=2&ms=0",
                "Status: 200\r\n",
                "\r\n\r\nchunk 1 of 2\nchunk 2 of 2\n",
            ),
            ("no content", "OPTIONS", "/health", "Status: 204\r\n", "\r\n\r\n"),
        ];
        for (name, method, target, begin, end) in rows {
            let variables = [
                ("REQUEST_METHOD".to_owned(), method.as_bytes().to_vec()),
                ("REQUEST_URI".to_owned(), target.as_bytes().to_vec()),
            ];
            let mut sent = Vec::new();
            let response = handle(&cgi::request(&variables, Vec::new()), &Place::default());
            assert!(send(&response, &mut sent).is_ok(), "{name}");
            let sent = String::from_utf8_lossy(&sent);
            assert!(sent.starts_with(begin) && sent.ends_with(end), "{name}: {sent}");
        }
    }
}
