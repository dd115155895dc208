"""Wrong input: what it is called, where it is, what was expected, and with which exit status."""

import json
import os
import socket

import arcus_cli
from arcus_cli import INPUT, NO_ENSEMBLE, NOBODY, OK, USAGE, free_ports


def server(port="11211", ip="127.0.0.1", hostname="localhost", **config):
    return {"hostname": hostname, "ip": ip, "config": {"port": port, **config}}


def cloud(*servers, service="shop", **config):
    return {"serviceCode": service, "servers": list(servers), "config": config}


class Complaints(arcus_cli.Suite):
    def complaint(self, args, *texts, status=INPUT):
        ran = self.arcus("-z", "127.0.0.1:1", "--timeout", 1, *args)
        self.assertStatus(status, ran)
        self.assertEqual("", ran.out)
        self.assertTrue(ran.err.startswith("arcus: "), ran.err)
        self.assertSays(ran, *texts)
        self.assertNoEscapes(ran)
        return ran


class CloudFiles(Complaints):
    def wrong(self, content, *texts):
        path = self.write("cloud.json", content)
        return self.complaint(["memcached", "register", path], path, *texts)

    def test_missing(self):
        for verb in (["deploy"], ["quicksetup"], ["memcached", "register"]):
            self.complaint([*verb, "no-such.json"], "reading no-such.json", "No such file")

    def test_a_directory(self):
        self.complaint(["memcached", "register", self.home], "reading " + self.home,
                       "Is a directory")

    def test_unreadable(self):
        path = self.write("cloud.json", cloud(server()))
        os.chmod(path, 0)
        user = NOBODY if os.geteuid() == 0 else None
        ran = self.arcus("memcached", "register", path, user=user)
        self.assertStatus(INPUT, ran)
        self.assertSays(ran, "reading " + path, "Permission denied")

    def test_empty(self):
        path = self.write("cloud.json", "")
        open(path, "w").close()
        ran = self.arcus("memcached", "register", path)
        self.assertStatus(INPUT, ran)
        self.assertSays(ran, path, "expected")

    def test_malformed_with_line_and_column(self):
        self.wrong('{\n  "serviceCode": "shop",\n  "servers" [\n', "line 3, column 13")
        self.wrong('{ "serviceCode": "shop"', "line 1, column")

    def test_empty_or_no_object(self):
        self.wrong(" \n", "empty; expected a JSON object")
        self.wrong("[]", "expected a JSON object, found an array")

    def test_deeply_nested(self):
        self.wrong("[" * 100_000, "levels deep")

    def test_duplicate_keys(self):
        self.wrong('{"serviceCode":"a","serviceCode":"b","servers":[' + json.dumps(server()) + "]}",
                   "serviceCode: this key is there twice")

    def test_no_servers(self):
        self.wrong(cloud(), "servers: empty; expected at least one server")
        self.wrong({"serviceCode": "shop"}, "servers: missing")
        self.wrong({"serviceCode": "shop", "servers": "one"}, 'servers: expected an array', '"one"')

    def test_service_codes(self):
        self.wrong({"servers": [server()]}, "serviceCode: missing")
        self.wrong(cloud(server(), service=""), "serviceCode: empty")
        self.wrong(cloud(server(), service="a/b"), "serviceCode: expected a name without '/'",
                   '"a/b"')
        self.wrong(cloud(server(), service="x" * 129), "serviceCode: 129 bytes long",
                   "at most 128")
        self.wrong(cloud(server(), service=7), "serviceCode: expected a string, found 7")

    def test_a_service_code_of_128_bytes_is_fine(self):
        path = self.write("cloud.json", cloud(server(), service="x" * 128))
        self.complaint(["memcached", "register", path], "127.0.0.1:1", status=NO_ENSEMBLE)

    def test_an_address_that_is_there_twice(self):
        self.wrong(cloud(server(), server()),
                   "servers[1]: 127.0.0.1:11211 is taken by servers[0]")

    def test_numbers_out_of_range(self):
        for key, values, expected in (
                ("port", ["0", "65536", "1121x", "-1", 1.5, True], "from 1 to 65535"),
                ("threads", ["0", "129", "", "six"], "from 1 to 128"),
                ("memlimit", ["0", "lots", None], "from 1 to 16777216"),
                ("connections", ["2", "1000001", []], "from 3 to 1000000")):
            for value in values:
                with self.subTest(key=key, value=value):
                    self.wrong(cloud({**server(), "config": {"port": "1", key: value}}),
                               f"servers[0].config.{key}: expected a whole number {expected}, found")
        self.wrong(cloud(server(), memlimit="0"), "config.memlimit: expected a whole number")
        self.wrong(cloud({"hostname": "a", "ip": "127.0.0.1"}), "servers[0].config.port: missing")

    def test_addresses_and_names(self):
        self.wrong(cloud(server(ip="::1")), "servers[0].ip: expected an IPv4 address", '"::1"')
        self.wrong(cloud(server(ip="10.0.0")), "servers[0].ip: expected an IPv4 address")
        self.wrong(cloud(server(hostname="a b")), "servers[0].hostname: expected a host name")
        self.wrong(cloud({"config": {"port": 1}}), "2 complaints", "servers[0].hostname: missing",
                   "servers[0].ip: missing")

    def test_all_complaints_at_once(self):
        ran = self.wrong(
            cloud(server(port="0"), server(ip="nowhere"), server(threads="0"), service="a/b",
                  memlimit="none"),
            "5 complaints", "\n  serviceCode: ", "\n  config.memlimit: ",
            "\n  servers[0].config.port: ", "\n  servers[1].ip: ", "\n  servers[2].config.threads: ")
        self.assertEqual(6, len(ran.err.splitlines()), ran.err)

    def test_escape_codes_of_a_file_do_not_reach_the_terminal(self):
        self.wrong(cloud(server(hostname="\033[31mred"), service="a\033[31m"), "2 complaints")


