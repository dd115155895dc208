"""Looks at a cloud as its clients do, in ZooKeeper and over the nodes' own ports. Also a program:

  cloud_watch.py SERVERS SERVICE owner NODE           the session that holds the node's znode, or 0
  cloud_watch.py SERVERS SERVICE online               how many nodes are in the cloud
  cloud_watch.py SERVERS SERVICE recover NODE SECONDS CMD...
      runs CMD, and says after how many seconds the node was in its cloud again, by another session,
      and stored and gave back a value
"""

import pathlib
import socket
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cli"))
from zk_peek import Peek  # noqa: E402


class Watch:
    def __init__(self, servers, service):
        self.servers = [(host, int(port)) for host, port in
                        (server.split(":") for server in servers.split(","))]
        self.path = f"/arcus/cache_list/{service}"

    def _ask(self, question):
        """The answer of the first server that has one; None when the ensemble gives none."""
        for at, (host, port) in enumerate(self.servers):
            try:
                with Peek(port, host, timeout=1) as peek:
                    answer = question(peek)
                self.servers.insert(0, self.servers.pop(at))
                return answer
            except OSError:
                continue
        return None

    def nodes(self):
        """The addresses in the cloud; None when nobody can tell."""
        names = self._ask(lambda peek: peek.children(self.path))
        return None if names is None else {name.split("-")[0] for name in names}

    def owner(self, node):
        def find(peek):
            for name in peek.children(self.path):
                if name.split("-")[0] == node:
                    found = peek.get(f"{self.path}/{name}")
                    return found[1] if found else 0
            return 0
        return self._ask(find)


def works(node):
    """Whether it stores and gives back a value."""
    host, port = node.split(":")
    try:
        with socket.create_connection((host, int(port)), timeout=1) as connection:
            connection.sendall(b"set watch:probe 0 60 1\r\nx\r\nget watch:probe\r\n")
            answer = b""
            while not answer.endswith(b"END\r\n"):
                more = connection.recv(4096)
                if not more:
                    return False
                answer += more
            return answer == b"STORED\r\nVALUE watch:probe 0 1\r\nx\r\nEND\r\n"
    except OSError:
        return False


def recover(watch, node, seconds, command):
    before = watch.owner(node)
    subprocess.run(command, check=True)
    begun = time.monotonic()
    while time.monotonic() - begun < seconds:
        now = watch.owner(node)
        if now and now != before and works(node):
            print(f"{time.monotonic() - begun:.2f}")
            return 0
        time.sleep(0.01)
    print("never")
    return 1


def main(servers, service, verb, *rest):
    watch = Watch(servers, service)
    if verb == "owner":
        print(watch.owner(rest[0]) or 0)
    elif verb == "online":
        print(len(watch.nodes() or ()))
    elif verb == "recover":
        return recover(watch, rest[0], float(rest[1]), rest[2:])
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
