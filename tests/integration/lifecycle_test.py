"""The daemon as a service: starting, refusing to start, telling its manager, draining."""

import contextlib
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import unittest

import harness
import wire

GOOD = "llm:\n  provider: openapi\n  openapi:\n    baseUrl: \"https://127.0.0.1:1\"\n    apiKey: \"k-1234567\"\n    model: m\n"


class NotifySocket:
    """What systemd would hear: all messages so far, in their order."""

    def __enter__(self):
        self._folder = tempfile.TemporaryDirectory(prefix="tgn-")
        self.path = self._folder.name + "/notify"
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(self.path)
        self._socket.setblocking(False)
        self._heard = []
        return self

    def __exit__(self, *_):
        self._socket.close()
        self._folder.cleanup()

    def lines(self):
        with contextlib.suppress(BlockingIOError):
            while True:
                self._heard += self._socket.recv(65536).decode().splitlines()
        return self._heard

    def wait(self, text, count=1):
        harness.wait_until(lambda: sum(text in line for line in self.lines()) >= count, f"the manager is told {text}")


class DrainTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.sim = wire.shared(cls, harness.Sim(tls=False))

    def test_sigterm_lets_streams_end(self):
        for ask in (lambda g: g.process.signal(signal.SIGTERM), lambda g: g.process.signal(signal.SIGINT), lambda g: g.control("POST", "/v1/drain")):
            go = threading.Event()

            def handler(sock, _, go=go):
                while wire.next_request(sock):
                    sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
                                 b"a\r\ndata: {}\n\n\r\n")
                    go.wait(harness.HANG)
                    sock.sendall(b"e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n")

            with harness.FakeUpstream(handler) as upstream, harness.Gateway(upstream) as gateway:
                port = gateway.port
                with contextlib.closing(gateway.connection()) as idle, gateway.stream() as stream:
                    self.assertEqual(harness.exchange(idle, "GET", "/healthz").status, 200)
                    self.assertEqual(stream.read(6), b"data: ")
                    ask(gateway)
                    self.assertEqual(idle.sock.recv(1), b"", "an idle connection is ended at once")
                    with self.assertRaises(OSError):
                        socket.create_connection(("127.0.0.1", port), 5).close()
                    self.assertEqual(gateway.status()["state"], "draining")
                    go.set()
                    self.assertTrue(stream.read().endswith(b"data: [DONE]\n\n"), "a running stream ends whole")
                gateway.process.assert_clean(gateway.process.wait(), 0)
                self.assertFalse(gateway.control_socket.exists() or gateway.api_socket.exists())

    def test_a_second_sigterm_hurries(self):
        with harness.Gateway(self.sim) as gateway:
            with gateway.stream(headers=wire.fault("token-delay=50ms,tokens=100000")) as stream:
                self.assertEqual(stream.read(6), b"data: ")
                gateway.process.signal(signal.SIGTERM)
                gateway.wait_log("draining")
                gateway.process.signal(signal.SIGTERM)
                gateway.process.assert_clean(gateway.process.wait(20), 0)
                with self.assertRaises((OSError, harness.http.client.IncompleteRead)):
                    stream.read()
        wire.wait_stats(self.sim, lambda s: s["in_flight"] == 0, "the upstream's call was ended, too")

    def test_what_waits_is_served_and_what_comes_is_refused(self):
        with harness.Gateway(self.sim, upstream={"maxInFlight": 1}) as gateway:
            with contextlib.closing(gateway.connection()) as kept:
                slow = wire.in_background(gateway.chat, "slow", headers=wire.fault("delay=800ms"))
                gateway.wait_status(lambda s: s["queue"]["in_flight"] == 1, "the slot is taken")
                waits = wire.in_background(harness.exchange, kept, "POST", wire.CHAT, harness.chat_body())
                gateway.wait_status(lambda s: s["queue"]["depth"] == 1, "one waits")
                gateway.process.signal(signal.SIGTERM)
                self.assertEqual((slow().status, waits().status), (200, 200))
                self.assertEqual(waits().header("connection"), "close")
            gateway.process.assert_clean(gateway.process.wait(), 0)


