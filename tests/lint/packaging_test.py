"""The files that service managers read and the scripts that people start, as far as they can be checked without either."""

import os
import pathlib
import plistlib
import re
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(os.environ.get("TIDEGATE_SOURCE") or pathlib.Path(__file__).resolve().parents[2])
UNIT = ROOT / "service-files/systemd/tidegate.service.in"
USER_UNIT = ROOT / "service-files/systemd/user/tidegate.service.in"
PLIST = ROOT / "service-files/launchd/org.tidegate.agent.plist.in"


def run(*argv, **more):
    return subprocess.run([str(a) for a in argv], capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False, **more)


class UnitTest(unittest.TestCase):
    def configured(self, template):
        """The unit as installed, but naming a program that is there."""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        (pathlib.Path(folder.name) / "tidegated").symlink_to("/bin/true")
        path = pathlib.Path(folder.name) / "tidegate.service"
        path.write_text(template.read_text().replace("@CMAKE_INSTALL_FULL_BINDIR@", folder.name))
        return path

    def test_systemd_understands_every_line(self):
        if not shutil.which("systemd-analyze"):
            self.skipTest("no systemd-analyze")
        checked = run("systemd-analyze", "verify", "--man=no", self.configured(UNIT))
        ours = [line for line in checked.stderr.splitlines() if "tidegate" in line]
        self.assertEqual(ours, [])

    def test_the_sandbox_keeps_its_strength(self):
        if not shutil.which("systemd-analyze"):
            self.skipTest("no systemd-analyze")
        checked = run("systemd-analyze", "security", "--offline=true", "--threshold=25", self.configured(UNIT))
        if "Unknown option" in checked.stderr or "unrecognized" in checked.stderr:
            self.skipTest("systemd-analyze is too old for --offline")
        self.assertEqual(checked.returncode, 0, checked.stdout[-300:] + checked.stderr)

    def test_both_units_wait_for_ready_and_stop_on_a_refused_configuration(self):
        for unit in (UNIT, USER_UNIT):
            for line in ("Type=notify", "WatchdogSec=30", "Restart=on-failure", "RestartPreventExitStatus=78", "LimitCORE=0",
                         "ExecReload=kill -HUP $MAINPID", "UMask=0077", "NoNewPrivileges=yes",
                         "ExecStart=@CMAKE_INSTALL_FULL_BINDIR@/tidegated"):
                self.assertRegex(unit.read_text(), "(?m)^" + re.escape(line) + "$", unit)

    def test_no_service_file_passes_a_secret(self):
        for path in (UNIT, USER_UNIT, PLIST):
            for word in ("Environment", "apiKey", "API_KEY", "/bin/sh", "Bearer"):
                self.assertNotIn(word, path.read_text(), path)


class PlistTest(unittest.TestCase):
    def setUp(self):
        text = PLIST.read_text().replace("@CMAKE_INSTALL_FULL_BINDIR@", "/usr/local/bin").replace("{{HOME}}", "/Users/me")
        self.assertNotRegex(text, r"@[A-Z_]+@|\{\{")
        self.agent = plistlib.loads(text.encode())

    def test_it_starts_the_daemon_itself(self):
        self.assertEqual(self.agent["Label"], "org.tidegate.agent")
        self.assertEqual(self.agent["ProgramArguments"], ["/usr/local/bin/tidegated"])
        self.assertIs(self.agent["RunAtLoad"], True)
        self.assertEqual(self.agent["KeepAlive"], {"SuccessfulExit": False})

    def test_paths_are_absolute_as_launchd_expands_nothing(self):
        for key in ("StandardOutPath", "StandardErrorPath", "WorkingDirectory"):
            self.assertTrue(self.agent[key].startswith("/"), key)

    def test_files_and_cores_are_private(self):
        self.assertEqual(self.agent["Umask"], 0o077)
        self.assertEqual(self.agent["HardResourceLimits"]["Core"], 0)


class SampleConfigTest(unittest.TestCase):
    def test_the_sample_names_every_key(self):
        """So the sample stays the place where each setting is explained."""
        schema = (ROOT / "daemon/config/schema.cpp").read_text()
        known = re.findall(r'"([\w.\[\]]+)"', re.search(r"kKnown\b(.*?)\};?\)?;", schema, re.S).group(1))
        self.assertIn("upstream.keepWarm", known)
        sample = (ROOT / "packaging/config.sample.yaml").read_text()
        missing = [key for key in known if not re.search(rf"(?m)^[# -]*{key.rsplit('.', 1)[-1]}:", sample)]
        self.assertEqual(missing, [])


