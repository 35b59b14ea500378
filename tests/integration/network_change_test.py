# ctest: TIMEOUT 180
"""Another network: a gateway in a network namespace of its own, and its way to the upstream pulled from under it.

Linux, and only where this process may make namespaces; elsewhere it is skipped. The test runs itself again inside of a
new namespace, whose one way out is a pair of virtual links to a second one, where the upstream is.
"""

import contextlib
import http.server
import json
import os
import shutil
import subprocess
import sys
import threading
import time
import unittest

import harness

INSIDE = "TIDEGATE_TEST_INSIDE_NAMESPACE"
UPSTREAM = "10.98.0.1"
OURS = ("10.98.0.2", "10.98.0.3")
SKIPPED = 77


def ip(*arguments, inside=()):
    subprocess.run([*inside, "ip", *arguments], check=True, capture_output=True, timeout=harness.HANG)


def serve():
    """The upstream: tells with each answer which connection it went over, and from where that came."""
    seen = []
    lock = threading.Lock()

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self):
            super().setup()
            with lock:
                seen.append(self.client_address)
                self.number = len(seen)

        def answer(self):
            request = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            body = json.dumps({"connection": self.number, "from": self.client_address[0], "data": []}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[:10])
            if b"slowly" in request:
                harness.wait_until(lambda: len(seen) > self.number, "another connection comes")
            self.wfile.write(body[10:])

        do_GET = do_POST = answer

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer((UPSTREAM, 0), Handler)
    print(server.server_address[1], flush=True)
    server.serve_forever()


class Upstream:
    """serve() in the other namespace, which lives as long as this process of it."""

    ca = None
    api_key = harness.API_KEY

    def __enter__(self):
        self._process = subprocess.Popen(
            ["unshare", "--net", "sh", "-c", f"read ready; exec {sys.executable} {os.path.abspath(__file__)} serve"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        try:
            self._there = ("nsenter", "--net", "--target", str(self._process.pid))
            harness.wait_until(self._apart, "the other namespace is made")
            ip("link", "add", "out", "type", "veth", "peer", "name", "in", "netns", str(self._process.pid))
            ip("address", "add", f"{UPSTREAM}/24", "dev", "in", inside=self._there)
            ip("link", "set", "in", "up", inside=self._there)
            ip("address", "add", f"{OURS[0]}/24", "dev", "out")
            ip("link", "set", "out", "up")
            self._process.stdin.write("\n")
            self._process.stdin.flush()
            self.base_url = f"http://{UPSTREAM}:{int(self._process.stdout.readline())}/v1"
        except BaseException:
            self.__exit__()
            raise
        return self

    def _apart(self):
        return os.readlink(f"/proc/{self._process.pid}/ns/net") != os.readlink("/proc/self/ns/net")

    def __exit__(self, *_):
        self._process.kill()
        self._process.wait(harness.HANG)
        self._process.stdin.close()
        self._process.stdout.close()
        subprocess.run(["ip", "link", "delete", "out"], check=False, capture_output=True)


class NetworkChange(unittest.TestCase):
    QUICK = 5.0  # seconds; a request over a connection that is dead would take until its timeout, 30 s

    def setUp(self):
        stack = contextlib.ExitStack()
        self.addCleanup(stack.close)
        upstream = stack.enter_context(Upstream())
        # One probe at the start, no others: then only what the test does opens connections.
        self.gateway = stack.enter_context(harness.Gateway(upstream, upstream={"keepWarm": 0}))

    def chat(self, text="hello"):
        answer = self.gateway.chat(text)
        self.assertEqual(answer.status, 200, answer)
        return answer.json()

    def warm(self):
        self.gateway.wait_status(lambda status: status["upstreams"][0]["state"] == "up", "the first probe has ended")
        first = self.chat()
        self.assertEqual(self.chat()["connection"], first["connection"], "connections are kept")
        self.assertEqual(first["from"], OURS[0])
        return first["connection"]

    def quick_chat(self):
        began = time.monotonic()
        answer = self.chat()
        self.assertLess(time.monotonic() - began, self.QUICK)
        return answer

    def test_another_address(self):
        old = self.warm()
        ip("address", "delete", f"{OURS[0]}/24", "dev", "out")
        ip("address", "add", f"{OURS[1]}/24", "dev", "out")
        self.gateway.wait_log("the network has changed")
        answer = self.quick_chat()
        self.assertNotEqual(answer["connection"], old)
        self.assertEqual(answer["from"], OURS[1])

    @unittest.skip("about half of its runs see no change within a minute; the cause is not known yet")
    def test_a_link_that_goes_down_and_up(self):
        old = self.warm()
        ip("link", "set", "out", "down")
        self.gateway.wait_log("the network has changed")
        ip("link", "set", "out", "up")
        answer = self.quick_chat()
        self.assertNotEqual(answer["connection"], old)

    def test_what_does_not_concern_us_changes_nothing(self):
        old = self.warm()
        ip("link", "add", "idle", "type", "veth", "peer", "name", "idler")
        ip("link", "set", "idle", "up")
        ip("route", "add", "10.97.0.0/16", "via", UPSTREAM)
        ip("address", "change", f"{OURS[0]}/24", "dev", "out", "valid_lft", "7200", "preferred_lft", "3600")  # a lease
        ip("link", "delete", "idle")
        time.sleep(1.5)  # the watcher's pause, in which a late look would fall
        self.assertEqual(self.chat()["connection"], old)
        self.assertNotIn("the network has changed", self.gateway.log())

    def test_an_exchange_under_way_goes_on(self):
        # The upstream finishes its answer once another connection has come.
        old = self.warm()
        answers = []
        thread = threading.Thread(target=lambda: answers.append(self.chat("slowly")), daemon=True)
        thread.start()
        self.gateway.wait_status(lambda status: status["queue"]["in_flight"] == 1, "it is under way")
        ip("address", "add", f"{OURS[1]}/24", "dev", "out")
        self.gateway.wait_log("the network has changed")
        self.assertNotEqual(self.quick_chat()["connection"], old)
        thread.join(harness.HANG)
        self.assertEqual([answer["connection"] for answer in answers], [old])


def main():
    if sys.argv[1:] == ["serve"]:
        serve()
    elif os.environ.get(INSIDE):
        ip("link", "set", "lo", "up")
        harness.main()
    else:
        unshare = ["unshare", "--net"] if os.geteuid() == 0 else ["unshare", "--user", "--map-root-user", "--net"]
        tools = all(shutil.which(tool) for tool in ("unshare", "nsenter", "ip"))
        # Whether it is permitted shows only when it is done: a namespace, a second one, and links between the two.
        trial = "ip link set lo up && ip link add one type veth peer name two && unshare --net true"
        if not tools or subprocess.run([*unshare, "sh", "-c", trial], check=False, capture_output=True).returncode != 0:
            print("skipped: no network namespaces here")
            sys.exit(SKIPPED)
        os.execvpe(unshare[0], [*unshare, sys.executable, *sys.argv], {**os.environ, INSIDE: "1"})


if __name__ == "__main__":
    main()
