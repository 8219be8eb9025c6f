//! The streaming encoders against any cutting and flushing, read back by decoders that are not their own.
#![no_main]

use compression_negotiation::{Coding, Encoder};
use libfuzzer_sys::fuzz_target;
use std::io::Read;

fuzz_target!(|input: &[u8]| {
    let [coding, level, repeat, plan @ ..] = input else {
        return;
    };
    let (coding, level) = match coding % 4 {
        0 => (Coding::Gzip, level % 9 + 1),
        1 => (Coding::Zstd, level % 6 + 1),
        2 => (Coding::Br, level % 7),
        _ => (Coding::Dcz, level % 6 + 1),
    };
    // The input is both what is encoded, some times over, and how it is cut.
    let plain = plan.repeat(usize::from(repeat % 64) + 1);
    let length = (level % 2 == 0).then_some(plain.len() as u64);
    let dictionary = b"any text will do as a dictionary, and this one is as good as any";
    let mut encoder = match coding {
        Coding::Dcz => Encoder::with_dictionary(level, length, dictionary, &[7; 32]),
        _ => Encoder::new(coding, level, length),
    }
    .unwrap();
    let (mut out, mut rest, mut cuts) = (Vec::new(), plain.as_slice(), plan.iter().cycle());
    while !rest.is_empty() {
        let cut = *cuts.next().unwrap();
        let (chunk, after) = rest.split_at((usize::from(cut) * 17).clamp(1, rest.len()));
        rest = after;
        encoder.write(chunk, &mut out).unwrap();
        if cut % 5 == 0 {
            encoder.flush(&mut out).unwrap();
        }
        if cut == 251 {
            encoder.store(&mut out).unwrap();
        }
    }
    encoder.finish(&mut out).unwrap();
    let mut back = Vec::new();
    match coding {
        Coding::Gzip => {
            let mut decoder = libflate::gzip::Decoder::new(out.as_slice()).unwrap();
            decoder.read_to_end(&mut back).unwrap();
            assert!(decoder.into_inner().is_empty());
        }
        Coding::Br => {
            brotli_decompressor::Decompressor::new(out.as_slice(), 4096)
                .read_to_end(&mut back)
                .unwrap();
        }
        Coding::Zstd => {
            zstd::Decoder::new(out.as_slice())
                .unwrap()
                .read_to_end(&mut back)
                .unwrap();
        }
        _ => {
            zstd::Decoder::with_dictionary(out.as_slice(), dictionary)
                .unwrap()
                .read_to_end(&mut back)
                .unwrap();
        }
    }
    assert!(back == plain);
});