class StartTest(unittest.TestCase):
    def started(self, gateway, code, text):
        gateway.start()
        gateway.process.assert_clean(gateway.process.wait(), code)
        self.assertIn(text, gateway.log())

    def prepared(self, **sections):
        gateway = harness.Gateway(**sections).prepare()
        self.addCleanup(gateway._cleanup.close)  # pylint: disable=protected-access
        return gateway

    def test_a_taken_port(self):
        with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as taken:
            port = taken.getsockname()[1]
            self.started(self.prepared(gateway={"listen": [f"127.0.0.1:{port}"]}), 1, f"127.0.0.1:{port}")

    def test_something_foreign_in_a_sockets_place(self):
        for name in ("control.sock", "api.sock"):
            for what, make in (("a file", lambda p: p.write_text("precious")), ("a folder", lambda p: p.mkdir()),
                               ("a symbolic link", lambda p: p.symlink_to("/etc/hostname"))):
                with self.subTest(name=name, what=what):
                    gateway = self.prepared()
                    path = gateway.runtime_dir / name
                    make(path)
                    self.started(gateway, 1, what)
                    self.assertTrue(path.is_symlink() or path.is_dir() or path.read_text() == "precious")

    def test_a_stale_socket_is_replaced(self):
        gateway = self.prepared()
        gateway.start().wait_ready()
        gateway.process.kill()
        self.assertTrue(gateway.control_socket.exists() and gateway.api_socket.exists())
        gateway.start().wait_ready()
        with contextlib.closing(harness.UnixConnection(gateway.api_socket)) as connection:
            self.assertEqual(harness.exchange(connection, "GET", "/healthz").status, 200)
        gateway.stop()

    def test_two_daemons_with_one_runtime_folder(self):
        with harness.Gateway() as first:
            second = self.prepared()
            second.runtime_dir.rmdir()
            second.runtime_dir.symlink_to(first.runtime_dir)
            self.started(second, 1, "")
            self.assertEqual(first.status()["pid"], first.process.pid, "the first one keeps its sockets")
            third = subprocess.run([first.process.process.args[0], "--config", first.config_path, "--state-dir", first.state_dir,
                                    "--runtime-dir", first.runtime_dir], capture_output=True, text=True, timeout=60, check=False)
            self.assertEqual(third.returncode, 1)
            self.assertIn("another tidegated is listening", third.stderr)
            self.assertEqual(first.status()["pid"], first.process.pid)

    def test_a_configuration_that_is_not_valid(self):
        for text, where in (("llm:\n  provider: openapi\n  openapi: {baseUrl: 7}\n", ":3:"), ("llm: [\n", ":2:1:"), ("a: &x [*x]", ":1:"),
                            ("llm:\n  provider: other\n", ":2:13:"), ("", ":1:1:"), ("llm: {}\nllm: {}\n", ":2:1:"),
                            (GOOD + "queue:\n  maxdepth: 1\n", ":8:3:")):
            with self.subTest(text=text):
                gateway = self.prepared(text=text)
                self.started(gateway, 78, f"{gateway.config_path}{where}")
                self.assertEqual(len(gateway.log().splitlines()), 1, gateway.log())
                check = self.check(gateway)
                self.assertEqual((check.returncode, check.stderr), (78, gateway.log()), "--check-config says the same")
        missing = self.prepared()
        missing.config_path.unlink()
        self.started(missing, 78, str(missing.config_path))

    def check(self, gateway):
        return subprocess.run([harness.BIN / "tidegated", "--config", gateway.config_path, "--check-config"], capture_output=True,
                              text=True, timeout=60, check=False)

    def test_a_good_configuration_and_its_mode(self):
        gateway = self.prepared()
        self.assertEqual(self.check(gateway).returncode, 0)
        self.assertNotIn("warning", self.check(gateway).stdout)
        gateway.config_path.chmod(0o644)
        self.assertRegex(self.check(gateway).stdout, "warning: .*chmod 600")
        gateway.start().wait_ready()
        gateway.wait_log("chmod 600")
        self.assertEqual([i["code"] for i in gateway.status()["health"] if i["code"].startswith("config")], ["config_readable_by_others"])
        gateway.config_path.chmod(0o600)
        gateway.control("POST", "/v1/reload")
        gateway.wait_status(lambda s: "config_readable_by_others" not in str(s["health"]), "it is no longer so")
        gateway.stop()

    def test_same_block_same_digest(self):
        with harness.Sim(tls=False) as sim, harness.Gateway(sim, name="vps") as vps, \
             harness.Gateway(sim, name="macbook", queue={"maxDepth": 7}, env={"KEY": sim.api_key}, llm={"apiKey": "${KEY}"}) as mac:
            digests = [gateway.status()["config"]["digest"] for gateway in (vps, mac)]
            self.assertRegex(digests[0], "^[0-9a-f]{64}$")
            self.assertEqual(digests[0], digests[1])
            mac.reconfigure(llm={"model": "other"})
            mac.wait_status(lambda s: s["config"]["digest"] != digests[0], "another block has another digest")
            for gateway in (vps, mac):
                self.assertEqual(gateway.chat("hi").status, 200)
            self.assertLessEqual({"vps", "macbook"}, set(sim.stats()["by_gateway"]))


@unittest.skipUnless(sys.platform == "linux", "systemd is Linux's")
class NotifyTest(unittest.TestCase):
    def test_what_the_service_manager_is_told(self):
        with harness.Sim(tls=False) as sim, NotifySocket() as notify, harness.Gateway(
                sim, env={"NOTIFY_SOCKET": notify.path, "WATCHDOG_USEC": "400000"}) as gateway:
            notify.wait("READY=1")
            notify.wait("WATCHDOG=1", 3)
            notify.wait("STATUS=ready")
            gateway.reconfigure(llm={"model": "other"})
            notify.wait("RELOADING=1")
            notify.wait("MONOTONIC_USEC=")
            notify.wait("READY=1", 2)
            gateway.write_config("broken: [")
            notify.wait("READY=1", 3)
            notify.wait("STATUS=degraded")
            gateway.stop()
            lines = notify.lines()
            self.assertIn("STOPPING=1", lines)
            self.assertLess(lines.index("READY=1"), lines.index("RELOADING=1"))
            self.assertNotIn("READY=1", lines[lines.index("STOPPING=1"):])


if __name__ == "__main__":
    harness.main()