class ScriptTest(unittest.TestCase):
    SCRIPTS = ("packaging/quickstart", "packaging/install-deps", "tests/run", "tests/macos/check", ".ci/run")

    def test_help_is_given_and_unknown_words_are_refused(self):
        for script in self.SCRIPTS:
            asked = run(ROOT / script, "--help")
            self.assertEqual((asked.returncode, asked.stderr), (0, ""), script)
            self.assertIn("Usage: ", asked.stdout)
            wrong = run(ROOT / script, "--no-such-option")
            self.assertEqual((wrong.returncode, wrong.stdout), (2, ""), script)
            self.assertIn("Usage: ", wrong.stderr)

    def test_options_that_want_a_value_say_so(self):
        for arguments in (["--preset"], ["--filter"], ["--preset", "nosuch"]):
            self.assertEqual(run(ROOT / "tests/run", *arguments).returncode, 2, arguments)

    def test_quickstart_wants_both_halves_of_a_real_proxy(self):
        for variable in ("TIDEGATE_BASE_URL", "TIDEGATE_API_KEY"):
            env = {"PATH": os.environ["PATH"], variable: "https://proxy.example/v1"}
            said = run(ROOT / "packaging/quickstart", "--no-install", env=env)
            self.assertEqual(said.returncode, 1)
            self.assertIn("set both TIDEGATE_BASE_URL and TIDEGATE_API_KEY", said.stderr)


@unittest.skipUnless(pathlib.Path("/usr/bin/dpkg-query").exists(), "not a Debian")
class InstallDepsTest(unittest.TestCase):
    """install-deps with an apt-get and a dpkg-query that only pretend."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.log = self.folder / "log"
        self.log.touch()
        self.fake("id", "echo 0")
        self.fake("dpkg-query", "echo installed")
        self.fake("apt-cache", "exit 0")
        self.fake("apt-get", f'echo "$*" >>"{self.log}"')

    def fake(self, name, script):
        path = self.folder / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    def install(self, what="build"):
        return run(ROOT / "packaging/install-deps", what, env={"PATH": f"{self.folder}:{os.environ['PATH']}"})

    def test_it_does_and_says_nothing_where_all_is_there(self):
        done = self.install("test")
        self.assertEqual((done.returncode, done.stdout, done.stderr, self.log.read_text()), (0, "", "", ""))

    def test_it_installs_only_what_is_missing_without_fetching_lists(self):
        self.fake("dpkg-query", 'case "$*" in *ninja-build) exit 1 ;; *) echo installed ;; esac')
        done = self.install()
        self.assertEqual(done.returncode, 0)
        calls = self.log.read_text().splitlines()
        self.assertEqual(len(calls), 1)
        self.assertNotIn("sudo", done.stderr)
        self.assertTrue(calls[0].endswith("install -y --no-install-recommends ninja-build"), calls)

    def test_it_fetches_lists_once_when_installing_fails(self):
        self.fake("dpkg-query", "exit 1")
        self.fake("apt-get", f'echo "$*" >>"{self.log}"; case "$*" in *update*) touch "{self.folder}/fresh" ;; esac\n'
                  f'[ -e "{self.folder}/fresh" ]')
        self.assertEqual(self.install().returncode, 0)
        self.assertEqual(["update" in call for call in self.log.read_text().splitlines()], [False, True, False])

    def test_a_package_that_does_not_exist_is_named(self):
        self.fake("dpkg-query", "exit 1")
        self.fake("apt-get", "echo E: no; exit 100")
        self.fake("apt-cache", 'case "$*" in *simdjson*) exit 100 ;; esac')
        failed = self.install()
        self.assertEqual(failed.returncode, 1)
        self.assertIn("this system has no package: libsimdjson-dev\n", failed.stderr)

    def test_sudo_is_used_only_without_root_and_is_told(self):
        self.fake("dpkg-query", "exit 1")
        self.fake("id", "echo 1000")
        self.fake("sudo", f'echo "sudo $*" >>"{self.log}"')
        done = self.install()
        self.assertEqual(done.returncode, 0)
        self.assertIn("installing with sudo apt-get: ", done.stderr)
        self.assertIn("sudo env DEBIAN_FRONTEND=noninteractive apt-get", self.log.read_text())


if __name__ == "__main__":
    unittest.main()
