"""Clients of streamed requests that wait get signs of life; what goes wrong then is told in the stream."""

import contextlib
import json
import socket
import time
import unittest

import harness
import wire

BEAT = 0.3  # seconds; every wait below is measured in it
BODIES = {wire.CHAT: harness.chat_body("one two three", model="m", stream=True),
          "/v1/responses": {"model": "m", "input": "one two three", "stream": True},
          "/v1/messages": {"model": "m", "max_tokens": 99, "stream": True, "messages": [{"role": "user", "content": "one two"}]}}


def is_sign_of_life(data):
    parsed = json.loads(data) if data.startswith("{") else {}
    return parsed.get("type") in ("ping", "keepalive") or (
        parsed.get("object") == "chat.completion.chunk" and parsed.get("choices") == [] and "usage" not in parsed)


def leading_signs(raw):
    """How many signs of life stand before anything else; `ping` also belongs to messages themselves."""
    count = 0
    for data in harness.sse_data(raw):
        if not is_sign_of_life(data):
            break
        count += 1
    return count


class HeartbeatTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.sim = wire.shared(cls, harness.Sim(tls=False))
        cls.gateway = wire.settled(wire.shared(cls, cls.new_gateway()))

    @classmethod
    def new_gateway(cls, sim=None, queue=None, **more):
        return harness.Gateway(sim or cls.sim, queue={"heartbeat": int(BEAT * 1000), **(queue or {})}, **{"retry": wire.QUICK, **more})

    def last(self, gateway=None):
        return (gateway or self.gateway).control("GET", "/v1/exchanges").json()["recent"][0]

    def test_a_slow_answer_comes_behind_signs_of_life(self):
        for path, body in BODIES.items():
            with self.subTest(path=path):
                direct = self.sim.request("POST", path, body).body
                began = time.monotonic()
                with self.gateway.stream(path, body, wire.fault(f"delay={int(BEAT * 3500)}ms")) as response:
                    waited = time.monotonic() - began
                    self.assertEqual(response.status, 200)
                    self.assertTrue(response.getheader("content-type").startswith("text/event-stream"))
                    self.assertEqual(response.getheader("x-tidegate-attempts"), "1")
                    self.assertTrue(response.getheader("x-tidegate-id").startswith("req_"))
                    raw = response.read()
                self.assertGreater(waited, BEAT * 0.9, "not before the threshold")
                self.assertTrue(raw.endswith(direct), "then the answer as it is")
                self.assertGreaterEqual(leading_signs(raw[:-len(direct)]), 2)
                self.assertEqual(self.last()["outcome"], "succeeded")
        self.assertGreaterEqual(self.gateway.status()["streams"]["heartbeats"], 6)

    def test_a_quick_answer_has_none(self):
        for path, body in BODIES.items():
            self.assertEqual(wire.read_stream(self.gateway, path, body)[1], self.sim.request("POST", path, body).body)

    def test_only_streams_are_kept_alive(self):
        answer = self.gateway.chat("slow", headers=wire.fault(f"delay={int(BEAT * 2500)}ms"))
        self.assertEqual((answer.status, answer.header("content-type")), (200, "application/json"))
        answer = self.gateway.chat("slow", headers=wire.fault(f"delay={int(BEAT * 2500)}ms,status=400"))
        self.assertEqual(answer.status, 400)

    def test_off(self):
        with self.new_gateway(queue={"heartbeat": 0}) as gateway:
            with gateway.stream(wire.CHAT, BODIES[wire.CHAT], wire.fault(f"delay={int(BEAT * 3000)}ms,status=400")) as response:
                self.assertEqual(response.status, 400)

    def test_an_error_that_comes_late_is_an_event(self):
        for path, body in BODIES.items():
            with self.subTest(path=path):
                status, raw, whole = wire.read_stream(
                    self.gateway, path, body, wire.fault(f"delay={int(BEAT * 1500)}ms,quote-key"))
                self.assertEqual((status, whole), (200, True), "behind the event the stream ends as it should")
                event = json.loads(harness.sse_data(raw)[-1])
                self.assertIn("[redacted]", event["error"]["message"])
                self.assertNotIn(self.sim.api_key.encode(), raw)
                self.assertEqual((self.last()["status"], self.last()["outcome"]), (200, "failed"))
                self.assertEqual(wire.terminal_events(raw), [])

    def test_an_answer_that_is_no_stream_is_an_event(self):
        status, raw, whole = wire.read_stream(
            self.gateway, wire.CHAT, BODIES[wire.CHAT], wire.fault(f"delay={int(BEAT * 1500)}ms,error-in-200"))
        self.assertEqual((status, whole), (200, True))
        self.assertIn("error", json.loads(harness.sse_data(raw)[-1]))
        self.assertEqual(self.last()["outcome"], "failed")

    def test_while_another_try_is_waited_for(self):
        with self.new_gateway() as gateway:  # with a retry budget of its own
            wire.settled(gateway)
            before = wire.calls(self.sim)
            status, raw, whole = wire.read_stream(gateway, wire.CHAT, BODIES[wire.CHAT],
                                                  wire.fault("status=503,retry-after=1,once", **{"X-Sim-Key": "backoff"}))
            self.assertEqual((status, whole, wire.calls(self.sim) - before), (200, True, 2))
        self.assertGreaterEqual(leading_signs(raw), 2)
        self.assertTrue(raw.endswith(b"data: [DONE]\n\n"))

    def test_while_it_is_queued(self):
        with self.new_gateway(upstream={"maxInFlight": 1}, queue={"maxWait": int(BEAT * 4000)}) as gateway:
            with wire.open_request(gateway, wire.chat_bytes("first", [("X-Sim-Fault", "silence")])):
                gateway.wait_status(lambda s: s["queue"]["in_flight"] == 1, "the slot is taken")
                status, raw, whole = wire.read_stream(gateway, wire.CHAT, BODIES[wire.CHAT])
            self.assertEqual((status, whole), (200, True))
            self.assertGreaterEqual(leading_signs(raw), 2)
            self.assertEqual(json.loads(harness.sse_data(raw)[-1])["error"]["code"], "queue_timeout")

    def test_a_silent_upstream_ends_in_an_event(self):
        with self.new_gateway(llm={"timeout": int(BEAT * 3000)}, retry={"maxAttempts": 1}) as gateway:
            for path, body in BODIES.items():
                status, raw, whole = wire.read_stream(gateway, path, body, wire.fault("silence"))
                self.assertEqual((status, whole), (200, True))
                self.assertGreaterEqual(leading_signs(raw), 1)
                self.assertEqual(json.loads(harness.sse_data(raw)[-1])["error"]["message"], self.last(gateway)["error"])

    def test_while_connecting(self):
        with contextlib.closing(socket.socket()) as listener:  # accepts, and never answers
            listener.bind(("127.0.0.1", 0))
            listener.listen(8)
            with self.new_gateway(llm={"baseUrl": f"https://127.0.0.1:{listener.getsockname()[1]}/v1"},
                                  upstream={"connectTimeout": int(BEAT * 3000), "keepWarm": 0}, retry={"maxAttempts": 1},
                                  queue={"maxWait": int(BEAT * 6000)}) as gateway:  # while nobody is there, requests wait
                status, raw, whole = wire.read_stream(gateway, wire.CHAT, BODIES[wire.CHAT])
        self.assertEqual((status, whole), (200, True))
        self.assertGreaterEqual(leading_signs(raw), 1)
        self.assertIn("error", json.loads(harness.sse_data(raw)[-1]))

    def test_a_hang_up_cancels_as_ever(self):
        aborted = self.sim.stats()["aborted"]
        with wire.open_request(self.gateway, wire.request_bytes(body=BODIES[wire.CHAT], headers=[("X-Sim-Fault", "silence")])) as sock:
            reader = wire.Wire(sock)
            self.assertEqual(reader.head()[0], 200)
            self.assertIn(b'"choices":[]', reader.chunk())
        wire.wait_stats(self.sim, lambda s: s["aborted"] == aborted + 1 and s["in_flight"] == 0, "the call is ended")
        wire.wait_idle(self.gateway)
        self.assertEqual(self.last()["outcome"], "cancelled")

    def test_a_cut_stream_behind_it_is_cut(self):
        status, raw, whole = wire.read_stream(self.gateway, wire.CHAT, BODIES[wire.CHAT],
                                              wire.fault(f"delay={int(BEAT * 1500)}ms,no-finish"))
        self.assertEqual((status, whole), (200, False))
        self.assertNotIn(b"[DONE]", raw)
        self.assertEqual(self.last()["truncated_by"], "done_without_finish")


if __name__ == "__main__":
    harness.main()
