#!/usr/bin/env python3
"""The CLI against a fake daemon that speaks the control protocol and a chat stream, good and bad.

TIDEGATE_BIN_DIR names the folder of the built programs (default: build/dev/bin). To look at the screens by eye:
    cli_fake_test.py --serve DIR      then  tidegate --runtime-dir DIR status
"""
import http.server
import json
import os
import pathlib
import pty
import select
import shutil
import signal
import socket
import socketserver
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from datetime import datetime, timedelta, timezone

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("TIDEGATE_BIN_DIR", ROOT / "build/dev/bin"))
WAIT = 20  # seconds before a test gives up


def at(seconds_ago):
    return (datetime.now(timezone.utc) - timedelta(seconds=seconds_ago)).strftime("%Y-%m-%dT%H:%M:%SZ")


def good_status():
    return {
        "version": "0.1.0", "pid": 4242, "uptime_s": 10935.2, "state": "ready",
        "gateway": {"name": "vps", "listen": ["127.0.0.1:8433", "/run/tidegate/api.sock"]},
        "config": {"path": "/root/.openclaw/config.yaml", "digest": "3fa9c1d2e4b8" + "0" * 52, "generation": 3,
                   "loaded_at": at(7300), "last_error": None, "model": "gpt-4"},
        "upstreams": [{
            "name": "default", "base_url": "https://your-proxy.example.com/v1", "state": "up", "http_version": "1.1",
            "connections": {"open": 4, "in_use": 2, "opened_total": 12, "reused_total": 1192},
            "last_success_at": at(2), "last_error": {"at": at(190), "code": "upstream_timeout",
                                                     "message": "the proxy sent no byte for 30 s"},
            "latency_ms": {"p50": 210, "p90": 480, "p99": 1200, "count": 1000}}],
        "queue": {"depth": 3, "in_flight": 32, "max_in_flight": 32, "max_depth": 1000, "oldest_wait_ms": 1300},
        "requests": {"total": 1204, "succeeded": 1190, "failed": 6, "cancelled": 8, "retried": 14, "truncated": 0},
        "jobs": {"queued": 0, "running": 0, "completed": 0, "failed": 0}, "limits": [],
        "health": []}


def bad_status():
    status = good_status()
    status["state"] = "degraded"
    status["upstreams"][0].update(state="down", last_success_at=at(1000))
    status["config"]["last_error"] = {"message": "upstream.maxInFlight: expected a whole number of 1 or more", "line": 14,
                                      "column": 16, "at": at(65)}
    status["health"] = [
        {"code": "config_readable_by_others", "severity": "warning",
         "summary": "config.yaml holds a key and others can read it: chmod 600 it", "since": at(7300)},
        {"code": "upstream_down", "severity": "error",
         "summary": "the proxy does not answer: connection refused \x1b[31mred\u202e", "since": at(200)}]
    return status


EXCHANGES = {
    "running": [
        {"id": "req_01J2Z8QK7M3V", "client": "openclaw", "method": "POST", "path": "/v1/chat/completions", "model": "gpt-4",
         "stream": True, "state": "streaming", "since_ms": 900, "age_ms": 2300, "attempts": 1, "bytes_sent": 18234,
         "waiting_for": None, "position": None, "deadline_in_ms": None},
        {"id": "req_01J2Z8QK7M4A", "client": "nightly-summary-agent-of-the-second-machine", "method": "POST",
         "path": "/v1/responses", "model": "meta-llama/Llama-3.3-70B-Instruct-Turbo", "stream": False, "state": "waiting",
         "age_ms": 1300, "attempts": 0, "bytes_sent": 0, "waiting_for": "a free place at the proxy", "position": 1,
         "deadline_in_ms": 298700}],
    "recent": [
        {"id": "req_01J2Z8QK7M2B", "client": "openclaw", "model": "gpt-4", "status": 200, "outcome": "succeeded", "attempts": 1,
         "queue_ms": 0, "first_byte_ms": 212.4, "total_ms": 3400, "bytes_sent": 9120, "finished_at": at(4), "error": None},
        {"id": "req_01J2Z8QK7M1C", "client": "curl", "model": "gpt-4", "status": 504, "outcome": "failed", "attempts": 4,
         "queue_ms": 10, "first_byte_ms": None, "total_ms": 121000, "bytes_sent": 120, "finished_at": at(190),
         "error": "upstream_timeout: the proxy sent no byte for 30 s"}]}

