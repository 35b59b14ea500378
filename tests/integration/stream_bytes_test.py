"""The bytes of an answer through the gateway are those that the upstream sent, and come when they were sent."""

import contextlib
import json
import threading
import unittest

import harness
import wire

RAW = ("lf", "cr", "crlf", "mixed", "bom", "comments", "multiline", "bytes")
STREAMS = {wire.CHAT: harness.chat_body("one two three", stream=True, stream_options={"include_usage": True}),
           "/v1/responses": {"input": "one two three", "stream": True},
           "/v1/messages": {"max_tokens": 99, "stream": True, "messages": [{"role": "user", "content": "one two three"}]}}


class StreamBytesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.sim = wire.shared(cls, harness.Sim())
        cls.gateway = wire.settled(wire.shared(cls, harness.Gateway(cls.sim, retry=wire.QUICK)))
        cls.raw = {name: cls.sim.request("GET", f"/raw/{name}").body for name in (*RAW, "long-line", "all")}

    def through(self, path, body, headers=None, method="POST", connection=None):
        if connection is None:
            return self.gateway.request(method, path, body, headers)
        return harness.exchange(connection, method, path, body, headers)

    def body_of(self, path):
        return {**STREAMS[path], "model": harness.MODEL}

    def assert_same_bytes(self, got, want):
        if got != want:  # assertEqual's report of a megabyte helps nobody
            at = next((i for i, (a, b) in enumerate(zip(got, want)) if a != b), min(len(got), len(want)))
            self.fail(f"{len(got)} bytes, not {len(want)}; from byte {at}: {got[at:at + 40]!r}, not {want[at:at + 40]!r}")

    def test_awkward_streams_on_each_endpoint(self):
        for path in STREAMS:
            for name, want in self.raw.items():
                with self.subTest(path=path, stream=name):
                    answer = self.through(path, self.body_of(path), wire.fault(f"raw-sse={name}"))
                    self.assertEqual(answer.status, 200)
                    self.assertEqual(answer.header("content-type"), "text/event-stream; charset=utf-8")
                    self.assert_same_bytes(answer.body, want)

    def test_every_split_of_the_bytes(self):
        with contextlib.closing(self.gateway.connection()) as connection:
            for name in RAW:
                for size in (*range(1, 24), 37, 101, 499):
                    with self.subTest(stream=name, split=size):
                        answer = self.through(wire.CHAT, self.body_of(wire.CHAT),
                                              wire.fault(f"raw-sse={name},chunk={size}"), connection=connection)
                        self.assert_same_bytes(answer.body, self.raw[name])

    def test_a_mebibyte_in_one_line_in_pieces(self):
        for size in (1000, 16_384, 65_536, 2_000_000):
            with self.subTest(split=size):
                answer = self.through(wire.CHAT, self.body_of(wire.CHAT), wire.fault(f"raw-sse=long-line,chunk={size}"))
                self.assert_same_bytes(answer.body, self.raw["long-line"])

    def test_ordinary_answers_are_those_without_the_gateway(self):
        for path in STREAMS:
            for stream in (True, False):
                with self.subTest(path=path, stream=stream):
                    body = {**self.body_of(path), "stream": stream}
                    if path == wire.CHAT and not stream:
                        del body["stream_options"]
                    direct, through = self.sim.request("POST", path, body), self.through(path, body)
                    self.assert_same_bytes(through.body, direct.body)
                    self.assertEqual(through.status, direct.status)
                    self.assertEqual(through.header("content-type"), direct.header("content-type"))

    def test_compression_is_the_clients_and_the_upstreams_affair(self):
        for stream in (True, False):
            body = harness.chat_body("zip me", model=harness.MODEL, stream=stream)
            headers = wire.fault("gzip", **{"Accept-Encoding": "gzip, br"})
            direct, through = self.sim.request("POST", wire.CHAT, body, headers), self.through(wire.CHAT, body, headers)
            self.assertEqual(through.header("content-encoding"), "gzip")
            self.assertEqual(through.body[:2], b"\x1f\x8b")
            self.assert_same_bytes(through.body, direct.body)
            # http.client would send one of its own; a client that names none gets what the gateway did not ask for.
            with contextlib.closing(self.gateway.raw_socket()) as sock:
                sock.sendall(wire.chat_bytes("zip me", [("X-Sim-Fault", "gzip")], model=harness.MODEL, stream=stream))
                answer = wire.Wire(sock).answer()
            self.assertIsNone(answer.header("content-encoding"))
            self.assertIn(answer.body[:1], (b"d", b"{"))

    def test_an_answer_that_the_close_ends_is_whole_when_it_says_so(self):
        for stream in (True, False):
            body = harness.chat_body("to the end", model=harness.MODEL, stream=stream)
            with self.subTest(stream=stream):
                through = self.through(wire.CHAT, body, wire.fault("close-delimited"))
                self.assert_same_bytes(through.body, self.sim.request("POST", wire.CHAT, body).body)

    def test_trailers_do_not_disturb(self):
        body = harness.chat_body("trailing", model=harness.MODEL, stream=True)
        with contextlib.closing(self.gateway.connection()) as connection:
            for _ in range(2):
                through = self.through(wire.CHAT, body, wire.fault("trailers"), connection=connection)
                self.assert_same_bytes(through.body, self.sim.request("POST", wire.CHAT, body).body)

    def test_answers_without_a_body(self):
        for method, path, fault, status in (("HEAD", "/v1/files/abc", "", 200), ("HEAD", "/v1/files/abc", "status=404", 404),
                                            ("DELETE", "/v1/files/abc", "status=204", 204)):
            with self.subTest(method=method, status=status), contextlib.closing(self.gateway.raw_socket()) as sock:
                reader = wire.Wire(sock)
                for _ in range(2):  # The second shows that no byte of a body stands between the two.
                    sock.sendall(wire.request_bytes(method, path, headers=[("X-Sim-Fault", fault)] if fault else []))
                    answer = reader.answer(method)
                    self.assertEqual((answer.status, answer.body), (status, b""))

    def test_a_large_answer(self):
        for size in (65_535, 65_536, 65_537, 5_000_000):
            answer = self.through("/v1/files/big", None, wire.fault(f"size={size}"), method="GET")
            direct = self.sim.request("GET", "/v1/files/big", None, wire.fault(f"size={size}"))
            self.assertEqual(len(answer.body), size)
            self.assert_same_bytes(answer.body, direct.body)

    def test_other_statuses_pass(self):
        for status in (201, 202, 206, 299, 304, 404, 418, 451):
            with self.subTest(status=status):
                self.assertEqual(self.through("/v1/things", None, wire.fault(f"status={status}"), "GET").status, status)


