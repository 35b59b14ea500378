"""The harness itself: what must fail a test does."""

import contextlib
import http.client
import pathlib
import sys
import tempfile
import time
import unittest

import harness


class HarnessTest(unittest.TestCase):
    def process(self, script):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        process = harness.Process([sys.executable, "-c", script], folder.name, "child")
        self.addCleanup(process.kill)
        return process

    def test_another_exit_code_fails(self):
        process = self.process("import sys; print('why', file=sys.stderr); sys.exit(3)")
        code = process.wait()
        process.assert_clean(code, expected=3)
        with self.assertRaisesRegex(AssertionError, "ended with 3, not 0(.|\n)*why"):
            process.assert_clean(code)

    def test_a_sanitizers_report_fails_whatever_the_exit_code(self):
        for report in ("==1==ERROR: AddressSanitizer: heap-use-after-free", "==1==ERROR: LeakSanitizer: detected memory leaks",
                       "WARNING: ThreadSanitizer: data race", "a.cpp:1:2: runtime error: signed integer overflow"):
            process = self.process(f"import sys; print({report!r}, file=sys.stderr)")
            with self.assertRaisesRegex(AssertionError, "a sanitizer reports"):
                process.assert_clean(process.wait(), expected=None)

    def test_waiting_ends(self):
        self.assertEqual(harness.wait_until(lambda: 7, "a number"), 7)
        with self.assertRaisesRegex(AssertionError, "in vain: the moon"):
            harness.wait_until(lambda: None, "the moon", timeout=0.02)

    def test_a_process_that_hangs_is_told_and_killed(self):
        process = self.process("import time; time.sleep(600)")
        with self.assertRaisesRegex(AssertionError, "child did not end"):
            process.wait(timeout=0.02)
        begun = time.monotonic()
        process.kill()
        self.assertFalse(process.running())
        self.assertLess(time.monotonic() - begun, harness.HANG)

    def test_events_are_taken_apart(self):
        raw = b": note\n\nevent: x\ndata: {\"a\":1}\n\ndata:two\ndata: lines\n\ndata: [DONE]\n\n"
        self.assertEqual(harness.sse_data(raw), ['{"a":1}', "two\nlines", "[DONE]"])

    def test_sections_are_laid_over_the_defaults(self):
        gateway = harness.Gateway(name="vps", llm={"timeout": 5}, upstream={"maxInFlight": 2}, gateway={"maxBody": 9})
        gateway.folder = pathlib.Path("/nowhere")
        text = gateway.settings()
        for line in ("    timeout: 5\n", "  maxInFlight: 2\n", '  name: "vps"\n', "  maxBody: 9\n"):
            self.assertIn(line, text)
        self.assertEqual(text.count("gateway:"), 1)

    def test_the_fake_upstream_says_what_the_test_wants(self):
        seen = []

        def handler(sock, number):
            seen.append((number, *harness.read_request(sock)))
            sock.sendall(b"HTTP/1.1 200 OK\r\nX-A: 1\r\nx-a: 2\r\nContent-Length: 2\r\n\r\nhi")

        with harness.FakeUpstream(handler) as upstream:
            host = upstream.base_url.split("/")[2]
            with contextlib.closing(http.client.HTTPConnection(host, timeout=harness.HANG)) as connection:
                answer = harness.exchange(connection, "POST", "/v1/x", {"a": 1})
        self.assertEqual((answer.status, answer.body, answer.header("x-A")), (200, b"hi", "1"))
        self.assertEqual([value for key, value in answer.headers if key.lower() == "x-a"], ["1", "2"])
        self.assertEqual(seen[0][2], b'{"a": 1}')

    def test_a_handler_that_fails_fails_the_test(self):
        def handler(sock, _):
            harness.read_request(sock)
            raise ValueError("not what was sent")

        with self.assertRaisesRegex(AssertionError, "not what was sent"):
            with harness.FakeUpstream(handler) as upstream:
                host = upstream.base_url.split("/")[2]
                with contextlib.closing(http.client.HTTPConnection(host, timeout=harness.HANG)) as connection:
                    with self.assertRaises((http.client.HTTPException, OSError)):
                        harness.exchange(connection, "GET", "/")


if __name__ == "__main__":
    unittest.main()
