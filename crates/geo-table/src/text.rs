//! Ranges as text: tor's `geoip` and `geoip6`, CSV of DB-IP, ip-location-db, IP2Location and the like.

use crate::{Error, Source};
use geo_database::Country;
use std::{net::IpAddr, time::UNIX_EPOCH};

/// Reads lines of `first,last,country` (addresses, or IPv4 as integers) or `network/length,country`; columns beyond are left
/// out, quotes come off, `#` begins a comment. A first line that is no range is a heading.
pub(crate) fn read(bytes: &[u8]) -> Result<Source, Error> {
    let mut source = Source::default();
    for (index, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        let line = String::from_utf8_lossy(line);
        let line = line.trim();
        if let Some(comment) = line.strip_prefix('#') {
            source.comment(comment.trim());
        } else if let Some(range) = range(line) {
            source.ranges.push(range);
        } else if !line.is_empty() && index > 0 {
            return Err(Error::Line {
                line: index + 1,
                found: line.chars().take(80).collect(),
            });
        }
    }
    if source.ranges.is_empty() {
        return Err(Error::Empty);
    }
    Ok(source)
}

impl Source {
    fn comment(&mut self, text: &str) {
        if let Some(date) = text.strip_prefix("Generated:") {
            let time = httpdate::parse_http_date(date.trim()).ok();
            self.made = time.and_then(|time| Some(time.duration_since(UNIX_EPOCH).ok()?.as_secs()));
        }
        if !text.is_empty() && !text.ends_with(':') {
            let notice = self.notice.get_or_insert_default();
            if !notice.is_empty() {
                notice.push('\n');
            }
            notice.push_str(text);
        }
    }
}

fn range(line: &str) -> Option<(IpAddr, IpAddr, Option<Country>)> {
    let mut columns = line.split(',').map(|column| column.trim().trim_matches('"'));
    let (first, second) = (columns.next()?, columns.next()?);
    if let Some((network, length)) = first.split_once('/') {
        let (first, last) = network_range(address(network)?, length.parse().ok()?)?;
        return Some((first, last, owner(second)?));
    }
    let (first, last) = (address(first)?, address(second)?);
    (first.is_ipv4() == last.is_ipv4() && first <= last).then_some((first, last, owner(columns.next()?)?))
}

fn address(text: &str) -> Option<IpAddr> {
    text.parse().ok().or_else(|| {
        let number: u32 = text.parse().ok()?;
        Some(IpAddr::V4(number.into()))
    })
}

/// A country, or nobody: two characters that are no country's, `-` or nothing.
fn owner(code: &str) -> Option<Option<Country>> {
    let country = Country::parse(code.as_bytes());
    (country.is_some() || code.len() <= 2).then_some(country)
}

/// The first and the last address of a network.
pub(crate) fn network_range(address: IpAddr, length: u8) -> Option<(IpAddr, IpAddr)> {
    match address {
        IpAddr::V4(v4) if length <= 32 => {
            let hosts = u32::MAX.checked_shr(length.into()).unwrap_or(0);
            let first = v4.to_bits() & !hosts;
            Some((IpAddr::V4(first.into()), IpAddr::V4((first | hosts).into())))
        }
        IpAddr::V6(v6) if length <= 128 => {
            let hosts = u128::MAX.checked_shr(length.into()).unwrap_or(0);
            let first = v6.to_bits() & !hosts;
            Some((IpAddr::V6(first.into()), IpAddr::V6((first | hosts).into())))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_every_publisher() {
        for (name, line, expected) in [
            ("tor", "16777216,16777471,AU", Some("1.0.0.0 1.0.0.255 AU")),
            (
                "tor, nobody",
                "15726992,15726999,??",
                Some("0.239.249.144 0.239.249.151 -"),
            ),
            (
                "tor, v6",
                "2001:200::,2001:200:ffff:ffff:ffff:ffff:ffff:ffff,JP",
                Some("2001:200:: 2001:200:ffff:ffff:ffff:ffff:ffff:ffff JP"),
            ),
            ("DB-IP", "1.0.0.0,1.0.0.255,AU", Some("1.0.0.0 1.0.0.255 AU")),
            (
                "quoted, more columns",
                r#""16777216","16777471","AU","Australia""#,
                Some("1.0.0.0 1.0.0.255 AU"),
            ),
            (
                "no country",
                r#""0","16777215","-","-""#,
                Some("0.0.0.0 0.255.255.255 -"),
            ),
            ("network", "192.0.2.128/25,de", Some("192.0.2.128 192.0.2.255 DE")),
            (
                "network, v6",
                "2001:db8::/32,FR",
                Some("2001:db8:: 2001:db8:ffff:ffff:ffff:ffff:ffff:ffff FR"),
            ),
            ("all", "0.0.0.0/0,FR", Some("0.0.0.0 255.255.255.255 FR")),
            ("backwards", "2.0.0.0,1.0.0.0,AU", None),
            ("families", "1.0.0.0,::2,AU", None),
            ("too long", "1.0.0.0/33,AU", None),
            ("a name", "1.0.0.0,1.0.0.1,Australia", None),
            ("heading", "network,country_iso_code", None),
        ] {
            let shown = range(line)
                .map(|(first, last, owner)| format!("{first} {last} {}", owner.map_or("-", Country::code)));
            assert_eq!(shown.as_deref(), expected, "{name}");
        }
    }

    #[test]
    fn a_file_with_its_notice() {
        let text = b"# Location Database Export\n#\n# Generated: Thu, 25 Jun 2026 04:33:59 GMT\n# License:   CC BY-SA 4.0\n1,2,DE\r\n\n3,4,FR\n";
        let source = read(text).unwrap();
        assert_eq!(source.ranges.len(), 2);
        assert_eq!(source.made, Some(1_782_362_039));
        assert_eq!(
            source.notice.as_deref(),
            Some(
                "Location Database Export\nGenerated: Thu, 25 Jun 2026 04:33:59 GMT\nLicense:   CC BY-SA 4.0"
            )
        );
    }

    #[test]
    fn mistakes_name_the_line() {
        let error = read(b"first,last,country\n1,2,DE\n<html>\n").unwrap_err();
        assert_eq!(
            error.to_string(),
            "line 3: found \"<html>\", expected first address, last address, country; or a network in CIDR notation and its country"
        );
        assert!(matches!(read(b"# nothing\n"), Err(Error::Empty)));
    }
}
