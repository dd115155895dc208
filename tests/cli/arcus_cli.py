"""Runs the real `arcus` as an operator would: a private home, no environment of the caller's, no
network beyond loopback. What every test of this folder shares."""

import json
import os
import pty
import re
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("ARCUS_BINARY_DIR", os.path.join(SOURCE, "build"))
BINARY = os.path.join(BUILD, "tools", "arcus")
NOBODY = 65534

# The exit statuses that the man page lists.
OK, FAILED, USAGE, INPUT, NO_ENSEMBLE, REFUSED, NOT_FOUND, CONFLICT = range(8)


def free_ports(count):
    """Ports that nobody had a moment ago, all different."""
    held = [socket.socket() for _ in range(count)]
    for one in held:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports


class Ran:
    """What came of one run."""

    def __init__(self, status, out, err, seconds):
        self.status, self.out, self.err, self.seconds = status, out, err, seconds

    def __str__(self):
        return f"exit status {self.status}\n--- stdout\n{self.out}\n--- stderr\n{self.err}"

    def json(self):
        return json.loads(self.out)


class Suite(unittest.TestCase):
    """A test case with a home of its own, as `user` (a uid; None for the caller)."""

    user = None
    longMessage = True

    def setUp(self):
        self.home = self.make_home()
        self.addCleanup(shutil.rmtree, self.home, ignore_errors=True)

    @classmethod
    def make_home(cls):
        home = tempfile.mkdtemp(prefix="arcus-cli-")
        # The run user of a cloud that root starts must get in.
        os.chmod(home, 0o755)
        if cls.user is not None:
            os.chown(home, cls.user, cls.user)
        return home

    def write(self, name, content):
        """A file in the home: text as it is, anything else as JSON. Its path."""
        path = os.path.join(self.home, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(content if isinstance(content, str) else json.dumps(content))
        return path

    def environment(self, extra=None):
        return {"HOME": self.home, "PATH": os.environ["PATH"], "TMPDIR": self.home, "LC_ALL": "C",
                **(extra or {})}

    def command(self, args, user=None):
        user = self.user if user is None else user
        drop = [] if user is None else [
            "setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", "--"]
        return drop + [BINARY] + [str(arg) for arg in args]

    def arcus(self, *args, env=None, user=None, limit=90):
        begun = time.monotonic()
        done = subprocess.run(self.command(args, user), stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, errors="replace", timeout=limit,
                              cwd=self.home, env=self.environment(env), check=False)
        return Ran(done.returncode, done.stdout, done.stderr, time.monotonic() - begun)

    def at_terminal(self, *args, answer=None, env=None, limit=60):
        """Runs it at a terminal, types `answer` when it asks. `out` has all that was shown."""
        begun = time.monotonic()
        command = self.command(args)
        pid, terminal = pty.fork()
        if pid == 0:
            try:
                os.chdir(self.home)
                os.execvpe(command[0], command, self.environment({"TERM": "xterm", **(env or {})}))
            finally:
                os._exit(127)
        shown, ended = b"", False
        try:
            while not ended:
                if time.monotonic() - begun > limit:
                    os.kill(pid, signal.SIGKILL)
                    self.fail(f"{args} still runs after {limit} s; it showed\n{shown.decode()}")
                if not select.select([terminal], [], [], 0.2)[0]:
                    continue
                try:
                    more = os.read(terminal, 65536)
                except OSError:  # the other side is closed
                    more = b""
                ended = not more
                shown += more
                if answer is not None and b"to go on: " in shown:
                    os.write(terminal, answer.encode() + b"\n")
                    answer = None
        finally:
            os.close(terminal)
            _, status = os.waitpid(pid, 0)
        return Ran(os.waitstatus_to_exitcode(status), shown.decode(errors="replace"), "",
                   time.monotonic() - begun)

    def assertStatus(self, status, ran):
        self.assertEqual(status, ran.status, str(ran))

    def assertSays(self, ran, *texts):
        for text in texts:
            self.assertIn(text, ran.out + ran.err, str(ran))

    def assertNoEscapes(self, ran):
        self.assertIsNone(re.search("\033", ran.out + ran.err), repr(ran.out + ran.err))


def processes_with(text):
    """The processes that have `text` in an argument."""
    found = []
    for name in os.listdir("/proc"):
        if not name.isdigit() or int(name) == os.getpid():
            continue
        try:
            with open(f"/proc/{name}/cmdline", "rb") as file:
                if text.encode() in file.read():
                    found.append(int(name))
        except OSError:
            continue
    return found


def kill_all_with(text):
    """Ends every process that has `text`, a path of this test alone, in an argument."""
    for _ in range(50):
        left = processes_with(text)
        if not left:
            return
        for pid in left:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        time.sleep(0.05)


def main():
    if not os.access(BINARY, os.X_OK):
        raise SystemExit(f"{BINARY} is not built; set ARCUS_BINARY_DIR to the build directory")
    unittest.main(verbosity=2)
