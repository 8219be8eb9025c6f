#!/usr/bin/env python3
"""Asks real servers for spellings of paths, and records what resource each resolved, with its version, in
crates/http-fields/tests/servers.json. Servers that aren't installed keep what was recorded before.

    scripts/servers.py
"""
import itertools, json, pathlib, shutil, socket, subprocess, sys, tempfile, time

RECORD = pathlib.Path(__file__).parent.parent / "crates/http-fields/tests/servers.json"
PIECES = ["", "a", ";x", "..", ".", "%2e%2e", "%2e", "..;x", "..%3b", "%2f", "%2F..", "%5c", "\\", "\\..", "%252f", "%252e%252e", "%61", "a%20", "a.", "%3f", "%23", "%3Bx", "a;b=c;d", "%c3%bc"]
PATHS = sorted({f"/admin{a}/{b}" for a, b in itertools.product(["", ";x", "%2f", "%3b", "\\", "%5c", "%252f", ".", "%20"], PIECES)}
               | {f"/x/{a}/admin" for a in PIECES} | {f"/{a}/admin/y" for a in PIECES})

PORT = 18480
NODE = f"""
require('http').createServer((q, r) => r.end(JSON.stringify(new URL(q.url, 'http://h').pathname))).listen({PORT}, '127.0.0.1');
"""
WSGI = f"""
import json, wsgiref.simple_server
def app(environ, start):
    start("200 OK", [])
    return [json.dumps(environ["PATH_INFO"]).encode()]
class Quiet(wsgiref.simple_server.WSGIRequestHandler):
    def log_message(self, *_): pass
wsgiref.simple_server.make_server("127.0.0.1", {PORT}, app, handler_class=Quiet).serve_forever()
"""
NGINX = """daemon off; pid {d}/pid; error_log stderr crit; events {{}}
http {{ access_log off; client_body_temp_path {d}/b; proxy_temp_path {d}/p; fastcgi_temp_path {d}/f; uwsgi_temp_path {d}/u; scgi_temp_path {d}/s;
server {{ listen 127.0.0.1:{p}; location / {{ return 200 $uri; }} }} }}"""
APACHE = """ServerName h\nListen 127.0.0.1:{p}\nPidFile {d}/pid\nErrorLog {d}/log\nServerRoot {d}\n
LoadModule mpm_event_module {m}/mod_mpm_event.so\nLoadModule authz_core_module {m}/mod_authz_core.so\nLoadModule headers_module {m}/mod_headers.so
AllowEncodedSlashes On\nDocumentRoot {d}\nHeader always set x-resource "expr=%{{REQUEST_URI}}"\n"""
CADDY = "{{\n admin off\n auto_https off\n}}\nhttp://:{p} {{\n bind 127.0.0.1\n respond \"{{http.request.uri.path}}\"\n}}\n"


def servers(folder):
    def written(name, text):
        path = folder / name
        path.write_text(text.format(d=folder, p=PORT, m="/usr/lib/apache2/modules") if name != "wsgi.py" else text)
        return str(path)
    yield "nginx", "nginx", ["nginx", "-v"], lambda: ["nginx", "-p", str(folder), "-e", "stderr", "-c", written("nginx.conf", NGINX)]
    yield "Node.js URL", "node", ["node", "--version"], lambda: ["node", "-e", NODE]
    yield "Python wsgiref", "python3", ["python3", "--version"], lambda: ["python3", written("wsgi.py", WSGI)]
    yield "Apache httpd", "apache2", ["apache2", "-v"], lambda: ["apache2", "-X", "-f", written("apache.conf", APACHE)]
    yield "Caddy", "caddy", ["caddy", "version"], lambda: ["caddy", "run", "--adapter", "caddyfile", "--config", written("Caddyfile", CADDY)]


def ask(path):
    """What the server resolved, in Latin-1; None where it refused."""
    with socket.create_connection(("127.0.0.1", PORT), 5) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    for line in head.split(b"\r\n"):
        if line.lower().startswith(b"x-resource: "):
            return line[12:].decode("latin-1") if b" 400 " not in head[:15] else None
    if b" 200 " not in head[:15]:
        return None
    if b"transfer-encoding: chunked" in head.lower():
        body = body.split(b"\r\n")[1]
    text = body.decode("latin-1")
    return json.loads(text) if text.startswith('"') else text


def main():
    record = json.loads(RECORD.read_text()) if RECORD.exists() else {}
    for name, program, version, command in servers(pathlib.Path(tempfile.mkdtemp())):
        if not shutil.which(program):
            print(f"{name}: not installed", file=sys.stderr)
            continue
        told = subprocess.run(version, capture_output=True, text=True)
        server = subprocess.Popen(command(), stderr=subprocess.DEVNULL)
        try:
            for _ in range(100):
                try:
                    ask("/")
                    break
                except OSError:
                    time.sleep(0.1)
            resources = {path: ask(path) for path in PATHS}
        finally:
            server.terminate()
            server.wait()
        record[name] = {"version": (told.stdout + told.stderr).strip().splitlines()[0], "resources": resources}
        print(f"{name}: {len(PATHS)} spellings, {sum(r is None for r in resources.values())} refused", file=sys.stderr)
    RECORD.write_text(json.dumps(record, indent=0, ensure_ascii=True) + "\n")


main()
