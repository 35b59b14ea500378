"""HTTP answers read from a socket byte by byte, and questions that several tests ask of the gateway and the simulator."""

import contextlib
import http.client
import json
import socket
import threading

from harness import chat_body, read_request, sse_data, wait_until

CHAT = "/v1/chat/completions"
QUICK = {"backoff": {"initial": "5ms", "max": "20ms"}}  # a `retry` section: no test waits for a real backoff


class Broken(Exception):
    """The connection ended in the middle of an answer; `body` is what had come of it."""

    def __init__(self, text, body=b""):
        super().__init__(text)
        self.body = bytes(body)


class WireAnswer:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers  # [(name, value)] as they came
        self.body = body

    def header(self, name):
        values = [value for key, value in self.headers if key.lower() == name.lower()]
        return values[0] if values else None

    @property
    def code(self):
        return json.loads(self.body)["error"]["code"]

    def __repr__(self):
        return f"<{self.status} {self.body[:200]!r}>"


class Wire:
    """Reads answers from a socket, strictly: what is cut raises Broken. Can read several pipelined ones."""

    def __init__(self, sock):
        self.sock = sock
        self._data = bytearray()

    def _more(self):
        try:
            piece = self.sock.recv(65536)
        except ConnectionResetError:
            piece = b""
        self._data += piece
        return bool(piece)

    def _until(self, mark):
        while mark not in self._data:
            if not self._more():
                raise Broken(f"the connection ended, {bytes(self._data[:80])!r} left")
        at = self._data.index(mark) + len(mark)
        out = bytes(self._data[:at])
        del self._data[:at]
        return out

    def _exactly(self, count, body):
        while len(self._data) < count:
            if not self._more():
                raise Broken("the connection ended in the body", bytes(body) + bytes(self._data))
        out = bytes(self._data[:count])
        del self._data[:count]
        return out

    def head(self):
        """Status and fields; interim answers are given, too."""
        lines = self._until(b"\r\n\r\n")[:-4].decode("latin-1").split("\r\n")
        fields = [line.partition(":")[::2] for line in lines[1:]]
        return int(lines[0].split(" ")[1]), [(name, value.strip()) for name, value in fields]

    def chunk(self, body=b""):
        """One chunk's bytes; b"" for the last one, whose trailers are read, too."""
        try:
            size = int(self._until(b"\r\n")[:-2].split(b";")[0], 16)
            if size == 0:
                while self._until(b"\r\n") != b"\r\n":
                    pass
                return b""
        except Broken as broken:
            raise Broken(str(broken), body) from None
        data = self._exactly(size, body)
        self._exactly(2, bytes(body) + data)
        return data

    def answer(self, method="GET"):
        status, headers = self.head()
        fields = {name.lower(): value for name, value in headers}
        body = bytearray()
        if method == "HEAD" or status in (204, 304) or status < 200:
            pass
        elif "transfer-encoding" in fields:
            while piece := self.chunk(body):
                body += piece
        elif "content-length" in fields:
            body += self._exactly(int(fields["content-length"]), b"")
        else:
            while self._more():
                pass
            body, self._data = self._data, bytearray()
        return WireAnswer(status, headers, bytes(body))

    def taken(self):
        """What was read from the socket and belongs to no answer yet."""
        return bytes(self._data)

    def ended(self):
        """Waits for the end of the connection; True when nothing stood before it."""
        while self._more():
            pass
        return not self._data


def request_bytes(method="POST", target=CHAT, body=None, headers=(), host="localhost"):
    """A correct request; a dict as body is JSON."""
    if isinstance(body, dict):
        body = json.dumps(body).encode()
        headers = [("Content-Type", "application/json"), *headers]
    lines = [f"{method} {target} HTTP/1.1", f"Host: {host}", *(f"{name}: {value}" for name, value in headers)]
    if body is not None:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + (body or b"")


def chat_bytes(text="hello", headers=(), **more):
    return request_bytes(body=chat_body(text, **more), headers=headers)


