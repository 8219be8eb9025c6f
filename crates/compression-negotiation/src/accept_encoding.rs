use crate::Coding;
use http_fields::{QValue, is_token, list};

/// What a request's Accept-Encoding says of the codings that this filter knows (RFC 9110 §12.5.3).
///
/// ```
/// use compression_negotiation::{AcceptEncoding, Choice, Coding};
/// let accept = AcceptEncoding::parse([b"gzip;q=0.5, BR".as_slice(), b"*;q=0"]);
/// assert_eq!(accept.choose(&[Coding::Zstd, Coding::Br, Coding::Gzip]), Choice::Coding(Coding::Br));
/// assert_eq!(accept.choose(&[Coding::Zstd]), Choice::NotAcceptable);
/// ```
///
/// Where the RFC leaves room:
/// - a member that isn't well formed (no token, a weight that is none, two weights) says nothing at all;
/// - parameters other than `q` are ignored, their member is not;
/// - a coding listed twice (`gzip` and `x-gzip` are one) has the lower weight: what is refused anywhere isn't sent;
/// - a field of more than 64 members is taken for an empty one, which accepts `identity` only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AcceptEncoding {
    listed: [Option<QValue>; Coding::COUNT],
    any: Option<QValue>,
    present: bool,
}

/// What [`AcceptEncoding::choose`] found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// This coding; never [`Coding::Identity`].
    Coding(Coding),
    /// No coding, which is acceptable.
    Identity,
    /// Nothing that is on offer is acceptable, `identity` neither.
    NotAcceptable,
}

impl AcceptEncoding {
    /// Parses the lines of the field; no line at all is an absent field.
    pub fn parse<'a>(lines: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut accept = Self::default();
        let mut members = 0;
        for line in lines {
            accept.present = true;
            for member in list::members(line) {
                members += 1;
                if members > MAX_MEMBERS {
                    return Self {
                        present: true,
                        ..Self::default()
                    };
                }
                accept.add(member);
            }
        }
        accept
    }

    /// Whether the request has the field. Without it every coding is acceptable, which is no reason to send one.
    pub fn is_present(&self) -> bool {
        self.present
    }

    /// The weight of a coding: its own, or that of `*`. `None` where neither is listed, which means "not acceptable"
    /// for every coding but `identity`.
    pub fn weight(&self, coding: Coding) -> Option<QValue> {
        self.listed.get(coding.index()).copied().flatten().or(self.any)
    }

    /// Whether a coding is listed by its own name, with a weight above zero.
    pub fn names(&self, coding: Coding) -> bool {
        self.listed
            .get(coding.index())
            .copied()
            .flatten()
            .is_some_and(|weight| weight > QValue::ZERO)
    }

    /// Whether `coding` may be sent.
    pub fn accepts(&self, coding: Coding) -> bool {
        match self.weight(coding) {
            Some(weight) => weight > QValue::ZERO,
            None => coding == Coding::Identity || !self.present,
        }
    }

    /// Chooses among `offered`, which is in the server's order of preference: the highest weight wins, the server's
    /// order decides between equals. `identity` is always on offer, last unless it is listed; its weight counts where
    /// the client gave one, by name or by `*`.
    pub fn choose(&self, offered: &[Coding]) -> Choice {
        let mut best: Option<(QValue, Coding)> = None;
        let identity = self.weight(Coding::Identity);
        for coding in offered.iter().copied().chain([Coding::Identity]) {
            if !self.accepts(coding) {
                continue;
            }
            // An `identity` that the client gave no weight is as good as what it competes with, and no better.
            let weight = match (coding, identity) {
                (Coding::Identity, None) => best.map_or(QValue::ONE, |(weight, _)| weight),
                _ => self.weight(coding).unwrap_or(QValue::ONE),
            };
            if best.is_none_or(|(other, _)| weight > other) {
                best = Some((weight, coding));
            }
        }
        match best {
            Some((_, Coding::Identity)) => Choice::Identity,
            Some((_, coding)) => Choice::Coding(coding),
            None => Choice::NotAcceptable,
        }
    }

    fn add(&mut self, member: &[u8]) {
        // Most have no parameters.
        if !member.contains(&b';') {
            return self.weigh(member, QValue::ONE);
        }
        let (name, mut parameters) = list::parameters(member);
        let mut weight = None;
        let well_formed = parameters.all(|(parameter, value)| {
            if !parameter.eq_ignore_ascii_case(b"q") {
                return true;
            }
            let parsed = QValue::parse(value);
            parsed.is_some() && std::mem::replace(&mut weight, parsed).is_none()
        });
        if well_formed {
            self.weigh(name, weight.unwrap_or(QValue::ONE));
        }
    }

    #[inline(never)]
    fn weigh(&mut self, name: &[u8], weight: QValue) {
        if !is_token(name) {
            return;
        }
        let slot = if name == b"*" {
            &mut self.any
        } else {
            let Some(slot) = Coding::from_name(name).and_then(|coding| self.listed.get_mut(coding.index()))
            else {
                return;
            };
            slot
        };
        *slot = Some(slot.map_or(weight, |other| other.min(weight)));
    }
}

