"""Random faults under a client that checks every value: chaos.py SERVERS SERVICE SECONDS SEED.

Run by chaos_test, in the operator's network, with HOSTS (the program that makes hosts) and ARCUS (a
command line) in the environment.

What may be read. A connection leads to one process, known by its address, process id and start. A value it
gives must be the last one that was written to that very process (or, after a write of which no answer
came, one of two). So a node that comes back must be empty: nothing was written to that process yet. And
what was written to an address before cache_list was seen without it must not come back once the cloud
counts it again, whatever process it is. A miss is always allowed.
"""

import hashlib
import os
import random
import socket
import struct
import subprocess
import sys
import threading
import time

from cloud_watch import Watch, works

KEYS = 2000
CLIENTS = 2


class Ring:
    """ketama, as all clients of Arcus have it."""

    def __init__(self, nodes):
        self.points = []
        for node in nodes:
            for i in range(40):
                digest = hashlib.md5(f"{node}-{i}".encode()).digest()
                self.points += [(point, node) for point in struct.unpack("<4I", digest)]
        self.points.sort()

    def node(self, key):
        wanted = struct.unpack("<I", hashlib.md5(key.encode()).digest()[:4])[0]
        low, high = 0, len(self.points)
        while low < high:
            middle = (low + high) // 2
            if self.points[middle][0] < wanted:
                low = middle + 1
            else:
                high = middle
        return self.points[low % len(self.points)][1]


class Cloud:
    """The list of nodes, followed; and what has been written to which process."""

    def __init__(self, watch):
        self.watch = watch
        self.lock = threading.Lock()
        self.nodes = frozenset()
        self.ring = None
        self.absent = {}       # address -> when it was last seen out of the cloud
        self.written = {}      # (process, key) -> {value that may be there: when it was sent}
        self.processes = set()
        self.wrong = []
        self.reads = self.hits = self.writes = self.errors = 0
        self.stop = False

    def follow(self):
        while not self.stop:
            asked = time.monotonic()
            nodes = self.watch.nodes()
            if nodes is not None and nodes != self.nodes:
                with self.lock:
                    for gone in self.nodes - nodes:
                        self.absent[gone] = asked
                    self.nodes = frozenset(nodes)
                    self.ring = Ring(sorted(nodes)) if nodes else None
            time.sleep(0.05)

    def meet(self, address, pid, started):
        """The process; a host that was rebooted uses the same numbers again."""
        with self.lock:
            for process in self.processes:
                if process[:2] == (address, pid) and abs(process[2] - started) <= 1:
                    return process
            process = (address, pid, started)
            self.processes.add(process)
            return process

    def check(self, process, key, value):
        with self.lock:
            self.reads += 1
            if value is None:
                return
            self.hits += 1
            sent = self.written.get((process, key), {}).get(value)
            if sent is None:
                self.wrong.append(f"{process} gave {value} for {key}, not written to it last")
            elif process[0] in self.nodes and sent < self.absent.get(process[0], 0):
                self.wrong.append(f"{process} gave {value} for {key}, from before it left its cloud")


class Client(threading.Thread):
    def __init__(self, cloud, number, seed):
        super().__init__(daemon=True)
        self.cloud = cloud
        self.number = number
        self.random = random.Random(seed * 1000 + number)
        self.connections = {}  # address -> (socket, process)
        self.counter = 0

    def run(self):
        while not self.cloud.stop:
            with self.cloud.lock:
                ring = self.cloud.ring
            if ring is None:
                time.sleep(0.05)
                continue
            # Each client has keys of its own, so what it wrote last is what was written last.
            key = f"chaos:{self.number}:{self.random.randrange(KEYS)}"
            try:
                self.step(key, ring.node(key))
            except OSError:
                self.cloud.errors += 1
                time.sleep(0.02)
            time.sleep(0.001)

    def step(self, key, address):
        if address not in self.connections:
            self.connections[address] = self.connect(address)
        connection, process = self.connections[address]
        try:
            if self.random.random() < 0.3:
                self.write(connection, process, key)
            else:
                self.read(connection, process, key)
        except OSError:
            connection.close()
            del self.connections[address]
            raise

    def connect(self, address):
        host, port = address.split(":")
        connection = socket.create_connection((host, int(port)), timeout=1)
        stats = ask(connection, b"stats\r\n", b"END\r\n")
        found = {words[1]: int(words[2]) for words in map(bytes.split, stats.split(b"\r\n"))
                 if words and words[1:2] in ([b"pid"], [b"time"], [b"uptime"])}
        return connection, self.cloud.meet(address, found[b"pid"], found[b"time"] - found[b"uptime"])

    def write(self, connection, process, key):
        self.counter += 1
        value = f"{key}={self.counter}"
        place = (process, key)
        with self.cloud.lock:  # until the answer is there, the old one and the new one may be
            sent = time.monotonic()
            self.cloud.written[place] = {**self.cloud.written.get(place, {}), value: sent}
        answer = ask(connection, f"set {key} 0 0 {len(value)}\r\n{value}\r\n".encode(), b"\r\n")
        with self.cloud.lock:
            if answer == b"STORED\r\n":
                self.cloud.written[place] = {value: sent}
                self.cloud.writes += 1

    def read(self, connection, process, key):
        answer = ask(connection, f"get {key}\r\n".encode(), b"END\r\n")
        value = None if answer == b"END\r\n" else answer.split(b"\r\n")[1].decode()
        self.cloud.check(process, key, value)


