"""Queue and retry: what is repeated and what is not, how long is waited, and what bounds it all."""

import contextlib
import json
import socket
import struct
import threading
import time
import unittest

import harness
import wire

REPEATED = (408, 429, 500, 502, 503, 504, 529)
FINAL = (400, 401, 402, 403, 404, 405, 413, 415, 422, 501, 505)


class RepeatTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.sim = wire.shared(cls, harness.Sim(tls=False))
        # budget 1: a repetition for each of the last requests is allowed, so the tests do not spend each other's share.
        cls.gateway = wire.settled(wire.shared(cls, harness.Gateway(
            cls.sim, llm={"timeout": 300}, retry={**wire.QUICK, "budget": 1.0}, queue={"maxWait": "20s"})))

    def chat(self, fault, key, **more):
        """(answer, calls at the upstream, seconds)."""
        self.gateway.chat("earns a share of retries")
        before, begun = wire.calls(self.sim), time.monotonic()
        answer = self.gateway.chat("hello", headers=wire.fault(fault, **{"X-Sim-Key": key}), **more)
        return answer, wire.calls(self.sim) - before, time.monotonic() - begun

    def test_passing_troubles_are_repeated(self):
        faults = [f"status={status}" for status in REPEATED] + ["reset", "close", "silence", "truncate=9", "reset-after=1"]
        for fault in faults:
            with self.subTest(fault=fault):
                answer, calls, _ = self.chat(fault + ",once", "repeat " + fault)
                self.assertEqual((answer.status, calls, answer.header("x-tidegate-attempts")), (200, 2, "2"))
                self.assertIn("You said", answer.text)
                self.assertIsNone(answer.header("x-should-retry"))

    def test_a_stream_that_breaks_before_its_first_byte_is_repeated(self):
        for fault in ("reset", "status=503", "reset-after=0"):
            answer, calls, _ = self.chat(fault + ",once", "stream " + fault, stream=True)
            self.assertEqual((answer.status, calls), (200, 2), fault)
            self.assertTrue(answer.body.endswith(b"data: [DONE]\n\n"))

    def test_final_answers_are_called_once(self):
        for status in FINAL:
            with self.subTest(status=status):
                direct = self.sim.request("POST", wire.CHAT, harness.chat_body("hello", model=harness.MODEL),
                                          wire.fault(f"status={status}"))
                answer, calls, _ = self.chat(f"status={status}", f"final {status}")
                self.assertEqual((answer.status, calls, answer.body), (status, 1, direct.body))
                self.assertEqual(answer.header("x-tidegate-attempts"), "1")
                self.assertEqual(answer.header("x-should-retry"), "false")

    def test_the_upstreams_wait_is_obeyed(self):
        for fault, least in (("retry-after-ms=250", 0.25), ("retry-after=0.3", 0.3), ("retry-after=1", 1.0),
                             ("retry-after=http-date", 0.9), ("retry-after=9,retry-after-ms=100.5", 0.1)):
            with self.subTest(fault=fault):
                answer, calls, took = self.chat(f"status=429,{fault},once", fault)
                self.assertEqual((answer.status, calls), (200, 2))
                self.assertGreaterEqual(took, least)
                self.assertLess(took, least + 6)

    def test_a_wait_beyond_the_deadline_is_passed_on_at_once(self):
        with harness.Gateway(self.sim, retry=wire.QUICK, queue={"maxWait": "20s"}) as gateway:
            wire.settled(gateway)
            before, begun = wire.calls(self.sim), time.monotonic()
            answer = gateway.chat("hello", headers=wire.fault("status=429,retry-after=100"))
            self.assertEqual((answer.status, wire.calls(self.sim) - before), (429, 1))
            self.assertEqual(answer.header("retry-after"), "30", "a wait of minutes is not handed on")
            self.assertIsNone(answer.header("x-should-retry"))
            self.assertLess(time.monotonic() - begun, 10)

    def test_cut_at_the_end_of_all_attempts(self):
        with harness.Gateway(self.sim, llm={"timeout": 200}, retry={**wire.QUICK, "maxAttempts": 2}) as gateway:
            for fault, status, code in (("silence", 504, "upstream_timeout"), ("reset", 502, "upstream_reset")):
                answer = gateway.chat("hello", headers=wire.fault(fault))
                self.assertEqual((answer.status, answer.error_code), (status, code))
                self.assertEqual(answer.header("x-should-retry"), "false")


class BoundTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.sim = wire.shared(cls, harness.Sim(tls=False))

    def gateway(self, **sections):
        gateway = wire.shared(type(self), harness.Gateway(self.sim, **{"retry": wire.QUICK, **sections}))
        self.sim.request("POST", "/stats/reset")
        return wire.settled(gateway)

    def test_attempts_are_bounded(self):
        for bound in (1, 3, 4):
            gateway = self.gateway(retry={**wire.QUICK, "maxAttempts": bound})
            before = wire.calls(self.sim)
            answer = gateway.chat("hello", headers=wire.fault("status=503"))
            self.assertEqual((answer.status, wire.calls(self.sim) - before), (503, bound))
            self.assertEqual(answer.header("x-tidegate-attempts"), str(bound))
            self.assertEqual(answer.header("x-should-retry"), "false")
            self.assertEqual(gateway.status()["requests"]["retried"], bound - 1)

    def test_retries_are_a_share_of_the_traffic(self):
        gateway = self.gateway(queue={"maxWait": "1s"})  # most of them wait in vain for a proxy that is not well
        before = wire.calls(self.sim)

        def some():
            with contextlib.closing(gateway.connection()) as connection:
                return [harness.exchange(connection, "POST", wire.CHAT, harness.chat_body(), wire.fault("status=503")).status
                        for _ in range(20)]

        waiting = [wire.in_background(some) for _ in range(5)]
        self.assertEqual({status for result in waiting for status in result()}, {503})
        total = wire.calls(self.sim) - before
        self.assertLessEqual(total, 125)

    def test_a_full_queue_and_a_passed_deadline(self):
        gateway = self.gateway(upstream={"maxInFlight": 1}, queue={"maxDepth": 1, "maxWait": "1200ms"})
        slow = wire.in_background(gateway.chat, "slow", headers=wire.fault("delay=4s"))
        gateway.wait_status(lambda s: s["queue"]["in_flight"] == 1, "the first one is on its way")
        waiting = wire.in_background(gateway.chat, "waits")
        gateway.wait_status(lambda s: s["queue"]["depth"] == 1, "the second one waits")
        full = gateway.chat("too many")
        self.assertEqual((full.status, full.error_code), (429, "queue_full"))
        late = waiting()
        self.assertEqual((late.status, late.error_code), (503, "queue_timeout"))
        for answer in (full, late):
            self.assertGreaterEqual(int(answer.header("retry-after")), 1)
            self.assertGreaterEqual(float(answer.header("retry-after-ms")), 1)
            self.assertIsNone(answer.header("x-should-retry"))
            self.assertIn("queue.max", answer.json()["error"]["message"])
        self.assertEqual(slow().status, 200)

    def test_bodies_in_hand_are_bounded(self):
        gateway = self.gateway(queue={"maxBytes": 5000})
        slow = wire.in_background(gateway.chat, "x" * 3000, headers=wire.fault("delay=1500ms"))
        gateway.wait_status(lambda s: s["queue"]["in_flight"] == 1, "the first one is on its way")
        answer = gateway.chat("y" * 3000)
        self.assertEqual((answer.status, answer.error_code), (429, "queue_full"))
        self.assertEqual(slow().status, 200)
        self.assertEqual(gateway.chat("y" * 3000).status, 200)

    def test_never_more_at_once_than_allowed(self):
        gateway = self.gateway(upstream={"maxInFlight": 3})
        waiting = [wire.in_background(gateway.chat, "hello", headers=wire.fault("delay=60ms")) for _ in range(15)]
        self.assertEqual({result().status for result in waiting}, {200})
        self.assertEqual(self.sim.stats()["peak_in_flight"], 3)


