use crate::Coding;
use http_fields::list;
use http_filter::Headers;

/// The coding of a response.
pub(crate) enum ContentEncoding {
    /// None; `named` when Content-Encoding says so (`identity`), which it must not (RFC 9110 §8.4.1).
    Plain { named: bool },
    /// This one alone, which this filter knows.
    Known(Coding),
    /// Another, or several.
    Other,
}

impl ContentEncoding {
    /// What Content-Encoding says.
    pub(crate) fn of(response: &Headers) -> Self {
        let Some(value) = response.combined("content-encoding") else {
            return Self::Plain { named: false };
        };
        let mut codings = list::members(&value)
            .map(Coding::from_name)
            .filter(|coding| *coding != Some(Coding::Identity));
        match (codings.next(), codings.next()) {
            (None, _) => Self::Plain { named: true },
            (Some(Some(coding)), None) => Self::Known(coding),
            _ => Self::Other,
        }
    }
}
