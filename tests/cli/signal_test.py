"""Being told to stop: by Ctrl-C, SIGTERM or the end of the terminal, whatever is waited for."""

import os
import shutil
import signal
import socket
import subprocess
import time
import unittest

import arcus_cli
from arcus_cli import BUILD, NO_ENSEMBLE, free_ports

INTERRUPTED = 130


class Stopped(arcus_cli.Suite):
    def setUp(self):
        super().setUp()
        # Accepts and never answers.
        self.mute = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(self.mute.close)
        self.zklist = "127.0.0.1:%d" % self.mute.getsockname()[1]

    def start(self, *args, before=()):
        running = subprocess.Popen([*before, *self.command(args)], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                   cwd=self.home, env=self.environment())
        self.addCleanup(running.kill)
        return running

    def stopped(self, running, number):
        """How long it takes to end once it has connected to the mute server."""
        self.mute.settimeout(20)
        peer, _ = self.mute.accept()
        self.addCleanup(peer.close)
        time.sleep(0.1)
        begun = time.monotonic()
        running.send_signal(number)
        out, err = running.communicate(timeout=30)
        return running.returncode, time.monotonic() - begun, out + err

    def test_while_zookeeper_does_not_answer(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            for words in (["memcached", "listall"], ["zookeeper", "stat"], ["ping", "shop"]):
                with self.subTest(number=number, words=words):
                    running = self.start("-z", self.zklist, *words)
                    status, seconds, said = self.stopped(running, number)
                    self.assertEqual(INTERRUPTED, status, said)
                    self.assertLess(seconds, 4, said)

    def test_a_hangup_is_passed_over_under_nohup(self):
        running = self.start("-z", self.zklist, "--timeout", 2, "memcached", "listall",
                             before=["nohup"])
        status, _, said = self.stopped(running, signal.SIGHUP)
        self.assertEqual(NO_ENSEMBLE, status, said)

    @unittest.skipUnless(os.path.isdir(os.path.join(BUILD, "bundle")), "the bundle is not built")
    def test_while_it_packs_and_nothing_is_left(self):
        bundle = os.path.join(self.home, "bundle")
        shutil.copytree(os.path.join(BUILD, "bundle"), bundle)
        with open(os.path.join(bundle, "conf", "large"), "wb") as file:
            file.truncate(1 << 30)
        scratch = os.path.join(self.home, "tmp")
        os.mkdir(scratch)
        settings = self.write("settings.json", {
            "bundle": bundle, "dir": os.path.join(self.home, "dir"),
            "zookeeper": {"managed": False}})
        cloud = self.write("cloud.json", {"serviceCode": "shop", "servers": [
            {"hostname": "localhost", "ip": "127.0.0.1",
             "config": {"port": free_ports(1)[0]}}]})
        running = subprocess.Popen(
            self.command(["--config", settings, "deploy", cloud]), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=self.home,
            env=self.environment({"TMPDIR": scratch}))
        self.addCleanup(running.kill)
        deadline = time.monotonic() + 60
        while not any(files for _, _, files in os.walk(scratch)):
            self.assertLess(time.monotonic(), deadline, "it does not pack")
            time.sleep(0.02)
        begun = time.monotonic()
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=60)
        self.assertEqual(INTERRUPTED, running.returncode, out + err)
        self.assertLess(time.monotonic() - begun, 3)
        self.assertIn("while packing", err)
        self.assertEqual([], os.listdir(scratch))
        self.assertFalse(os.path.exists(os.path.join(self.home, "dir")))


if __name__ == "__main__":
    arcus_cli.main()