class SettingsFiles(Complaints):
    def wrong(self, content, *texts):
        path = self.write("settings.json", content)
        return self.complaint(["--config", path, "zookeeper", "stat"], path, *texts)

    def test_missing(self):
        self.complaint(["--config", "no-such.json", "zookeeper", "stat"], "--config",
                       "no-such.json", "No such file")
        ran = self.arcus("zookeeper", "stat", env={"ARCUS_CONFIG": "no-such.json"})
        self.assertStatus(INPUT, ran)
        self.assertSays(ran, "$ARCUS_CONFIG", "No such file")

    def test_unreadable(self):
        path = self.write("settings.json", {})
        os.chmod(path, 0)
        user = NOBODY if os.geteuid() == 0 else None
        ran = self.arcus("--config", path, "zookeeper", "stat", user=user)
        self.assertSays(ran, path, "Permission denied")
        self.assertStatus(INPUT, ran)

    def test_malformed_with_line_and_column(self):
        self.wrong('{\n  "zklist": oops }', "line 2, column 13")

    def test_an_unknown_key_gets_a_suggestion(self):
        self.wrong({"zk_list": "127.0.0.1:1"}, "zk_list: unknown key; did you mean zklist?")
        self.wrong({"zookeeper": {"heapmb": 128}},
                   "zookeeper.heapmb: unknown key; did you mean heap_mb?")
        self.wrong({"hosts": {"a": {"usr": "x"}}}, "hosts.a.usr: unknown key; did you mean user?")
        self.wrong({"colour": True}, "colour: unknown key; expected one of zklist, dir")

    def test_wrong_values_all_at_once(self):
        self.wrong({"dir": "relative", "run_user": "Root!", "ssh": {"port": 0, "host_keys": "no"},
                    "zookeeper": {"managed": "yes", "heap_mb": 1}},
                   "6 complaints", "dir: expected an absolute path", "run_user: ", "ssh.port: ",
                   "ssh.host_keys: expected accept-new, strict or off",
                   "zookeeper.managed: expected true or false", "zookeeper.heap_mb: ")

    def test_servers_that_are_none(self):
        self.wrong({"zklist": "a:1,,b:x,a:1"}, "zklist: ", "an empty entry", '"b:x"',
                   "a:1 is there twice")
        ran = self.arcus("-z", "zk1:0", "zookeeper", "stat")
        self.assertStatus(INPUT, ran)
        self.assertSays(ran, "--zklist: ", '"zk1:0"', "a port from 1 to 65535")
        ran = self.arcus("zookeeper", "stat", env={"ARCUS_ZKLIST": "zk1:2181/chroot"})
        self.assertStatus(INPUT, ran)
        self.assertSays(ran, "$ARCUS_ZKLIST: ", '"/chroot"')


