#!/usr/bin/env python3
"""Asks real servers for spellings of paths, and records what resource each resolved, with its version, in
crates/http-fields/tests/servers.json. Servers that aren't installed keep what was recorded before: on Debian these are nginx-light,
nodejs, python3, apache2, caddy, and for Tomcat and Jetty libtomcat10-embed-java, libjetty9-java and a JDK (17 or later).

    scripts/servers.py
"""
import itertools, json, os, pathlib, shutil, socket, subprocess, sys, tempfile, time

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

# What a servlet at /* is asked for: the context's path and what is left of the request's, without parameters and decoded.
SERVLET = """
import {api}.servlet.http.*;
public class {name} {{
    static class Echo extends HttpServlet {{
        protected void doGet(HttpServletRequest q, HttpServletResponse r) throws java.io.IOException {{
            r.setCharacterEncoding("UTF-8");
            r.getWriter().print(q.getServletPath() + (q.getPathInfo() == null ? "" : q.getPathInfo()));
        }}
    }}
    public static void main(String[] a) throws Exception {{ {start} }}
}}
"""
TOMCAT = """var t = new org.apache.catalina.startup.Tomcat(); t.setBaseDir("{d}"); t.setHostname("127.0.0.1"); t.setPort({p});
t.getConnector().setEncodedSolidusHandling("decode"); t.getConnector().setEncodedReverseSolidusHandling("decode"); t.getConnector().setAllowBackslash(true);
var c = t.addContext("", "{d}"); t.addServlet("", "echo", new Echo()); c.addServletMappingDecoded("/*", "echo"); t.start(); t.getServer().await();"""
JETTY = """var s = new org.eclipse.jetty.server.Server(new java.net.InetSocketAddress("127.0.0.1", {p}));
var h = new org.eclipse.jetty.servlet.ServletContextHandler(); h.addServlet(new org.eclipse.jetty.servlet.ServletHolder(new Echo()), "/*"); s.setHandler(h); s.start(); s.join();"""
JARS = pathlib.Path("/usr/share/java")


def servers(folder):
    def written(name, text):
        path = folder / name
        path.write_text(text.format(d=folder, p=PORT, m="/usr/lib/apache2/modules") if name != "wsgi.py" else text)
        return str(path)
    def servlets(name, api, start, jars):
        jars = [str(JARS / f"{jar}.jar") for jar in jars]
        source = SERVLET.format(name=name, api=api, start=start.format(d=folder, p=PORT))
        (folder / f"{name}.java").write_text(source)
        return "java" if all(map(os.path.exists, jars)) and shutil.which("javac") else name, ["java", "-cp", ":".join(jars), str(folder / f"{name}.java")]
    def package(name):
        return ["dpkg-query", "-W", "-f", "${Package} ${Version}", name]
    tomcat, run_tomcat = servlets("Tomcat", "jakarta", TOMCAT, ["tomcat10-embed-core"])
    jetty, run_jetty = servlets("Jetty", "javax", JETTY, ["jetty9-server", "jetty9-servlet", "jetty9-http", "jetty9-io", "jetty9-util", "jetty9-security", "servlet-api"])
    yield "Tomcat", tomcat, package("libtomcat10-embed-java"), lambda: run_tomcat
    yield "Jetty", jetty, package("libjetty9-java"), lambda: run_jetty
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
            for _ in range(200):
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
