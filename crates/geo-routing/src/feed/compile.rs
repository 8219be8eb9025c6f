use super::Feed;
use crate::{expectation::Expectations, feed_document::FeedDocument, publication::Publication};
use http_fields::hex;
use http_filter::{ByteSize, ConfigError, Span};
use sha2::{Digest, Sha256};
use std::{cell::RefCell, time::Duration};

impl Feed {
    pub(crate) fn compile(
        document: FeedDocument,
        expectations: Expectations,
        path: &str,
    ) -> Result<Self, ConfigError> {
        let error =
            |field: &str, found: &str, expected: &str| Err(ConfigError::at(path, field, found, expected));
        let Some(cluster) = document.cluster.filter(|cluster| !cluster.is_empty()) else {
            return error("cluster", "nothing", "the name of an Envoy cluster");
        };
        let is_path =
            |path: &String| path.starts_with('/') && path.bytes().all(|byte| byte.is_ascii_graphic());
        let Some(target) = document.path.filter(is_path) else {
            return error("path", "nothing or another text", "a path, beginning with \"/\"");
        };
        if document.sha256_path.as_ref().is_some_and(|path| !is_path(path)) {
            return error("sha256_path", "another text", "a path, beginning with \"/\"");
        }
        let refresh = document.refresh.map_or(Duration::from_secs(3600), Span::duration);
        if refresh < Duration::from_secs(1) {
            return error("refresh", "a shorter time", "at least \"1s\"");
        }
        let timeout = document.timeout.map_or(Duration::from_secs(30), Span::duration);
        if timeout.is_zero() || timeout > Duration::from_secs(600) {
            return error("timeout", "another time", "more than 0 and at most \"10m\"");
        }
        let max_size = document.max_size.map_or(24 << 20, ByteSize::bytes);
        if !(1..=MOST).contains(&max_size) {
            return error(
                "max_size",
                "another size",
                "at most \"32MiB\", which is all that Envoy buffers",
            );
        }
        let authority = document.authority.unwrap_or_else(|| cluster.clone());
        let key = [&cluster, &authority, &target].map(String::as_str).join(" ");
        let digest = Sha256::digest(key.as_bytes());
        let shared = [
            "geo-routing/database/",
            &hex::encode(digest.get(..8).unwrap_or_default()),
        ]
        .concat();
        Ok(Self {
            lease: [&shared, "/lease"].concat(),
            publication: Publication::new(&shared),
            cluster,
            authority,
            path: target,
            sha256_path: document.sha256_path,
            refresh,
            timeout,
            max_size: max_size as usize,
            expectations,
            key,
            state: RefCell::default(),
        })
    }
}

/// `http.async_response_buffer_limit`, by default.
const MOST: u64 = 32 << 20;