/// Browsers send five; a thousand are an attack.
const MAX_MEMBERS: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ALL: &[Coding] = &[Coding::Zstd, Coding::Br, Coding::Gzip];

    fn choose(value: &str, offered: &[Coding]) -> Choice {
        AcceptEncoding::parse([value.as_bytes()]).choose(offered)
    }

    #[test]
    fn chooses_as_rfc_9110_says() {
        use Choice::{Identity, NotAcceptable};
        const ZSTD: Choice = Choice::Coding(Coding::Zstd);
        const BR: Choice = Choice::Coding(Coding::Br);
        const GZIP: Choice = Choice::Coding(Coding::Gzip);
        for (name, value, expected) in [
            ("a browser", "gzip, deflate, br, zstd", ZSTD),
            ("the server's order breaks ties", "gzip, br", BR),
            ("a higher weight beats the server's order", "gzip, br;q=0.9", GZIP),
            ("an empty field", "", Identity),
            ("empty members only", " , ,, ", Identity),
            ("names in any case", "GZIP", GZIP),
            ("x-gzip is gzip", "x-gzip", GZIP),
            ("q in any case", "gzip;Q=0", Identity),
            ("white space about the weight", "gzip ; q=0.5 ,\tbr ;q=0.6", BR),
            ("zero refuses", "gzip;q=0", Identity),
            ("zero with decimals refuses", "gzip;q=0.000", Identity),
            ("the least weight accepts", "gzip;q=0.001", GZIP),
            ("unknown codings say nothing", "compress, deflate, sdch", Identity),
            ("a star is every coding", "*", ZSTD),
            ("a star but one", "zstd;q=0, *", BR),
            ("a star is not what is listed", "gzip;q=0, *", ZSTD),
            ("a star of lower weight", "gzip, *;q=0.5", GZIP),
            ("a star of higher weight", "gzip;q=0.5, *;q=0.8", ZSTD),
            ("identity preferred", "identity;q=1, gzip;q=0.5", Identity),
            ("identity equal", "identity, gzip", GZIP),
            ("identity less", "identity;q=0.5, gzip;q=0.6", GZIP),
            ("identity refused", "gzip, identity;q=0", GZIP),
            ("identity refused, nothing else", "identity;q=0", NotAcceptable),
            ("everything refused", "*;q=0", NotAcceptable),
            ("everything but identity refused", "*;q=0, identity", Identity),
            ("everything but one refused", "gzip, *;q=0", GZIP),
            (
                "unknown only and identity refused",
                "compress, identity;q=0",
                NotAcceptable,
            ),
            ("a weight that is none drops the member", "gzip;q=2, br;q=0.1", BR),
            ("so does a weight with four decimals", "gzip;q=0.1234", Identity),
            ("so does an empty weight", "gzip;q=", Identity),
            ("so do two weights", "gzip;q=1;q=0", Identity),
            (
                "another parameter doesn't hide the weight",
                "gzip;level=9;q=0",
                Identity,
            ),
            ("another parameter is ignored", "gzip;level=9", GZIP),
            ("no token", "gz ip, \"gzip\"", Identity),
            ("listed twice has the lower weight", "gzip, x-gzip;q=0", Identity),
            ("a quoted comma doesn't split", "gzip;x=\"a,br\"", GZIP),
        ] {
            assert_eq!(choose(value, ALL), expected, "{name}: {value:?}");
        }
    }

    #[test]
    fn absence_accepts_everything() {
        let accept = AcceptEncoding::parse([]);
        assert!(!accept.is_present());
        assert!(accept.accepts(Coding::Gzip) && accept.accepts(Coding::Identity));
    }

    #[test]
    fn lines_are_one_list() {
        let accept = AcceptEncoding::parse([b"gzip".as_slice(), b"", b"br;q=0.5"]);
        assert_eq!(accept.choose(ALL), Choice::Coding(Coding::Gzip));
        assert_eq!(accept.weight(Coding::Br).map(QValue::thousandths), Some(500));
    }

    #[test]
    fn identity_takes_its_place_in_the_servers_order() {
        for (name, value, offered, expected) in [
            (
                "first, not listed by the client",
                "gzip",
                &[Coding::Identity, Coding::Gzip][..],
                Choice::Identity,
            ),
            (
                "first, of lower weight",
                "gzip, identity;q=0.5",
                &[Coding::Identity, Coding::Gzip],
                Choice::Coding(Coding::Gzip),
            ),
            ("only", "gzip", &[Coding::Identity], Choice::Identity),
            (
                "only, refused",
                "gzip, identity;q=0",
                &[Coding::Identity],
                Choice::NotAcceptable,
            ),
            (
                "by a star, above the one on offer",
                "gzip;q=0.5, *;q=0.8",
                &[Coding::Gzip],
                Choice::Identity,
            ),
        ] {
            assert_eq!(choose(value, offered), expected, "{name}");
        }
    }

    #[test]
    fn too_long_a_field_accepts_identity_only() {
        let value = format!("gzip, {}", "x,".repeat(MAX_MEMBERS));
        assert_eq!(choose(&value, ALL), Choice::Identity);
        let value = format!("gzip, {}", "x,".repeat(MAX_MEMBERS - 1));
        assert_eq!(choose(&value, ALL), Choice::Coding(Coding::Gzip));
    }

    proptest! {
        #[test]
        fn what_is_chosen_is_accepted(value in prop::collection::vec(any::<u8>(), 0..120)) {
            let accept = AcceptEncoding::parse([value.as_slice()]);
            match accept.choose(ALL) {
                Choice::Coding(coding) => prop_assert!(accept.accepts(coding)),
                Choice::Identity => prop_assert!(accept.accepts(Coding::Identity)),
                Choice::NotAcceptable => prop_assert!(ALL.iter().all(|coding| !accept.accepts(*coding))),
            }
        }

        #[test]
        fn nothing_beats_the_choice(
            weights in prop::collection::vec((0usize..4, 0u16..=1000), 0..6),
        ) {
            let names = ["zstd", "br", "gzip", "identity"];
            let members: Vec<String> = weights
                .iter()
                .map(|(name, weight)| format!("{};q={}.{:03}", names[*name], weight / 1000, weight % 1000))
                .collect();
            let accept = AcceptEncoding::parse([members.join(", ").as_bytes()]);
            if let Choice::Coding(chosen) = accept.choose(ALL) {
                for other in ALL {
                    prop_assert!(accept.weight(*other) <= accept.weight(chosen));
                }
            }
        }
    }
}
