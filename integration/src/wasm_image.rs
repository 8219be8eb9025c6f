//! How Istio and Envoy Gateway get a module out of an image: the same three forms, the same refusals.

use crate::registry::{DOCKER_MANIFEST, OCI_MANIFEST, Registry};
use flate2::read::GzDecoder;
use http_fields::hex;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::io::Read;

const DOCKER_LAYER: &str = "application/vnd.docker.image.rootfs.diff.tar.gzip";
const OCI_LAYER: &str = "application/vnd.oci.image.layer.v1.tar+gzip";
const ARTIFACT_LAYER: &str = "application/vnd.module.wasm.content.layer.v1+wasm";
const FILE: &str = "plugin.wasm";

/// A digest as registries write it.
pub fn digest(bytes: &[u8]) -> String {
    format!("sha256:{}", hex::encode(&Sha256::digest(bytes)))
}

/// Pulls an image, by tag or digest, and takes the module out of it: the digest of its manifest, and the module.
///
/// # Errors
/// What is wrong with it: it isn't there, content isn't what its digest says, or the module isn't where proxies look.
pub fn pull(registry: &Registry, repository: &str, reference: &str) -> Result<(String, Vec<u8>), String> {
    let manifest = registry.get(&format!("{repository}/manifests/{reference}"));
    if manifest.status != 200 {
        return Err(format!("{repository}:{reference}: {}", manifest.status));
    }
    let found = digest(&manifest.body);
    if reference.starts_with("sha256:") && reference != found {
        return Err(format!("the manifest has the digest {found}, not {reference}"));
    }
    let module = module(&manifest.json(), |wanted| {
        let blob = registry.get(&format!("{repository}/blobs/{wanted}"));
        match (blob.status, digest(&blob.body) == wanted) {
            (200, true) => Ok(blob.body),
            (200, false) => Err(format!("the content of {wanted} is another")),
            (status, _) => Err(format!("{wanted}: {status}")),
        }
    })?;
    Ok((found, module))
}

/// The module of the image with this manifest, whose layers `blob` gives.
///
/// # Errors
/// As [`pull`].
pub fn module(manifest: &Value, blob: impl Fn(&str) -> Result<Vec<u8>, String>) -> Result<Vec<u8>, String> {
    let layers: Vec<(&str, &str)> = manifest["layers"]
        .as_array()
        .ok_or("the manifest has no layers")?
        .iter()
        .filter_map(|layer| Some((layer["mediaType"].as_str()?, layer["digest"].as_str()?)))
        .collect();
    let last = *layers.last().ok_or("the manifest has no layers")?;
    match manifest["mediaType"].as_str() {
        Some(DOCKER_MANIFEST) if last.0 == DOCKER_LAYER => unpack(&blob(last.1)?),
        Some(DOCKER_MANIFEST) => Err(format!("the last layer is {}", last.0)),
        Some(OCI_MANIFEST) | None if last.0 == OCI_LAYER => unpack(&blob(last.1)?),
        Some(OCI_MANIFEST) | None => artifact(&layers).and_then(blob),
        Some(other) => Err(format!("the manifest is {other}")),
    }
}

/// The layer of an artifact of two that is the module, as it is.
fn artifact<'a>(layers: &[(&str, &'a str)]) -> Result<&'a str, String> {
    if layers.len() != 2 {
        return Err(format!("an artifact has two layers, not {}", layers.len()));
    }
    let module = layers.iter().find(|(kind, _)| *kind == ARTIFACT_LAYER);
    module
        .map(|(_, digest)| *digest)
        .ok_or_else(|| format!("no layer is {ARTIFACT_LAYER}"))
}

