"""A cloud of two nodes on this machine, brought up by quicksetup and put through what operators do.

Every test finds both nodes running and leaves them so. As root the cloud runs as root's, its
processes as nobody; a second, shorter suite then brings one up as an ordinary user."""

import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
import unittest

import arcus_cli
from arcus_cli import (BUILD, CONFLICT, FAILED, NOBODY, NOT_FOUND, OK, REFUSED, free_ports,
                       kill_all_with, processes_with)
from zk_peek import Peek

SERVICE = "shop-cloud"


class Cloud(arcus_cli.Suite):
    """Brings the cloud up before the first test and takes it down after the last, whatever fails."""

    @classmethod
    def setUpClass(cls):
        cls.home = cls.make_home()
        cls.addClassCleanup(shutil.rmtree, cls.home, ignore_errors=True)
        cls.addClassCleanup(kill_all_with, cls.home)
        cls.zk, quorum, election, *cls.ports = sorted(free_ports(6))
        cls.nodes = [f"127.0.0.1:{port}" for port in cls.ports]  # the third is a spare
        cls.dir = os.path.join(cls.home, "arcus")
        cls.bundle = cls.reachable_build()
        operator = cls()
        cls.settings_file = operator.write("settings.json", {
            "zklist": f"127.0.0.1:{cls.zk}", "dir": cls.dir, "run_user": "nobody",
            "bundle": cls.bundle,
            "zookeeper": {"heap_mb": 128, "quorum_port": quorum, "election_port": election}})
        cls.cloud_file = operator.cloud("cloud.json", cls.nodes[:2])
        cls.quicksetup = operator.run_arcus("quicksetup", cls.cloud_file)
        cls.addClassCleanup(operator.take_down)
        operator.assertStatus(OK, cls.quicksetup)

    @classmethod
    def reachable_build(cls):
        """The bundle; for another user a copy, since a build below /root, say, is not for all."""
        bundle = os.path.join(BUILD, "bundle")
        if cls.user is None:
            return bundle
        copy = os.path.join(cls.home, "bundle")
        shutil.copytree(bundle, copy)
        cls.binary = os.path.join(cls.home, "arcus-binary")
        shutil.copy2(arcus_cli.BINARY, cls.binary)
        return copy

    def setUp(self):
        pass  # the home is the class's

    def command(self, args, user=None):
        command = super().command(args, user)
        return [self.binary if self.user is not None and word == arcus_cli.BINARY else word
                for word in command]

    def run_arcus(self, *args, **more):
        return self.arcus("--config", self.settings_file, *args, **more)

    def ok(self, *args, **more):
        ran = self.run_arcus(*args, **more)
        self.assertStatus(OK, ran)
        return ran

    def take_down(self):
        self.run_arcus("--yes", "memcached", "stop", SERVICE)
        self.run_arcus("--yes", "zookeeper", "stop")

    def cloud(self, name, nodes, service=SERVICE, memlimit="64"):
        servers = []
        for node in nodes:
            ip, port = node.split(":")
            host = "localhost" if ip == "127.0.0.1" else "host-" + ip.replace(".", "-")
            servers.append({"hostname": host, "ip": ip, "config": {"port": port}})
        return self.write(name, {"serviceCode": service, "servers": servers, "team": "web",
                                 "config": {"threads": "2", "memlimit": memlimit,
                                            "connections": "100"}})

    def listed(self, service=SERVICE):
        return self.ok("--format", "json", "memcached", "list", service).json()

    def owners(self):
        """The session of each node's znode, by address."""
        with Peek(self.zk) as peek:
            path = f"/arcus/cache_list/{SERVICE}"
            return {name.split("-")[0]: peek.get(f"{path}/{name}")[1]
                    for name in peek.children(path)}

    def engine(self, port):
        """The process that serves this port of ours."""
        for pid in processes_with(self.dir):
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                words = file.read().decode().split("\0")
            if words[0].endswith("arcus-memcached") and str(port) in words:
                return pid
        return None


