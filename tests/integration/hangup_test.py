"""Clients that hang up free everything at once, wherever their request is; an answer that is cut is never a whole one."""

import contextlib
import json
import socket
import sys
import threading
import unittest

import harness
import wire

BODIES = {wire.CHAT: harness.chat_body("one two three", model="m", stream=True),
          "/v1/responses": {"model": "m", "input": "one two three", "stream": True},
          "/v1/messages": {"model": "m", "max_tokens": 99, "stream": True, "messages": [{"role": "user", "content": "one two"}]}}


class HangUpTest(unittest.TestCase):
    def setUp(self):
        with contextlib.ExitStack() as stack:
            self.sim = stack.enter_context(harness.Sim(tls=False))
            self.gateway = wire.settled(stack.enter_context(harness.Gateway(self.sim, upstream={"maxInFlight": 1})))
            self.addCleanup(stack.pop_all().__exit__, None, None, None)

    def assert_freed(self, cancelled=1, aborted=1):
        """Everything is as if the request had never been, but for the counts."""
        wire.wait_idle(self.gateway)
        stats = wire.wait_stats(self.sim, lambda s: s["in_flight"] == 0, "the upstream is free")
        self.assertEqual(stats["aborted"], aborted)
        status = self.gateway.wait_status(lambda s: s["requests"]["cancelled"] == cancelled, "it was counted as cancelled")
        self.assertEqual((status["requests"]["failed"], status["requests"]["truncated"]), (0, 0))
        self.assertEqual(wire.outcomes(self.gateway).count((None, "cancelled")) +
                         wire.outcomes(self.gateway).count((200, "cancelled")), cancelled)
        self.assertEqual(self.gateway.chat("next").status, 200)

    def test_waiting_for_the_head(self):
        for more in ({"stream": True}, {}):
            with wire.open_request(self.gateway, wire.chat_bytes("hi", [("X-Sim-Fault", "silence")], **more)):
                wire.wait_stats(self.sim, lambda s: s["in_flight"] == 1, "the upstream has it")
            self.assert_freed(*(2, 2) if not more else (1, 1))

    def test_in_the_queue(self):
        with wire.open_request(self.gateway, wire.chat_bytes("first", [("X-Sim-Fault", "silence")])):
            self.gateway.wait_status(lambda s: s["queue"]["in_flight"] == 1, "the slot is taken")
            for depth in (2, 0):
                with wire.open_request(self.gateway, wire.chat_bytes("second")), \
                     wire.open_request(self.gateway, wire.chat_bytes("third")):
                    self.gateway.wait_status(lambda s: s["queue"]["depth"] == 2, "two wait")
                self.gateway.wait_status(lambda s: s["queue"]["depth"] == 0, "nobody waits")
                self.assertEqual(wire.calls(self.sim), 1, depth)
        self.assert_freed(cancelled=5)

    def test_in_the_middle_of_a_stream(self):
        for path, body in BODIES.items():
            self.sim.request("POST", "/stats/reset")
            data = wire.request_bytes(target=path, body=body, headers=[("X-Sim-Fault", "token-delay=20ms,tokens=5000")])
            with wire.open_request(self.gateway, data) as sock:
                reader = wire.Wire(sock)
                self.assertEqual(reader.head()[0], 200)
                self.assertTrue(reader.chunk())
            self.assert_freed(cancelled=1 + list(BODIES).index(path))

    def test_a_client_that_does_not_read_and_goes(self):
        with wire.open_request(self.gateway, wire.chat_bytes("big", [("X-Sim-Fault", "size=50000000")], stream=True)):
            self.gateway.wait_status(lambda s: s["queue"]["in_flight"] == 1, "it is on its way")
            wire.wait_stats(self.sim, lambda s: s["in_flight"] == 1, "the upstream sends")
        self.assert_freed()

    def test_while_a_retry_is_waited_for(self):
        with wire.open_request(self.gateway, wire.chat_bytes("hi", [("X-Sim-Fault", "status=503,retry-after=60")])):
            harness.wait_until(lambda: wire.state_of_running(self.gateway) == ["backing_off"], "it waits for its retry")
            self.assertEqual(self.gateway.status()["queue"]["in_flight"], 0, "a wait holds no slot")
        self.assert_freed(aborted=0)
        self.assertEqual(wire.calls(self.sim), 2)

    def test_in_the_request_body(self):
        with wire.open_request(self.gateway, b"POST /v1/x HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                                             b"Content-Length: 100\r\n\r\n{"):
            self.gateway.wait_status(lambda s: s["requests"]["total"] == 1, "it has begun")
        self.assert_freed(aborted=0)

    @unittest.skipUnless(sys.platform == "linux", "other systems answer differently when a backlog is full")
    def test_while_connecting(self):
        with contextlib.ExitStack() as stack:
            listener = stack.enter_context(contextlib.closing(socket.socket()))
            listener.bind(("127.0.0.1", 0))
            listener.listen(0)
            for _ in range(3):  # fill the backlog: further connections get no answer
                filler = stack.enter_context(contextlib.closing(socket.socket()))
                filler.setblocking(False)
                filler.connect_ex(listener.getsockname())
            self.gateway.reconfigure(llm={"baseUrl": f"http://127.0.0.1:{listener.getsockname()[1]}/v1"})
            self.gateway.wait_status(lambda s: s["config"]["generation"] == 2, "the new address is in force")
            with wire.open_request(self.gateway, wire.chat_bytes("anybody?")):
                harness.wait_until(lambda: wire.state_of_running(self.gateway) == ["waiting"], "it connects")
            wire.wait_idle(self.gateway)
            self.assertEqual(wire.outcomes(self.gateway), [(None, "cancelled")])
            self.gateway.reconfigure(llm={"baseUrl": self.sim.base_url})
            self.gateway.wait_status(lambda s: s["config"]["generation"] == 3, "back again")
            self.assertEqual(self.gateway.chat("next").status, 200)


class AfterTheEndTest(unittest.TestCase):
    def test_to_hang_up_on_the_terminal_event_is_a_success(self):
        ends = {wire.CHAT: b"data: {}\n\ndata: [DONE]\n\n", "/v1/messages": b"event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n",
                "/v1/responses": b"event: response.completed\ndata: {\"type\":\"response.completed\"}\n\n"}
        gone = []

        def handler(sock, _):
            while request := wire.next_request(sock):
                path = request[0].split(b" ")[1].decode()
                sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
                sock.sendall(b"%x\r\n%s\r\n" % (len(ends[path]), ends[path]))
                if sock.recv(1) == b"":  # never ends the transfer by itself
                    gone.append(path)
                    return

        with harness.FakeUpstream(handler) as upstream, harness.Gateway(upstream) as gateway:
            for path, body in BODIES.items():
                with wire.open_request(gateway, wire.request_bytes(target=path, body=body)) as sock:
                    reader = wire.Wire(sock)
                    reader.head()
                    self.assertEqual(reader.chunk(), ends[path])
                wire.wait_idle(gateway)
            harness.wait_until(lambda: len(gone) == 3, "the upstream's connections were ended")
            self.assertEqual(gateway.status()["requests"]["succeeded"], 3)


class CutTest(unittest.TestCase):
    """The upstream breaks off. Whoever reads must notice, by an error event or by a broken transfer, best by both."""

    @classmethod
    def setUpClass(cls):
        cls.sim = wire.shared(cls, harness.Sim(tls=False))
        cls.gateway = wire.settled(wire.shared(cls, harness.Gateway(cls.sim, llm={"timeout": 400}, retry=wire.QUICK)))

    def truncated(self):
        return self.gateway.status()["requests"]["truncated"]

    @staticmethod
    def errors(raw):
        events = [json.loads(data) for data in harness.sse_data(raw)]
        return [event for event in events if event.get("type") == "error" or event.get("error") and "object" not in event]

    def test_streams(self):
        for path, body in BODIES.items():
            for fault in ("cut-after=6", "reset-after=6", "stall-after=6", "malformed-chunk=6", "close-delimited-cut"):
                with self.subTest(path=path, fault=fault):
                    before = self.truncated()
                    # The pause lets the first bytes pass: an answer that breaks before that is repeated, not cut.
                    status, raw, whole = wire.read_stream(self.gateway, path, body, wire.fault(fault + ",token-delay=60ms"))
                    if status != 200:  # a machine so busy that the gateway read it all at once, at each attempt
                        self.assertEqual((fault, status), (fault, 502))
                        continue
                    self.assertFalse(whole)
                    self.assertEqual(wire.terminal_events(raw), [])
                    self.assertNotIn(b"[DONE]", raw)
                    self.gateway.wait_status(lambda s: s["requests"]["truncated"] == before + 1, "it counts as truncated")
                    if fault != "close-delimited-cut":  # that one may cut in the middle of an event
                        self.assertEqual(len(self.errors(raw)), 1, raw[-300:])

    def test_a_cut_inside_an_event_gets_no_second_half(self):
        first = b'data: {"choices":[{"index":0,"delta":{"content":"one"}}]}\n\n'
        half = b'data: {"choices":[{"delta":{"content":"half'
        seen = threading.Event()

        def handler(sock, _):
            if wire.next_request(sock):
                sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
                sock.sendall(b"%x\r\n%s\r\n" % (len(first + half), first + half))
                seen.wait(harness.HANG)

        with harness.FakeUpstream(handler) as upstream, harness.Gateway(upstream, retry=wire.QUICK) as gateway:
            with wire.open_request(gateway, wire.chat_bytes(stream=True)) as sock:
                reader = wire.Wire(sock)
                self.assertEqual((reader.head()[0], reader.chunk()), (200, first + half))
                seen.set()
                with self.assertRaises(wire.Broken):
                    reader.chunk()
                self.assertTrue(reader.ended(), "nothing may stand behind half an event")

    def test_http_1_0_clients_see_a_reset(self):
        body = json.dumps(BODIES[wire.CHAT]).encode()
        with wire.open_request(self.gateway, b"POST /v1/chat/completions HTTP/1.0\r\nContent-Type: application/json\r\n"
                               b"X-Sim-Fault: cut-after=3,token-delay=60ms\r\nContent-Length: %d\r\n\r\n" % len(body) + body) as sock:
            with self.assertRaises(ConnectionResetError):
                while sock.recv(65536):
                    pass

    def test_large_answers(self):
        before = self.truncated()
        for fault in ("size=3000000,truncate=1000", "size=3000000,close-delimited-cut"):
            with self.subTest(fault=fault), wire.open_request(
                    self.gateway, wire.request_bytes("GET", "/v1/files/x", headers=[("X-Sim-Fault", fault)])) as sock:
                with self.assertRaises(wire.Broken):
                    wire.Wire(sock).answer()
        self.gateway.wait_status(lambda s: s["requests"]["truncated"] == before + 2, "they count as truncated")

    def test_a_stream_cut_behind_its_end_has_lost_nothing(self):
        for path, body in BODIES.items():
            want = self.sim.request("POST", path, body).body
            status, raw, whole = wire.read_stream(self.gateway, path, body, wire.fault("close-delimited"))
            self.assertEqual((status, raw, whole), (200, want, True))


if __name__ == "__main__":
    harness.main()
