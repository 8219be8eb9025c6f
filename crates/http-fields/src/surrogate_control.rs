use crate::{
    cache_control::{CacheControl, Member},
    cache_directives::{Argument, Directive, Directives, delta_seconds},
    list,
};

impl<'a> CacheControl<'a> {
    /// Reads the lines of a Surrogate-Control field (W3C Edge Architecture Specification §2.2): directives as those of
    /// Cache-Control, each of which may name the surrogate that it is for (`max-age=60;edge`), and `max-age=600+30`, whose
    /// second part is how long a stale response may still be used.
    ///
    /// What it means is what the strictest surrogate reads: whom a directive is for is left aside. `no-store-remote`, which
    /// is for surrogates far from the origin, counts as `no-store`.
    ///
    /// ```
    /// use http_fields::CacheControl;
    /// let field = CacheControl::parse_surrogate([&b"content=\"ESI/1.0\", max-age=600+30"[..]]);
    /// let directives = field.directives();
    /// assert_eq!((directives.max_age, directives.stale_while_revalidate), (Some(600), Some(30)));
    /// ```
    pub fn parse_surrogate(lines: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut field = Self::default();
        for line in lines {
            field.read_surrogate(line);
        }
        field
    }

    #[inline(never)]
    fn read_surrogate(&mut self, line: &'a [u8]) {
        for text in list::members(line) {
            let directive = list::parameters(text).0;
            self.members.push(Member {
                surrogate: text.get(directive.len()..),
                ..Member::parse(directive)
            });
        }
    }

    /// Whether a lifetime is written in two parts, `max-age=600+30`.
    pub fn adds_up(&self) -> bool {
        self.members
            .iter()
            .any(|member| member.lifetime_parts().is_some())
    }
}

impl Member<'_> {
    /// Takes up what only surrogates understand; whether it's nothing else.
    pub(crate) fn add_to_surrogates(&self, directives: &mut Directives) -> bool {
        directives.no_store |= self.is("no-store-remote");
        let Some((fresh, stale)) = self.lifetime_parts() else {
            return false;
        };
        directives.add(Directive::MaxAge, &Argument::Seconds(fresh.into()));
        directives.add(Directive::StaleWhileRevalidate, &Argument::Seconds(stale.into()));
        true
    }

    /// `max-age=600+30` in its two parts.
    fn lifetime_parts(&self) -> Option<(u32, u32)> {
        let argument = self.argument.filter(|_| self.is("max-age"))?;
        let plus = argument.iter().position(|byte| *byte == b'+')?;
        let (fresh, stale) = argument.split_at_checked(plus)?;
        Some((
            delta_seconds(fresh.trim_ascii())?,
            delta_seconds(stale.strip_prefix(b"+")?.trim_ascii())?,
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lifetimes_have_two_parts() {
        for (line, max_age, stale, no_store) in [
            ("max-age=600", Some(600), None, false),
            ("max-age=600+30", Some(600), Some(30), false),
            (
                "max-age=600+30;edge, content=\"ESI/1.0\"",
                Some(600),
                Some(30),
                false,
            ),
            ("max-age=600;a, max-age=60;b", Some(60), None, false),
            ("max-age=600+x", Some(0), None, false),
            ("no-store;far", None, None, true),
            ("no-store-remote, max-age=9", Some(9), None, true),
            ("content=\"no-store\"", None, None, false),
            ("content=\"ESI/1.0, max-age=9", Some(9), None, true),
            ("max-age=60, stale-while-revalidate=5", Some(60), Some(5), false),
        ] {
            let directives = CacheControl::parse_surrogate([line.as_bytes()]).directives();
            assert_eq!(
                (
                    directives.max_age,
                    directives.stale_while_revalidate,
                    directives.no_store
                ),
                (max_age, stale, no_store),
                "{line}"
            );
        }
    }
}
