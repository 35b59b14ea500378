"""A stream is shown as finished only when it is: with its terminal event and with the reason for its end."""

import json
import unittest

import harness
import wire

BODIES = {wire.CHAT: harness.chat_body("one two three", model="m", stream=True),
          "/v1/responses": {"model": "m", "input": "one two three", "stream": True},
          "/v1/messages": {"model": "m", "max_tokens": 99, "stream": True, "messages": [{"role": "user", "content": "one two"}]}}


def chunk(index=0, finish=None, **more):
    return b"data: %s\n\n" % json.dumps(
        {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m",
         "choices": [{"index": index, "delta": {"content": "x"}, "finish_reason": finish}], **more}).encode()


def event(name, **more):
    return b"event: %s\ndata: %s\n\n" % (name.encode(), json.dumps({"type": name, **more}).encode())


def errors(raw):
    """The events that tell a reader of an error."""
    events = [json.loads(data) for data in harness.sse_data(raw) if data.startswith("{") and data.endswith("}")]
    return [event for event in events if event.get("type") == "error" or event.get("error")]


DONE = b"data: [DONE]\n\n"
STOP = chunk(finish="stop")
START = event("message_start", message={"stop_reason": None})
REASON = event("message_delta", delta={"stop_reason": "end_turn"})
USAGE = b'data: {"object":"chat.completion.chunk","choices":[],"usage":{"total_tokens":9}}\n\n'

# path, what the upstream streams, what the client gets (None: the same)
WHOLE = {
    "length": (wire.CHAT, chunk() + chunk(finish="length") + DONE, None),
    "content filter": (wire.CHAT, chunk() + chunk(finish="content_filter") + DONE, None),
    "tool calls": (wire.CHAT, chunk() + chunk(finish="tool_calls") + USAGE + DONE, None),
    "two choices": (wire.CHAT, chunk() + chunk(1) + chunk(1, "stop") + chunk(0, "stop") + DONE, None),
    "legacy completions": ("/v1/completions", b'data: {"object":"text_completion","choices":[{"text":"x","index":0,'
                           b'"finish_reason":"stop"}]}\n\n' + DONE, None),
    "no [DONE]": (wire.CHAT, chunk() + STOP + USAGE, chunk() + STOP + USAGE + DONE),
    "no [DONE], CRLF": (wire.CHAT, STOP.replace(b"\n", b"\r\n"), (STOP + DONE).replace(b"\n", b"\r\n")),
    "[DONE] without an empty line": (wire.CHAT, chunk() + STOP + DONE[:-1], None),
    "[DONE] without an end of line": (wire.CHAT, chunk() + STOP + DONE[:-2], None),
    "comments and noise": (wire.CHAT, b": PROCESSING\n\n" + chunk() + b"data: keepalive\n\n" + STOP + DONE, None),
    "a chunk of a mebibyte": (wire.CHAT, chunk(finish="stop", x="y" * 1_048_576) + DONE, None),
    "a message": ("/v1/messages", START + REASON + event("message_stop"), None),
    "an incomplete response": ("/v1/responses", event("response.created") + event("response.incomplete"), None),
    "another endpoint": ("/v1/audio/speech", event("speech.audio.delta") + event("speech.audio.done"), None),
}