def ask(connection, request, end):
    connection.sendall(request)
    answer = b""
    while not answer.endswith(end):
        more = connection.recv(65536)
        if not more:
            raise OSError("closed")
        answer += more
        if answer.startswith((b"SERVER_ERROR", b"ERROR")):
            raise OSError(answer.decode())
    return answer


class Faults:
    def __init__(self, cloud, seed, total):
        self.cloud = cloud
        self.random = random.Random(seed)
        self.total = total
        self.survived = {}
        self.longest = (0.0, "none")
        self.kinds = [self.kill_engine, self.kill_engine, self.kill_supervisor, self.kill_both,
                      self.hang, self.blip, self.cut, self.kill_zookeeper, self.reboot]

    def on(self, host, command):
        return subprocess.run([os.environ["HOSTS"], "exec", f"memcached-{host}", "sh", "-c", command],
                              capture_output=True, text=True, check=False).stdout

    def hosts(self, *words):
        subprocess.run([os.environ["HOSTS"], *words], check=True, capture_output=True)

    def arcus(self, *words):
        subprocess.run([*os.environ["ARCUS"].split(), *words], check=False, capture_output=True,
                       stdin=subprocess.DEVNULL)

    def engine(self):
        return f"$(pgrep -f '^/opt/arcus/[^ ]*/arcus-memcached .*-p {self.port} ')"

    def supervisor(self):
        return f"$(pgrep -f '^/opt/arcus/[^ ]*/arcus-supervise .*--node [^ ]*:{self.port} ')"

    def kill_engine(self):
        self.on(self.host, f"kill -9 {self.engine()}")

    def kill_supervisor(self):
        self.on(self.host, f"kill -9 {self.supervisor()}")
        self.arcus("memcached", "start", self.service)

    def kill_both(self):
        self.on(self.host, f"kill -9 {self.supervisor()} {self.engine()}")
        self.arcus("memcached", "start", self.service)

    def hang(self):
        self.on(self.host, f"kill -STOP {self.engine()}")
        time.sleep(1)  # it is in the cloud until it is found out

    def blip(self):
        self.hosts("cut", f"memcached-{self.host}")
        time.sleep(1.5)
        self.hosts("heal", f"memcached-{self.host}")

    def cut(self):
        self.hosts("cut", f"memcached-{self.host}")
        time.sleep(9)
        self.hosts("heal", f"memcached-{self.host}")

    def kill_zookeeper(self):
        self.on(self.host, "pkill -9 -x java")
        time.sleep(1)
        self.arcus("zookeeper", "start")

    def reboot(self):
        self.hosts("reboot", f"memcached-{self.host}")
        self.arcus("zookeeper", "start")
        self.arcus("memcached", "start", self.service)

    def healthy(self):
        nodes = self.cloud.watch.nodes()
        return nodes is not None and len(nodes) == self.total and all(works(n) for n in nodes)

    def one(self, service):
        self.service = service
        self.host = self.random.randint(1, 3)
        self.port = 13000 + self.random.randint(1, self.total // 3)
        kind = self.random.choice(self.kinds)
        name = kind.__name__
        begun = time.monotonic()
        kind()
        while not self.healthy():
            if time.monotonic() - begun > 60:
                return f"not healthy a minute after {name} on host {self.host}, port {self.port}"
            time.sleep(0.1)
        took = time.monotonic() - begun
        self.survived[name] = self.survived.get(name, 0) + 1
        self.longest = max(self.longest, (took, name))
        return None


def main(servers, service, seconds, seed):
    cloud = Cloud(Watch(servers, service))
    total = len(cloud.watch.nodes())
    follower = threading.Thread(target=cloud.follow, daemon=True)
    follower.start()
    clients = [Client(cloud, number, int(seed)) for number in range(CLIENTS)]
    for client in clients:
        client.start()
    faults = Faults(cloud, int(seed), total)
    trouble = None
    until = time.monotonic() + float(seconds)
    while trouble is None and time.monotonic() < until:
        trouble = faults.one(service)
        time.sleep(0.5)
    time.sleep(1)
    cloud.stop = True
    for thread in (*clients, follower):
        thread.join(timeout=5)
    print(f"faults survived: {sum(faults.survived.values())} "
          f"({', '.join(f'{count} {name}' for name, count in sorted(faults.survived.items()))})")
    print(f"longest recovery: {faults.longest[0]:.1f} s ({faults.longest[1]})")
    print(f"{cloud.writes} writes, {cloud.reads} reads of which {cloud.hits} hits, "
          f"{cloud.errors} requests without an answer, {len(cloud.wrong)} wrong values")
    for line in cloud.wrong[:10]:
        print("wrong: " + line)
    if trouble:
        print(trouble)
    return 1 if trouble or cloud.wrong or not cloud.hits else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
