"""Looks into a ZooKeeper tree without any of our code: a few requests of its client protocol."""

import socket
import struct


class Peek:
    """A session; use it in a with statement."""

    def __init__(self, port, host="127.0.0.1", timeout=10):
        self.socket = socket.create_connection((host, port), timeout=timeout)
        self.xid = 0
        self._send(struct.pack(">iqiq", 0, 0, 10000, 0) + _buffer(bytes(16)))
        self._receive()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._ask(-11)
        self.socket.close()

    def children(self, path):
        """The names below it, sorted; none when it isn't there."""
        answer = self._ask(8, _buffer(path.encode()) + b"\0")
        if answer is None:
            return []
        (count,), at, names = struct.unpack_from(">i", answer), 4, []
        for _ in range(count):
            (size,) = struct.unpack_from(">i", answer, at)
            names.append(answer[at + 4:at + 4 + size].decode())
            at += 4 + size
        return sorted(names)

    def get(self, path):
        """(data, session of an ephemeral znode or 0, zxid of its last change); None if missing."""
        answer = self._ask(4, _buffer(path.encode()) + b"\0")
        if answer is None:
            return None
        (size,) = struct.unpack_from(">i", answer)
        size = max(size, 0)
        stat = struct.unpack_from(">qqqqiiiqiiq", answer, 4 + size)
        return answer[4:4 + size].decode(), stat[7], stat[1]

    def dump(self, path="/arcus"):
        """All that is below `path`: {path: what get() says}."""
        tree = {path: self.get(path)}
        for name in self.children(path):
            tree.update(self.dump(f"{path}/{name}"))
        return tree

    def _ask(self, kind, body=b""):
        self.xid += 1
        self._send(struct.pack(">ii", self.xid, kind) + body)
        answer = self._receive()
        _, _, error = struct.unpack_from(">iqi", answer)
        if error == -101:  # no such znode
            return None
        if error:
            raise OSError(f"ZooKeeper error {error}")
        return answer[16:]

    def _send(self, packet):
        self.socket.sendall(_buffer(packet))

    def _receive(self):
        (size,) = struct.unpack(">i", self._exactly(4))
        return self._exactly(size)

    def _exactly(self, size):
        data = b""
        while len(data) < size:
            more = self.socket.recv(size - len(data))
            if not more:
                raise OSError("ZooKeeper closed the connection")
            data += more
        return data


def _buffer(data):
    return struct.pack(">i", len(data)) + data
