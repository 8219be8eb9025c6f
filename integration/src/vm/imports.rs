//! The functions that a module imports.

mod body;
mod calls;
mod fields;
mod metrics;
mod properties;
mod shared;
mod stream;
mod wasi;

use super::{guest::Guest, host::Host};
use wasmi::{Caller, Engine, Error, FuncType, Linker, Val, ValType, errors::LinkerError};

/// Defines functions of module `env` by the ABI's names.
macro_rules! define {
    ($linker:ident: $($name:literal => $area:ident :: $function:ident ( $($argument:ident: $kind:ty),* );)*) => {$(
        $linker.func_wrap("env", $name, |caller: Caller<'_, Host>, $($argument: $kind),*| {
            Guest::enter(caller, $name, |guest| $area::$function(guest, $($argument),*))
        })?;
    )*};
}

/// Everything a module may import.
pub(crate) fn linker(engine: &Engine) -> Result<Linker<Host>, LinkerError> {
    let mut linker = Linker::new(engine);
    define! { linker:
        "proxy_log" => stream::log(level: u32, text: u32, length: u32);
        "proxy_get_log_level" => stream::get_log_level(level_at: u32);
        "proxy_get_current_time_nanoseconds" => stream::get_current_time(time_at: u32);
        "proxy_set_tick_period_milliseconds" => stream::set_tick_period(period: u32);
        "proxy_set_effective_context" => stream::set_effective_context(context: u32);
        "proxy_continue_stream" => stream::continue_stream(kind: u32);
        "proxy_close_stream" => stream::close_stream(kind: u32);
        "proxy_send_local_response" => stream::send_local_response(
            status: u32, details: u32, details_length: u32, body: u32, body_length: u32, headers: u32,
            headers_length: u32, grpc_status: i32
        );
        "proxy_get_header_map_pairs" => fields::get_pairs(map: u32, address_at: u32, length_at: u32);
        "proxy_set_header_map_pairs" => fields::set_pairs(map: u32, pairs: u32, length: u32);
        "proxy_get_header_map_size" => fields::get_size(map: u32, size_at: u32);
        "proxy_get_header_map_value" => fields::get_value(map: u32, name: u32, length: u32, address_at: u32, length_at: u32);
        "proxy_remove_header_map_value" => fields::remove_value(map: u32, name: u32, length: u32);
        "proxy_replace_header_map_value" => fields::replace_value(
            map: u32, name: u32, length: u32, value: u32, value_length: u32
        );
        "proxy_add_header_map_value" => fields::add_value(
            map: u32, name: u32, length: u32, value: u32, value_length: u32
        );
        "proxy_get_buffer_bytes" => body::get_bytes(buffer: u32, start: u32, most: u32, address_at: u32, length_at: u32);
        "proxy_set_buffer_bytes" => body::set_bytes(buffer: u32, start: u32, replaced: u32, bytes: u32, length: u32);
        "proxy_get_property" => properties::get(path: u32, length: u32, address_at: u32, length_at: u32);
        "proxy_set_property" => properties::set(path: u32, length: u32, value: u32, value_length: u32);
        "proxy_call_foreign_function" => properties::call_foreign_function(
            name: u32, length: u32, arguments: u32, arguments_length: u32, address_at: u32, length_at: u32
        );
        "proxy_get_shared_data" => shared::get(key: u32, length: u32, address_at: u32, length_at: u32, version_at: u32);
        "proxy_set_shared_data" => shared::set(key: u32, length: u32, value: u32, value_length: u32, version: u32);
        "proxy_http_call" => calls::http(
            cluster: u32, cluster_length: u32, headers: u32, headers_length: u32, body: u32, body_length: u32,
            trailers: u32, trailers_length: u32, timeout: u32, token_at: u32
        );
        "proxy_grpc_call" => calls::grpc(
            cluster: u32, cluster_length: u32, service: u32, service_length: u32, method: u32, method_length: u32,
            metadata: u32, metadata_length: u32, message: u32, message_length: u32, timeout: u32, token_at: u32
        );
        "proxy_define_metric" => metrics::define(kind: u32, name: u32, length: u32, id_at: u32);
        "proxy_increment_metric" => metrics::increment(id: u32, by: i64);
        "proxy_get_metric" => metrics::get(id: u32, value_at: u32);
    }
    wasi::define(&mut linker)?;
    refuse_others(&mut linker)?;
    Ok(linker)
}

/// The SDK imports the whole ABI, the adapter calls a part of it. The rest is there to be linked, and traps when called:
/// a filter that begins to use it must be given a host that knows what Envoy would do.
fn refuse_others(linker: &mut Linker<Host>) -> Result<(), LinkerError> {
    use ValType::{I32, I64};
    let others: [(&'static str, &[ValType]); 11] = [
        ("proxy_done", &[]),
        ("proxy_get_status", &[I32; 3]),
        ("proxy_get_buffer_status", &[I32; 3]),
        ("proxy_record_metric", &[I32, I64]),
        ("proxy_register_shared_queue", &[I32; 3]),
        ("proxy_resolve_shared_queue", &[I32; 5]),
        ("proxy_dequeue_shared_queue", &[I32; 3]),
        ("proxy_enqueue_shared_queue", &[I32; 3]),
        ("proxy_grpc_stream", &[I32; 9]),
        ("proxy_grpc_send", &[I32; 4]),
        ("proxy_grpc_cancel", &[I32]),
    ];
    let closing = ("proxy_grpc_close", &[I32][..]);
    for (name, parameters) in others.into_iter().chain([closing]) {
        let kind = FuncType::new(parameters.iter().copied(), [I32]);
        linker.func_new("env", name, kind, move |_, _: &[Val], _: &mut [Val]| {
            Err(Error::new(format!("{name} is not part of this host")))
        })?;
    }
    Ok(())
}
