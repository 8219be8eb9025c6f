//! HTTP dates (RFC 9110 §5.6.7), as seconds since the Unix epoch.

/// Reads a date in any of the three formats; day and month names and the zone in any case, all else strictly. `now`
/// decides the century of a year of two digits: none that lies more than 50 years ahead.
pub fn parse(text: &[u8], now: i64) -> Option<i64> {
    let text = text.trim_ascii();
    let comma = text.iter().position(|byte| *byte == b',');
    match comma {
        Some(3) => imf_fixdate(text),
        Some(_) => rfc850(text, now),
        None => asctime(text),
    }
}

/// Writes a date as IMF-fixdate: `Sun, 06 Nov 1994 08:49:37 GMT`.
pub fn format(seconds: i64) -> Vec<u8> {
    let days = seconds.div_euclid(DAY);
    let time = seconds.rem_euclid(DAY);
    let (year, month, day) = civil(days);
    let mut text = Vec::with_capacity(29);
    text.extend_from_slice(name(&WEEKDAYS, (days + 3).rem_euclid(7)));
    text.extend_from_slice(b", ");
    two_digits(&mut text, day);
    text.push(b' ');
    text.extend_from_slice(name(&MONTHS, month - 1));
    text.push(b' ');
    two_digits(&mut text, year / 100);
    two_digits(&mut text, year % 100);
    text.push(b' ');
    two_digits(&mut text, time / 3600);
    text.push(b':');
    two_digits(&mut text, time / 60 % 60);
    text.push(b':');
    two_digits(&mut text, time % 60);
    text.extend_from_slice(b" GMT");
    text
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`
fn imf_fixdate(text: &[u8]) -> Option<i64> {
    let mut rest = Scanner(text);
    rest.one_of(&WEEKDAYS)?;
    rest.literal(b", ")?;
    let day = rest.digits(2)?;
    rest.literal(b" ")?;
    let month = rest.one_of(&MONTHS)?;
    rest.literal(b" ")?;
    let year = rest.digits(4)?;
    rest.literal(b" ")?;
    let time = rest.time()?;
    rest.literal(b" GMT")?;
    rest.end(seconds(year, month + 1, day, time)?)
}

/// `Sunday, 06-Nov-94 08:49:37 GMT`
fn rfc850(text: &[u8], now: i64) -> Option<i64> {
    let mut rest = Scanner(text);
    let weekday = rest.one_of(&WEEKDAYS)?;
    rest.literal(LONG_ENDINGS.get(usize::try_from(weekday).ok()?)?.as_bytes())?;
    rest.literal(b", ")?;
    let day = rest.digits(2)?;
    rest.literal(b"-")?;
    let month = rest.one_of(&MONTHS)?;
    rest.literal(b"-")?;
    let short_year = rest.digits(2)?;
    rest.literal(b" ")?;
    let time = rest.time()?;
    rest.literal(b" GMT")?;
    let this_year = civil(now.div_euclid(DAY)).0;
    let year = this_year - this_year % 100 + short_year;
    let year = if year > this_year + 50 { year - 100 } else { year };
    rest.end(seconds(year, month + 1, day, time)?)
}

/// `Sun Nov  6 08:49:37 1994`
fn asctime(text: &[u8]) -> Option<i64> {
    let mut rest = Scanner(text);
    rest.one_of(&WEEKDAYS)?;
    rest.literal(b" ")?;
    let month = rest.one_of(&MONTHS)?;
    rest.literal(b" ")?;
    let day = match rest.literal(b" ") {
        Some(()) => rest.digits(1)?,
        None => rest.digits(2)?,
    };
    rest.literal(b" ")?;
    let time = rest.time()?;
    rest.literal(b" ")?;
    let year = rest.digits(4)?;
    rest.end(seconds(year, month + 1, day, time)?)
}

/// Seconds since the epoch, where such a day exists. 60 is a leap second, and the one after it.
fn seconds(year: i64, month: i64, day: i64, (hour, minute, second): (i64, i64, i64)) -> Option<i64> {
    let days = days(year, month, day);
    let exists = civil(days) == (year, month, day) && hour < 24 && minute < 60 && second <= 60;
    exists.then_some(days * DAY + hour * 3600 + minute * 60 + second)
}

/// Days since the epoch of a day in the Gregorian calendar, by counting years from 1 March.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    year * 365 + leap_days + (month * 153 + 2) / 5 + day - 1 - DAYS_TO_EPOCH
}

/// Year, month and day of a number of days since the epoch.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + DAYS_TO_EPOCH;
    let era = days.div_euclid(DAYS_IN_ERA);
    let of_era = days.rem_euclid(DAYS_IN_ERA);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (month * 153 + 2) / 5 + 1;
    let year = year_of_era + era * 400;
    if month < 10 {
        (year, month + 3, day)
    } else {
        (year + 1, month - 9, day)
    }
}

const DAY: i64 = 86_400;
/// Days from 1 March of the year 0 to 1 January 1970.
const DAYS_TO_EPOCH: i64 = 719_468;
/// Days in 400 years.
const DAYS_IN_ERA: i64 = 146_097;
const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const LONG_ENDINGS: [&str; 7] = ["day", "sday", "nesday", "rsday", "day", "urday", "day"];
const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

fn name(names: &[&'static str], index: i64) -> &'static [u8] {
    usize::try_from(index)
        .ok()
        .and_then(|index| names.get(index))
        .map_or(b"???", |name| name.as_bytes())
}

fn two_digits(text: &mut Vec<u8>, number: i64) {
    let digit = |number: i64| b'0' + u8::try_from(number.rem_euclid(10)).unwrap_or(0);
    text.extend_from_slice(&[digit(number / 10), digit(number)]);
}

/// Reads a text from its front.
struct Scanner<'a>(&'a [u8]);

impl Scanner<'_> {
    /// Takes `expected`, in any case.
    fn literal(&mut self, expected: &[u8]) -> Option<()> {
        let (front, rest) = self.0.split_at_checked(expected.len())?;
        front.eq_ignore_ascii_case(expected).then(|| self.0 = rest)
    }

    fn one_of(&mut self, names: &[&str]) -> Option<i64> {
        let index = names
            .iter()
            .position(|name| self.literal(name.as_bytes()).is_some())?;
        i64::try_from(index).ok()
    }

    fn digits(&mut self, count: usize) -> Option<i64> {
        let (front, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        front.iter().try_fold(0, |number, digit| {
            digit
                .is_ascii_digit()
                .then(|| number * 10 + i64::from(digit - b'0'))
        })
    }

    /// `08:49:37`
    fn time(&mut self) -> Option<(i64, i64, i64)> {
        let hour = self.digits(2)?;
        self.literal(b":")?;
        let minute = self.digits(2)?;
        self.literal(b":")?;
        Some((hour, minute, self.digits(2)?))
    }

    fn end(&self, date: i64) -> Option<i64> {
        self.0.is_empty().then_some(date)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOW: i64 = 1_800_000_000;

    #[test]
    fn three_formats() {
        for (text, expected) in [
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(784_111_777)),
            ("Sunday, 06-Nov-94 08:49:37 GMT", Some(784_111_777)),
            ("Sun Nov  6 08:49:37 1994", Some(784_111_777)),
            ("Thu Aug 18 02:01:18 2050", Some(2_544_400_878)),
            ("SUN, 06 NOV 1994 08:49:37 gmt", Some(784_111_777)),
            ("Thursday, 18-Aug-50 02:01:18 GMT", Some(2_544_400_878)),
            ("Friday, 18-Aug-78 02:01:18 GMT", Some(272_253_678)),
            ("Thu, 01 Jan 1970 00:00:00 GMT", Some(0)),
            ("Tue, 29 Feb 2000 23:59:60 GMT", Some(951_868_800)),
            ("Mon, 29 Feb 2100 00:00:00 GMT", None),
            ("Sun, 31 Nov 1994 08:49:37 GMT", None),
            ("Sun, 00 Nov 1994 08:49:37 GMT", None),
            ("Sun, 06 Nov 1994 24:49:37 GMT", None),
            ("Sun, 06 Nov 1994 08:60:37 GMT", None),
            ("Sun, 06 Nov 1994 08:49:37 UTC", None),
            ("Sun, 06 Nov 1994 08:49:37", None),
            ("Sun, 6 Nov 1994 08:49:37 GMT", None),
            ("Sun, 06 Nov 94 08:49:37 GMT", None),
            ("Sun 06 Nov 1994 08:49:37 GMT", None),
            ("Sun, 06-Nov-1994 08:49:37 GMT", None),
            ("Sun, 06 Nov 1994 8:49:37 GMT", None),
            ("Sunnyday, 06-Nov-94 08:49:37 GMT", None),
            ("0", None),
            ("-1", None),
            ("", None),
        ] {
            assert_eq!(parse(text.as_bytes(), NOW), expected, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(seconds in 0i64..253_402_300_800) {
            prop_assert_eq!(parse(&format(seconds), NOW), Some(seconds));
        }

        #[test]
        fn any_bytes_are_a_date_or_none(text in prop::collection::vec(any::<u8>(), 0..40)) {
            parse(&text, NOW);
        }
    }
}
