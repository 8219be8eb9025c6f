//! `POST /thumbnail`: a smaller PNG or JPEG of one, within bounds of bytes, pixels and memory.

use std::io::Cursor;

use image::{ImageFormat, ImageReader, Limits};

use crate::{Problem, Request, Response};

/// `?width=N&height=N`: no larger than that, in the same proportions and the same format. The size is read from the image's head
/// and judged before anything is decoded: what is small as a file may be huge as pixels.
pub(crate) fn thumbnail(request: &Request) -> Result<Response, Problem> {
    let side = |name| request.number(name, DEFAULT_SIDE, MAX_SIDE);
    let (width, height) = (side("width")?, side("height")?);
    let format = image::guess_format(&request.body).map_err(unreadable)?;
    let media_type = match format {
        ImageFormat::Png => "image/png",
        ImageFormat::Jpeg => "image/jpeg",
        _ => return Err(Problem::NotAnImage("another format".to_owned())),
    };
    let reader = || ImageReader::with_format(Cursor::new(&request.body), format);
    let (wide, high) = reader().into_dimensions().map_err(unreadable)?;
    if u64::from(wide) * u64::from(high) > MAX_PIXELS {
        return Err(Problem::TooManyPixels {
            width: wide,
            height: high,
            most: MAX_PIXELS,
        });
    }
    let mut reader = reader();
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(MAX_ALLOCATION);
    reader.limits(limits);
    let image = reader.decode().map_err(unreadable)?;
    // A number of the query is at most MAX_SIDE.
    let pixels = |number: u64| u32::try_from(number.max(1)).unwrap_or(1);
    let (width, height) = (pixels(width).min(wide), pixels(height).min(high));
    let mut small = Cursor::new(Vec::new());
    image
        .thumbnail(width, height)
        .write_to(&mut small, format)
        .map_err(unreadable)?;
    Ok(Response::new(200, media_type, small.into_inner()).header("cache-control", "no-store"))
}

fn unreadable(error: image::ImageError) -> Problem {
    Problem::NotAnImage(error.to_string())
}

const DEFAULT_SIDE: u64 = 128;
const MAX_SIDE: u64 = 1024;
/// Decoded with 16 bits for each of four channels they take 16 MiB.
const MAX_PIXELS: u64 = 2 * 1024 * 1024;
/// In bytes: an instance has 64 MiB for everything.
const MAX_ALLOCATION: u64 = 24 * 1024 * 1024;
