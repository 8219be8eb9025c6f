use crate::error::Error;
use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::PathBuf,
    str::FromStr,
};

/// The command line, in the words of `limitador-server`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Arguments {
    /// The file with the limits.
    pub(crate) limits: PathBuf,
    /// The counters' place: `redis://host:port`; without one they are in memory.
    pub(crate) redis: Option<String>,
    /// Where gRPC is served.
    pub(crate) rls: SocketAddr,
    /// Where health and counts are served.
    pub(crate) http: SocketAddr,
    /// Whether answers carry `X-RateLimit-*`.
    pub(crate) fields: bool,
}

impl Arguments {
    pub(crate) fn parse(arguments: &[String]) -> Result<Self, Error> {
        let anywhere = |port| SocketAddr::from((Ipv4Addr::UNSPECIFIED, port));
        let (mut rls, mut http, mut fields) = (anywhere(8081), anywhere(8080), false);
        let mut rest = Vec::new();
        let mut arguments = arguments.iter();
        while let Some(name) = arguments.next() {
            if !name.starts_with('-') {
                rest.push(name);
                continue;
            }
            let value = arguments
                .next()
                .ok_or_else(|| Error::Argument(format!("{name}: a value is missing")))?;
            match name.as_str() {
                "--rls-ip" => rls.set_ip(parsed::<IpAddr>(name, value)?),
                "--rls-port" => rls.set_port(parsed(name, value)?),
                "--http-ip" => http.set_ip(parsed::<IpAddr>(name, value)?),
                "--http-port" => http.set_port(parsed(name, value)?),
                "--rate-limit-headers" if value == "DRAFT_VERSION_03" => fields = true,
                "--rate-limit-headers" if value == "NONE" => fields = false,
                _ => return Err(Error::Argument(format!("{name} {value}: not known here"))),
            }
        }
        let (limits, redis) = match rest.as_slice() {
            [limits, storage, redis] if *storage == "redis" => (limits, Some((*redis).clone())),
            [limits, storage] if *storage == "memory" => (limits, None),
            _ => return Err(Error::Argument("limits, or their storage, are missing".into())),
        };
        Ok(Self {
            limits: PathBuf::from(limits),
            redis,
            rls,
            http,
            fields,
        })
    }
}

fn parsed<T: FromStr>(name: &str, value: &str) -> Result<T, Error> {
    value
        .parse()
        .map_err(|_| Error::Argument(format!("{name} {value}: not an address or a port")))
}

pub(crate) const USAGE: &str = "usage: ratelimit-service [OPTION VALUE]... LIMITS_FILE redis URL|memory

  --rls-ip IP, --rls-port PORT      where gRPC is served (0.0.0.0:8081); port 0 for any
  --http-ip IP, --http-port PORT    where /status and /metrics are served (0.0.0.0:8080)
  --rate-limit-headers NONE|DRAFT_VERSION_03
                                    whether answers carry X-RateLimit-* (NONE)";

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Arguments, Error> {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        Arguments::parse(&words)
    }

    #[test]
    fn limitadors_words_are_understood() {
        let all = "--rls-ip 127.0.0.1 --rls-port 0 --http-ip ::1 --http-port 9 --rate-limit-headers DRAFT_VERSION_03 \
                   limits.yaml redis redis://redis:6379";
        let expected = Arguments {
            limits: "limits.yaml".into(),
            redis: Some("redis://redis:6379".into()),
            rls: "127.0.0.1:0".parse().unwrap(),
            http: "[::1]:9".parse().unwrap(),
            fields: true,
        };
        assert_eq!(parse(all).unwrap(), expected);
        let short = parse("limits.yaml redis redis://r").unwrap();
        assert_eq!(short.rls.to_string(), "0.0.0.0:8081");
        assert_eq!((short.http.port(), short.fields), (8080, false));
        assert_eq!(parse("limits.yaml memory").unwrap().redis, None);
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (line, said) in [
            ("", "limits, or their storage, are missing"),
            ("limits.yaml memory too", "limits, or their storage, are missing"),
            ("limits.yaml disk", "limits, or their storage, are missing"),
            ("--rls-port", "--rls-port: a value is missing"),
            ("--rls-port x l redis r", "--rls-port x: not an address or a port"),
            ("--colour blue l redis r", "--colour blue: not known here"),
        ] {
            let error = parse(line).unwrap_err().to_string();
            assert!(error.starts_with(said), "{line}: {error}");
        }
    }
}
