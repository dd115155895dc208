"""What the engine benchmarks share: servers on a core of their own, the load generator on another,
and what /proc tells about them."""
import argparse
import json
import os
import resource
import signal
import socket
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.realpath(__file__))


def say(text):
    print(text, file=sys.stderr, flush=True)


def arguments(description):
    """The options that every engine benchmark has."""
    parser = argparse.ArgumentParser(description=description,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", nargs="?", default=os.path.join(HERE, "../../build"),
                        help="where the project was built (build/)")
    parser.add_argument("--ours", metavar="PROGRAM", help="the engine (BUILD/daemon/arcus-memcached)")
    parser.add_argument("--memcached", metavar="PROGRAM", default="memcached",
                        help="the one to compare with (memcached)")
    parser.add_argument("--threads", type=int, default=1, metavar="N",
                        help="worker threads of both (1: they have one core)")
    parser.add_argument("--server-cores", default="0", metavar="N[,N]", help="(0)")
    parser.add_argument("--client-cores", default="1", metavar="N[,N]", help="(1)")
    parser.add_argument("--json", metavar="FILE", help="write every measurement there as well")
    return parser


def comma_list(kind):
    return lambda text: [kind(word) for word in text.split(",")]


def cores(text):
    """The cores of a list that this machine has; any when it has none of them."""
    return {int(core) for core in text.split(",")} & os.sched_getaffinity(0) or os.sched_getaffinity(0)


def raise_descriptor_limit():
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A server process, from its start to the end of the `with`."""

    def __init__(self, name, command, on):
        self.name = name
        self.command = command
        self.cores = on

    def __enter__(self):
        self.port = free_port()
        command = [str(word).replace("{port}", str(self.port)) for word in self.command]
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            preexec_fn=lambda: os.sched_setaffinity(0, self.cores))
        self.pid = self.process.pid
        deadline = time.monotonic() + 10
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return self
            except OSError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    self.__exit__()
                    sys.exit(f"{self.name} does not start: {' '.join(command)}")
                time.sleep(0.02)

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def pause(self):
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self):
        self.process.send_signal(signal.SIGCONT)

    def stats(self):
        with socket.create_connection(("127.0.0.1", self.port), 10) as client:
            client.sendall(b"stats\r\n")
            text = b""
            while not text.endswith(b"END\r\n"):
                piece = client.recv(65536)
                if not piece:
                    break
                text += piece
        lines = [line.split(None, 2) for line in text.decode().splitlines()]
        return {words[1]: words[2] for words in lines if len(words) == 3}

    def memory(self):
        """VmRSS, VmHWM, RssAnon and the like, in bytes."""
        sizes = {}
        with open(f"/proc/{self.pid}/status") as status:
            for line in status:
                name, _, rest = line.partition(":")
                if rest.strip().endswith("kB"):
                    sizes[name] = int(rest.split()[0]) * 1024
        return sizes


class Bench:
    """Knows where the programs are, and the cores."""

    def __init__(self, options, share_cores=False):
        self.options = options
        build = os.path.realpath(options.build)
        self.ours_program = options.ours or os.path.join(build, "daemon/arcus-memcached")
        self.load_program = os.path.join(build, "tests/bench/load/arcus-bench-load")
        self.storeless_program = os.path.join(build, "tests/bench/storeless/arcus-bench-storeless")
        for program in (self.ours_program, self.load_program, self.storeless_program):
            if not os.access(program, os.X_OK):
                sys.exit(f"{program} is not there: build first")
        self.server_cores = cores(options.server_cores)
        self.client_cores = cores(options.client_cores)
        if not share_cores and self.server_cores & self.client_cores:
            say("warning: server and client share a core")
        self.measurements = []
        # So that servers are taken down on the way out.
        signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))

    def _engine(self, name, program, memory, threads, connections):
        command = [program, "-l", "127.0.0.1", "-p", "{port}", "-m", memory,
                   "-t", threads or self.options.threads, "-c", connections]
        if os.geteuid() == 0:
            command += ["-u", "nobody"]
        return Server(name, command, self.server_cores)

    def memcached(self, memory=1024, threads=None, connections=4096):
        return self._engine("memcached", self.options.memcached, memory, threads, connections)

    def ours(self, memory=1024, threads=None, connections=4096):
        return self._engine("arcus", self.ours_program, memory, threads, connections)

    def storeless(self, value_size, key_size):
        command = [self.storeless_program, "{port}", value_size, key_size]
        return Server("storeless", command, self.server_cores)

    def load(self, server, *words):
        """Runs the generator against `server`; its JSON object, with what was asked for."""
        command = [self.load_program, f"--port={server.port}", f"--server-pid={server.pid}", "--json"]
        command += [str(word) for word in words]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              preexec_fn=lambda: os.sched_setaffinity(0, self.client_cores))
        if done.returncode != 0:
            sys.exit(f"{server.name}: {' '.join(command)}\nended with {done.returncode}: "
                     f"{done.stderr}{done.stdout}")
        result = json.loads(done.stdout)
        result["server"] = server.name
        result["asked"] = [str(word) for word in words]
        self.measurements.append(result)
        return result

    def finish(self):
        if self.options.json:
            with open(self.options.json, "w") as file:
                json.dump(self.measurements, file, indent=1)


def median(values):
    return statistics.median(values)


def spread(values, form="{:.2f}"):
    """"median (least-greatest)"."""
    low, high = form.format(min(values)), form.format(max(values))
    return f"{form.format(median(values))} ({low}-{high})"


def table(heads, rows):
    print("| " + " | ".join(heads) + " |")
    print("|" + "|".join([" ---: "] * len(heads)) + "|")
    for row in rows:
        print("| " + " | ".join(str(cell) for cell in row) + " |")
    print(flush=True)


def machine():
    """What figures were taken on, and how busy it was with other things."""
    model = "unknown processor"
    with open("/proc/cpuinfo") as info:
        for line in info:
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
                break
    return (f"{model}, {os.cpu_count()} cores, Linux {os.uname().release}, "
            f"load average before: {os.getloadavg()[0]:.1f}")


def version_of(program):
    done = subprocess.run([program, "-V"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return (done.stdout.split("\n") or [""])[0]
