#!/usr/bin/env python3
"""What the conversations send, as a seed corpus:   make_corpus.py CONVERSATIONS CORPUS"""
import os
import pathlib
import re
import sys

conversations, corpus = map(pathlib.Path, sys.argv[1:])
corpus.mkdir(parents=True, exist_ok=True)


def unescape(text):
    text = re.sub(r"\{(.)\*(\d+)\}", lambda m: m[1] * min(int(m[2]), 3000), text)
    text = text.replace(r"\\", "\0").replace(r"\r", "\r").replace(r"\n", "\n")
    text = re.sub(r"\\x([0-9a-fA-F]{2})", lambda m: chr(int(m[1], 16)), text)
    return text.replace("\0", "\\").encode("latin-1")


for path in sorted(conversations.glob("*.txt")):
    sent = b""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("> "):
            sent += unescape(line[2:]) + b"\r\n"
        elif line.startswith(">| "):
            sent += unescape(line[3:])
    # The first four bytes say how the others are cut.
    for cuts in (b"\xff\xff\xff\xff", b"\x00\x06\x28\x01"):
        name = f"{path.stem}-{cuts.hex()}"
        (corpus / name).write_bytes(cuts + sent[:16384])
