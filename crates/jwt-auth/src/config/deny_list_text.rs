//! A deny list that is fetched.

use crate::{config::deny_list::DenyList, counter::Counter};
use http_filter::Host;
use shared_fetch::{Arrival, Body, Counters, Document, Fetched, Rejection, Source};

/// A deny list that is fetched.
pub(crate) type RemoteDenyList = Fetched<DenyListText>;

/// The deny list that `source` has.
pub(crate) fn deny_list(source: Source) -> RemoteDenyList {
    let counters = Counters {
        changed: Counter::DenyListChanged.name(),
        unchanged: Counter::DenyListUnchanged.name(),
        failed: Counter::DenyListFetchFailed.name(),
        conflict: Counter::DenyListFetchFailed.name(),
    };
    let title = "the deny list".to_owned();
    Fetched::new("jwt-auth", "deny_list", title, source, counters, DenyListText)
}

/// A deny list, as it's fetched.
pub(crate) struct DenyListText;

impl Document for DenyListText {
    type Prepared = DenyList;

    fn accept(
        &self,
        arrival: &Arrival<'_>,
        _: Option<&DenyList>,
        host: &dyn Host,
    ) -> Result<DenyList, Rejection> {
        DenyList::parse(arrival.body.bytes()).ok_or_else(|| {
            Counter::DenyListRejected.count(host);
            Rejection {
                counter: Counter::DenyListFetchFailed.name(),
                reason: "it's no object of the lists jti, sub and kid".to_owned(),
            }
        })
    }

    fn adopt(&self, body: &Body, _: &dyn Host) -> Option<DenyList> {
        DenyList::parse(body.bytes())
    }
}
