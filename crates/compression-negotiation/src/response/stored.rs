//! Responses that are to be files which lie encoded.

use crate::{
    counter::Counter,
    precompressed::Variant,
    response::{Outcome, Repair},
};
use http_filter::{BodyPlan, ResponsePlan};

impl Repair<'_> {
    /// The answer to a request for an encoded file. Its validators and digests are its own, and stay.
    pub(crate) fn stored(mut self, variant: &Variant) -> Outcome {
        self.vary();
        match self.response.status() {
            Some(200) if variant.is_held_by(self.response) => {
                let (coding, content_type) = (variant.coding, variant.content_type.clone());
                if let Some(counter) = Counter::stored(coding) {
                    counter.count(self.host);
                }
                self.edit(|edits| {
                    edits
                        .set("content-encoding", coding.name())
                        .set("content-type", content_type)
                });
                self.debug(&[coding.name(), "; stored"].concat());
                self.pass()
            }
            Some(304) => {
                self.debug("not_modified");
                self.pass()
            }
            Some(200 | 300..=399 | 403 | 404 | 410) => self.gone(variant),
            _ => self.pass(),
        }
    }

    /// The file that was there is there no more. The plain one can't be had in its place any longer; the client is sent
    /// for it to where it asked, and finds it, since it's known by now.
    fn gone(mut self, variant: &Variant) -> Outcome {
        variant.forget(self.policy, &self.config.known, self.host);
        for name in [
            "content-type",
            "content-length",
            "content-encoding",
            "etag",
            "last-modified",
            "accept-ranges",
        ] {
            self.edit(|edits| edits.remove(name));
        }
        let target = variant.target.clone();
        self.edit(|edits| {
            edits
                .set(":status", "307")
                .set("location", target)
                .set("cache-control", "no-store")
        });
        Outcome {
            plan: ResponsePlan {
                headers: self.edits,
                body: BodyPlan::Discard,
            },
            encoding: None,
            #[cfg(feature = "all-codings")]
            capture: None,
        }
    }
}
