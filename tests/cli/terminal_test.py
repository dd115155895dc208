"""At a terminal: colour, the progress line that is drawn over, and who may switch them off."""

import os
import shutil
import unittest

import arcus_cli
from arcus_cli import BUILD, INPUT, NO_ENSEMBLE, OK, kill_all_with

RED = "\033[31m"
OVER = "\r\033[K"


class Colour(arcus_cli.Suite):
    STAT = ["-z", "127.0.0.1:1", "zookeeper", "stat"]

    def test_is_there_at_a_terminal(self):
        ran = self.at_terminal(*self.STAT)
        self.assertStatus(NO_ENSEMBLE, ran)
        self.assertIn(RED + "no quorum", ran.out)

    def test_of_errors_too(self):
        ran = self.at_terminal("deploy", "no-such.json")
        self.assertStatus(INPUT, ran)
        self.assertIn(RED + "arcus:", ran.out)

    def test_can_be_switched_off(self):
        self.assertNoEscapes(self.at_terminal("--no-color", *self.STAT))
        self.assertNoEscapes(self.at_terminal(*self.STAT, env={"NO_COLOR": "1"}))
        # As the convention says: an empty NO_COLOR is none.
        self.assertIn(RED, self.at_terminal(*self.STAT, env={"NO_COLOR": ""}).out)

    def test_is_not_in_json(self):
        self.assertNoEscapes(self.at_terminal("--format", "json", *self.STAT))


@unittest.skipUnless(os.path.isdir(os.path.join(BUILD, "bundle")), "the bundle is not built")
class Progress(arcus_cli.Suite):
    def setUp(self):
        super().setUp()
        self.addCleanup(kill_all_with, self.home)
        # A package for this machine as a cache host; nobody listens there afterwards.
        self.settings = self.write("settings.json", {
            "zklist": "127.0.0.1:1", "dir": os.path.join(self.home, "dir"), "run_user": "nobody",
            "zookeeper": {"managed": False}})
        self.cloud = self.write("cloud.json", {
            "serviceCode": "shop",
            "servers": [{"hostname": "localhost", "ip": "127.0.0.1", "config": {"port": 1}}]})

    def deploy(self, run, *args, **more):
        shutil.rmtree(os.path.join(self.home, "dir"), ignore_errors=True)
        ran = run("--config", self.settings, "deploy", self.cloud, *args, **more)
        self.assertStatus(OK, ran)
        return ran

    def test_is_one_line_that_is_drawn_over(self):
        ran = self.deploy(self.at_terminal)
        self.assertIn(OVER + "  Look at the hosts: 0 of 1 hosts done", ran.out)
        self.assertIn(OVER + "  Bring the release to the hosts: 0 of 1 hosts done, ", ran.out)
        self.assertRegex(ran.out, r"of \d+\.\d MiB")
        last = ran.out.split(OVER)[-1]
        self.assertNotIn("hosts done, ", last, "the line is wiped at the end")
        self.assertIn("1 host done", last)

    def test_is_plain_lines_elsewhere(self):
        ran = self.deploy(self.arcus)
        self.assertNoEscapes(ran)
        self.assertNotIn("\r", ran.err)
        self.assertRegex(ran.err, r"(?m)^Bring the release to the hosts\n  done +localhost: prepare .*\n"
                         r"  done +localhost: send ")
        self.assertEqual("deploy: ok (1 host done)\n", ran.out)

    def test_is_silent_when_asked_to_be(self):
        self.assertEqual("", self.deploy(self.arcus, "--quiet").err)
        self.assertNotIn(OVER, self.deploy(self.at_terminal, "--quiet").out)

    def test_is_not_mixed_into_json(self):
        ran = self.deploy(self.arcus, "--format", "json")
        self.assertEqual("", ran.err)
        self.assertIs(True, ran.json()["ok"])
        self.assertIn("send", " ".join(step["step"] for step in ran.json()["steps"]))

    def test_without_colour_is_drawn_over_all_the_same(self):
        ran = self.deploy(self.at_terminal, "--no-color")
        self.assertIn(OVER, ran.out)
        self.assertNotIn("\033[3", ran.out)


if __name__ == "__main__":
    arcus_cli.main()
