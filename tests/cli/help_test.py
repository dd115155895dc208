"""The help texts, letter by letter, and what --version and NO_COLOR promise.

ARCUS_UPDATE_GOLDEN=1 writes the golden texts anew: read the difference before it is committed."""

import os
import re
import subprocess

import arcus_cli
from arcus_cli import BINARY, OK, SOURCE, USAGE

GOLDEN = os.path.join(SOURCE, "tests", "golden", "plans")

VERBS = {"": ["deploy", "quicksetup", "ping"],
         "zookeeper": ["init", "start", "stop", "stat"],
         "memcached": ["register", "unregister", "start", "stop", "restart", "enable", "disable", "logs",
                       "list", "listall"]}


class Help(arcus_cli.Suite):
    maxDiff = None

    def matches_golden(self, name, text):
        path = os.path.join(GOLDEN, name)
        if os.environ.get("ARCUS_UPDATE_GOLDEN"):
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
        with open(path, encoding="utf-8") as file:
            self.assertEqual(file.read(), text)

    def help_of(self, *words):
        ran = self.arcus(*words, "--help")
        self.assertStatus(OK, ran)
        self.assertEqual("", ran.err)
        self.assertNoEscapes(ran)
        return ran.out

    def test_of_the_program(self):
        text = self.help_of()
        self.matches_golden("help.txt", text)
        self.assertIn("Examples:", text)
        self.assertEqual(text, self.arcus("-h").out)

    def test_of_each_group_shows_an_example(self):
        for group in ("zookeeper", "memcached"):
            text = self.help_of(group)
            self.matches_golden(f"help_{group}.txt", text)
            self.assertRegex(text, r"Example:\n  arcus ")

    def test_of_each_command(self):
        for group, verbs in VERBS.items():
            for verb in verbs:
                words = [word for word in (group, verb) if word]
                with self.subTest(words=words):
                    text = self.help_of(*words)
                    self.matches_golden("help_" + "_".join(words) + ".txt", text)
                    self.assertIn("Example:\n  arcus " + " ".join(words), text)

    def test_lists_every_command(self):
        for group, verbs in VERBS.items():
            shown = re.findall(r"(?m)^  (\w+) {2,}", self.help_of(*([group] if group else []))
                               .split("Subcommands:")[1].split("Example")[0])
            expected = verbs + ([one for one in VERBS if one] if not group else [])
            self.assertEqual(sorted(expected), sorted(shown))

    def test_fits_a_terminal(self):
        for words in ([], ["memcached"], ["zookeeper"], ["ping"]):
            for line in self.help_of(*words).splitlines():
                self.assertLessEqual(len(line), 110, line)

    def test_goes_to_standard_output_and_errors_do_not(self):
        wrong = self.arcus("memcached", "xyzzy")
        self.assertStatus(USAGE, wrong)
        self.assertEqual("", wrong.out)


class Version(arcus_cli.Suite):
    def test_is_one_line(self):
        ran = self.arcus("--version")
        self.assertStatus(OK, ran)
        self.assertRegex(ran.out, r"\Aarcus \d+\.\d+\.\d+\n\Z")
        self.assertEqual("", ran.err)


class Output(arcus_cli.Suite):
    def test_off_a_terminal_has_no_escape_codes(self):
        for args in (["-z", "127.0.0.1:1", "zookeeper", "stat"], ["deploy", "no-such.json"]):
            self.assertNoEscapes(self.arcus(*args))

    def test_to_a_closed_pipe_is_no_crash(self):
        command = f"{BINARY} -z 127.0.0.1:1 zookeeper stat | true; echo ${{PIPESTATUS[0]}}"
        done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False,
                              env=self.environment(), timeout=30)
        self.assertIn(done.stdout.strip(), ("1", "4"))


if __name__ == "__main__":
    arcus_cli.main()