class AsItComesTest(unittest.TestCase):
    """The upstream sends the next piece only when the client has the one before: nothing may be held back."""

    def test_each_piece_passes_at_once_and_the_last_with_the_end(self):
        pieces = [b"data: %d\n\n" % i for i in range(20)] + [b"data: [DO", b"NE]\n\n"]
        arrived = threading.Semaphore(0)

        def handler(sock, _):
            while wire.next_request(sock):
                sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
                for piece in pieces[:-1]:
                    sock.sendall(b"%x\r\n%s\r\n" % (len(piece), piece))
                    if not arrived.acquire(timeout=harness.HANG):
                        return
                sock.sendall(b"%x\r\n%s\r\n0\r\n\r\n" % (len(pieces[-1]), pieces[-1]))

        with harness.FakeUpstream(handler) as upstream, harness.Gateway(upstream, upstream={"keepWarm": 0}) as gateway:
            with wire.open_request(gateway, wire.chat_bytes("go", stream=True)) as sock:
                reader = wire.Wire(sock)
                self.assertEqual(reader.head()[0], 200)
                for piece in pieces[:-1]:
                    self.assertEqual(reader.chunk(), piece)
                    arrived.release()
                last = sock.recv(65536)
                self.assertEqual(last, b"5\r\nNE]\n\n\r\n0\r\n\r\n", "the last bytes and the end come in one write")

    def test_a_sized_stream_keeps_its_length(self):
        body = b"data: {}\n\ndata: [DONE]\n\n"

        def handler(sock, _):
            while wire.next_request(sock):
                sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: %d\r\n\r\n" % len(body) + body)

        with harness.FakeUpstream(handler) as upstream, harness.Gateway(upstream, upstream={"keepWarm": 0}) as gateway:
            answer = gateway.chat("go", stream=True)
            self.assertEqual((answer.body, answer.header("content-length")), (body, str(len(body))))
            self.assertIsNone(answer.header("transfer-encoding"))

    def test_http_1_0_clients_get_the_bytes_without_chunks(self):
        with harness.Sim(tls=False) as sim, harness.Gateway(sim) as gateway:
            want = sim.request("POST", wire.CHAT, harness.chat_body("old", model="m", stream=True)).body
            body = json.dumps(harness.chat_body("old", model="m", stream=True)).encode()
            got = gateway.raw(b"POST /v1/chat/completions HTTP/1.0\r\nContent-Type: application/json\r\n"
                              b"Content-Length: %d\r\n\r\n" % len(body) + body)
            head, _, rest = got.partition(b"\r\n\r\n")
            self.assertNotIn(b"transfer-encoding", head.lower())
            self.assertEqual(rest, want)


if __name__ == "__main__":
    harness.main()
