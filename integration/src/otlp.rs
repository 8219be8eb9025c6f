//! A receiver of OpenTelemetry's protocol over gRPC (OTLP 1.x), which keeps the spans and log records that it gets.

use crate::grpc;
use prost::Message;
use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

/// A running receiver. It serves until the process ends.
#[derive(Clone)]
pub struct OtlpReceiver {
    address: SocketAddr,
    received: Arc<Mutex<Received>>,
}

/// What came so far.
#[derive(Clone, Debug, Default)]
pub struct Received {
    /// Finished spans.
    pub spans: Vec<Span>,
    /// Log records.
    pub records: Vec<LogRecord>,
}

impl OtlpReceiver {
    /// Starts one.
    ///
    /// # Panics
    /// When no port is free.
    pub fn start() -> Self {
        let received = Arc::new(Mutex::new(Received::default()));
        let kept = Arc::clone(&received);
        let address = grpc::serve(move |call| {
            let mut kept = kept.lock().unwrap();
            match call.path.as_str() {
                "/opentelemetry.proto.collector.trace.v1.TraceService/Export" => {
                    let spans = TraceExport::decode(call.message).unwrap().resources.into_iter();
                    let spans = spans
                        .flat_map(|resource| resource.scopes)
                        .flat_map(|scope| scope.spans);
                    kept.spans.extend(spans);
                }
                "/opentelemetry.proto.collector.logs.v1.LogsService/Export" => {
                    let records = LogsExport::decode(call.message).unwrap().resources.into_iter();
                    let records = records.flat_map(|resource| resource.scopes);
                    kept.records.extend(records.flat_map(|scope| scope.records));
                }
                other => panic!("{other} is no method of OTLP"),
            }
            // An empty message: all was taken.
            Vec::new().into()
        });
        Self { address, received }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What came so far.
    ///
    /// # Panics
    /// When the receiver has failed.
    pub fn received(&self) -> Received {
        self.received.lock().unwrap().clone()
    }
}

/// A finished span, as far as tests look at it.
#[derive(Clone, PartialEq, Message)]
pub struct Span {
    /// 16 bytes.
    #[prost(bytes = "vec", tag = "1")]
    pub trace_id: Vec<u8>,
    /// 8 bytes.
    #[prost(bytes = "vec", tag = "4")]
    pub parent_span_id: Vec<u8>,
    /// What it's about.
    #[prost(string, tag = "5")]
    pub name: String,
    #[prost(message, repeated, tag = "9")]
    attributes: Vec<KeyValue>,
}

impl Span {
    /// The text of an attribute.
    pub fn attribute(&self, key: &str) -> Option<&str> {
        text(&self.attributes, key)
    }
}

/// A log record, as far as tests look at it.
#[derive(Clone, PartialEq, Message)]
pub struct LogRecord {
    #[prost(message, optional, tag = "5")]
    body: Option<AnyValue>,
    #[prost(message, repeated, tag = "6")]
    attributes: Vec<KeyValue>,
    /// 16 bytes, where the request has a trace.
    #[prost(bytes = "vec", tag = "9")]
    pub trace_id: Vec<u8>,
}

impl LogRecord {
    /// Its text.
    pub fn body(&self) -> Option<&str> {
        Some(&self.body.as_ref()?.text)
    }

    /// The text of an attribute.
    pub fn attribute(&self, key: &str) -> Option<&str> {
        text(&self.attributes, key)
    }
}

fn text<'a>(attributes: &'a [KeyValue], key: &str) -> Option<&'a str> {
    let found = attributes.iter().find(|attribute| attribute.key == key)?;
    Some(&found.value.as_ref()?.text)
}

#[derive(Clone, PartialEq, Message)]
struct KeyValue {
    #[prost(string, tag = "1")]
    key: String,
    #[prost(message, optional, tag = "2")]
    value: Option<AnyValue>,
}

#[derive(Clone, PartialEq, Message)]
struct AnyValue {
    #[prost(string, tag = "1")]
    text: String,
}

#[derive(Clone, PartialEq, Message)]
struct TraceExport {
    #[prost(message, repeated, tag = "1")]
    resources: Vec<ResourceSpans>,
}

#[derive(Clone, PartialEq, Message)]
struct ResourceSpans {
    #[prost(message, repeated, tag = "2")]
    scopes: Vec<ScopeSpans>,
}

#[derive(Clone, PartialEq, Message)]
struct ScopeSpans {
    #[prost(message, repeated, tag = "2")]
    spans: Vec<Span>,
}

#[derive(Clone, PartialEq, Message)]
struct LogsExport {
    #[prost(message, repeated, tag = "1")]
    resources: Vec<ResourceLogs>,
}

#[derive(Clone, PartialEq, Message)]
struct ResourceLogs {
    #[prost(message, repeated, tag = "2")]
    scopes: Vec<ScopeLogs>,
}

#[derive(Clone, PartialEq, Message)]
struct ScopeLogs {
    #[prost(message, repeated, tag = "2")]
    records: Vec<LogRecord>,
}