class Words(arcus_cli.Suite):
    def wrong(self, args, *texts):
        ran = self.arcus(*args)
        self.assertStatus(USAGE, ran)
        self.assertEqual("", ran.out)
        self.assertTrue(ran.err.startswith("arcus: "), ran.err)
        self.assertSays(ran, *texts)

    def test_a_wrong_word_gets_a_suggestion(self):
        self.wrong(["memcache"], "'memcache' is no command; did you mean 'memcached'?")
        self.wrong(["quicksetp"], "did you mean 'quicksetup'?")
        self.wrong(["memcached", "lst"], "'lst' is no verb of 'arcus memcached'", "'list'")
        self.wrong(["zookeeper", "status"], "did you mean 'stat'")
        self.wrong(["zookeeper", "frobnicate"], "there are: init, start, stop, stat")
        self.wrong(["quickstart"], "did you mean 'quicksetup'?")
        self.wrong(["-z", "127.0.0.1:1", "zookeper", "stat"], "did you mean 'zookeeper'?")
        self.wrong(["xyzzy"], "there are: deploy, quicksetup, ping, zookeeper, memcached")

    def test_a_verb_without_its_group_gets_the_whole_command(self):
        self.wrong(["listall"], "'listall' is no command; did you mean 'memcached listall'?")
        self.wrong(["stat"], "did you mean 'zookeeper stat'?")
        self.wrong(["start", "shop"], "did you mean 'zookeeper start' or 'memcached start'?")

    def test_a_wrong_option_gets_a_suggestion(self):
        self.wrong(["--dryrun", "deploy", "x"], "'--dryrun' is no option; did you mean '--dry-run'?")
        self.wrong(["deploy", "--pakage=x", "y"], "did you mean '--package'?")
        self.wrong(["--xyzzy", "zookeeper", "stat"], "'--xyzzy' is no option\n")

    def test_missing_and_superfluous_words(self):
        self.wrong([], "a command is missing; there are: deploy, quicksetup", "arcus --help")
        self.wrong(["memcached"], "a verb after 'memcached' is missing; there are: register, ",
                   "arcus --help")
        self.wrong(["deploy"], "conf_file")
        self.wrong(["memcached", "list"], "service_code")
        self.wrong(["memcached", "listall", "superfluous"], "superfluous")

    def test_options(self):
        self.wrong(["--format", "xml", "zookeeper", "stat"], "--format", "xml", "text", "json")
        self.wrong(["--host-keys", "maybe", "zookeeper", "stat"], "--host-keys", "accept-new")
        self.wrong(["--jobs", "0", "zookeeper", "stat"], "--jobs")
        self.wrong(["--timeout", "soon", "zookeeper", "stat"], "--timeout")
        self.wrong(["--ssh-port", "65536", "zookeeper", "stat"], "--ssh-port")
        self.wrong(["--no-such", "zookeeper", "stat"], "--no-such")
        self.wrong(["--node", "127.0.0.1:1", "memcached", "list", "shop"], "--node")


