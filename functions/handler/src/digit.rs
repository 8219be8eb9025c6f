//! `POST /digit`: which digit an image of 8 × 8 pixels shows, by a small neural network. `model/train.py` makes it.

use serde_json::{Value, json};

use crate::{Problem, Request, Response, input};

/// `{"pixels": [64 numbers from 0 to 16]}` → `{"digit", "confidence"}`.
pub(crate) fn digit(request: &Request) -> Result<Response, Problem> {
    let Value::Object(mut body) = input::json(request)? else {
        return Err(Problem::at("", "expected an object with `pixels`"));
    };
    let pixels: Vec<f32> =
        input::member(&mut body, "pixels")?.ok_or_else(|| Problem::at("/pixels", "missing"))?;
    input::nothing_else(&body, "`pixels`")?;
    if pixels.len() != PIXELS {
        return Err(Problem::at(
            "/pixels",
            format!("expected {PIXELS} numbers, found {}", pixels.len()),
        ));
    }
    if let Some(index) = pixels.iter().position(|pixel| !(0.0..=BRIGHTEST).contains(pixel)) {
        return Err(Problem::at(
            format!("/pixels/{index}"),
            format!("expected a number from 0 to {BRIGHTEST}"),
        ));
    }
    let (digit, confidence) = infer(&pixels).unwrap_or_default();
    Ok(Response::json(&json!({"digit": digit, "confidence": confidence})))
}

/// The likeliest digit, and how likely it is; `None` if the model were broken, which a test rules out.
fn infer(pixels: &[f32]) -> Option<(usize, f32)> {
    let brightness: Vec<f32> = pixels.iter().map(|pixel| pixel / BRIGHTEST).collect();
    let (hidden, rest) = layer(MODEL, &brightness, HIDDEN)?;
    let hidden: Vec<f32> = hidden.into_iter().map(|value| value.max(0.0)).collect();
    let (scores, _) = layer(rest, &hidden, DIGITS)?;
    let highest = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    // Softmax, by what each is below the highest: nothing overflows.
    let sum: f32 = scores.iter().map(|score| (score - highest).exp()).sum();
    let digit = scores.iter().position(|score| *score >= highest)?;
    Some((digit, 1.0 / sum))
}

/// What a layer makes of its input, and the model behind the layer.
fn layer<'a>(model: &'a [u8], input: &[f32], outputs: usize) -> Option<(Vec<f32>, &'a [u8])> {
    let (scale, model) = model.split_first_chunk()?;
    let (weights, model) = model.split_at_checked(outputs * input.len())?;
    let (biases, rest) = model.split_at_checked(outputs * size_of::<f32>())?;
    let scale = f32::from_le_bytes(*scale);
    let (biases, _) = biases.as_chunks();
    let output = weights.chunks_exact(input.len()).zip(biases).map(|(row, bias)| {
        let sum: f32 = row
            .iter()
            .zip(input)
            .map(|(weight, value)| f32::from(weight.cast_signed()) * value)
            .sum();
        sum * scale + f32::from_le_bytes(*bias)
    });
    Some((output.collect(), rest))
}

const MODEL: &[u8] = include_bytes!("../model/digits.bin");
const PIXELS: usize = 64;
const BRIGHTEST: f32 = 16.0;
const HIDDEN: usize = 24;
const DIGITS: usize = 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[allow(clippy::cast_precision_loss, reason = "a few hundred")]
    fn digits_that_it_has_not_seen_are_read() {
        let (samples, rest) = include_bytes!("../model/held-out.bin").as_chunks::<{ PIXELS + 1 }>();
        assert_eq!((samples.len(), rest.len()), (297, 0));
        let right = samples.iter().filter(|[digit, pixels @ ..]| {
            let pixels = pixels.map(f32::from);
            infer(&pixels).is_some_and(|(found, _)| found == usize::from(*digit))
        });
        let share = right.count() as f32 / samples.len() as f32;
        assert!(share > 0.96, "{share}");
    }

    #[test]
    fn the_model_is_read_to_its_end() {
        let rest =
            layer(MODEL, &[0.0; PIXELS], HIDDEN).and_then(|(hidden, rest)| layer(rest, &hidden, DIGITS));
        assert!(rest.is_some_and(|(_, rest)| rest.is_empty()));
        assert_eq!(layer(&[], &[0.0; PIXELS], HIDDEN), None);
    }
}
