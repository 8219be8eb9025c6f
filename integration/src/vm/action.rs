use super::{flow::Direction, local_reply::LocalReply};

/// What a callback asked for that Envoy does once the callback has returned.
#[derive(Debug)]
pub(crate) enum AfterCall {
    /// Let a held message go.
    Continue(Direction),
    /// Answer the client.
    Reply(LocalReply),
    /// Break the stream off.
    Reset,
}