class NoEnsemble(arcus_cli.Suite):
    def setUp(self):
        super().setUp()
        self.dead = ["127.0.0.1:%d" % port for port in free_ports(2)]

    def test_is_told_with_the_servers_that_were_tried_within_the_timeout(self):
        file = self.write("cloud.json", cloud(server()))
        for verb in (["listall"], ["list", "shop"], ["start", "shop"], ["stop", "shop"],
                     ["register", file], ["unregister", "shop"]):
            with self.subTest(verb=verb):
                ran = self.arcus("-z", ",".join(self.dead), "--timeout", 1, "memcached", *verb)
                self.assertStatus(NO_ENSEMBLE, ran)
                self.assertSays(ran, *self.dead)
                self.assertLess(ran.seconds, 5)

    def test_that_accepts_and_never_answers_is_bounded_too(self):
        with socket.create_server(("127.0.0.1", 0)) as mute:
            address = "127.0.0.1:%d" % mute.getsockname()[1]
            for verb in (["memcached", "listall"], ["zookeeper", "stat"]):
                ran = self.arcus("-z", address, "--timeout", 1, *verb)
                self.assertStatus(NO_ENSEMBLE, ran)
                self.assertSays(ran, address)
                self.assertLess(ran.seconds, 6)

    def test_stat_names_each_server_and_why_it_does_not_answer(self):
        ran = self.arcus("-z", ",".join(self.dead), "zookeeper", "stat")
        self.assertStatus(NO_ENSEMBLE, ran)
        for one in self.dead:
            self.assertRegex(ran.out, f"(?m)^{one}: .*refused")
        self.assertSays(ran, "no quorum")

    def test_errors_are_json_where_json_was_asked_for(self):
        bad = self.write("cloud.json", cloud(server(port="0")))
        for args, status in (
                (["memcached", "listall"], NO_ENSEMBLE),
                (["memcached", "register", bad], INPUT),
                (["deploy", "no-such.json"], INPUT),
                (["--config", "no-such.json", "memcached", "listall"], INPUT)):
            with self.subTest(args=args):
                ran = self.arcus("-z", self.dead[0], "--timeout", 1, "--format", "json", *args)
                self.assertStatus(status, ran)
                answer = ran.json()
                self.assertIs(False, answer["ok"])
                self.assertTrue(answer["error"])
                self.assertIn(answer["command"], " ".join(args))
        stat = self.arcus("-z", self.dead[0], "--format", "json", "zookeeper", "stat")
        self.assertStatus(NO_ENSEMBLE, stat)
        self.assertIs(False, stat.json()["quorum"])
        self.assertIn("refused", stat.json()["servers"][0]["reason"])


class Precedence(arcus_cli.Suite):
    """Command line over environment over file over default, as `zookeeper stat` shows it."""

    def asked(self, *args, env=None):
        ran = self.arcus("--format", "json", *args, env=env)
        return [one["server"] for one in ran.json()["servers"]]

    def test_of_the_list_of_servers(self):
        file = self.write("one.json", {"zklist": "127.0.0.1:3"})
        env = {"ARCUS_ZKLIST": "127.0.0.1:4"}
        self.assertEqual(["127.0.0.1:3"], self.asked("--config", file, "zookeeper", "stat"))
        self.assertEqual(["127.0.0.1:4"],
                         self.asked("--config", file, "zookeeper", "stat", env=env))
        self.assertEqual(["127.0.0.1:5"],
                         self.asked("--config", file, "-z", "127.0.0.1:5", "zookeeper", "stat",
                                    env=env))

    def test_z_may_stand_anywhere(self):
        for args in (["-z", "127.0.0.1:5", "zookeeper", "stat"],
                     ["--zklist", "127.0.0.1:5", "zookeeper", "stat"],
                     ["zookeeper", "-z", "127.0.0.1:5", "stat"],
                     ["zookeeper", "stat", "-z", "127.0.0.1:5"],
                     ["zookeeper", "stat", "--zklist=127.0.0.1:5"]):
            self.assertEqual(["127.0.0.1:5"], self.asked(*args))

    def test_of_the_settings_files(self):
        self.write(".config/arcus/arcus.json", {"zklist": "127.0.0.1:6"})
        self.assertEqual(["127.0.0.1:6"], self.asked("zookeeper", "stat"))
        self.write("arcus.json", {"zklist": "127.0.0.1:7"})  # the working directory's
        self.assertEqual(["127.0.0.1:7"], self.asked("zookeeper", "stat"))
        named = self.write("named.json", {"zklist": "127.0.0.1:8"})
        self.assertEqual(["127.0.0.1:8"],
                         self.asked("zookeeper", "stat", env={"ARCUS_CONFIG": named}))
        given = self.write("given.json", {"zklist": "127.0.0.1:9"})
        self.assertEqual(["127.0.0.1:9"], self.asked("--config", given, "zookeeper", "stat",
                                                     env={"ARCUS_CONFIG": named}))

    def test_servers_without_a_port_get_zookeepers(self):
        self.assertEqual(["127.0.0.1:2181", "127.0.0.2:2181"],
                         self.asked("-z", "127.0.0.1,127.0.0.2", "zookeeper", "stat"))


if __name__ == "__main__":
    arcus_cli.main()
