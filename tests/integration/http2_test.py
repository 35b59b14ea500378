"""HTTP/2 to the upstream, with nginx as the peer: TLS and h2 before, tidegate-sim behind."""

import contextlib
import hashlib
import pathlib
import shutil
import socket
import sys
import tempfile
import threading
import unittest

import harness

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")

CONFIG = """
daemon off;
pid {folder}/nginx.pid;
error_log stderr warn;
worker_processes 1;
events {{ worker_connections 1024; }}
http {{
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  client_max_body_size 64m;
  log_format protocol '$server_protocol $connection $request_method $uri $status';
  access_log {folder}/protocol.log protocol;
  server {{
    listen 127.0.0.1:{port} ssl http2;
    ssl_certificate {tls}/server.pem;
    ssl_certificate_key {tls}/server.key;
    keepalive_requests {requests};
    location / {{
      proxy_pass {sim};
      proxy_http_version 1.1;
      proxy_buffering off;
      proxy_request_buffering off;
      proxy_read_timeout 60s;
    }}
  }}
}}
"""


class Nginx:
    """nginx before a Sim; takes the simulator's place for a Gateway."""

    def __init__(self, sim, requests=100000):
        self.sim = sim
        self.requests = requests
        self.ca = sim.ca
        self.api_key = sim.api_key

    def __enter__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tgn-"))
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self.base_url = f"https://127.0.0.1:{port}/v1"
        config = self.folder / "nginx.conf"
        config.write_text(CONFIG.format(folder=self.folder, port=port, tls=self.sim.folder / "tls",
                                        requests=self.requests, sim=self.sim.base_url.removesuffix("/v1")))
        argv = [NGINX, "-p", self.folder, "-e", "stderr", "-c", config]
        self.process = harness.Process(argv, self.folder, "nginx")

        def listens():
            if not self.process.running():
                raise AssertionError(f"nginx ended:\n{self.process.log()}")
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", port), 1).close()
                return True
            return False

        try:
            harness.wait_until(listens, "nginx listens")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.process.running():
            self.process.process.terminate()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def protocols(self):
        return {line.split()[0] for line in (self.folder / "protocol.log").read_text().splitlines()}

    def connections(self):
        return {line.split()[1] for line in (self.folder / "protocol.log").read_text().splitlines()}


def upstream_of(gateway):
    return gateway.status()["upstreams"][0]