# path, what the upstream streams, the reason, what the client gets before the error event
CUT = {
    "done without finish": (wire.CHAT, chunk() + DONE, "done_without_finish", chunk()),
    "done without finish, CRLF": (wire.CHAT, (chunk() + DONE).replace(b"\n", b"\r\n"), "done_without_finish",
                                  chunk().replace(b"\n", b"\r\n")),
    "done only": (wire.CHAT, DONE, "done_without_finish", b""),
    "usage, but no choice": (wire.CHAT, USAGE + DONE, "done_without_finish", USAGE),
    "a choice without finish": (wire.CHAT, chunk() + chunk(1) + STOP + DONE, "done_without_finish", chunk() + chunk(1) + STOP),
    "neither finish nor done": (wire.CHAT, chunk(), "cut_before_finish", chunk()),
    "nothing": (wire.CHAT, b"", "cut_before_finish", b""),
    "half a done": (wire.CHAT, chunk() + b"data: [DO", "cut_before_finish", chunk()),
    "no stop reason": ("/v1/messages", START + event("message_stop"), "done_without_finish", START),
    "no message_stop": ("/v1/messages", START + REASON, "cut_before_finish", START + REASON),
    "no end of a response": ("/v1/responses", event("response.created"), "cut_before_finish", event("response.created")),
    "a garbled chunk": (wire.CHAT, chunk() + b'data: {"choices":[{"del\n\n' + STOP + DONE, "malformed_chunk",
                        chunk() + b'data: {"choices":[{"del\n\n' + STOP),
    "a mebibyte without finish": (wire.CHAT, chunk(x="y" * 1_048_576) + DONE, "done_without_finish", chunk(x="y" * 1_048_576)),
}

# path, what the upstream streams, what the client gets (None: the same)
TOLD = {
    "an error in a chat": (wire.CHAT, chunk() + b'data: {"error":{"message":"Provider disconnected","code":502}}\n\n', None),
    "an error with choices": (wire.CHAT, chunk() + chunk(finish="error", error={"message": "no"}) + DONE,
                              chunk() + chunk(finish="error", error={"message": "no"})),
    "an error in a message": ("/v1/messages", START + event("error", error={"type": "overloaded_error", "message": "no"}), None),
    "an error in a response": ("/v1/responses", event("response.created") + event("error", message="no"), None),
    "a failed response": ("/v1/responses", event("response.created") + event("response.failed"), None),
}


class Streamer:
    """An upstream that streams what the request's X-Stream names, in pieces of X-Piece bytes."""

    def __init__(self):
        self.streams = {name: row[1] for table in (WHOLE, CUT, TOLD) for name, row in table.items()}
        self.requests = 0

    def __call__(self, sock, _):
        while request := wire.next_request(sock):
            self.requests += 1
            fields = dict(line.split(b": ", 1) for line in request[0].split(b"\r\n")[1:] if b": " in line)
            fields = {name.lower().decode(): value.decode() for name, value in fields.items()}
            stream, piece = self.streams[fields["x-stream"]], int(fields["x-piece"])
            sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
            sock.sendall(b"".join(b"%x\r\n%s\r\n" % (len(stream[at:at + piece]), stream[at:at + piece])
                                  for at in range(0, len(stream), piece)) + b"0\r\n\r\n")


class StreamsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.streamer = Streamer()
        cls.upstream = wire.shared(cls, harness.FakeUpstream(cls.streamer))
        cls.gateway = wire.shared(cls, harness.Gateway(cls.upstream, upstream={"keepWarm": 0}, retry=wire.QUICK))

    def read(self, name, path, piece):
        headers = {"X-Stream": name, "X-Piece": str(piece)}
        before = self.streamer.requests
        status, raw, whole = wire.read_stream(self.gateway, path, {"model": "m", "stream": True}, headers)
        self.assertEqual((status, self.streamer.requests - before), (200, 1), "nothing is asked twice")
        return raw, whole

    def last(self):
        return self.gateway.control("GET", "/v1/exchanges").json()["recent"][0]

    def pieces(self, stream):
        return (1, 7, 1_000_000) if len(stream) < 10_000 else (4096, 2_000_000)

    def test_whole_ones_pass(self):
        for name, (path, stream, want) in WHOLE.items():
            for piece in self.pieces(stream):
                with self.subTest(name, piece=piece):
                    raw, whole = self.read(name, path, piece)
                    self.assertTrue(whole)
                    self.assertTrue(raw == (want or stream), raw[-300:])
                    self.assertEqual((self.last()["outcome"], self.last()["truncated_by"]), ("succeeded", None))

    def test_cut_ones_are_told(self):
        for name, (path, stream, reason, want) in CUT.items():
            for piece in self.pieces(stream):
                with self.subTest(name, piece=piece):
                    before = self.gateway.status()["streams"]["truncated"][reason]
                    raw, whole = self.read(name, path, piece)
                    self.assertFalse(whole, "the transfer breaks")
                    self.assertTrue(raw.startswith(want), raw[:300])
                    self.assertEqual(len(errors(raw[len(want):])), 1, raw[-300:])
                    self.assertNotIn(b"[DONE]", raw)
                    self.assertNotIn(b"message_stop", raw)
                    self.assertEqual((self.last()["outcome"], self.last()["truncated_by"]), ("truncated", reason))
                    self.assertEqual(self.gateway.status()["streams"]["truncated"][reason], before + 1)

    def test_errors_that_the_upstream_tells_stay_as_they_are(self):
        for name, (path, stream, want) in TOLD.items():
            for piece in self.pieces(stream):
                with self.subTest(name, piece=piece):
                    raw, whole = self.read(name, path, piece)
                    self.assertTrue(whole)
                    self.assertEqual(raw, want or stream)
                    self.assertEqual((self.last()["outcome"], self.last()["truncated_by"]), ("truncated", "error_chunk"))

    def test_the_log_says_why(self):
        self.read("done without finish", wire.CHAT, 100)
        self.gateway.wait_log(r"exchange.*truncated_by.{1,5}done_without_finish")

    def test_counts(self):
        before = self.gateway.status()["streams"]
        self.read("no [DONE]", wire.CHAT, 100)
        self.read("comments and noise", wire.CHAT, 100)
        after = self.gateway.status()["streams"]
        changed = {name: after[name] - before[name] for name in ("complete", "terminal_added", "malformed_chunks")}
        self.assertEqual(changed, {"complete": 2, "terminal_added": 1, "malformed_chunks": 1})


class SimulatedTest(unittest.TestCase):
    """The simulator's faults, each in each dialect."""

    @classmethod
    def setUpClass(cls):
        cls.sim = wire.shared(cls, harness.Sim(tls=False))
        cls.gateway = wire.settled(wire.shared(cls, harness.Gateway(cls.sim, llm={"timeout": 400}, retry=wire.QUICK)))

    def reason(self):
        last = self.gateway.control("GET", "/v1/exchanges").json()["recent"][0]
        return last["truncated_by"] if last["outcome"] == "truncated" else last["outcome"]

    def test_faults(self):
        table = {"no-finish": ("done_without_finish", "cut_before_finish", "done_without_finish"),
                 "no-done": ("succeeded", "cut_before_finish", "cut_before_finish"),
                 "error-chunk": ("error_chunk",) * 3,
                 "bad-event": ("malformed_chunk", "succeeded", "malformed_chunk")}
        for fault, reasons in table.items():
            for (path, body), reason in zip(BODIES.items(), reasons):
                with self.subTest(path=path, fault=fault):
                    status, raw, whole = wire.read_stream(self.gateway, path, body, wire.fault(fault + ",token-delay=5ms"))
                    self.assertEqual((status, self.reason()), (200, reason), raw[-300:])
                    self.assertEqual(whole, reason in ("succeeded", "error_chunk"))
                    if reason != "succeeded":
                        self.assertEqual(len(errors(raw)), 1, raw[-300:])
                        self.assertNotIn(b"[DONE]", raw)

    def test_transfers_that_break(self):
        table = {"stall-after=6": "stalled", "reset-after=6": "reset", "cut-after=6": "reset", "malformed-chunk=6": "reset"}
        for path, body in BODIES.items():
            for fault, reason in table.items():
                with self.subTest(path=path, fault=fault):
                    # The pause lets the first bytes pass: what breaks before is repeated, not cut.
                    status, raw, whole = wire.read_stream(self.gateway, path, body, wire.fault(fault + ",token-delay=60ms"))
                    if status != 200:  # a machine so busy that the gateway read it all at once, at each attempt
                        self.assertEqual((fault, status), (fault, 502))
                        continue
                    self.assertEqual((whole, self.reason()), (False, reason))
                    self.assertEqual(len(errors(raw)), 1, raw[-300:])


if __name__ == "__main__":
    harness.main()