def fault(text, **more):
    """Headers that ask the simulator for a fault."""
    return {"X-Sim-Fault": text, **more}


def shared(test_class, context):
    """Enters `context` for all tests of a class, from its setUpClass(). (unittest has this itself from Python 3.11 on.)"""
    value = context.__enter__()
    test_class.addClassCleanup(context.__exit__, None, None, None)
    return value


def calls(sim, path=CHAT):
    """How many requests for `path` the simulator has had."""
    return sim.stats()["by_path"].get(path, 0)


def settled(gateway):
    """Waits until the call that the gateway makes by itself at its start is over: counts are the test's own then."""
    gateway.wait_status(lambda status: status["upstreams"][0]["state"] != "unknown", "the first probe is over")
    return gateway


def outcomes(gateway):
    """The last exchanges, the newest first or last as the daemon lists them, as (status, outcome)."""
    recent = gateway.control("GET", "/v1/exchanges").json()["recent"]
    return [(exchange["status"], exchange["outcome"]) for exchange in recent]


def wait_idle(gateway):
    """Waits until the gateway has nothing running or waiting."""
    return gateway.wait_status(
        lambda status: status["queue"]["in_flight"] == 0 and status["queue"]["depth"] == 0, "all slots are free")


def state_of_running(gateway):
    return [exchange["state"] for exchange in gateway.control("GET", "/v1/exchanges").json()["running"]]


def in_background(function, *arguments, **more):
    """Runs it in a thread; the returned function gives its result or raises what it raised."""
    box = {}

    def run():
        try:
            box["value"] = function(*arguments, **more)
        except BaseException as error:  # pylint: disable=broad-except
            box["error"] = error

    thread = threading.Thread(target=run, daemon=True)
    thread.start()

    def result(timeout=60):
        thread.join(timeout)
        if thread.is_alive():
            raise AssertionError("a request in the background does not end")
        if "error" in box:
            raise box["error"]
        return box["value"]

    return result


@contextlib.contextmanager
def open_request(gateway, data):
    """A connection on which `data` was sent; leaving closes it."""
    with contextlib.closing(gateway.raw_socket()) as sock:
        sock.sendall(data)
        yield sock


def read_stream(gateway, path, body, headers=None):
    """A streamed request as SDKs read it: (status, bytes, whole); `whole` is False where the transfer broke."""
    with gateway.stream(path, body, headers) as response:
        try:
            return response.status, response.read(), True
        except http.client.IncompleteRead as broken:
            return response.status, broken.partial, False
        except (ConnectionResetError, socket.timeout):
            return response.status, b"", False


def terminal_events(raw):
    """What in a stream's bytes would tell a reader that it is complete."""
    found = []
    for data in sse_data(raw):
        if data == "[DONE]":
            found.append(data)
            continue
        with contextlib.suppress(ValueError, AttributeError, TypeError):
            event = json.loads(data)
            found += [choice["finish_reason"] for choice in event.get("choices", []) if choice.get("finish_reason")]
            found += [event["type"]] if event.get("type") in ("message_stop", "response.completed") else []
    return found


def wait_stats(sim, condition, what):
    """Waits until condition(stats) of the simulator holds."""

    def look():
        stats = sim.stats()
        return stats if condition(stats) else None

    return wait_until(look, what)


def next_request(sock):
    """For a FakeUpstream's handler: the next request's (head, body), or None at the end of the connection.

    Answers requests for the model list, which the gateway makes by itself.
    """
    while True:
        head, body = read_request(sock)
        if not head:
            return None
        if not head.startswith(b"GET /v1/models"):
            return head, body
        sock.sendall(http_answer(b'{"data":[]}'))


def http_answer(body, status=b"200 OK", fields=b""):
    """A whole answer of an upstream."""
    return b"HTTP/1.1 %s\r\nContent-Type: application/json\r\n%sContent-Length: %d\r\n\r\n%s" % (
        status, fields, len(body), body)
