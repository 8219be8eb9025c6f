"""A function in Python: /health, /geo and /aggregate of the handler in Rust, answer by answer. componentize-py makes a wasi:http
component of it."""

import json
import math
import re
from urllib.parse import urlsplit

from componentize_py_types import Err, Ok
from wit_world import exports
from wit_world.imports.streams import StreamError_Closed
from wit_world.imports.types import Fields, OutgoingBody, OutgoingResponse, ResponseOutparam

PROBLEMS = {
    400: ("not_json", "The body is not JSON"),
    404: ("not_found", "Not found"),
    405: ("method_not_allowed", "Method not allowed"),
    413: ("content_too_large", "Content too large"),
    415: ("unsupported_media_type", "Unsupported media type"),
    422: ("unprocessable_content", "Unprocessable content"),
}
MAX_BODY = 256 * 1024
DECISIONS = re.compile("x-geo-|x-edge-|x-user|x-roles|x-jwt-|x-client-")
NAMES = {"accept-encoding", "host", "traceparent", "x-envoy-external-address", "x-forwarded-for", "x-forwarded-proto", "x-request-id"}
READ = "GET, HEAD, OPTIONS"
COMPUTE = "POST, OPTIONS"
JSON_TYPE = re.compile(r"application/(json|.+\+json)")


class Refusal(Exception):
    def __init__(self, status, detail, more=None, headers=()):
        super().__init__(detail)
        self.status, self.more, self.headers = status, more or {}, headers


class Request:
    def __init__(self, incoming):
        method = incoming.method()
        self.method = getattr(method, "value", None) or type(method).__name__.removeprefix("Method_").upper()
        self.path = urlsplit(incoming.path_with_query() or "/").path
        self.fields = [(name.lower(), value.decode("latin-1")) for name, value in incoming.headers().entries()]
        if incoming.authority():
            self.fields.append(("host", incoming.authority()))
        self.incoming = incoming

    def field(self, name):
        return next((value for field, value in self.fields if field == name), "")

    def body(self):
        """Up to one piece more than may be."""
        content = bytearray()
        with self.incoming.consume() as body, body.stream() as stream:
            while len(content) <= MAX_BODY:
                try:
                    content += stream.blocking_read(64 * 1024)
                except Err as error:
                    if isinstance(error.value, StreamError_Closed):
                        break
                    raise
        return bytes(content)


class IncomingHandler(exports.IncomingHandler):
    def handle(self, request, response_out):
        request = Request(request)
        status, fields, content = respond(request)
        response = OutgoingResponse(Fields.from_list([(name, value.encode()) for name, value in fields]))
        response.set_status_code(status)
        body = response.body()
        ResponseOutparam.set(response_out, Ok(response))
        with body.write() as stream:
            for start in range(0, len(content), 4096):
                stream.blocking_write_and_flush(content[start : start + 4096])
        OutgoingBody.finish(body, None)


def respond(request):
    try:
        if request.path not in ENDPOINTS:
            raise Refusal(404, "there is nothing at this path")
        allow, answer = ENDPOINTS[request.path]
        if request.method == "OPTIONS":
            return 204, [("allow", allow)], b""
        if request.method not in allow.split(", "):
            raise Refusal(405, f"this path answers to {allow}", headers=[("allow", allow)])
        status, kind, more, value = 200, "application/json", (), answer(request)
    except Refusal as refusal:
        slug, title = PROBLEMS[refusal.status]
        status, kind, more = refusal.status, "application/problem+json", refusal.headers
        value = {"type": f"urn:edge:problem:{slug}", "title": title, "status": status, "detail": str(refusal), **refusal.more}
    fields = [("content-type", kind), ("cache-control", "no-store"), *more]
    if request.method == "HEAD":
        return status, fields, b""
    content = json.dumps(value).encode()
    return status, [*fields, ("content-length", str(len(content)))], content


def geo(request):
    """What the filters in front decided. Whether a credential came through is said, never the credential."""
    names = {name for name, _ in request.fields}
    return {
        "method": request.method,
        "path": request.path,
        "headers": {name: value for name, value in request.fields if DECISIONS.match(name) or name in NAMES},
        "served_by": {"region": None, "runtime": "python"},
        "authorization_reached_backend": "authorization" in names,
        "cookie_reached_backend": "cookie" in names,
    }


def aggregate(request):
    body = document(request)
    values, at = (body, "") if isinstance(body, list) else (body.get("values") if isinstance(body, dict) else None, "/values")
    if not isinstance(values, list):
        raise Refusal(422, "expected an array of numbers, or an object with `values`", {"pointer": ""})
    for index, value in enumerate(values):
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise Refusal(422, f"expected a number, found {type(value).__name__}", {"pointer": f"{at}/{index}"})
    total = math.fsum(values)
    low, high, mean = (min(values), max(values), total / len(values)) if values else (None, None, None)
    return {"count": len(values), "sum": total, "min": low, "max": high, "mean": mean}


def document(request):
    body = request.body()
    if len(body) > MAX_BODY:
        raise Refusal(413, f"the body is larger than {MAX_BODY} bytes")
    if not JSON_TYPE.fullmatch(request.field("content-type").split(";")[0].strip().lower()):
        raise Refusal(415, "the content type must be application/json")
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Refusal(400, f"the body is not JSON: {error}") from error


ENDPOINTS = {
    "/health": (READ, lambda _: {"status": "ok"}),
    "/geo": (READ, geo),
    "/aggregate": (COMPUTE, aggregate),
}