class OwnUpstreamTest(unittest.TestCase):
    def test_the_order_is_that_of_arrival(self):
        seen, go = [], threading.Event()

        def handler(sock, _):
            while request := wire.next_request(sock):
                seen.append(json.loads(request[1])["messages"][0]["content"])
                go.wait(harness.HANG)
                sock.sendall(wire.http_answer(b"{}"))

        with harness.FakeUpstream(handler) as upstream, harness.Gateway(upstream, upstream={"maxInFlight": 1}) as gateway:
            wire.settled(gateway)
            waiting = []
            for i in range(6):
                waiting.append(wire.in_background(gateway.chat, str(i)))
                gateway.wait_status(lambda s, i=i: s["queue"]["in_flight"] == 1 and s["queue"]["depth"] == i, f"{i} wait")
            go.set()
            self.assertEqual({result().status for result in waiting}, {200})
        self.assertEqual(seen, [str(i) for i in range(6)])

    def test_an_upstream_that_comes_up_late(self):
        with contextlib.closing(socket.socket()) as listener:
            listener.bind(("127.0.0.1", 0))  # bound and not listening: connecting is refused, and the port stays ours
            url = f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
            with harness.Gateway(llm={"baseUrl": url}, retry={"maxAttempts": 1, "backoff": {"initial": "2s", "max": "2s"}}) as gateway:
                answer = wire.in_background(gateway.chat, "are you there?")
                harness.wait_until(lambda: "backing_off" in wire.state_of_running(gateway), "it was tried in vain")
                listener.listen()
                listener.settimeout(harness.HANG)

                def serve():
                    for _ in range(4):
                        with contextlib.suppress(OSError):
                            sock = listener.accept()[0]
                            threading.Thread(target=self.answer_all, args=(sock,), daemon=True).start()

                threading.Thread(target=serve, daemon=True).start()
                self.assertEqual(answer().status, 200)
                self.assertGreaterEqual(int(answer().header("x-tidegate-attempts")), 2)

    @staticmethod
    def answer_all(sock):
        with sock, contextlib.suppress(OSError):
            while wire.next_request(sock):
                sock.sendall(wire.http_answer(b"{}"))

    def test_nobody_there_is_503(self):
        with harness.Gateway(retry=wire.QUICK, queue={"maxWait": "2s"}) as gateway:
            answer = gateway.chat("hello")  # waits for its return, to its own deadline
            self.assertEqual((answer.status, answer.error_code), (503, "upstream_unreachable"))
            self.assertEqual(answer.header("x-should-retry"), "false")
            self.assertGreaterEqual(int(answer.header("x-tidegate-attempts")), 3)
            down = gateway.wait_status(lambda s: s["state"] == "degraded", "the state tells")
            self.assertEqual(down["upstreams"][0]["state"], "down")

    def test_a_kept_connection_that_died_costs_nothing(self):
        arrived = threading.Semaphore(0)

        def handler(sock, number):
            served = 0
            while wire.next_request(sock):
                sock.sendall(wire.http_answer(b'{"connection":%d}' % number))
                served += 1
                arrived.acquire(timeout=harness.HANG)
                if served == 1:  # closes without having said so, as idle timeouts of servers do
                    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    return

        with harness.FakeUpstream(handler) as upstream, harness.Gateway(
                upstream, upstream={"keepWarm": 0}, retry={"backoff": {"initial": "10s", "max": "10s"}}) as gateway:
            begun = time.monotonic()
            for _ in range(5):
                self.assertEqual(gateway.chat("hello").status, 200)
                arrived.release()
            self.assertLess(time.monotonic() - begun, 9, "a dead kept connection is replaced without a wait")

    def test_a_broken_tls_trust_is_said_at_once(self):
        with harness.Sim() as sim, harness.Gateway(sim, upstream={"caFile": ""}) as gateway:
            answer = gateway.chat("hello")
            self.assertEqual((answer.status, answer.error_code, answer.header("x-tidegate-attempts")), (502, "upstream_tls", "1"))


if __name__ == "__main__":
    harness.main()
