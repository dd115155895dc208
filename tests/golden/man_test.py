#!/usr/bin/env python3
"""The man pages and the shell completion say exactly what the programs take.

Called as: man_test.py ARCUS ARCUS_MEMCACHED ARCUS_SUPERVISE [unittest's arguments]
"""
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

source = pathlib.Path(__file__).resolve().parents[2]
man = source / "man"
arcus, memcached, supervise = sys.argv[1:4]
HELP = {"-h", "--help"}
OPTION = re.compile(r"(?<![\w-])(?:--[a-z][a-z-]*|-[A-Za-z])(?![\w-])")


def run(*words):
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout


# --- what the programs say -----------------------------------------------------------------------


def section(text, title):
    """The entries of a help text's section: lines indented by two; what wraps is indented more."""
    found = re.search(rf"^{title}:\n((?:[ ].*\n)*)", text + "\n", re.M)
    return re.findall(r"^  (\S.*)$", found.group(1), re.M) if found else []


def options_of(*command):
    """The options a command takes, from the column left of the explanations."""
    found = set()
    for entry in section(run(*command, "--help"), "Options"):
        found.update(OPTION.findall(re.split(r"\s{2,}", entry)[0]))
    return found


def words_of(*command):
    return [entry.split()[0] for entry in section(run(*command, "--help"), "Subcommands")]


def verbs(program):
    """Every command of a program, as tuples of words."""
    found = []
    for word in words_of(program):
        below = words_of(program, word)
        found += [(word, verb) for verb in below] if below else [(word,)]
    return found


def arguments_of(*command):
    return [entry.split()[0] for entry in section(run(*command, "--help"), "Positionals")]


def memcached_options():
    text = run(memcached, "-h")
    found = set()
    for line in text.splitlines():
        entry = re.match(r"  (-\w), (--[a-z-]+)", line)
        if entry:
            found.update(entry.groups())
    return found


# --- what the pages say --------------------------------------------------------------------------


def plain(roff):
    """A roff line as a reader sees it."""
    roff = re.sub(r"^\.(?:B|I|BR|RB|IR|RI|BI|IB|SH|SS)\s+", "", roff)
    roff = re.sub(r"\\f.", "", roff)
    return roff.replace(r"\-", "-").replace('"', "")


def page(name):
    """A page as {section: [lines]}, subsections as sections of their own."""
    found, lines = {}, []
    for line in (man / name).read_text().splitlines():
        if line.startswith((".SH ", ".SS ")):
            lines = found.setdefault(plain(line), [])
        lines.append(line)
    return found


def tags(lines):
    """The headwords of a section's .TP paragraphs."""
    return [plain(lines[i + 1]) for i, line in enumerate(lines[:-1]) if line.startswith(".TP")]


def listed_options(lines):
    return {option for tag in tags(lines) if tag.startswith("-") for option in OPTION.findall(tag)}


def page_of(verb):
    return f"arcus-{verb[0]}.1"