class TakenUp:
    """What holds for every user who brings a cloud up."""

    def test_quicksetup_reports_and_shows_the_list(self):
        self.assertRegex(self.quicksetup.out, r"\Aquicksetup: ok \(1 host done\)\n")
        self.assertRegex(self.quicksetup.out, rf"(?m)^{SERVICE} +OK +2 +2 +0 +0 ")
        self.assertNoEscapes(self.quicksetup)

    def test_quicksetup_again_changes_nothing(self):
        before = self.owners()
        ran = self.ok("quicksetup", self.cloud_file)
        self.assertSays(ran, "nothing was sent", "registered just so already")
        self.assertRegex(ran.out, r"\Aquicksetup: ok \(1 unchanged\)\n")
        self.assertEqual(before, self.owners(), "the nodes run on in the sessions they had")

    def test_list_and_listall_show_the_cloud(self):
        for args in (["list", SERVICE], ["listall"]):
            ran = self.ok("memcached", *args)
            self.assertRegex(ran.out, rf"(?m)^{SERVICE} +OK +2 +2 +0 +0 +\d{{4}}-\d\d-\d\d ")
        self.assertRegex(self.ok("memcached", "list", SERVICE).out,
                         rf"Online\n  {self.nodes[0]} +localhost  ready since .*\n  {self.nodes[1]} ")
        listed = self.listed()
        self.assertEqual(["OK", 2, []], [listed["status"], listed["total"], listed["offline"]])
        every = self.ok("--format", "json", "memcached", "listall").json()
        self.assertEqual([], listed.pop("contradictions"))
        for node in listed["online"]:
            self.assertEqual(["ready", "up"], [node["supervisor"][key] for key in ("state", "wanted")])
            del node["supervisor"], node["note"]
        # listall asks no host.
        self.assertEqual([listed], [one for one in every if one["serviceCode"] == SERVICE])

    def test_restart_replaces_each_engine_and_waits_for_it(self):
        before = [self.engine(port) for port in self.ports[:2]]
        ran = self.ok("memcached", "restart", SERVICE)
        self.assertRegex(ran.out, r"\Amemcached restart: ok \(1 host done\)\n\Z")
        after = [self.engine(port) for port in self.ports[:2]]
        self.assertEqual([], [pid for pid in after if pid is None or pid in before])
        self.assertEqual("OK", self.listed()["status"])

    def test_restart_leaves_stopped_nodes_so(self):
        self.ok("memcached", "stop", "--node", self.nodes[1], SERVICE)
        ran = self.ok("memcached", "restart", SERVICE)
        self.assertSays(ran, "Stopped, and left so: " + self.nodes[1])
        listed = self.listed()
        self.assertEqual("stopped", listed["offline"][0]["state"])
        self.ok("memcached", "restart", "--node", self.nodes[1], SERVICE)
        self.assertEqual("OK", self.listed()["status"])

    def test_logs_shows_what_each_node_wrote(self):
        ran = self.ok("memcached", "logs", "--lines", 200, SERVICE)
        for node in self.nodes[:2]:
            self.assertRegex(ran.out, rf"(?m)^{node}  .*joined cloud {SERVICE}")
        one = self.ok("memcached", "logs", "--lines", 1, "--node", self.nodes[0], SERVICE)
        self.assertEqual(1, one.out.count("\n"))
        self.assertNotIn(self.nodes[1], one.out)

    def test_logs_follows_what_is_written_until_it_is_interrupted(self):
        port = self.ports[0]
        running = subprocess.Popen(
            self.command(["--config", self.settings_file, "memcached", "logs", "--follow", "--lines",
                          "1", "--node", self.nodes[0], SERVICE]),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, cwd=self.home,
            env=self.environment(None))
        first = running.stdout.readline()  # it is under way
        os.kill(self.engine(port), signal.SIGKILL)
        lines = [first]
        while "engine ended: killed by signal 9" not in lines[-1] and lines[-1]:
            lines.append(running.stdout.readline())
        running.send_signal(signal.SIGINT)
        running.communicate(timeout=20)
        self.assertEqual(OK, running.returncode)
        self.assertIn("engine ended: killed by signal 9", lines[-1])
        self.ok("memcached", "start", SERVICE)

    def test_ping_stores_and_reads_back(self):
        ran = self.ok("ping", "--write", SERVICE)
        for node in self.nodes[:2]:
            self.assertRegex(ran.out, rf"(?m)^here +node {node} +ok +version .*stored and read")
        self.assertRegex(ran.out, rf"(?m)^localhost +zookeeper 127.0.0.1:{self.zk} +ok")
        checks = self.ok("--format", "json", "ping", "--write", SERVICE).json()
        self.assertIs(True, checks["ok"])
        self.assertEqual({True}, {check["ok"] for check in checks["checks"]})

    def test_start_when_all_run_leaves_them(self):
        before = self.owners()
        ran = self.ok("memcached", "start", SERVICE)
        self.assertRegex(ran.out, r"\Amemcached start: ok \(1 unchanged\)\n")
        self.assertEqual(before, self.owners())

    def test_processes_run_as_they_should(self):
        wanted = NOBODY if os.geteuid() == 0 else os.geteuid()
        for port in self.ports[:2]:
            self.assertEqual(wanted, os.stat(f"/proc/{self.engine(port)}").st_uid)

    def test_a_node_is_stopped_and_started_alone(self):
        one, other = self.nodes[:2]
        self.addCleanup(self.run_arcus, "memcached", "start", SERVICE)
        kept = self.owners()[other]
        self.ok("memcached", "stop", SERVICE, "--node", one)
        listed = self.listed()
        self.assertEqual("SOME_DOWN", listed["status"])
        self.assertEqual([one], [node["address"] for node in listed["offline"]])
        self.assertIsNone(self.engine(self.ports[0]))
        again = self.ok("memcached", "stop", SERVICE, "--node", one)
        self.assertSays(again, "unchanged")
        self.ok("memcached", "start", SERVICE, "--node", one)
        self.assertEqual("OK", self.listed()["status"])
        self.assertEqual(kept, self.owners()[other], "the other node was left alone")

    def test_a_node_that_is_killed_comes_back_in_a_session_of_its_own(self):
        before, victim = self.owners()[self.nodes[0]], self.engine(self.ports[0])
        os.kill(victim, signal.SIGKILL)
        begun = time.monotonic()
        # Three seconds are promised; a machine that is busy with other tests gets some more.
        while self.owners().get(self.nodes[0]) in (None, before):
            self.assertLess(time.monotonic() - begun, 12, "it does not come back")
            time.sleep(0.05)
        print(f"back after {time.monotonic() - begun:.1f} s", file=sys.stderr)
        self.assertNotEqual(victim, self.engine(self.ports[0]))
        self.assertEqual("OK", self.listed()["status"])


