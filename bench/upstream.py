"""The upstream: nginx with one worker, a small and a large page, and a page that tells what it was sent."""

import os
import random

from bootstrap import SMALL
from machine import program
from process import Process

# Pages by path. The large one is JSON as APIs serve it: 64 KiB that compress to about a fifth.
LARGE = 64 * 1024


def pages():
    rows = random.Random(1)
    large, size = [], 0
    while size < LARGE:
        price, stock = rows.randrange(1, 99999) / 100, rows.randrange(1000)
        line = f'{{"id": {rows.randrange(10**8)}, "name": "item {rows.randrange(10**5)}", "price": {price}, "stock": {stock}}}'
        large.append(line)
        size += len(line) + 2
    return {"small": SMALL, "large": f"[{', '.join(large)}]"[:LARGE]}


CONFIGURATION = """
worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log stderr crit;
events {{ worker_connections 4096; }}
http {{
    access_log off; keepalive_requests 100000000; keepalive_timeout 600s;
    client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder}; uwsgi_temp_path {folder};
    scgi_temp_path {folder}; default_type application/json; etag on;
    large_client_header_buffers 16 64k;
    server {{
        listen 127.0.0.1:{port}; root {folder}/site;
        location = /seen {{ return 200 "user=$http_x_user country=$http_x_geo_country token=$http_authorization coding=$http_accept_encoding cluster=$http_x_edge_cluster\n"; }}
    }}
}}
"""


def start(folder, port, databases=()):
    """nginx on that port, with the databases (paths) beside the pages."""
    site = os.path.join(folder, "site")
    os.makedirs(site, exist_ok=True)
    for name, text in pages().items():
        with open(os.path.join(site, name), "w") as file:
            file.write(text)
    for path in databases:
        os.symlink(path, os.path.join(site, os.path.basename(path)))
    configuration = os.path.join(folder, "nginx.conf")
    with open(configuration, "w") as file:
        file.write(CONFIGURATION.format(folder=folder, port=port))
    nginx = Process([program("nginx"), "-c", configuration], log=os.path.join(folder, "nginx.log"))
    nginx.wait_for(f"http://127.0.0.1:{port}/seen")
    return nginx