class ManPages(unittest.TestCase):
    maxDiff = None

    def test_arcus_lists_exactly_the_shared_options(self):
        self.assertEqual(listed_options(page("arcus.1")["OPTIONS"]), options_of(arcus))

    def test_arcus_names_every_command(self):
        headwords = tags(page("arcus.1")["COMMANDS"])
        named = {(word,) for word in words_of(arcus) if any(t.split()[0] == word for t in headwords)}
        for word in words_of(arcus):
            self.assertIn((word,), named)
            tag = next(t for t in headwords if t.split()[0] == word)
            below = words_of(arcus, word) or arguments_of(arcus, word)
            self.assertEqual(re.split(r"[\s|]+", tag)[1:], below)

    def test_every_command_has_a_paragraph_that_lists_exactly_its_options(self):
        for verb in verbs(arcus):
            with self.subTest(" ".join(verb)):
                sections = page(page_of(verb))
                if len(verb) == 1:
                    head, lines = " ".join(plain(l) for l in sections["SYNOPSIS"]), sections["OPTIONS"]
                else:
                    head = next((s for s in sections if s.split()[:3] == ["arcus", *verb]), None)
                    self.assertIsNotNone(head, f"{page_of(verb)} has no section for it")
                    lines = sections[head]
                self.assertEqual(listed_options(lines), options_of(arcus, *verb) - HELP)
                for argument in arguments_of(arcus, *verb):
                    self.assertIn(argument, head)

    def test_no_page_describes_a_command_that_is_not_there(self):
        for name in {page_of(verb) for verb in verbs(arcus)}:
            for title in page(name):
                if title.startswith("arcus "):
                    self.assertIn(tuple(title.split()[1:3]), verbs(arcus), name)

    def test_synopsis_of_each_command_has_its_options(self):
        for verb in verbs(arcus):
            text = " ".join(plain(line) for line in page(page_of(verb))["SYNOPSIS"])
            for option in options_of(arcus, *verb) - HELP:
                self.assertIn(option, text, page_of(verb))

    def test_exit_statuses_are_those_of_the_source(self):
        header = (source / "tools/exit_status.h").read_text()
        constants = re.findall(r"inline constexpr int k\w+ = (\d+);", header)
        self.assertEqual(tags(page("arcus.1")["EXIT STATUS"]), constants)

    def test_arcus_memcached_lists_exactly_its_options(self):
        options = memcached_options()
        self.assertGreater(len(options), 20)
        self.assertEqual(listed_options(page("arcus-memcached.8")["OPTIONS"]), options)

    def test_arcus_supervise_lists_exactly_its_options(self):
        options = options_of(supervise)
        for verb in verbs(supervise):
            options |= options_of(supervise, *verb)
        listed = {option for lines in page("arcus-supervise.8").values() for option in listed_options(lines)}
        self.assertEqual(listed - HELP, options - HELP)

    def test_arcus_supervise_names_every_verb(self):
        text = plain((man / "arcus-supervise.8").read_text())
        for (verb,) in verbs(supervise):
            self.assertRegex(text, rf"(?m)\b{verb}\b")

    def test_pages_refer_to_pages_that_exist(self):
        for file in man.iterdir():
            for name, number in re.findall(r"^\.BR (\S+) \((\d)\)", file.read_text(), re.M):
                name = name.replace("\\-", "-")
                if name.startswith("arcus"):
                    self.assertTrue((man / f"{name}.{number}").exists(), f"{file.name}: {name}({number})")

    @unittest.skipUnless(shutil.which("mandoc"), "mandoc is not installed")
    def test_pages_have_no_faults(self):
        for file in sorted(man.iterdir()):
            done = subprocess.run(["mandoc", "-Tlint", "-Wwarning", file], capture_output=True, text=True)
            self.assertEqual(done.stdout + done.stderr, "")


class Completion(unittest.TestCase):
    maxDiff = None
    script = source / "packaging/completions/arcus.bash"

    def complete(self, line):
        """What a Tab at the end of the line offers, in a directory with the file cloud.json."""
        words = line.split(" ")
        program = f"""
            source {self.script}
            COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
            _arcus arcus "${{COMP_WORDS[COMP_CWORD]}}" "${{COMP_WORDS[COMP_CWORD - 1]}}"
            printf '%s\\n' "${{COMPREPLY[@]}}" """
        found = subprocess.run(["bash", "-c", program, "bash", *words], capture_output=True, text=True,
                               cwd=source / "conf")
        self.assertEqual(found.stderr, "")
        return set(found.stdout.split())

    def test_offers_every_command(self):
        self.assertEqual(self.complete("arcus "), set(words_of(arcus)))
        for word in words_of(arcus):
            if words_of(arcus, word):
                self.assertEqual(self.complete(f"arcus {word} "), set(words_of(arcus, word)))

    def test_offers_every_option_where_it_may_stand(self):
        shared = options_of(arcus)
        self.assertEqual(self.complete("arcus -"), shared)
        for verb in verbs(arcus):
            with self.subTest(" ".join(verb)):
                expected = shared - {"--version"} | options_of(arcus, *verb)
                self.assertEqual(self.complete(f"arcus {' '.join(verb)} -"), expected)

    def test_passes_over_options_and_their_values(self):
        self.assertEqual(self.complete("arcus -z zookeeper --dry-run memcached st"), {"start", "stop"})
        self.assertEqual(self.complete("arcus --jobs 3 zookeeper s"), {"start", "stop", "stat"})

    def test_offers_files_and_the_values_of_options(self):
        self.assertIn("ruo91.json", self.complete("arcus memcached register ru"))
        self.assertEqual(self.complete("arcus --format j"), {"json"})
        self.assertEqual(self.complete("arcus --host-keys "), {"accept-new", "strict", "off"})
        self.assertEqual(self.complete("arcus ping a"), set())


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[4:]])
