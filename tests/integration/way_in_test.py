"""The way in: what is no request is refused and never reaches the upstream; every bound holds; browsers stay out."""

import contextlib
import json
import socket
import time
import unittest

import harness
import wire

OK = b"Host: localhost\r\n"
JSON = OK + b"Content-Type: application/json\r\n"
POST = b"POST /v1/smuggled HTTP/1.1\r\n"
GET = b"GET /v1/smuggled HTTP/1.1\r\n"
NEXT = GET + OK + b"\r\n"  # what must not become a request of its own

REFUSED = {  # name: bytes; 400 and the end of the connection
    "length and coding": POST + JSON + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + NEXT,
    "coding and length": POST + JSON + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" + NEXT,
    "two lengths": POST + JSON + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{} " + NEXT,
    "two equal lengths": POST + JSON + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}" + NEXT,
    "lengths in a list": POST + JSON + b"Content-Length: 2, 2\r\n\r\n{}" + NEXT,
    "negative length": POST + JSON + b"Content-Length: -2\r\n\r\n{}" + NEXT,
    "signed length": POST + JSON + b"Content-Length: +2\r\n\r\n{}" + NEXT,
    "hexadecimal length": POST + JSON + b"Content-Length: 0x2\r\n\r\n{}" + NEXT,
    "empty length": POST + JSON + b"Content-Length: \r\n\r\n{}" + NEXT,
    "length over 64 bits": POST + JSON + b"Content-Length: 18446744073709551618\r\n\r\n{}" + NEXT,
    "length with a blank": POST + JSON + b"Content-Length: 2 0\r\n\r\n{}" + NEXT,
    "underscore length": POST + JSON + b"Content_Length: 2\r\n\r\n" + NEXT,
    "unknown coding": POST + JSON + b"Transfer-Encoding: gzip\r\n\r\n0\r\n\r\n" + NEXT,
    "gzip, chunked": POST + JSON + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n" + NEXT,
    "chunked twice": POST + JSON + b"Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n" + NEXT,
    "two codings": POST + JSON + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + NEXT,
    "vertical tab coding": POST + JSON + b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n" + NEXT,
    "quoted coding": POST + JSON + b"Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n" + NEXT,
    "blank before the colon": POST + JSON + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + NEXT,
    "tab before the colon": POST + JSON + b"Content-Length\t: 2\r\n\r\n{}" + NEXT,
    "coding in HTTP/1.0": b"POST /v1/smuggled HTTP/1.0\r\n" + JSON + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + NEXT,
    "obs-fold": GET + OK + b"X-Fold: a\r\n b\r\n\r\n",
    "obs-fold with a tab": GET + OK + b"X-Fold: a\r\n\tb\r\n\r\n",
    "fold before the first field": GET + b" X: y\r\n" + OK + b"\r\n",
    "NUL in a value": GET + OK + b"X: a\0b\r\n\r\n",
    "NUL in the target": b"GET /v1/a\0b HTTP/1.1\r\n" + OK + b"\r\n",
    "bare CR in a value": GET + OK + b"X: a\rb\r\n\r\n",
    "bare CR in the request line": b"GET /v1/a\rHTTP/1.1\r\n" + OK + b"\r\n",
    "bare LF as line's end": GET.replace(b"\r\n", b"\n") + b"Host: localhost\n\r\n\r\n",
    "control byte in a value": GET + OK + b"X: a\x01b\r\n\r\n",
    "blank in a name": GET + OK + b"X Y: a\r\n\r\n",
    "no name": GET + OK + b": a\r\n\r\n",
    "no colon": GET + OK + b"abc\r\n\r\n",
    "no host": GET + b"\r\n",
    "two hosts": GET + OK + OK + b"\r\n",
    "empty host": GET + b"Host:\r\n\r\n",
    "host with user": GET + b"Host: a@localhost\r\n\r\n",
    "host with path": GET + b"Host: localhost/x\r\n\r\n",
    "two hosts in one": GET + b"Host: localhost, localhost\r\n\r\n",
    "target is no path": b"GET v1/x HTTP/1.1\r\n" + OK + b"\r\n",
    "target with a fragment": b"GET /v1/x#y HTTP/1.1\r\n" + OK + b"\r\n",
    "target and host differ": b"GET http://other/v1/x HTTP/1.1\r\n" + OK + b"\r\n",
    "star for GET": b"GET * HTTP/1.1\r\n" + OK + b"\r\n",
    "no version": b"GET /v1/smuggled\r\n" + OK + b"\r\n",
    "HTTP/2.0": b"GET /v1/smuggled HTTP/2.0\r\n" + OK + b"\r\n",
    "HTTP/1.2": b"GET /v1/smuggled HTTP/1.2\r\n" + OK + b"\r\n",
    "lower-case http": b"GET /v1/smuggled http/1.1\r\n" + OK + b"\r\n",
    "two blanks": b"GET  /v1/smuggled HTTP/1.1\r\n" + OK + b"\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    "HTTP/2 preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "empty lines for ever": b"\r\n" * 40,
}
CHUNKED = POST + JSON + b"Transfer-Encoding: chunked\r\n\r\n"
BAD_CHUNKS = {
    "no number": b"x\r\n", "negative": b"-1\r\n", "blank first": b" 2\r\n{}\r\n", "prefix": b"0x2\r\n{}\r\n\r\n",
    "overflow": b"10000000000000002\r\n{}\r\n", "overflow with zeros": b"fffffffffffffffff\r\n",
    "longer than said": b"2\r\n{}x\r\n0\r\n\r\n", "bare LF": b"2\n{}\n0\n\n\r\n\r\n", "bare CR": b"2\r{}\r0\r\r\r\n\r\n",
    "endless size": b"0" * 20_000, "large extension": b"2;" + b"x" * 5_000 + b"\r\n{}\r\n0\r\n\r\n",
    "large trailers": b"2\r\n{}\r\n0\r\nX: " + b"y" * 20_000 + b"\r\n\r\n", "empty size": b"\r\n{}\r\n0\r\n\r\n",
}


class RefusalTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.sim = wire.shared(cls, harness.Sim(tls=False))
        cls.gateway = wire.settled(wire.shared(cls, harness.Gateway(cls.sim)))

    def refused(self, data, status=400, code="bad_request"):
        with wire.open_request(self.gateway, data) as sock:
            reader = wire.Wire(sock)
            answer = reader.answer()
            self.assertEqual((answer.status, answer.code), (status, code), answer)
            self.assertEqual(answer.header("connection"), "close")
            self.assertTrue(reader.ended(), "nothing follows a refusal")

    def test_what_is_no_request_gets_400_and_never_goes_out(self):
        before = wire.calls(self.sim, "/v1/smuggled")
        for name, data in REFUSED.items():
            with self.subTest(name):
                self.refused(data)
        for name, data in BAD_CHUNKS.items():
            with self.subTest(chunk=name):
                self.refused(CHUNKED + data)
        self.assertEqual(wire.calls(self.sim, "/v1/smuggled"), before)

    def test_what_looks_odd_and_is_right_is_served(self):
        for name, data in {
                "leading empty lines": b"\r\n\r\n" + GET + OK + b"\r\n", "upper-case coding": POST + JSON +
                b"TRANSFER-ENCODING: CHUNKED\r\n\r\n2\r\n{}\r\n0\r\n\r\n", "absolute target":
                b"GET http://localhost/v1/x HTTP/1.1\r\n" + OK + b"\r\n", "extension": CHUNKED +
                b"2;a=\"b\"\r\n{}\r\n0\r\nT: x\r\n\r\n", "HTTP/1.0 without host": b"GET /v1/x HTTP/1.0\r\n\r\n",
                "zeros before the size": CHUNKED + b"002\r\n{}\r\n000\r\n\r\n", "blanks around a value":
                POST + b"Host: \t localhost \t\r\nContent-Type: application/json\r\nContent-Length:  2 \r\n\r\n{}"}.items():
            with self.subTest(name), wire.open_request(self.gateway, data) as sock:
                self.assertEqual(wire.Wire(sock).answer().status, 200)

    def test_the_head_is_bounded(self):
        for size, status in ((60_000, 200), (70_000, 431)):
            with wire.open_request(self.gateway, GET + OK + b"X: " + b"x" * size + b"\r\n\r\n") as sock:
                self.assertEqual(wire.Wire(sock).answer().status, status)
        self.refused(GET + OK + b"X: y\r\n" * 300 + b"\r\n", 431, "head_too_large")
        self.refused(b"GET /" + b"x" * 70_000, 431, "head_too_large")

    def test_bodies_that_are_not_for_us(self):
        for fields in (b"Content-Type: text/plain\r\n", b"", b"Content-Type: application/x-www-form-urlencoded\r\n",
                       b"Content-Type: multipart/form-data; boundary=b\r\n", b"Content-Type: application/jsonp\r\n"):
            self.refused(b"POST /v1/chat/completions HTTP/1.1\r\n" + OK + fields + b"Content-Length: 2\r\n\r\n{}", 415,
                         "unsupported_media_type")
        for coding in (b"gzip", b"br", b"zstd", b"identity, gzip"):
            self.refused(POST + JSON + b"Content-Encoding: " + coding + b"\r\nContent-Length: 2\r\n\r\n{}", 415,
                         "unsupported_content_encoding")

    def test_expect(self):
        self.refused(POST + JSON + b"Expect: 200-ok\r\nContent-Length: 2\r\n\r\n{}", 417, "expectation_failed")
        with wire.open_request(self.gateway, POST + JSON + b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n") as sock:
            reader = wire.Wire(sock)
            self.assertEqual(reader.answer().status, 100)
            sock.sendall(b"{}")
            self.assertEqual(reader.answer().status, 200)
        with wire.open_request(self.gateway, POST + JSON + b"Expect: 100-continue\r\nContent-Length: 99999999999\r\n\r\n") as sock:
            self.assertEqual(wire.Wire(sock).answer().status, 413, "refused instead of told to go on")

    def test_pipelined_requests_are_answered_in_order(self):
        chats = [wire.chat_bytes(f"number {i}", model="m", headers=[("X-Sim-Fault", "delay=60ms")] if i == 0 else [])
                 for i in range(5)]
        with wire.open_request(self.gateway, b"".join(chats) + GET + OK + b"Connection: close\r\n\r\n" + b"junk" * 9) as sock:
            reader = wire.Wire(sock)
            for i in range(5):
                answer = reader.answer()
                self.assertIn(f"number {i}", json.loads(answer.body)["choices"][0]["message"]["content"])
                self.assertRegex(answer.header("keep-alive"), r"^timeout=(6[1-9]|[7-9]\d|\d{3,})$")
            self.assertEqual(reader.answer().header("connection"), "close")
            self.assertTrue(reader.ended())

    def test_paths_and_methods_that_are_not_there(self):
        for method, path, status in (("GET", "/", 404), ("GET", "/stats", 404), ("POST", "/v1x", 404), ("GET", "/metrics", 404),
                                     ("TRACE", "/v1/x", 405), ("CONNECT", "/v1/x", 405)):
            with self.subTest(path=path, method=method):
                self.assertEqual(self.gateway.request(method, path).status, status)
        for path in ("/healthz", "/readyz"):
            self.assertEqual(self.gateway.request("GET", path).status, 200)
            self.assertEqual(self.gateway.request("POST", path).status, 405)
            with wire.open_request(self.gateway, wire.request_bytes("HEAD", path)) as sock:
                self.assertEqual(wire.Wire(sock).answer("HEAD").status, 200)

    def test_browsers_stay_out(self):
        before = wire.calls(self.sim, "/v1/x"), wire.calls(self.sim)
        for fields, code in (([("Origin", "https://evil.example")], "foreign_origin"), ([("Origin", "null")], "foreign_origin"),
                             ([("Origin", "http://localhost.evil.example")], "foreign_origin"),
                             ([("Sec-Fetch-Site", "cross-site")], "foreign_origin"),
                             ([("Sec-Fetch-Site", "same-site")], "foreign_origin"),
                             ([("Upgrade", "websocket"), ("Connection", "Upgrade")], "foreign_origin")):
            for path in ("/v1/models", "/v1/x", "/healthz"):
                with self.subTest(fields=fields, path=path):
                    self.refused(wire.request_bytes("GET", path, headers=fields), 403, code)
        for host in ("evil.example", "evil.example:8433", "127.0.0.1.evil.example", "10.0.0.1", "[::2]"):
            self.refused(wire.request_bytes("GET", "/v1/x", host=host), 403, "foreign_host")
        preflight = self.gateway.request("OPTIONS", "/v1/chat/completions", headers={
            "Origin": "https://evil.example", "Access-Control-Request-Method": "POST"})
        self.assertEqual(preflight.status, 403)
        self.assertNotIn("access-control", repr(preflight.headers).lower())
        self.assertEqual((wire.calls(self.sim, "/v1/x"), wire.calls(self.sim)), before)
        for host in ("localhost", "LOCALHOST:1", "127.0.0.1:8433", "[::1]:8433"):
            with wire.open_request(self.gateway, wire.request_bytes("GET", "/v1/x", host=host)) as sock:
                self.assertEqual(wire.Wire(sock).answer().status, 200, host)
        self.assertEqual(self.gateway.request("GET", "/v1/x", headers={"Origin": self.gateway.url}).status, 200)


class BoundTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.sim = wire.shared(cls, harness.Sim(tls=False))
        cls.gateway = wire.settled(wire.shared(cls, harness.Gateway(cls.sim, gateway={
            "maxBody": 2000, "headTimeout": "600ms", "bodyTimeout": "700ms", "idleTimeout": "1500ms", "maxConnections": 8,
            "hosts": ["gate.internal"]})))

    def drip(self, first, piece, status):
        """A client that always sends one more byte: only a total time ends it."""
        with wire.open_request(self.gateway, first) as sock:
            begun = time.monotonic()
            sock.settimeout(0.05)
            while time.monotonic() - begun < harness.HANG:
                with contextlib.suppress(socket.timeout, BrokenPipeError, ConnectionResetError):
                    sock.sendall(piece)
                    if sock.recv(1, socket.MSG_PEEK) is not None:
                        break
            sock.settimeout(harness.HANG)
            answer = wire.Wire(sock).answer()
            self.assertEqual((answer.status, answer.code), (status, "request_timeout"))
            self.assertLess(time.monotonic() - begun, 20)

    def test_slow_requests_have_a_total_time(self):
        self.drip(b"G", b"E", 408)
        self.drip(POST + JSON + b"Content-Length: 1500\r\n\r\n", b"x", 408)
        self.drip(CHUNKED, b"1\r\nx\r\n", 408)

    def test_the_body_is_bounded(self):
        for size, status in ((2000, 200), (2001, 413)):
            body = b'{"a":"' + b"x" * (size - 8) + b'"}'
            self.assertEqual(self.gateway.request("POST", "/v1/x", body, {"Content-Type": "application/json"}).status, status)
            chunked = CHUNKED + b"%x\r\n%s\r\n0\r\n\r\n" % (size, body)
            with wire.open_request(self.gateway, chunked) as sock:
                self.assertEqual(wire.Wire(sock).answer().status, status)

    def test_idle_connections_end_and_are_told_when(self):
        with wire.open_request(self.gateway, GET + OK + b"\r\n") as sock:
            reader = wire.Wire(sock)
            self.assertEqual(reader.answer().header("keep-alive"), "timeout=1")
            begun = time.monotonic()
            self.assertTrue(reader.ended(), "an idle connection ends without a word")
            self.assertGreater(time.monotonic() - begun, 1.0)

    def test_connections_are_bounded(self):
        with contextlib.ExitStack() as stack:
            for _ in range(8):
                sock = stack.enter_context(wire.open_request(self.gateway, GET + OK + b"\r\n"))
                self.assertEqual(wire.Wire(sock).answer().status, 200)
            answer = wire.Wire(stack.enter_context(wire.open_request(self.gateway, GET + OK + b"\r\n"))).answer()
            self.assertEqual((answer.status, answer.code), (503, "too_many_connections"))
            self.assertIsNotNone(answer.header("retry-after"))
        harness.wait_until(lambda: self.gateway.request("GET", "/v1/x").status == 200, "there is room again")

    def test_configured_hosts_are_ours(self):
        with wire.open_request(self.gateway, wire.request_bytes("GET", "/v1/x", host="GATE.internal:99")) as sock:
            self.assertEqual(wire.Wire(sock).answer().status, 200)


class ClientKeyTest(unittest.TestCase):
    def test_keys_on_tcp_and_on_the_socket(self):
        clients = [{"name": "one", "key": "key-of-one-123"}, {"name": "two", "key": "key-of-two-123"}]
        with harness.Sim(tls=False) as sim, harness.Gateway(sim, gateway={"clients": clients}) as gateway:
            for headers, status in (({}, 401), ({"Authorization": "Bearer key-of-one-12"}, 401), ({"x-api-key": ""}, 401),
                                    ({"Authorization": f"Bearer {harness.API_KEY}"}, 401),
                                    ({"Authorization": "bearer  key-of-one-123 "}, 200), ({"x-api-key": "key-of-two-123"}, 200)):
                self.assertEqual(gateway.chat("hello", headers=headers).status, status, headers)
                self.assertEqual(gateway.request("GET", "/v1/models", headers=headers).status, status, headers)
            self.assertEqual(gateway.request("GET", "/healthz").status, 200)
            with contextlib.closing(harness.UnixConnection(gateway.api_socket)) as connection:
                self.assertEqual(harness.exchange(connection, "POST", wire.CHAT, harness.chat_body()).status, 200)
            clients = {e["client"] for e in gateway.control("GET", "/v1/exchanges").json()["recent"]}
            self.assertEqual(clients, {"one", "two", "local"})

    def test_other_than_loopback_needs_clients(self):
        gateway = harness.Gateway(gateway={"listen": ["0.0.0.0:0"]})
        self.addCleanup(gateway._cleanup.close)  # pylint: disable=protected-access
        gateway.prepare().start()
        gateway.process.assert_clean(gateway.process.wait(), 78)
        self.assertIn("gateway.clients", gateway.log())


if __name__ == "__main__":
    harness.main()