/// The file with that name in whichever folder of a layer.
fn unpack(layer: &[u8]) -> Result<Vec<u8>, String> {
    let mut archive = tar::Archive::new(GzDecoder::new(layer));
    for entry in archive.entries().map_err(|error| error.to_string())? {
        let mut entry = entry.map_err(|error| error.to_string())?;
        let path = entry.path().map_err(|error| error.to_string())?;
        if path.file_name().is_some_and(|name| name == FILE) {
            let mut module = Vec::new();
            entry
                .read_to_end(&mut module)
                .map_err(|error| error.to_string())?;
            return Ok(module);
        }
    }
    Err(format!("the last layer has no {FILE}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::GzEncoder};
    use serde_json::json;
    use std::io::Write;

    fn layer(file: &str, content: &[u8]) -> Vec<u8> {
        let mut archive = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
        let mut header = tar::Header::new_ustar();
        header.set_size(content.len() as u64);
        header.set_cksum();
        archive.append_data(&mut header, file, content).unwrap();
        let mut gzip = archive.into_inner().unwrap();
        gzip.flush().unwrap();
        gzip.finish().unwrap()
    }

    /// Name, media type of the manifest, its layers, whether it is read.
    type Case<'a> = (&'a str, Option<&'a str>, &'a [(&'a str, &'a [u8])], bool);

    #[test]
    fn only_the_three_forms_are_read() {
        let good = layer("some/folder/plugin.wasm", b"\0asm");
        let other = layer("jwt-auth.wasm", b"\0asm");
        let zstd = "application/vnd.oci.image.layer.v1.tar+zstd";
        let config = "application/vnd.module.wasm.config.v1+json";
        let cases: [Case; 12] = [
            ("docker", Some(DOCKER_MANIFEST), &[(DOCKER_LAYER, &good)], true),
            (
                "docker, OCI layer",
                Some(DOCKER_MANIFEST),
                &[(OCI_LAYER, &good)],
                false,
            ),
            ("OCI", Some(OCI_MANIFEST), &[(OCI_LAYER, &good)], true),
            ("OCI, no media type", None, &[(OCI_LAYER, &good)], true),
            (
                "OCI, the last layer",
                Some(OCI_MANIFEST),
                &[(OCI_LAYER, &other), (OCI_LAYER, &good)],
                true,
            ),
            (
                "OCI, not the last",
                Some(OCI_MANIFEST),
                &[(OCI_LAYER, &good), (OCI_LAYER, &other)],
                false,
            ),
            ("OCI, zstd", Some(OCI_MANIFEST), &[(zstd, &good)], false),
            (
                "OCI, no gzip",
                Some(OCI_MANIFEST),
                &[(OCI_LAYER, b"plugin.wasm")],
                false,
            ),
            (
                "artifact",
                Some(OCI_MANIFEST),
                &[(ARTIFACT_LAYER, b"\0asm"), (config, b"{}")],
                true,
            ),
            (
                "artifact, one layer",
                Some(OCI_MANIFEST),
                &[(ARTIFACT_LAYER, b"\0asm")],
                false,
            ),
            (
                "artifact, other kind",
                Some(OCI_MANIFEST),
                &[("application/wasm", b"\0asm"), (config, b"{}")],
                false,
            ),
            ("no layers", Some(OCI_MANIFEST), &[], false),
        ];
        for (name, kind, layers, read) in cases {
            let listed: Vec<_> = layers
                .iter()
                .map(|(kind, bytes)| json!({"mediaType": kind, "digest": digest(bytes)}))
                .collect();
            let mut manifest = json!({"schemaVersion": 2, "layers": listed});
            if let Some(kind) = kind {
                manifest["mediaType"] = kind.into();
            }
            let blob = |wanted: &str| {
                let found = layers.iter().find(|(_, bytes)| digest(bytes) == wanted);
                found.map(|(_, bytes)| bytes.to_vec()).ok_or_else(String::new)
            };
            let module = module(&manifest, blob);
            assert_eq!(
                module.as_deref().ok(),
                read.then_some(&b"\0asm"[..]),
                "{name}: {module:?}"
            );
        }
    }
}
