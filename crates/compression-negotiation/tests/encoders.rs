//! What the encoders make, read by decoders that are not their own.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use compression_negotiation::{Coding, ENCODABLE, Encoder};
use proptest::prelude::*;
use std::io::Read;

/// Text that shrinks, noise that doesn't, and both in turns.
fn body(kind: usize, length: usize) -> Vec<u8> {
    let mut state = 0x2545_f491_4f6c_dd1du64;
    (0..length)
        .map(|at| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            let noise = state as u8;
            let text = b"the quick brown fox {\"id\": 17, \"name\": \"x\"}, "[at % 45];
            match kind {
                0 => text,
                1 => noise,
                _ if (at / 4096) % 2 == 0 => text,
                _ => noise,
            }
        })
        .collect()
}

fn decode(coding: Coding, encoded: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    match coding {
        Coding::Gzip => {
            // One member and nothing behind it: browsers read no second one.
            let mut decoder = libflate::gzip::Decoder::new(encoded).unwrap();
            decoder.read_to_end(&mut plain).unwrap();
            assert!(decoder.into_inner().is_empty(), "bytes behind the gzip member");
        }
        Coding::Zstd => {
            zstd::Decoder::new(encoded)
                .unwrap()
                .single_frame()
                .read_to_end(&mut plain)
                .unwrap();
        }
        Coding::Br => {
            brotli_decompressor::Decompressor::new(encoded, 4096)
                .read_to_end(&mut plain)
                .unwrap();
        }
        Coding::Dcz | Coding::Identity => assert!(encoded.is_empty(), "no coding to decode"),
    }
    plain
}

fn encode(coding: Coding, level: u8, length: Option<u64>, chunks: &[&[u8]], flush: bool) -> Vec<u8> {
    let mut encoder = Encoder::new(coding, level, length).unwrap();
    let mut out = Vec::new();
    for chunk in chunks {
        encoder.write(chunk, &mut out).unwrap();
        if flush {
            encoder.flush(&mut out).unwrap();
        }
    }
    encoder.finish(&mut out).unwrap();
    out
}

fn levels(coding: Coding) -> &'static [u8] {
    match coding {
        Coding::Gzip => &[1, 2, 3, 4, 5, 6, 7, 8, 9],
        Coding::Zstd => &[1, 2, 3, 5, 9, 15, 19],
        _ => &[0, 1, 2, 4, 5, 9, 11],
    }
}

#[test]
fn every_level_of_every_coding_comes_back() {
    for coding in ENCODABLE {
        for level in levels(*coding) {
            for (kind, length) in [(0, 0), (0, 1), (0, 70_000), (1, 70_000), (2, 140_000)] {
                let plain = body(kind, length);
                for known in [None, Some(length as u64)] {
                    let chunks: Vec<&[u8]> = plain.chunks(16_384).collect();
                    let encoded = encode(*coding, *level, known, &chunks, known.is_none());
                    assert!(
                        decode(*coding, &encoded) == plain,
                        "{coding} {level} kind {kind} length {length} {known:?}"
                    );
                    // zlib-rs takes level 1 at its word: its codes are fixed, and noise grows by a sixteenth in them.
                    let most = length
                        + length
                            / if (*coding, *level) == (Coding::Gzip, 1) {
                                14
                            } else {
                                100
                            }
                        + 600;
                    assert!(
                        encoded.len() < most,
                        "{coding} {level} kind {kind}: {length} became {}",
                        encoded.len()
                    );
                }
            }
        }
    }
}

#[test]
fn what_is_flushed_can_be_read_at_once() {
    for coding in ENCODABLE {
        let mut encoder = Encoder::new(*coding, 4, None).unwrap();
        let mut out = Vec::new();
        let mut plain = Vec::new();
        for at in 0..20 {
            let event = format!("data: {at}\n\n");
            plain.extend_from_slice(event.as_bytes());
            encoder.write(event.as_bytes(), &mut out).unwrap();
            encoder.flush(&mut out).unwrap();
            let mut seen = vec![0; plain.len()];
            match coding {
                Coding::Gzip => flate2::read::GzDecoder::new(out.as_slice())
                    .read_exact(&mut seen)
                    .unwrap(),
                Coding::Zstd => zstd::Decoder::new(out.as_slice())
                    .unwrap()
                    .read_exact(&mut seen)
                    .unwrap(),
                _ => brotli_decompressor::Decompressor::new(out.as_slice(), 1)
                    .read_exact(&mut seen)
                    .unwrap(),
            }
            assert_eq!(seen, plain, "{coding} after event {at}");
        }
    }
}

#[test]
fn storing_what_follows_leaves_a_stream_whole() {
    for coding in ENCODABLE {
        let plain = body(1, 400_000);
        let mut encoder = Encoder::new(*coding, 6, None).unwrap();
        let mut out = Vec::new();
        for (at, chunk) in plain.chunks(10_000).enumerate() {
            encoder.write(chunk, &mut out).unwrap();
            if at == 7 {
                assert_eq!(encoder.store(&mut out), Ok(*coding == Coding::Gzip));
            }
        }
        encoder.finish(&mut out).unwrap();
        assert!(decode(*coding, &out) == plain, "{coding}");
        assert!(out.len() < plain.len() + 1000, "{coding}: {}", out.len());
    }
}

#[test]
fn zstd_windows_are_at_most_8_mib() {
    if !ENCODABLE.contains(&Coding::Zstd) {
        return;
    }
    // RFC 9659 §3. The C decoder refuses a frame that needs more than it is told to give.
    let plain = body(2, 200_000);
    for level in [3, 19] {
        let encoded = encode(Coding::Zstd, level, None, &[&plain], false);
        let mut decoder = zstd::Decoder::new(encoded.as_slice()).unwrap();
        decoder.window_log_max(23).unwrap();
        let mut out = Vec::new();
        decoder.read_to_end(&mut out).unwrap();
        assert!(out == plain, "level {level}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn chunk_boundaries_do_not_matter(
        kind in 0usize..3,
        cuts in prop::collection::vec((0usize..9000, any::<bool>()), 0..12),
        level in 1u8..=9,
        known in any::<bool>(),
    ) {
        let length: usize = cuts.iter().map(|(length, _)| length).sum();
        let plain = body(kind, length);
        for coding in ENCODABLE {
            let mut encoder = Encoder::new(*coding, level, known.then_some(length as u64)).unwrap();
            let mut out = Vec::new();
            let mut at = 0;
            for (length, flush) in &cuts {
                encoder.write(&plain[at..at + length], &mut out).unwrap();
                at += length;
                if *flush {
                    encoder.flush(&mut out).unwrap();
                }
            }
            encoder.finish(&mut out).unwrap();
            prop_assert!(decode(*coding, &out) == plain, "{}", coding);
        }
    }
}
