//! What a dependency may do instead of answering well.

use std::time::Duration;

/// A way to fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Connections are refused.
    Down,
    /// Connections are taken, and nothing is ever said.
    Hang,
    /// A good answer, a byte every 50 ms.
    Trickle,
    /// The connection is reset when the request is there.
    Reset,
    /// The connection is closed when the request is there.
    Close,
    /// Another status than 200.
    Status(u16),
    /// A redirect to itself.
    Redirect,
    /// Another protocol altogether.
    NoHttp,
    /// A TLS server, which says so when it's spoken to in plain text.
    Tls,
    /// 200, and noise.
    Garbage,
    /// 200, and nothing.
    Empty,
    /// 200, and 100 MB.
    Huge,
    /// 200, and a document of another type.
    WrongType,
    /// 200, and the page of a captive portal.
    Html,
    /// Half of a good answer, then the connection is closed.
    Truncated,
    /// A good answer with five hundred header fields.
    ManyFields,
    /// `103` again and again.
    Interim,
    /// A good answer, after three seconds.
    Late,
    /// A good answer, after 50 ms.
    Slow,
    /// A good answer and a reset, in turns.
    Flapping,
    /// The name of its host is known to no DNS.
    NoName,
    /// Its cluster has no hosts.
    NoHost,
    /// There is no such cluster.
    NoCluster,
}

/// Between two bytes of a trickle.
pub(super) const TRICKLE: Duration = Duration::from_millis(50);
/// Longer than anything waits.
pub(super) const LATE: Duration = Duration::from_secs(3);
/// Less than anything waits.
pub(super) const SLOW: Duration = Duration::from_millis(50);

impl State {
    /// All of them, with the names that the report has for them.
    pub const ALL: [(Self, &'static str); 25] = [
        (Self::Down, "down"),
        (Self::Hang, "hang"),
        (Self::Trickle, "trickle"),
        (Self::Reset, "reset"),
        (Self::Close, "close"),
        (Self::Status(404), "404"),
        (Self::Status(500), "500"),
        (Self::Status(204), "204"),
        (Self::Redirect, "redirect"),
        (Self::NoHttp, "no-http"),
        (Self::Tls, "tls"),
        (Self::Garbage, "garbage"),
        (Self::Empty, "empty"),
        (Self::Huge, "100-mb"),
        (Self::WrongType, "wrong-type"),
        (Self::Html, "html"),
        (Self::Truncated, "truncated"),
        (Self::ManyFields, "500-fields"),
        (Self::Interim, "interim"),
        (Self::Late, "late"),
        (Self::Slow, "slow"),
        (Self::Flapping, "flapping"),
        (Self::NoName, "no-name"),
        (Self::NoHost, "no-host"),
        (Self::NoCluster, "no-cluster"),
    ];

    /// Whether what it serves may be good all the same, now and then at least.
    pub fn may_serve(self) -> bool {
        matches!(self, Self::ManyFields | Self::Slow | Self::Flapping)
    }

    /// Whether it lies in Envoy's configuration, and so neither begins nor ends while Envoy runs.
    pub fn is_configured(self) -> bool {
        matches!(self, Self::NoName | Self::NoHost | Self::NoCluster)
    }
}
