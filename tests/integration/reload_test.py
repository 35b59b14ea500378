"""A reload: every way to ask for it, a bad file keeps the last good one, and no request or connection is lost."""

import contextlib
import signal
import socket
import threading
import unittest

import harness
import wire

BAD = "llm:\n  provider: openapi\n  openapi:\n    baseUrl: \"https://127.0.0.1:1/v1\"\n    apiKey: \"k-1234567\"\n    model: [oops]\n"


def model_of(gateway):
    return gateway.status()["config"]["model"]


class ReloadTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.sim = wire.shared(cls, harness.Sim(tls=False))

    def setUp(self):
        with contextlib.ExitStack() as stack:
            self.gateway = wire.settled(stack.enter_context(harness.Gateway(self.sim)))
            self.addCleanup(stack.pop_all().__exit__, None, None, None)

    def settings(self, model):
        self.gateway.llm["model"] = model
        return self.gateway.settings()

    def wait_model(self, model):
        self.gateway.wait_status(lambda s: s["config"]["model"] == model, f"the model is {model}")
        self.gateway.chat("hello")
        self.assertIn(f'"model":"{model}"', self.sim.last()["body"])

    def wait_refused(self):
        return self.gateway.wait_status(lambda s: s["config"]["last_error"], "the bad file is refused")

    # Ways in which editors save

    def test_written_in_place(self):
        self.gateway.config_path.write_text(self.settings("in-place"))
        self.wait_model("in-place")

    def test_written_in_pieces(self):
        text = self.settings("in-pieces")
        with open(self.gateway.config_path, "w", encoding="utf-8") as file:
            for start in range(0, len(text), 40):
                file.write(text[start:start + 40])
                file.flush()
        self.wait_model("in-pieces")
        self.assertIsNone(self.gateway.status()["config"]["last_error"])

    def test_as_vim_saves(self):
        path = self.gateway.config_path
        for i in range(3):  # the backup is moved away first: for a moment there is no file
            path.rename(path.with_name("config.yaml~"))
            path.write_text(self.settings(f"vim-{i}"))
            path.with_name("config.yaml~").unlink()
            self.wait_model(f"vim-{i}")

    def test_as_emacs_saves(self):
        path = self.gateway.config_path
        for i in range(3):
            path.with_name(".#config").write_text("lock")
            path.with_name("#config.yaml#").write_text(self.settings(f"emacs-{i}"))
            path.with_name("#config.yaml#").rename(path)
            path.with_name(".#config").unlink()
            self.wait_model(f"emacs-{i}")

    def test_a_link_that_is_turned(self):
        folder, path = self.gateway.folder, self.gateway.config_path
        (folder / "a").mkdir()
        (folder / "b").mkdir()
        (folder / "a" / "c.yaml").write_text(self.settings("link-a"))
        (folder / "b" / "c.yaml").write_text(self.settings("link-b"))
        path.unlink()
        (folder / "now").symlink_to("a")
        path.symlink_to("now/c.yaml")
        self.wait_model("link-a")
        (folder / "next").symlink_to("b")
        (folder / "next").rename(folder / "now")
        self.wait_model("link-b")

    # Being told

    def test_by_signal_socket_and_command(self):
        unwatched = self.gateway.config_path
        for i, ask in enumerate((lambda: self.gateway.process.signal(signal.SIGHUP),
                                 lambda: self.gateway.control("POST", "/v1/reload"), lambda: self.gateway.cli("reload"))):
            unwatched.write_text(self.settings(f"asked-{i}"))
            ask()
            self.wait_model(f"asked-{i}")
        answer = self.gateway.control("POST", "/v1/reload").json()
        self.assertEqual(answer["result"], "unchanged")
        self.assertEqual(answer["digest"], self.gateway.status()["config"]["digest"])
        unwatched.write_text(BAD)
        answer = self.gateway.control("POST", "/v1/reload")
        self.assertEqual((answer.status, answer.error_code), (422, "reload_failed"))
        self.assertIn("config.yaml:6:12:", answer.json()["error"]["message"])
        self.assertEqual(self.gateway.cli("reload").returncode, 1)

    # Bad files

    def test_a_bad_file_keeps_the_last_good_one(self):
        before = self.gateway.status()["config"]
        self.gateway.write_config(BAD)
        config = self.wait_refused()["config"]
        self.assertEqual((config["last_error"]["line"], config["last_error"]["column"]), (6, 12))
        self.assertIn("llm.openapi.model", config["last_error"]["message"])
        self.assertEqual((config["digest"], config["generation"]), (before["digest"], before["generation"]))
        self.gateway.wait_log(r"config\.yaml:6:12: llm\.openapi\.model")
        status = self.gateway.status()
        self.assertEqual(status["state"], "degraded")
        self.assertIn("config_reload_failed", [item["code"] for item in status["health"]])
        self.assertEqual(self.gateway.chat("hello").status, 200)
        self.gateway.write_config(self.settings(harness.MODEL))  # what is in force anyway
        good = self.gateway.wait_status(lambda s: not s["config"]["last_error"], "a good file clears the error")
        self.assertEqual((good["state"], good["health"]), ("ready", []))

    def test_whatever_stands_in_the_files_place(self):
        path = self.gateway.config_path
        for what, make in (("nothing", lambda: None), ("a folder", path.mkdir), ("no text", lambda: path.write_bytes(b"\0\xff")),
                           ("empty", lambda: path.write_text(""))):
            with self.subTest(what):
                path.unlink()
                make()
                self.wait_refused()
                self.assertEqual(self.gateway.chat("hello").status, 200)
                if path.is_dir():
                    path.rmdir()
                self.gateway.write_config(self.settings("back from " + what))
                self.wait_model("back from " + what)

    def test_an_address_that_cannot_be_had(self):
        with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as taken:
            port = taken.getsockname()[1]
            self.gateway.reconfigure(llm={"model": "new", "apiKey": "another-key-123"}, gateway={"listen": ["127.0.0.1:0", f"127.0.0.1:{port}"]})
            error = self.wait_refused()["config"]["last_error"]["message"]
            self.assertIn(f"127.0.0.1:{port}", error)
        self.assertEqual(self.gateway.chat("hello").status, 200)
        self.assertEqual(model_of(self.gateway), harness.MODEL, "nothing of a refused configuration is in force")
        self.gateway.request("GET", f"/v1/{self.sim.api_key}")
        self.gateway.wait_log(r"path=/v1/\S*redacted")
        self.assertNotIn(self.sim.api_key, self.gateway.log(), "the key that is still in force is still kept out of the log")

    # What a good change does

    def test_listen_addresses_change_and_connections_stay(self):
        old = self.gateway.port
        more = self.gateway.folder / "more.sock"
        with contextlib.closing(self.gateway.connection()) as kept:
            self.assertEqual(harness.exchange(kept, "GET", "/v1/x").status, 200)
            self.gateway.reconfigure(gateway={"listen": [f"unix:{more}", "unix"]})
            listen = self.gateway.wait_status(lambda s: s["config"]["generation"] == 2, "it is in force")["gateway"]["listen"]
            self.assertEqual(listen, [f"unix:{more}", f"unix:{self.gateway.api_socket}"])
            self.assertEqual(harness.exchange(kept, "GET", "/v1/x").status, 200, "an open connection goes on")
        with self.assertRaises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", old), 5).close()
        for path in (more, self.gateway.api_socket):
            with contextlib.closing(harness.UnixConnection(path)) as connection:
                self.assertEqual(harness.exchange(connection, "GET", "/v1/x").status, 200)
        self.gateway.reconfigure(gateway={"listen": ["127.0.0.1:0"]})
        self.gateway.wait_status(lambda s: s["config"]["generation"] == 3, "it is in force")
        self.assertFalse(more.exists(), "a socket that is no longer ours is removed")

    def test_limits_change_for_those_who_come_next(self):
        self.gateway.reconfigure(upstream={"maxInFlight": 1}, gateway={"maxBody": 2048})
        self.gateway.wait_status(lambda s: s["queue"]["max_in_flight"] == 1, "one at once")
        slow = wire.in_background(self.gateway.chat, "slow", headers=wire.fault("delay=1500ms"))
        self.gateway.wait_status(lambda s: s["queue"]["in_flight"] == 1, "the slot is taken")
        waits = wire.in_background(self.gateway.chat, "waits", headers=wire.fault("delay=1500ms"))
        self.gateway.wait_status(lambda s: s["queue"]["depth"] == 1, "one waits")
        self.gateway.reconfigure(upstream={"maxInFlight": 2})
        self.gateway.wait_status(lambda s: s["queue"]["in_flight"] == 2, "the one that waited goes at once")
        self.assertEqual((slow().status, waits().status), (200, 200))
        self.assertEqual(self.gateway.chat("x" * 3000).status, 413)

    def test_another_upstream(self):
        with harness.Sim(tls=False, api_key="another-key-123") as other:
            with self.gateway.stream(body=harness.chat_body(stream=True), headers=wire.fault("token-delay=20ms,tokens=40")) as old:
                self.assertEqual(old.read(6), b"data: ")
                self.gateway.reconfigure(llm={"baseUrl": other.base_url, "apiKey": other.api_key})
                self.gateway.wait_status(lambda s: s["config"]["generation"] == 2, "it is in force")
                self.assertEqual(self.gateway.chat("hello").status, 200)
                self.assertEqual(wire.calls(other), 1)
                self.assertTrue(old.read().endswith(b"data: [DONE]\n\n"), "what runs ends where it began")

    def test_under_load_nothing_is_lost(self):
        stop, failures, done = threading.Event(), [], []

        def client():
            with contextlib.closing(self.gateway.connection()) as connection:
                while not stop.is_set():
                    answer = harness.exchange(connection, "POST", wire.CHAT, harness.chat_body("hello"))
                    if answer.status != 200 or not answer.body.endswith(b"}"):
                        failures.append(answer)
                        return
                    done.append(1)  # the same connection goes on: http.client raises where it was closed

        clients = [wire.in_background(client) for _ in range(4)]
        for i in range(12):
            self.gateway.reconfigure(llm={"model": f"load-{i}"}, upstream={"maxInFlight": 8 + i % 3},
                                     gateway={"listen": ["127.0.0.1:0", "unix"] + ([f"unix:{self.gateway.folder}/x"] if i % 2 else [])})
            self.gateway.wait_status(lambda s, i=i: s["config"]["model"] == f"load-{i}", "it is in force")
        stop.set()
        for result in clients:
            result()
        self.assertEqual(failures, [])
        self.assertGreater(len(done), 50)


if __name__ == "__main__":
    harness.main()