class LocalCloud(TakenUp, Cloud):
    def test_register_unchanged_says_so(self):
        with Peek(self.zk) as peek:
            before = peek.dump()
            ran = self.ok("memcached", "register", self.cloud_file)
            self.assertSays(ran, f"The cloud {SERVICE} is registered just so already.")
            self.assertEqual(before, peek.dump())

    def test_register_writes_only_the_difference_and_tells_it(self):
        self.addCleanup(self.run_arcus, "memcached", "register", self.cloud_file)
        with Peek(self.zk) as peek:
            before = peek.dump("/arcus/cache_server_mapping")
            created = self.listed()["created"]
            ran = self.ok("memcached", "register", self.cloud("more.json", self.nodes))
            self.assertSays(ran, f"Changed cloud {SERVICE}", f"added: {self.nodes[2]}")
            after = peek.dump("/arcus/cache_server_mapping")
            self.assertEqual(before, {path: after[path] for path in before})
            self.assertEqual(2, len(after) - len(before))
        listed = self.listed()
        self.assertEqual(["SOME_DOWN", 3, created],
                         [listed["status"], listed["total"], listed["created"]])
        self.assertRegex(listed["modified"], r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$")

    def test_a_node_dropped_from_the_file_is_undefined_and_can_be_stopped(self):
        self.addCleanup(self.run_arcus, "memcached", "start", SERVICE)
        self.addCleanup(self.run_arcus, "memcached", "register", self.cloud_file)
        ran = self.ok("memcached", "register", self.cloud("less.json", self.nodes[:1]))
        self.assertSays(ran, "removed but still running", self.nodes[1])
        listed = self.listed()
        self.assertEqual(["OK", 1], [listed["status"], listed["total"]])
        self.assertEqual([self.nodes[1]], [node["address"] for node in listed["undefined"]])
        self.ok("memcached", "stop", SERVICE, "--node", self.nodes[1])
        self.assertEqual([], self.listed()["undefined"])

    def test_an_address_of_another_cloud_is_refused_by_name(self):
        file = self.cloud("rival.json", [self.nodes[1], self.nodes[2]], service="rival")
        ran = self.run_arcus("memcached", "register", file)
        self.assertStatus(CONFLICT, ran)
        self.assertSays(ran, f"{self.nodes[1]} belongs to the cloud {SERVICE}")
        self.assertStatus(NOT_FOUND, self.run_arcus("memcached", "list", "rival"))

    def test_an_unknown_service_gets_near_names(self):
        for args in (["memcached", "list"], ["memcached", "start"], ["memcached", "stop"],
                     ["memcached", "unregister"], ["ping"]):
            ran = self.run_arcus(*args, "shop-clud")
            self.assertStatus(NOT_FOUND, ran)
            self.assertSays(ran, f"no cloud shop-clud is registered; did you mean {SERVICE}?")
        ran = self.run_arcus("memcached", "stop", SERVICE, "--node", "127.0.0.1:1")
        self.assertStatus(NOT_FOUND, ran)
        self.assertSays(ran, "has no node 127.0.0.1:1; it has " + self.nodes[0])

    def test_unregister_is_refused_while_nodes_are_online(self):
        with Peek(self.zk) as peek:
            before = peek.dump()
            ran = self.run_arcus("--yes", "memcached", "unregister", SERVICE)
            self.assertStatus(REFUSED, ran)
            self.assertSays(ran, *(f"node online: {node}-localhost" for node in self.nodes[:2]))
            self.assertEqual(before, peek.dump())

    def test_unregister_asks_and_does_what_was_answered(self):
        def registered():
            return "bystander" in [one["serviceCode"] for one in
                                   self.ok("--format", "json", "memcached", "listall").json()]

        file = self.cloud("bystander.json", self.nodes[2:], service="bystander")
        self.ok("memcached", "register", file)
        command = ["--config", self.settings_file, "memcached", "unregister", "bystander"]
        ran = self.arcus(*command)
        self.assertStatus(REFUSED, ran)
        self.assertSays(ran, "use --yes")
        for wrong in ("no", "yes", "Delete shop-cloud", ""):
            ran = self.at_terminal(*command, answer=wrong)
            self.assertStatus(REFUSED, ran)
            self.assertSays(ran, "Type 'Delete bystander' to go on", "nothing was done")
            self.assertTrue(registered())
        ran = self.at_terminal(*command, answer="Delete bystander")
        self.assertStatus(OK, ran)
        self.assertFalse(registered())
        with Peek(self.zk) as peek:
            self.assertEqual([], [path for path in peek.dump() if "bystander" in path])

    def test_zookeeper_stop_asks_while_nodes_are_online(self):
        command = ["--config", self.settings_file, "zookeeper", "stop"]
        ran = self.arcus(*command)
        self.assertStatus(REFUSED, ran)
        self.assertSays(ran, f"{SERVICE}: 2 nodes online", "use --yes")
        ran = self.at_terminal(*command, answer="no")
        self.assertStatus(REFUSED, ran)
        ran = self.ok("zookeeper", "stat")
        self.assertSays(ran, "standalone", "quorum: the ensemble serves")

    def test_zookeeper_init_and_start_leave_one_that_runs(self):
        with Peek(self.zk) as peek:
            before = peek.dump()
            for verb in ("init", "start"):
                ran = self.ok("zookeeper", verb)
                self.assertRegex(ran.out, rf"zookeeper {verb}: ok \(1 unchanged\)")
            self.assertEqual(before, peek.dump())

    def test_waiting_in_vain_tells_which_server_it_was(self):
        settings = self.write("unmanaged.json", {"zookeeper": {"managed": False}})
        dead = free_ports(1)[0]
        ran = self.arcus("--config", settings, "-z", f"127.0.0.1:{self.zk},127.0.0.1:{dead}",
                         "--timeout", 1, "zookeeper", "init")
        self.assertStatus(FAILED, ran)
        self.assertSays(ran, "the ensemble has no quorum", f"127.0.0.1:{dead}: ", "refused")
        self.assertNotIn(f"127.0.0.1:{self.zk}: ", ran.out + ran.err)

    def test_a_foreign_memcached_on_a_port_is_named_and_the_other_node_starts(self):
        self.addCleanup(self.run_arcus, "memcached", "start", SERVICE)
        self.ok("memcached", "stop", SERVICE)
        self.assertEqual("DOWN", self.listed()["status"])
        with Foreign(self.ports[0]) as name:
            ran = self.run_arcus("memcached", "start", SERVICE)
            self.assertStatus(FAILED, ran)
            self.assertSays(ran, f"port {self.ports[0]} is taken by process", name)
            listed = self.listed()
            self.assertEqual([self.nodes[1]], [node["address"] for node in listed["online"]])
            ran = self.ok("memcached", "stop", SERVICE, "--node", self.nodes[0])
            self.assertSays(ran, "no cache node of ours: left alone")
            with socket.create_connection(("127.0.0.1", self.ports[0]), timeout=5):
                pass  # it serves on
        self.ok("memcached", "start", SERVICE)
        self.assertEqual("OK", self.listed()["status"])

    def test_a_dry_run_changes_nothing(self):
        other = self.cloud("dry.json", self.nodes[1:], memlimit="32")
        new = self.cloud("new.json", self.nodes[2:], service="new-cloud")
        verbs = (["deploy", other], ["quicksetup", other], ["ping", SERVICE],
                 ["ping", "--write", SERVICE], ["zookeeper", "init"], ["zookeeper", "start"],
                 ["zookeeper", "stop"], ["zookeeper", "stat"], ["memcached", "register", other],
                 ["memcached", "register", new],
                 ["memcached", "unregister", "--force", SERVICE], ["memcached", "start", SERVICE],
                 ["memcached", "stop", SERVICE], ["memcached", "list", SERVICE],
                 ["memcached", "listall"])
        with Peek(self.zk) as peek:
            for verb in verbs:
                with self.subTest(verb=verb):
                    before = peek.dump(), self.files(), sorted(processes_with(self.dir))
                    self.ok("--dry-run", *verb)
                    self.assertEqual(before,
                                     (peek.dump(), self.files(), sorted(processes_with(self.dir))))

    def test_a_dry_run_prints_the_plan(self):
        ran = self.ok("--dry-run", "memcached", "stop", SERVICE)
        self.assertSays(ran, "Plan: memcached stop", f"localhost: stop {self.nodes[0]}")
        plans = self.ok("--dry-run", "--format", "json", "memcached", "stop", SERVICE).json()
        self.assertEqual("memcached stop", plans["plans"][0]["plan"])

    def test_a_dry_run_on_a_bare_host_leaves_it_bare(self):
        bare = os.path.join(self.home, "bare")
        port, quorum, election = free_ports(3)
        settings = self.write("bare.json", {
            "zklist": f"127.0.0.1:{port}", "dir": bare, "run_user": "nobody",
            "bundle": self.bundle,
            "zookeeper": {"quorum_port": quorum, "election_port": election}})
        before = self.files()
        ran = self.arcus("--config", settings, "--dry-run", "quicksetup", self.cloud_file)
        self.assertStatus(OK, ran)
        self.assertSays(ran, f"prepare {bare}", "Plan: deploy")
        self.assertEqual(before, self.files())

    def files(self):
        """Every file of the home, but for what running servers write: their data and logs, and a
        supervisor its status, by a rename that its directory's time tells of."""
        found = {}
        run = os.path.join(self.dir, "run")
        for folder, folders, names in os.walk(self.home):
            if folder.startswith(os.path.join(self.dir, "zookeeper")):
                folders[:] = [one for one in folders if one not in ("version-2", "log")]
            folders[:] = [one for one in folders if os.path.join(folder, one) != self.dir + "/log"]
            for name in folders + names:
                path = os.path.join(folder, name)
                if folder.startswith(run) and name.startswith("status.json"):
                    continue
                about = os.lstat(path)
                link = os.readlink(path) if stat.S_ISLNK(about.st_mode) else ""
                size = 0 if stat.S_ISDIR(about.st_mode) else about.st_size
                changed = 0 if folder == run else about.st_mtime_ns
                found[path] = about.st_mode, about.st_uid, size, changed, link
        return found

    def test_two_hundred_nodes_are_registered_and_listed(self):
        nodes = [f"127.0.{1 + i // 100}.{1 + i % 100}:11211" for i in range(200)]
        file = self.cloud("many.json", nodes, service="many")
        self.addCleanup(self.run_arcus, "--yes", "memcached", "unregister", "many")
        registered = self.ok("memcached", "register", file)
        begun = time.monotonic()
        listed = self.listed("many")
        print(f"200 nodes: registered in {registered.seconds:.2f} s, "
              f"listed in {time.monotonic() - begun:.2f} s", file=sys.stderr)
        self.assertEqual(["DOWN", 200], [listed["status"], listed["total"]])
        self.assertEqual(sorted(nodes), sorted(node["address"] for node in listed["offline"]))
        self.assertLess(registered.seconds, 10)
        self.assertSays(self.ok("memcached", "listall"), "many", SERVICE)


class Foreign:
    """Somebody else's server on a port: a memcached where there is one. In a with statement it is
    the name that a message must have."""

    def __init__(self, port):
        self.port = port
        program = shutil.which("memcached")
        self.command = [program, "-l", "127.0.0.1", "-p", str(port), "-U", "0", "-u", "nobody"]
        self.name = "memcached"
        if program is None:
            self.name = "http.server"
            self.command = [sys.executable, "-m", "http.server", "--bind", "127.0.0.1", str(port)]

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return self.name
            time.sleep(0.05)
        raise OSError(f"{self.name} does not come up")

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


@unittest.skipUnless(os.geteuid() == 0, "an ordinary user runs the first suite already")
class OrdinaryUsersCloud(TakenUp, Cloud):
    user = NOBODY

    def test_all_of_it_belongs_to_the_user(self):
        for folder, folders, names in os.walk(self.dir):
            for name in folders + names:
                path = os.path.join(folder, name)
                try:
                    self.assertEqual(self.user, os.lstat(path).st_uid, path)
                except FileNotFoundError:  # a file that servers replace
                    continue


if __name__ == "__main__":
    if not shutil.which("java") or not os.path.isdir(os.path.join(BUILD, "bundle", "zookeeper")):
        print("skipped: needs a JRE and a bundle with ZooKeeper")
        sys.exit(77)
    arcus_cli.main()
