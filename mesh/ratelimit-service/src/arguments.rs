use clap::{Parser, Subcommand, ValueEnum};
use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::PathBuf,
};

/// A rate limit service for Envoy, with limitador's limits.
///
/// The command line is `limitador-server`'s.
#[derive(Clone, Debug, Parser, PartialEq, Eq)]
pub(crate) struct Arguments {
    /// The file with the limits
    pub(crate) limits: PathBuf,
    #[command(subcommand)]
    pub(crate) storage: Storage,
    /// Where gRPC is served
    #[arg(long, value_name = "IP", default_value_t = EVERY_INTERFACE)]
    rls_ip: IpAddr,
    /// The port of gRPC; 0 for any
    #[arg(long, value_name = "PORT", default_value_t = 8081)]
    rls_port: u16,
    /// Where /status and /metrics are served
    #[arg(long, value_name = "IP", default_value_t = EVERY_INTERFACE)]
    http_ip: IpAddr,
    /// The port of /status and /metrics; 0 for any
    #[arg(long, value_name = "PORT", default_value_t = 8080)]
    http_port: u16,
    /// Whether answers carry X-RateLimit-*
    #[arg(long, default_value = "NONE")]
    rate_limit_headers: RateLimitHeaders,
}

/// The counters' place.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub(crate) enum Storage {
    /// In this process, until it ends
    Memory,
    /// In Redis, for many processes
    Redis {
        /// redis://host:port
        url: String,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum RateLimitHeaders {
    #[value(name = "NONE")]
    None,
    #[value(name = "DRAFT_VERSION_03")]
    DraftVersion03,
}

const EVERY_INTERFACE: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);

impl Arguments {
    /// Where gRPC is served.
    pub(crate) fn rls(&self) -> SocketAddr {
        SocketAddr::new(self.rls_ip, self.rls_port)
    }

    /// Where health and counts are served.
    pub(crate) fn http(&self) -> SocketAddr {
        SocketAddr::new(self.http_ip, self.http_port)
    }

    /// Whether answers carry `X-RateLimit-*`.
    pub(crate) fn has_rate_limit_headers(&self) -> bool {
        self.rate_limit_headers == RateLimitHeaders::DraftVersion03
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Arguments, clap::Error> {
        Arguments::try_parse_from(["ratelimit-service"].into_iter().chain(line.split_whitespace()))
    }

    #[test]
    fn limitadors_words_are_understood() {
        let all = "--rls-ip 127.0.0.1 --rls-port 0 --http-ip ::1 --http-port 9 --rate-limit-headers DRAFT_VERSION_03 \
                   limits.yaml redis redis://redis:6379";
        let all = parse(all).unwrap();
        let url = "redis://redis:6379".to_owned();
        assert_eq!(all.limits, PathBuf::from("limits.yaml"));
        assert_eq!(all.storage, Storage::Redis { url });
        assert_eq!(all.rls().to_string(), "127.0.0.1:0");
        assert_eq!(all.http().to_string(), "[::1]:9");
        assert!(all.has_rate_limit_headers());
        let short = parse("limits.yaml memory").unwrap();
        assert_eq!(short.storage, Storage::Memory);
        assert_eq!(short.rls().to_string(), "0.0.0.0:8081");
        assert_eq!(short.http().to_string(), "0.0.0.0:8080");
        assert!(!short.has_rate_limit_headers());
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (line, said) in [
            ("limits.yaml memory too", "unexpected argument 'too'"),
            ("limits.yaml disk", "unexpected argument 'disk'"),
            ("limits.yaml redis", "<URL>"),
            ("--rls-port", "a value is required for '--rls-port <PORT>'"),
            (
                "--rls-port x limits.yaml memory",
                "invalid value 'x' for '--rls-port <PORT>'",
            ),
            (
                "--colour blue limits.yaml memory",
                "unexpected argument '--colour'",
            ),
            (
                "--rate-limit-headers SOME limits.yaml memory",
                "possible values: NONE, DRAFT_VERSION_03",
            ),
        ] {
            let error = parse(line).unwrap_err().to_string();
            assert!(error.contains(said), "{line}: {error}");
        }
    }
}