class Http2Test(unittest.TestCase):
    @contextlib.contextmanager
    def through(self, requests=100000, http_version="2", **sections):
        with harness.Sim() as sim, Nginx(sim, requests) as nginx:
            upstream = {"httpVersion": http_version, **sections.pop("upstream", {})}
            with harness.Gateway(nginx, upstream=upstream, **sections) as gateway:
                gateway.wait_status(lambda s: s["upstreams"][0]["state"] == "up", "the upstream is up")
                yield sim, nginx, gateway

    def test_status_tells_the_version(self):
        with self.through() as (_, nginx, gateway):
            answer = gateway.chat("hello there")
            self.assertEqual(answer.status, 200)
            self.assertIn("hello there", answer.text)
            self.assertEqual(upstream_of(gateway)["http_version"], "2")
            self.assertEqual(nginx.protocols(), {"HTTP/2.0"})

    def test_version_1_1_is_what_is_asked_for(self):
        with self.through(http_version="1.1") as (_, nginx, gateway):
            self.assertEqual(gateway.chat().status, 200)
            self.assertEqual(upstream_of(gateway)["http_version"], "1.1")
            self.assertEqual(nginx.protocols(), {"HTTP/1.1"})

    def test_streams_share_one_connection(self):
        count = 24
        with self.through(upstream={"maxInFlight": count}) as (sim, nginx, gateway):
            answers = [None] * count

            def chat(number):
                body = harness.chat_body(f"prompt number {number} of many", stream=True)
                answers[number] = gateway.request("POST", "/v1/chat/completions", body,
                                                  {"X-Sim-Fault": "token-delay=20ms,tokens=20"})

            threads = [threading.Thread(target=chat, args=(number,)) for number in range(count)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(harness.HANG)
            for number, answer in enumerate(answers):
                self.assertIsNotNone(answer, f"stream {number} did not end")
                self.assertEqual(answer.status, 200)
                self.assertEqual(harness.sse_data(answer.body)[-1], "[DONE]")
            self.assertEqual(upstream_of(gateway)["connections"]["opened_total"], 1)
            self.assertEqual(len(nginx.connections()), 1)
            self.assertGreaterEqual(sim.stats()["requests"], count)

    def test_a_cancelled_stream_leaves_the_others_alone(self):
        with self.through() as (sim, nginx, gateway):
            with gateway.stream(headers={"X-Sim-Fault": "token-delay=50ms,tokens=60"}) as kept:
                self.assertEqual(kept.status, 200)
                for _ in range(5):
                    with gateway.stream(headers={"X-Sim-Fault": "token-delay=100ms,tokens=500"}) as cancelled:
                        self.assertEqual(cancelled.status, 200)
                        self.assertTrue(cancelled.readline())
                # nginx tells the simulator when our RST_STREAM reaches it.
                harness.wait_until(lambda: sim.stats()["aborted"] >= 5, "the upstream sees the hang-ups")
                self.assertEqual(harness.sse_data(kept.read())[-1], "[DONE]")
            self.assertEqual(upstream_of(gateway)["connections"]["opened_total"], 1)
            self.assertEqual(len(nginx.connections()), 1)
            gateway.wait_status(lambda s: s["queue"]["in_flight"] == 0, "nothing is in flight")

    def test_large_bodies_arrive_byte_for_byte(self):
        with self.through() as (_, _nginx, gateway):
            sent = b'{"model":"m","data":"' + bytes(range(0x30, 0x5b)) * (200 << 10) + b'"}'  # over 8 MiB
            answer = gateway.request("POST", "/v1/echo", sent, {"Content-Type": "application/json"})
            self.assertEqual(answer.status, 200)
            self.assertIn(hashlib.sha256(sent).hexdigest(), answer.text)
            down = gateway.request("GET", "/v1/files/big", headers={"X-Sim-Fault": "size=20000000"})
            self.assertEqual(down.status, 200)
            self.assertEqual(len(down.body), 20_000_000)

    def test_head_and_errors(self):
        with self.through() as (_, _nginx, gateway):
            self.assertEqual(gateway.request("GET", "/v1/files/x", headers={"X-Sim-Fault": "status=404"}).status, 404)
            head = gateway.request("HEAD", "/v1/files/x")
            self.assertEqual((head.status, head.body), (200, b""))
            again = gateway.chat(headers={"X-Sim-Fault": "status=503,retry-after-ms=10,once"})
            self.assertEqual(again.status, 200)
            self.assertEqual(again.header("x-tidegate-attempts"), "2")

    def test_a_broken_stream_is_not_shown_as_whole(self):
        with self.through() as (_, _nginx, gateway):
            raw = b""
            with gateway.stream(headers={"X-Sim-Fault": "reset-after=3,token-delay=50ms"}) as response:
                self.assertEqual(response.status, 200)
                with contextlib.suppress(Exception):
                    while piece := response.read1(65536):
                        raw += piece
            self.assertNotIn(b"[DONE]", raw)
            self.assertEqual(gateway.chat().status, 200)

    def test_a_server_that_ends_its_connections_now_and_then(self):
        # nginx sends GOAWAY after so many requests; whatever is refused then is repeated, and counted.
        with self.through(requests=7) as (_, nginx, gateway):
            for number in range(40):
                self.assertEqual(gateway.chat(f"number {number}").status, 200)
            self.assertGreater(len(nginx.connections()), 4)
            self.assertLessEqual(upstream_of(gateway)["connections"]["open"], 2)


if __name__ == "__main__":
    if NGINX is None:
        print("nginx is not there: skipped")
        sys.exit(77)
    harness.main()
