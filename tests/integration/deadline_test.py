"""The time that a request has: by its client's word, by its SDK's, and by the limits on a silent proxy."""

import contextlib
import http.client
import json
import threading
import time
import unittest

import harness

CHUNK = {"choices": [{"index": 0, "delta": {"content": "x"}, "finish_reason": None}]}


class Deadline(unittest.TestCase):
    SOON = 10.0  # seconds; what is not noticed in time takes the 30 s of llm.openapi.timeout at least

    def setUp(self):
        self.left = threading.Event()  # a call of ours was ended by the gateway

    @contextlib.contextmanager
    def gateway(self, chat, **sections):
        """A gateway before an upstream that answers chats by chat(sock), and what else there is at once."""

        def handler(sock, _):
            while True:
                head, _ = harness.read_request(sock)
                if not head:
                    return
                if head.startswith(b"POST"):
                    chat(sock)
                    return
                sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n{\"data\":[]}")

        with harness.FakeUpstream(handler) as upstream, harness.Gateway(upstream, **sections) as gateway:
            yield gateway

    def silent(self, sock):
        harness.read_until_close(sock)
        self.left.set()

    def flowing(self, sock):
        sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
        with contextlib.suppress(OSError):
            while True:
                sock.sendall(f"data: {json.dumps(CHUNK)}\n\n".encode())
                time.sleep(0.05)
        self.left.set()

    def assert_answered(self, began, at_least):
        took = time.monotonic() - began
        self.assertGreaterEqual(took, at_least)
        self.assertLess(took, at_least + self.SOON)

    def test_a_deadline_that_cannot_be_read(self):
        with self.gateway(self.silent) as gateway:
            answer = gateway.chat(headers={"X-Tidegate-Deadline-Ms": "soon"})
            self.assertEqual((answer.status, answer.header("x-should-retry")), (400, "false"))
            self.assertIn("X-Tidegate-Deadline-Ms", answer.text)

    def test_a_deadline_ends_a_call_that_says_nothing(self):
        with self.gateway(self.silent) as gateway:
            began = time.monotonic()
            answer = gateway.chat(headers={"X-Tidegate-Deadline-Ms": "300"})
            self.assert_answered(began, 0.3)
            self.assertEqual((answer.status, answer.error_code), (503, "deadline_exceeded"))
            self.assertGreater(int(answer.header("retry-after-ms")), 0)
            self.assertTrue(self.left.wait(self.SOON))

    def test_a_deadline_cuts_a_stream(self):
        with self.gateway(self.flowing) as gateway:
            began = time.monotonic()
            with gateway.stream(headers={"X-Tidegate-Deadline-Ms": "500"}) as response:
                with self.assertRaises(http.client.IncompleteRead) as cut:
                    response.read()
            self.assert_answered(began, 0.5)
            events = harness.sse_data(cut.exception.partial)
            self.assertEqual(json.loads(events[0]), CHUNK)
            self.assertEqual(json.loads(events[-1])["error"]["code"], "deadline_exceeded")
            self.assertTrue(self.left.wait(self.SOON))
            gateway.wait_log("truncated_by=deadline")

    def test_an_sdk_is_answered_before_it_gives_up_in_the_queue(self):
        with self.gateway(self.silent, upstream={"maxInFlight": 1}) as gateway:
            first = threading.Thread(target=gateway.chat, kwargs={"headers": {"X-Tidegate-Deadline-Ms": "4000"}})
            first.start()
            gateway.wait_status(lambda status: status["queue"]["in_flight"] == 1, "the first is under way")
            began = time.monotonic()
            answer = gateway.chat(headers={"x-stainless-timeout": "1"})
            self.assert_answered(began, 0.85)
            self.assertEqual((answer.status, answer.error_code), (503, "queue_timeout"))
            self.assertIn("x-stainless-timeout", answer.text)
            first.join(harness.HANG)

    def test_the_first_byte_has_a_limit_of_its_own(self):
        with self.gateway(self.silent, upstream={"firstByteTimeout": "300ms"}, retry={"maxAttempts": 1}) as gateway:
            began = time.monotonic()
            answer = gateway.chat()
            self.assert_answered(began, 0.3)
            self.assertEqual((answer.status, answer.error_code), (504, "upstream_timeout"))
            self.assertIn("(upstream.firstByteTimeout)", answer.text)

    def test_the_first_byte_may_take_longer_than_a_pause(self):
        def slow(sock):
            time.sleep(1.5)
            sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{\"a\":")
            self.silent(sock)

        sections = {"llm": {"timeout": 500}, "upstream": {"firstByteTimeout": "20s"}, "retry": {"maxAttempts": 1}}
        with self.gateway(slow, **sections) as gateway:
            began = time.monotonic()
            answer = gateway.chat()
            self.assert_answered(began, 2.0)
            self.assertEqual((answer.status, answer.error_code), (504, "upstream_timeout"))
            self.assertIn("sent nothing more for 500 ms (llm.openapi.timeout)", answer.text)


if __name__ == "__main__":
    harness.main()
