"""Requests with the same Idempotency-Key share one upstream call, also behind a broken connection and behind its end."""

import contextlib
import threading
import time
import unittest

import harness
import wire


def keyed(key="k", text="one two three", fault=None, **more):
    headers = [("Idempotency-Key", key), *([("X-Sim-Fault", fault)] if fault else [])]
    return wire.chat_bytes(text, headers, model="m", **more)


class IdempotencyTest(unittest.TestCase):
    GRACE = "30s"  # nobody waits for it but where a test sets its own

    def setUp(self):
        with contextlib.ExitStack() as stack:
            self.sim = stack.enter_context(harness.Sim(tls=False))
            self.gateway = wire.settled(stack.enter_context(
                harness.Gateway(self.sim, gateway={"idempotencyGrace": self.GRACE},
                                retry={**wire.QUICK, "maxAttempts": 2})))
            self.addCleanup(stack.pop_all().__exit__, None, None, None)

    def ask(self, data):
        with wire.open_request(self.gateway, data) as sock:
            return wire.Wire(sock).answer()

    def calls(self):
        return wire.calls(self.sim)

    def set_grace(self, grace):
        generation = self.gateway.status()["config"]["generation"]
        self.gateway.reconfigure(gateway={"idempotencyGrace": grace})
        self.gateway.wait_status(lambda s: s["config"]["generation"] > generation, "the grace is in force")

    def wait_call(self):
        wire.wait_stats(self.sim, lambda s: s["in_flight"] == 1, "the upstream has the call")

    def all_free(self):
        self.gateway.wait_status(lambda s: s["queue"]["in_flight"] == 0, "the slot is free")
        wire.wait_stats(self.sim, lambda s: s["in_flight"] == 0, "the upstream is free")

    def test_at_the_same_time(self):
        for stream in (False, True):
            with self.subTest(stream=stream):
                before = self.calls()
                data = keyed(f"same-{stream}", fault="delay=500ms", stream=stream)
                answers = []
                threads = [threading.Thread(target=lambda data=data: answers.append(self.ask(data))) for _ in range(8)]
                for thread in threads:
                    thread.start()
                for thread in threads:
                    thread.join(harness.HANG)
                self.assertEqual([answer.status for answer in answers], [200] * 8)
                self.assertEqual(len({answer.body for answer in answers}), 1)
                self.assertEqual(self.calls(), before + 1)
                self.assertEqual(sorted(answer.header("x-tidegate-attempts") for answer in answers), ["0"] * 7 + ["1"])
        self.assertEqual(self.gateway.status()["requests"]["succeeded"], 16)
        recent = self.gateway.control("GET", "/v1/exchanges").json()["recent"]
        own = {exchange["id"] for exchange in recent if exchange["shared_with"] is None}
        self.assertEqual(len(own), 2)
        self.assertEqual({exchange["shared_with"] for exchange in recent} - {None}, own)
        self.assertEqual(self.gateway.log().count("shared_with="), 14)

    def test_a_retry_behind_a_broken_stream(self):
        data = keyed(fault="token-delay=20ms,tokens=60", stream=True)
        with wire.open_request(self.gateway, data) as sock:
            reader = wire.Wire(sock)
            self.assertEqual(reader.head()[0], 200)
            for _ in range(3):
                reader.chunk()
        running = harness.wait_until(
            lambda: [e for e in self.gateway.control("GET", "/v1/exchanges").json()["running"] if e["client_left"]],
            "it goes on without its client")
        self.assertEqual(len(running), 1)
        answer = self.ask(data)
        self.assertEqual(answer.status, 200)
        events = harness.sse_data(answer.body)
        self.assertEqual(events[-1], "[DONE]")
        self.assertGreaterEqual(len(events), 60)
        straight = self.sim.request("POST", wire.CHAT, harness.chat_body("one two three", model="m", stream=True),
                                    wire.fault("tokens=60"))
        self.assertEqual(events, harness.sse_data(straight.body))
        self.assertEqual(self.calls(), 2)  # this one and the straight one
        self.assertEqual(wire.wait_stats(self.sim, lambda s: True, "stats")["aborted"], 0)

    def test_a_retry_before_the_answer_and_one_behind_it(self):
        data = keyed(fault="delay=700ms")
        with wire.open_request(self.gateway, data):
            self.wait_call()
        first = self.ask(data)
        self.assertEqual(first.status, 200)
        late = self.ask(data)
        self.assertEqual((late.status, late.body), (200, first.body))
        self.assertEqual(self.calls(), 1)

    def test_nobody_comes_back(self):
        self.set_grace("400ms")
        with wire.open_request(self.gateway, keyed(fault="silence")):
            self.wait_call()
            left = time.monotonic()
        self.all_free()
        self.assertGreater(time.monotonic() - left, 0.35)
        self.assertEqual(wire.wait_stats(self.sim, lambda s: s["aborted"] == 1, "it was cancelled")["aborted"], 1)
        self.assertIn("call without its client ended", self.gateway.log())
        self.assertEqual(self.ask(keyed()).status, 200)
        self.assertEqual(self.calls(), 2)

    def test_without_grace_a_hang_up_cancels_at_once(self):
        self.set_grace(0)
        with wire.open_request(self.gateway, keyed(fault="silence")):
            self.wait_call()
        self.all_free()

    def test_another_body_is_refused(self):
        self.assertEqual(self.ask(keyed()).status, 200)
        other = self.ask(keyed(text="something else"))
        self.assertEqual((other.status, other.code), (422, "idempotency_key_reused"))
        self.assertEqual(other.header("x-should-retry"), "false")
        self.assertEqual(self.ask(keyed("another", text="something else")).status, 200)
        long = self.ask(keyed("k" * 256))
        self.assertEqual((long.status, long.code), (400, "idempotency_key_invalid"))
        self.assertEqual(self.calls(), 2)

    def test_failures_are_not_kept(self):
        for fault, status in (("status=400", 400), ("status=500,times=2", 500)):
            data = keyed(f"failed-{status}", fault=fault)
            self.assertEqual(self.ask(data).status, status)
            before = self.calls()
            self.assertIn(self.ask(data).status, (200, 400))
            self.assertEqual(self.calls(), before + 1)

    def test_a_drain_does_not_wait_for_clients_that_left(self):
        with wire.open_request(self.gateway, keyed(fault="silence")):
            self.wait_call()
        harness.wait_until(
            lambda: [e for e in self.gateway.control("GET", "/v1/exchanges").json()["running"] if e["client_left"]],
            "it goes on without its client")
        began = time.monotonic()
        self.gateway.stop()
        self.assertLess(time.monotonic() - began, 20)  # the grace is 30 s, the drain's bound 60 s


if __name__ == "__main__":
    harness.main()
