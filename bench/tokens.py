"""Keys, and as many tokens as a load needs, minted once and kept in target/bench."""

import os
import subprocess

from machine import MADE, program, say

ISSUER = "https://idp.example.com"
AUDIENCE = "edge"
ALGORITHMS = ("RS256", "ES256", "EdDSA")
KEYS = os.path.join(MADE, "keys.json")


def mint(count, algorithm, output):
    here = os.path.dirname(os.path.abspath(__file__))
    command = [program("node"), os.path.join(here, "mint.mjs"), KEYS, str(count), algorithm]
    subprocess.run(command, check=True, stdout=output)


def key_set():
    """The public keys, as the text of a JWK set."""
    os.makedirs(MADE, exist_ok=True)
    if not os.path.exists(KEYS):
        mint(0, "RS256", subprocess.DEVNULL)
    with open(KEYS.replace(".json", ".jwks.json")) as file:
        return file.read()


def tokens(count, algorithm="RS256"):
    """That many different tokens that will not expire in years."""
    key_set()
    path = os.path.join(MADE, f"tokens-{algorithm}-{count}.txt")
    if not os.path.exists(path) or os.path.getmtime(path) < os.path.getmtime(KEYS):
        if count > 100:
            say(f"bench: minting {count} {algorithm} tokens")
        with open(path + ".new", "wb") as file:
            mint(count, algorithm, file)
        os.replace(path + ".new", path)
    with open(path) as file:
        return file.read().split()
