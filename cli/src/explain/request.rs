use super::{
    from_har, parse_request,
    parts::{header, of_url},
};
use crate::command::{Error, read_bytes, read_source};
use base64::{Engine, prelude::BASE64_STANDARD};
use http_filter::OneOrMany;
use http_filter_replay::{
    Text,
    case::{Request, Response},
};

/// A request in curl's words.
#[derive(Debug, Default, clap::Args)]
#[command(next_help_heading = "The request")]
pub struct CurlWords {
    /// Where to: `https://example.com/orders?page=2`, or a path.
    #[arg(value_name = "URL", required_unless_present_any = ["har", "request_file"])]
    pub url: Option<String>,
    /// The method.
    #[arg(short = 'X', long = "request", value_name = "METHOD")]
    pub method: Option<String>,
    /// A header field, `name: value`; `name:` takes one away, `name;` sends it empty.
    #[arg(short = 'H', long = "header", value_name = "LINE")]
    pub headers: Vec<String>,
    /// A body; POST unless said otherwise. `@FILE` reads a file.
    #[arg(short = 'd', long = "data", value_name = "DATA")]
    pub data: Option<String>,
    /// Send the data as the query of a GET.
    #[arg(short = 'G', long = "get", requires = "data")]
    pub get: bool,
    /// Ask for the headers only (HEAD).
    #[arg(short = 'I', long = "head")]
    pub head: bool,
    /// Cookies, `name=value; name=value`.
    #[arg(short = 'b', long = "cookie", value_name = "DATA")]
    pub cookies: Vec<String>,
    /// The user agent.
    #[arg(short = 'A', long = "user-agent", value_name = "NAME")]
    pub user_agent: Option<String>,
    /// Where the client comes from.
    #[arg(short = 'e', long = "referer", value_name = "URL")]
    pub referer: Option<String>,
    /// User and password, `user:password`.
    #[arg(short = 'u', long = "user", value_name = "USER")]
    pub user: Option<String>,
    /// A bearer token; `@FILE` reads a file.
    #[arg(long = "oauth2-bearer", value_name = "TOKEN")]
    pub bearer: Option<String>,
    /// Accept the content codings that curl does.
    #[arg(long)]
    pub compressed: bool,
    /// Take the request (and the response) from an entry of a HAR file.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["url", "request_file"])]
    pub har: Option<String>,
    /// Which entry of the HAR file, beginning with 1.
    #[arg(long, value_name = "NUMBER", default_value_t = 1, requires = "har")]
    pub har_entry: usize,
    /// Take the request from a file that holds an HTTP/1.1 message.
    #[arg(long = "request-file", value_name = "FILE", conflicts_with = "url")]
    pub request_file: Option<String>,
}

impl CurlWords {
    /// The request, and the response where a file brings one.
    ///
    /// # Errors
    /// [`Error`] when a file or an argument isn't as it should be.
    pub fn request(&self) -> Result<(Request, Option<Response>), Error> {
        let (mut request, response) = match (&self.har, &self.request_file) {
            (Some(file), _) => from_har(&read_source(file)?, self.har_entry)?,
            (None, Some(file)) => (parse_request(&read_bytes(file)?, file)?, None),
            (None, None) => (of_url(self.url.as_deref().unwrap_or("/")), None),
        };
        self.dress(&mut request)?;
        Ok((request, response))
    }

    fn dress(&self, request: &mut Request) -> Result<(), Error> {
        let mut set = |name: &str, value: &str| {
            request
                .headers
                .insert(name.to_owned(), OneOrMany(vec![Text(value.as_bytes().to_vec())]));
        };
        if let Some(name) = &self.user_agent {
            set("user-agent", name);
        }
        if let Some(url) = &self.referer {
            set("referer", url);
        }
        if let Some(user) = &self.user {
            set(
                "authorization",
                &format!("Basic {}", BASE64_STANDARD.encode(user)),
            );
        }
        if let Some(token) = &self.bearer {
            let token = String::from_utf8_lossy(&contents(token)?).trim().to_owned();
            set("authorization", &format!("Bearer {token}"));
        }
        if self.compressed {
            set("accept-encoding", "deflate, gzip, br, zstd");
        }
        if !self.cookies.is_empty() {
            set("cookie", &self.cookies.join("; "));
        }
        for line in &self.headers {
            header(&mut request.headers, line)?;
        }
        if let Some(host) = request.headers.remove("host") {
            request.authority = host
                .iter()
                .map(|value| String::from_utf8_lossy(&value.0).into_owned())
                .collect();
        }
        if let Some(data) = &self.data {
            let data = contents(data)?;
            if self.get {
                request
                    .path
                    .push(if request.path.contains('?') { '&' } else { '?' });
                request.path.push_str(&String::from_utf8_lossy(&data));
            } else {
                "POST".clone_into(&mut request.method);
                let form = || OneOrMany(vec![Text(b"application/x-www-form-urlencoded".to_vec())]);
                request
                    .headers
                    .entry("content-type".to_owned())
                    .or_insert_with(form);
                request.body = Some(Text(data));
            }
        }
        if self.head {
            "HEAD".clone_into(&mut request.method);
        }
        if let Some(method) = &self.method {
            method.clone_into(&mut request.method);
        }
        Ok(())
    }
}

/// A text, or what stands in the file `@FILE`.
pub(crate) fn contents(argument: &str) -> Result<Vec<u8>, Error> {
    match argument.strip_prefix('@') {
        Some(file) => read_bytes(file),
        None => Ok(argument.as_bytes().to_vec()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls() {
        for (url, authority, path) in [
            ("https://api.example.com/a?b=c#d", "api.example.com", "/a?b=c"),
            ("http://u:p@h:8443", "h:8443", "/"),
            ("localhost:10000/geo", "localhost:10000", "/geo"),
            ("/orders", "example.com", "/orders"),
            ("example.org?x", "example.org", "/?x"),
        ] {
            let request = of_url(url);
            assert_eq!(
                (request.authority.as_str(), request.path.as_str()),
                (authority, path),
                "{url}"
            );
        }
    }
}
