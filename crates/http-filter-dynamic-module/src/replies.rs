use crate::publication;
use envoy_dynamic_module_abi::Stream;
use http_filter::{HeaderEdit, LocalReply};

/// Answers the client; a gRPC client by status, any other by HTTP. The stream may have ended when this returns.
pub(crate) fn send(stream: Stream<'_>, reply: &LocalReply, is_grpc: bool) {
    publication::publish_details(&stream, &reply.details);
    publication::publish(&stream, &reply.properties);
    let fields = reply
        .headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_bytes()));
    let fields = fields.filter(|(name, value)| HeaderEdit::is_field(name, value));
    if !is_grpc {
        let fields: Vec<_> = fields.collect();
        return stream.reply(reply.status, &fields, &reply.body, &reply.details);
    }
    // Envoy makes a gRPC answer of it: this status, and the body as its message.
    let status = reply.grpc_status_code().to_string();
    let fields = fields.filter(|(name, _)| !name.starts_with("content-"));
    let fields: Vec<_> = fields.chain([("grpc-status", status.as_bytes())]).collect();
    stream.reply(reply.status, &fields, reply.details.as_bytes(), &reply.details);
}
