"""The world's countries twice, from one source: as a compact table of ours, and as an MMDB for Envoy's geoip filter."""

import ipaddress
import os
import random
import subprocess
import tempfile

import mmdb
from machine import MADE, ROOT, say


def sources():
    """tor's geoip and geoip6."""
    command = [os.path.join(ROOT, "crates", "geo-table", "world.sh"), "--sources"]
    folder = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    return os.path.join(folder, "geoip"), os.path.join(folder, "geoip6")


def ranges(path, number):
    with open(path) as file:
        for line in file:
            first, _, rest = line.strip().partition(",")
            last, _, country = rest.partition(",")
            if line.startswith("#") or len(country) != 2 or not country.isalpha():
                continue
            yield number(first), number(last), country


def v6(text):
    return int(ipaddress.IPv6Address(text))


# What writes tables, and says which version of the format the filter reads.
FORMAT = [os.path.join(ROOT, "crates", crate, "src") for crate in ("geo-database", "geo-table")]


def newest(folders):
    """When the last of their files was changed."""
    return max(os.path.getmtime(os.path.join(at, name)) for folder in folders for at, _, names in os.walk(folder) for name in names)


def made(name, make, of=()):
    """The file of that name, made when it isn't there, or older than the code in the folders `of`."""
    path = os.path.join(MADE, name)
    if not os.path.exists(path) or (of and os.path.getmtime(path) < newest(of)):
        os.makedirs(MADE, exist_ok=True)
        say(f"bench: making {name}")
        with tempfile.TemporaryDirectory(dir=MADE) as folder:
            new = os.path.join(folder, name)
            make(new)
            os.replace(new, path)
    return path


def make_mmdb(path):
    four, six = sources()
    # Finer than a /64 is not in the compact table either; 1782000000 is a day of the source's month.
    data = mmdb.database(ranges(four, int), ranges(six, v6), 1782000000)
    with open(path, "wb") as file:
        file.write(data)


def build_table(path, *inputs):
    command = ["cargo", "run", "--quiet", "--release", "-p", "geo-table", "--", "build", "--output", path]
    subprocess.run([*command, *inputs], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


def world():
    """(table, MMDB) of the whole world."""
    return made("world.table", lambda path: build_table(path, *sources()), FORMAT), made("world.mmdb", make_mmdb)


def part(count):
    """A table of so many of the world's IPv4 ranges, evenly spread; and the addresses to ask for."""

    def make(path):
        chosen = list(ranges(sources()[0], int))
        step = max(1, len(chosen) // count)
        with open(path + ".csv", "w") as file:
            for first, last, country in chosen[::step][:count]:
                file.write(f"{ipaddress.IPv4Address(first)},{ipaddress.IPv4Address(last)},{country}\n")
        notice = "IPFire Location Database, CC BY-SA 4.0, https://location.ipfire.org/"
        build_table(path, "--notice", notice, "--made", "1782000000", path + ".csv")

    return made(f"part-{count}.table", make, FORMAT)


def addresses(count):
    """Public IPv4 addresses that the database knows, the same in every run."""
    chosen = random.Random(7)
    known = list(ranges(sources()[0], int))
    picked = (chosen.choice(known) for _ in range(count))
    return tuple(str(ipaddress.IPv4Address(chosen.randint(first, last))) for first, last, _ in picked)
