//! A rate limit service over HTTP/2 that fails as it's told.

use super::{
    content::{HUGE, noise},
    state::{LATE, SLOW, State, TRICKLE},
};
use crate::{
    grpc::{frame, trailers},
    rate_limit_service::ok,
};
use bytes::Bytes;
use h2::{Reason, SendStream, server::SendResponse};
use http::Response;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::{net::TcpStream, time};

/// Serves one connection.
pub(super) async fn serve(
    stream: TcpStream,
    state: Option<State>,
    asked: &AtomicUsize,
) -> Result<(), h2::Error> {
    let mut connection = h2::server::handshake(stream).await?;
    while let Some(call) = connection.accept().await {
        let (_, answering) = call?;
        let turn = asked.fetch_add(1, Ordering::Relaxed);
        // A stream that Envoy gave up is nobody's business.
        tokio::task::spawn_local(async move { answer(answering, state, turn).await });
    }
    Ok(())
}

async fn answer(
    mut answering: SendResponse<Bytes>,
    state: Option<State>,
    turn: usize,
) -> Result<(), h2::Error> {
    match state {
        Some(State::Late) => time::sleep(LATE).await,
        Some(State::Slow) => time::sleep(SLOW).await,
        _ => {}
    }
    let good = frame(&ok());
    match state {
        None | Some(State::Late | State::Slow) => whole(&mut answering, GRPC, good),
        Some(State::ManyFields) => {
            let mut head = Response::builder().header("content-type", GRPC);
            for number in 0..500 {
                head = head.header(format!("x-{number}"), "y");
            }
            let mut stream = answering.send_response(head.body(()).unwrap(), false)?;
            stream.send_data(good, false)?;
            stream.send_trailers(trailers(0))
        }
        Some(State::Flapping) if turn.is_multiple_of(2) => whole(&mut answering, GRPC, good),
        Some(State::Status(status)) => plain(&mut answering, status, "text/plain"),
        Some(State::Redirect) => plain(&mut answering, 302, "text/plain"),
        Some(State::Garbage) => whole(&mut answering, GRPC, frame(&noise(100))),
        Some(State::Empty) => plain(&mut answering, 200, GRPC),
        Some(State::WrongType) => whole(&mut answering, "application/json", good),
        Some(State::Html) => whole(
            &mut answering,
            "text/html",
            Bytes::from_static(b"<!doctype html>"),
        ),
        Some(State::Truncated) => {
            let mut stream = open(&mut answering, GRPC)?;
            stream.send_data(good.slice(..good.len() / 2), false)?;
            stream.send_reset(Reason::INTERNAL_ERROR);
            Ok(())
        }
        Some(State::Huge) => huge(open(&mut answering, GRPC)?).await,
        Some(State::Trickle) => {
            let mut stream = open(&mut answering, GRPC)?;
            for byte in good {
                stream.send_data(Bytes::copy_from_slice(&[byte]), false)?;
                time::sleep(TRICKLE).await;
            }
            stream.send_trailers(trailers(0))
        }
        Some(State::Interim) => {
            time::sleep(LATE).await;
            Ok(())
        }
        Some(_) => {
            answering.send_reset(Reason::INTERNAL_ERROR);
            Ok(())
        }
    }
}

fn open(answering: &mut SendResponse<Bytes>, kind: &str) -> Result<SendStream<Bytes>, h2::Error> {
    let head = Response::builder().header("content-type", kind).body(()).unwrap();
    answering.send_response(head, false)
}

fn whole(answering: &mut SendResponse<Bytes>, kind: &str, body: Bytes) -> Result<(), h2::Error> {
    let mut stream = open(answering, kind)?;
    stream.send_data(body, false)?;
    stream.send_trailers(trailers(0))
}

fn plain(answering: &mut SendResponse<Bytes>, status: u16, kind: &str) -> Result<(), h2::Error> {
    let head = Response::builder().status(status).header("content-type", kind);
    answering.send_response(head.body(()).unwrap(), true).map(drop)
}

/// Announces a message of [`HUGE`] bytes, and sends what it is let.
async fn huge(mut stream: SendStream<Bytes>) -> Result<(), h2::Error> {
    let length = u32::try_from(HUGE).unwrap().to_be_bytes();
    stream.send_data([&[0][..], &length].concat().into(), false)?;
    for _ in 0..HUGE / CHUNK {
        stream.reserve_capacity(CHUNK);
        let allowed = std::future::poll_fn(|context| stream.poll_capacity(context)).await;
        let Some(Ok(_)) = allowed else { return Ok(()) };
        stream.send_data(Bytes::from_static(&[0; CHUNK]), false)?;
    }
    Ok(())
}

const GRPC: &str = "application/grpc";
const CHUNK: usize = 65_536;