CONFIG = {"path": "/root/.openclaw/config.yaml", "digest": "3fa9c1d2e4b8" + "0" * 52, "generation": 3,
          "config": {"llm": {"provider": "openapi", "openapi": {"baseUrl": "https://your-proxy.example.com/v1",
                                                                "apiKey": "[redacted]", "model": "gpt-4", "timeout": 30000}},
                     "gateway": {"name": "vps", "listen": ["127.0.0.1:8433"], "clients": []}}}


def chunk(**delta):
    finish = delta.pop("finish", None)
    return {"id": "c1", "model": "gpt-4-0613", "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}


def sse(*events):
    return "".join(f"data: {e if isinstance(e, str) else json.dumps(e)}\n\n" for e in events).encode()


HELLO = [chunk(role="assistant", content=""), chunk(content="Hello"), chunk(content=" wörld"), chunk(finish="stop"),
         {"model": "gpt-4-0613", "choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 1204}}]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def address_string(self):
        return "unix"

    def send_json(self, status, body, **headers):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        fake = self.server.fake
        answers = {"/v1/status": fake.status, "/v1/exchanges": EXCHANGES, "/v1/config": CONFIG,
                   "/v1/health": {"state": fake.status["state"], "health": fake.status["health"]}}
        if isinstance(fake.raw.get(self.path), bytes):
            self.send_json(200, fake.raw[self.path])
        elif self.path in answers:
            self.send_json(200, answers[self.path])
        else:
            self.send_json(404, {"error": {"message": "no such path", "code": "not_found"}})

    def do_POST(self):
        fake = self.server.fake
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        fake.bodies.append((self.path, body))
        if self.path == "/v1/reload":
            self.send_json(*fake.reload)
        elif self.path == "/v1/drain":
            fake.status["state"] = "draining"
            self.send_json(202, {"state": "draining", "in_flight": 2, "queued": 1})
            threading.Thread(target=fake.drain, daemon=True).start()
        elif self.path == "/v1/chat/completions":
            fake.chat(self)
        else:
            self.send_json(404, {"error": {"message": "no such path", "code": "not_found"}})

    def stream(self, pieces, end=True, pause=0.0):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream; charset=utf-8")
        self.send_header("Transfer-Encoding", "chunked")
        self.send_header("x-request-id", "req_7")
        self.end_headers()
        for piece in pieces:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            self.wfile.flush()
            time.sleep(pause)
        if end:
            self.wfile.write(b"0\r\n\r\n")
        else:
            self.close_connection = True


class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
    request_queue_size = 16

    def handle_error(self, request, client_address):
        pass  # a client that hung up is part of the tests


class Fake:
    """A daemon's two sockets in a folder of its own."""

    def __init__(self, folder, status=None):
        self.folder = pathlib.Path(folder)
        self.status = status or good_status()
        self.raw = {}
        self.bodies = []
        self.reload = (200, {"result": "reloaded", "generation": 4, "digest": "ab" * 32})
        self.chat = lambda handler: handler.stream([sse(*HELLO, "[DONE]")])
        self.servers = []
        for name in ("control.sock", "api.sock"):
            server = Server(str(self.folder / name), Handler)
            server.fake = self
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
            self.servers.append(server)

    def drain(self):
        time.sleep(0.5)
        self.status["queue"].update(in_flight=1, depth=0)
        time.sleep(0.5)
        self.stop()

    def stop(self):
        for server in self.servers:
            server.shutdown()
            server.server_close()
        self.servers = []
        for name in ("control.sock", "api.sock"):
            (self.folder / name).unlink(missing_ok=True)


class Case(unittest.TestCase):
    program = BIN / "tidegate"

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="tg")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.fake = Fake(self.folder)
        self.addCleanup(lambda: self.fake.stop())

    def environment(self, **more):
        keep = {k: v for k, v in os.environ.items() if k not in ("TIDEGATE_RUNTIME_DIR", "NO_COLOR")}
        return {**keep, "TZ": "UTC", "TIDEGATE_RUNTIME_DIR": self.folder, **more}

    def run_cli(self, *args, stdin="", env=None, program=None):
        return subprocess.run([str(program or self.program), *args], input=stdin, capture_output=True, text=True, timeout=WAIT,
                              env=env or self.environment())

    def good(self, *args, **kw):
        done = self.run_cli(*args, **kw)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done)
        return done.stdout

    def bad(self, code, *args, **kw):
        """Runs it, expects the exit code and exactly one line on standard error, and returns that line."""
        done = self.run_cli(*args, **kw)
        self.assertEqual(done.returncode, code, done)
        self.assertRegex(done.stderr, r"\Atidegate: [^\n]+\n\Z")
        return done.stderr


class Screens(Case):
    def test_status_shows_what_matters_within_80_columns(self):
        out = self.good("status")
        for words in ("vps: ready", "up: https://your-proxy.example.com/v1", "HTTP/1.1 over TLS", "4 open, 2 in use",
                      "reuse 99.0 %", "p50 210 ms", "3 of 1,000, the oldest for 1.3 s", "32 of 32 in flight", "1,204 in all",
                      "upstream_timeout", "3fa9c1d2e4b8"):
            self.assertIn(words, out)
        self.assertLessEqual(max(map(len, out.splitlines())), 80)
        self.assertNotIn("\x1b", out)

    def test_status_of_a_sick_gateway_exits_1_and_is_safe_for_a_terminal(self):
        self.fake.status = bad_status()
        done = self.run_cli("status")
        self.assertEqual((done.returncode, done.stderr), (1, ""))
        self.assertIn("error: the proxy does not answer", done.stdout)
        self.assertIn("line 14, column 16", done.stdout)
        self.assertNotIn("\x1b", done.stdout)
        self.assertNotIn("\u202e", done.stdout)
        self.assertEqual(self.run_cli("health").returncode, 1)

    def test_json_is_the_daemons_own(self):
        self.fake.raw["/v1/status"] = b'{"state" : "ready",\n "later":[1,2.50]}'
        self.assertEqual(self.good("status", "--json"), '{"state" : "ready",\n "later":[1,2.50]}\n')

    def test_an_answer_of_another_shape_is_shown_as_far_as_it_goes(self):
        self.fake.raw["/v1/status"] = b'{"state":"ready","upstreams":7,"queue":[],"config":null,"health":{}}'
        self.assertIn("gateway: ready", self.good("status"))

    def test_an_answer_that_is_no_json_is_refused(self):
        self.fake.raw["/v1/status"] = b"<html>\x1b[2J"
        self.assertIn("no JSON", self.bad(1, "status"))

    def test_exchanges_health_and_config(self):
        out = self.good("exchanges")
        for words in ("streaming", "waits for a free place at the proxy, place 1", "18 kB", "failed", "504"):
            self.assertIn(words, out)
        self.assertLessEqual(max(map(len, out.splitlines())), 80)
        self.assertIn("nothing to report", self.good("health"))
        self.assertIn('baseUrl: "https://your-proxy.example.com/v1"', self.good("config", "show"))
        self.assertEqual(json.loads(self.good("config", "show", "--json")), CONFIG)
        self.assertEqual(self.good("config", "digest"), CONFIG["digest"] + "\n")

    def test_colours(self):
        self.assertIn("\x1b[32m", self.good("--color", "always", "status"))
        self.assertIn("\x1b[32m", self.good("status", "--color=always"))
        self.assertIn("\x1b[32m", self.on_terminal("status"))
        self.assertNotIn("\x1b", self.on_terminal("status", NO_COLOR="1"))
        self.assertNotIn("\x1b", self.on_terminal("status", TERM="dumb"))

    def on_terminal(self, *args, **env):
        master, slave = pty.openpty()
        process = subprocess.Popen([str(self.program), *args], stdout=slave, stderr=slave, stdin=slave,
                                   env=self.environment(**{"TERM": "xterm", **env}))
        os.close(slave)
        out = b""
        while True:
            try:
                data = os.read(master, 65536)
            except OSError:
                break
            if not data:
                break
            out += data
        process.wait(WAIT)
        os.close(master)
        return out.decode()

    def test_chat_on_a_terminal_cannot_steer_it_and_tells_the_figures(self):
        self.fake.chat = lambda h: h.stream([sse(chunk(content="a\x1b]0;x\x07\nb\r\n"), *HELLO[2:], "[DONE]")])
        out = self.on_terminal("chat", "hi")
        self.assertIn("a\\x1b]0;x\\x07\r\nb\r\n", out)
        self.assertIn("gpt-4-0613, ", out)
        self.assertIn("9 tokens in, 1,204 tokens out", out)

    def test_watch_goes_on_without_a_daemon_until_ctrl_c(self):
        process = subprocess.Popen([str(self.program), "status", "--watch"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   text=True, env=self.environment())
        self.assertIn("vps: ready", process.stdout.readline())
        self.fake.stop()
        self.assertIn("no daemon at", process.stderr.readline())
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=WAIT)
        self.assertIn(process.returncode, (-signal.SIGINT, 130))


class Unreachable(Case):
    def test_no_socket(self):
        self.fake.stop()
        for command in (["status"], ["health"], ["exchanges"], ["reload"], ["drain"], ["chat", "x"], ["config", "show"]):
            with self.subTest(command):
                line = self.bad(3, *command)
                self.assertIn(self.folder, line)
                self.assertIn("tidegated --config", line)

    def test_both_places_are_named_when_none_was_given(self):
        env = self.environment(XDG_RUNTIME_DIR=self.folder + "/none", RUNTIME_DIRECTORY="")
        del env["TIDEGATE_RUNTIME_DIR"]
        if pathlib.Path("/run/tidegate/control.sock").exists():
            self.skipTest("a gateway runs here")
        line = self.bad(3, "status", env=env)
        self.assertIn(self.folder + "/none/tidegate/control.sock", line)
        self.assertIn("/run/tidegate/control.sock", line)

    def test_a_dead_daemons_socket(self):
        self.fake.stop()
        left = socket.socket(socket.AF_UNIX)
        left.bind(self.folder + "/control.sock")
        left.close()
        self.assertIn("Connection refused", self.bad(3, "status"))

    def test_a_path_too_long_for_a_socket(self):
        self.assertIn("too long", self.bad(3, "--runtime-dir", "/tmp/" + "x" * 120, "status"))

    def test_hung_up_without_an_answer(self):
        self.fake.stop()
        server = socket.socket(socket.AF_UNIX)
        server.bind(self.folder + "/control.sock")
        server.listen()
        self.addCleanup(server.close)
        threading.Thread(target=lambda: server.accept()[0].close(), daemon=True).start()
        self.assertIn("hung up", self.bad(3, "status"))

    def test_version_needs_no_daemon(self):
        self.assertRegex(self.good("version"), r"tidegate [0-9.]+\ntidegated 0.1.0 \(running, pid 4242\)\n")
        self.fake.stop()
        self.assertRegex(self.good("version"), r"\Atidegate [0-9.]+\n\Z")


class Changing(Case):
    def test_reload(self):
        self.assertEqual(self.good("reload"), "reloaded: generation 4, digest abababababab\n")
        self.fake.reload = (200, {"result": "unchanged", "generation": 4, "digest": "ab" * 32})
        self.assertIn("unchanged", self.good("reload"))

    def test_reload_refused(self):
        self.fake.reload = (422, {"error": {"message": "/etc/x.yaml:4:3: llm: expected a map\nsecond", "code": "reload_failed"}})
        self.assertIn("/etc/x.yaml:4:3: llm: expected a map\\x0asecond (reload_failed)", self.bad(1, "reload"))

    def test_drain_shows_progress_until_the_gateway_is_gone(self):
        out = self.good("drain").splitlines()
        self.assertEqual(out[0], "draining: 2 in flight, 1 waiting")
        self.assertIn("draining: 1 in flight, 0 waiting", out)
        self.assertEqual(out[-1], "drained: the gateway has stopped")

    def test_drain_without_waiting(self):
        self.assertEqual(self.good("drain", "--no-wait"), "draining: 2 in flight, 1 waiting\n")
        self.assertEqual(self.fake.status["state"], "draining")


class Chat(Case):
    def test_request_and_answer(self):
        self.assertEqual(self.good("chat", "say", "hello", "--system", "be kind"), "Hello wörld\n")
        path, body = self.fake.bodies[-1]
        self.assertEqual(path, "/v1/chat/completions")
        self.assertEqual(json.loads(body), {
            "model": "default", "stream": True, "stream_options": {"include_usage": True},
            "messages": [{"role": "system", "content": "be kind"}, {"role": "user", "content": "say hello"}]})

    def test_message_from_standard_input(self):
        self.good("chat", "-", "-m", "m1", stdin="line 1\nline 2\n")
        sent = json.loads(self.fake.bodies[-1][1])
        self.assertEqual((sent["model"], sent["messages"][0]["content"]), ("m1", "line 1\nline 2\n"))

    def test_tokens_come_as_they_are_sent(self):
        gate = threading.Event()

        def slowly(handler):
            def pieces():
                yield sse(*HELLO[:2])
                gate.wait(WAIT)
                yield sse(*HELLO[2:], "[DONE]")
            handler.stream(pieces())
        self.fake.chat = slowly
        process = subprocess.Popen([str(self.program), "chat", "hi"], stdout=subprocess.PIPE, env=self.environment())
        self.assertTrue(select.select([process.stdout], [], [], WAIT)[0])
        self.assertEqual(os.read(process.stdout.fileno(), 100), b"Hello")
        gate.set()
        self.assertEqual(process.communicate(timeout=WAIT)[0], " wörld\n".encode())
        self.assertEqual(process.returncode, 0)

    def test_every_cut_of_the_stream_reads_the_same(self):
        data = b"\xef\xbb\xbf: heartbeat\r\n\r\nevent: message\r\n" + sse(*HELLO, "[DONE]").replace(b"\n", b"\r\n")
        for size in (1, 7):
            self.fake.chat = lambda h: h.stream([data[i:i + size] for i in range(0, len(data), size)])
            self.assertEqual(self.good("chat", "hi"), "Hello wörld\n")

    def test_what_is_no_whole_answer_is_never_shown_as_one(self):
        error = {"error": {"message": "the proxy went away", "code": "upstream_reset"}}
        cases = {
            "reset in the middle": ([sse(*HELLO[:2])], False, "cut off"),
            "no finish_reason": ([sse(*HELLO[:3], "[DONE]")], True, "cut off"),
            "no [DONE]": ([sse(*HELLO)], True, "terminal event"),
            "nothing": ([b": hi\n\n"], True, "before it began"),
            "error event": ([sse(*HELLO[:2], error)], True, "the proxy went away (upstream_reset)"),
            "named error event": ([sse(*HELLO[:2]) + b"event: error\ndata: overloaded\n\n"], True, "overloaded"),
            "garbage": ([sse(*HELLO[:2], "{nonsense")], True, "no JSON"),
            "last event not ended": ([sse(*HELLO) + b"data: [DONE]\n"], True, "terminal event")}
        for name, (pieces, end, words) in cases.items():
            with self.subTest(name):
                self.fake.chat = lambda h, p=pieces, e=end: h.stream(p, e)
                line = self.bad(1, "chat", "hi")
                self.assertIn(words, line)
                self.assertIn("[request req_7]", line)

    def test_a_cut_after_the_terminal_event_is_a_success(self):
        self.fake.chat = lambda h: h.stream([sse(*HELLO, "[DONE]")], end=False)
        self.assertEqual(self.good("chat", "hi"), "Hello wörld\n")

    def test_a_proxy_that_never_ends_the_transfer_is_not_waited_for(self):
        self.fake.chat = lambda h: h.stream([sse(*HELLO, "[DONE]"), b": still here\n\n"], pause=WAIT)
        begin = time.monotonic()
        self.assertEqual(self.good("chat", "hi"), "Hello wörld\n")
        self.assertLess(time.monotonic() - begin, WAIT / 2)

    def test_refusals_of_the_gateway(self):
        self.fake.chat = lambda h: h.send_json(503, {"error": {"message": "queue.maxWait passed", "code": "queue_timeout"}}, x_request_id="r9")
        self.assertEqual(self.bad(1, "chat", "hi"), "tidegate: queue.maxWait passed (queue_timeout) (HTTP 503) [request r9]\n")
        self.fake.chat = lambda h: h.send_json(502, b"<h1>Bad</h1>")
        self.assertIn("HTTP status 502: <h1>Bad</h1>", self.bad(1, "chat", "hi"))

    def test_in_one_piece(self):
        whole = {"model": "m", "choices": [{"message": {"content": "All at once"}, "finish_reason": "stop"}]}
        self.fake.chat = lambda h: h.send_json(200, whole)
        self.assertEqual(self.good("chat", "hi", "--no-stream"), "All at once\n")
        self.assertNotIn("stream", json.loads(self.fake.bodies[-1][1]))
        self.assertEqual(json.loads(self.good("chat", "hi", "--json")), whole)
        self.assertEqual(self.good("chat", "hi"), "All at once\n")  # a proxy that cannot stream
        self.fake.chat = lambda h: h.send_json(200, {"error": {"message": "no such model"}})
        self.assertIn("no such model", self.bad(1, "chat", "hi", "--no-stream"))

    def test_an_answer_in_one_piece_that_is_cut(self):
        def cut(handler):
            handler.send_response(200)
            handler.send_header("Content-Type", "application/json")
            handler.send_header("Content-Length", "500")
            handler.end_headers()
            handler.wfile.write(b'{"choices":[')
            handler.close_connection = True
        self.fake.chat = cut
        for option in ("--no-stream", "--json"):
            self.assertIn("cut off", self.bad(1, "chat", "hi", option))

    def test_the_token_limit_is_told(self):
        self.fake.chat = lambda h: h.stream([sse(chunk(content="half a"), chunk(finish="length"), "[DONE]")])
        done = self.run_cli("chat", "hi")
        self.assertEqual((done.returncode, done.stdout), (0, "half a\n"))
        self.assertIn("token limit", done.stderr)

    def test_verbose_tells_the_figures_without_a_terminal(self):
        done = self.run_cli("chat", "hi", "--verbose")
        self.assertRegex(done.stderr, r"\Agpt-4-0613, [0-9.]+ s, 9 tokens in, 1,204 tokens out\n\Z")

    def test_ctrl_c(self):
        self.fake.chat = lambda h: h.stream([sse(*HELLO[:2]), b": x\n\n"], pause=WAIT)
        process = subprocess.Popen([str(self.program), "chat", "hi"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=self.environment())
        self.assertEqual(os.read(process.stdout.fileno(), 100), b"Hello")
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.communicate(timeout=WAIT), (b"\n", b""))
        self.assertEqual(process.returncode, 130)

    def test_a_full_disk_is_told(self):
        if not pathlib.Path("/dev/full").exists():
            self.skipTest("no /dev/full here")
        for command in (["chat", "hi"], ["status"]):
            with open("/dev/full", "w") as full:
                done = subprocess.run([str(self.program), *command], stdout=full, stderr=subprocess.PIPE, text=True, timeout=WAIT,
                                      env=self.environment())
            self.assertEqual(done.returncode, 1)
            self.assertIn("cannot write to standard output", done.stderr)

    def test_no_message(self):
        self.bad(2, "chat")
        self.assertIn("empty", self.bad(2, "chat", "  "))
        self.assertIn("empty", self.bad(2, "chat", "-"))


class Usage(Case):
    def test_wrong_usage(self):
        for args in ([], ["nonsense"], ["status", "--nonsense"], ["config"], ["--color", "blue", "status"], ["reload", "extra"],
                     ["status", "--runtime-dir"]):
            with self.subTest(args):
                self.assertIn("--help", self.bad(2, *args))

    def test_called_as_openclaw(self):
        link = pathlib.Path(self.folder) / "openclaw"
        link.symlink_to(self.program)
        self.assertIn("openclaw [", self.good("--help", program=link))
        self.assertIn("vps: ready", self.good("status", program=link))

    def test_help_names_every_command_and_no_other(self):
        out = self.good("--help")
        names = [line.split()[0] for line in out.split("Commands:")[1].split("\n\n")[0].strip().splitlines() if line[2:3] != " "]
        self.assertEqual(sorted(names), sorted("status exchanges queue health chat reload drain config version".split()))
        self.assertLessEqual(max(map(len, out.splitlines())), 80)
        self.assertIn("--watch", self.good("status", "--help"))


class ConfigWithDaemonProgram(Case):
    """`config check` and `config digest --config` run the tidegated beside the program; here that is a script."""

    def setUp(self):
        super().setUp()
        self.copy = pathlib.Path(self.folder) / "bin" / "tidegate"
        self.copy.parent.mkdir()
        shutil.copy(self.program, self.copy)

    def daemon(self, script, folder=None):
        file = (folder or self.copy.parent) / "tidegated"
        file.write_text("#!/bin/sh\n" + script)
        file.chmod(0o755)

    def test_check_passes_words_and_verdict_on(self):
        self.daemon('echo "$@"')
        self.assertEqual(self.good("config", "check", "a b;c.yaml", program=self.copy), "--check-config --config a b;c.yaml\n")
        self.assertEqual(self.good("config", "check", program=self.copy), "--check-config\n")
        self.daemon('echo "tidegated: x.yaml:1:2: no" >&2; exit 78')
        done = self.run_cli("config", "check", "x.yaml", program=self.copy)
        self.assertEqual((done.returncode, done.stderr), (1, "tidegated: x.yaml:1:2: no\n"))
        self.daemon("kill -9 $$")
        self.assertIn("signal 9", self.bad(1, "config", "check", program=self.copy))

    def test_digest_of_a_file(self):
        self.daemon('echo "{\\"digest\\":\\"d1g\\",\\"args\\":\\"$*\\"}"')
        self.assertEqual(self.good("config", "digest", "--config", "f.yaml", program=self.copy), "d1g\n")
        self.daemon("exit 78")
        self.assertEqual(self.run_cli("config", "digest", "--config", "f.yaml", program=self.copy).returncode, 1)
        self.daemon("yes | head -c 9000000")
        self.assertIn("no JSON", self.bad(1, "config", "digest", "--config", "f.yaml", program=self.copy))

    def test_on_path_and_nowhere(self):
        other = pathlib.Path(self.folder) / "other"
        other.mkdir()
        self.daemon("echo from path", other)
        env = self.environment(PATH=f"{other}:/usr/bin:/bin")
        self.assertEqual(self.good("config", "check", program=self.copy, env=env), "from path\n")
        env["PATH"] = self.folder
        self.assertIn("neither beside", self.bad(1, "config", "check", program=self.copy, env=env))


def serve(folder, sick):
    os.makedirs(folder, exist_ok=True)
    for name in ("control.sock", "api.sock"):
        (pathlib.Path(folder) / name).unlink(missing_ok=True)
    fake = Fake(folder, bad_status() if sick else good_status())
    fake.chat = lambda h: h.stream([sse(chunk(content=w + " ")) for w in "This is a stream of words .".split()] +
                                   [sse(*HELLO[3:], "[DONE]")], pause=0.2)
    while fake.servers:
        time.sleep(0.2)


if __name__ == "__main__":
    if len(sys.argv) > 2 and sys.argv[1] == "--serve":
        serve(sys.argv[2], "--sick" in sys.argv)
    else:
        unittest.main()
