"""Real processes in private folders, for the tests beside this file: the simulator and the gateway.

    with Sim() as sim, Gateway(sim) as gateway:
        answer = gateway.request("GET", "/v1/models")

Every wait has a generous bound that only a hang reaches (a slow machine must not fail a test), and only processes that
this file started are ever signalled.
"""

import contextlib
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest

BIN = pathlib.Path(os.environ.get("TIDEGATE_BIN") or pathlib.Path(__file__).resolve().parents[2] / "build/dev/bin")
HANG = 60.0  # seconds that nothing healthy takes
API_KEY = "test-key-0123456789abcdef"
MODEL = "gpt-test"

_SANITIZER = re.compile(r"(ERROR: \w+Sanitizer|WARNING: ThreadSanitizer|runtime error:|SUMMARY: \w+Sanitizer)")


def wait_until(condition, what, timeout=HANG):
    """Returns the first true value of condition(); fails with `what` when none comes. Polls: for other processes' state."""
    deadline = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {timeout:.0f} s in vain: {what}")
        time.sleep(0.01)


class Answer:
    """A whole HTTP response. Header names are matched whatever their case; `headers` keeps doubled ones."""

    def __init__(self, response, body):
        self.status = response.status
        self.headers = response.getheaders()
        self.body = body

    def header(self, name, default=None):
        for key, value in self.headers:
            if key.lower() == name.lower():
                return value
        return default

    @property
    def text(self):
        return self.body.decode("utf-8", "replace")

    def json(self):
        return json.loads(self.body)

    @property
    def error_code(self):
        """The `code` of an OpenAI-shaped error."""
        return self.json()["error"]["code"]

    def __repr__(self):
        return f"<{self.status} {self.body[:300]!r}>"


class UnixConnection(http.client.HTTPConnection):
    """http.client over a Unix socket."""

    def __init__(self, path, timeout=HANG):
        super().__init__("localhost", timeout=timeout)
        self._path = str(path)

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


def exchange(connection, method, path, body=None, headers=None):
    """One request on an http.client connection, which stays open if the server lets it. dict and list bodies are JSON."""
    headers = dict(headers or {})
    if isinstance(body, (dict, list)):
        body = json.dumps(body).encode()
        headers.setdefault("Content-Type", "application/json")
    connection.request(method, path, body=body, headers=headers)
    response = connection.getresponse()
    return Answer(response, response.read())


def chat_body(text="hello", model=None, stream=False, **more):
    body = {"messages": [{"role": "user", "content": text}], **more}
    if model is not None:
        body["model"] = model
    if stream:
        body["stream"] = True
    return body


def sse_data(raw):
    """The data of each event of a stream of server-sent events, `[DONE]` included."""
    events = re.split(r"\r\n\r\n|\n\n|\r\r", raw.decode("utf-8", "replace"))
    out = []
    for event in events:
        lines = [line[5:].removeprefix(" ") for line in event.splitlines() if line.startswith("data:")]
        if lines:
            out.append("\n".join(lines))
    return out


class Process:
    """A child with its standard error in a file. Ends at stop(), at the latest with the test."""

    def __init__(self, argv, folder, name, env=None):
        self.folder = pathlib.Path(folder)
        self.name = name
        self.log_path = self.folder / f"{name}.stderr"
        self.out_path = self.folder / f"{name}.stdout"
        with open(self.log_path, "ab") as err, open(self.out_path, "ab") as out:
            self.process = subprocess.Popen(
                [str(a) for a in argv], stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=env, cwd=self.folder)

    @property
    def pid(self):
        return self.process.pid

    def log(self):
        return self.log_path.read_text("utf-8", "replace")

    def out(self):
        return self.out_path.read_text("utf-8", "replace")

    def running(self):
        return self.process.poll() is None

    def signal(self, number):
        self.process.send_signal(number)

    def wait(self, timeout=HANG):
        try:
            return self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"{self.name} did not end in {timeout:.0f} s; its log:\n{self.log()[-4000:]}") from None

    def kill(self):
        if self.running():
            self.process.kill()
        self.process.wait(HANG)

    def assert_clean(self, code, expected=0):
        """Fails on another exit code and on a sanitizer's report."""
        log = self.log()
        if _SANITIZER.search(log):
            raise AssertionError(f"{self.name}: a sanitizer reports:\n{log[-8000:]}")
        if expected is not None and code != expected:
            raise AssertionError(f"{self.name} ended with {code}, not {expected}; its log:\n{log[-4000:]}")


class Sim:
    """tidegate-sim with TLS, a certificate authority made on the spot, and a key that it checks."""

    def __init__(self, *arguments, api_key=API_KEY, tls=True):
        self.api_key = api_key
        self._arguments = arguments
        self._tls = tls
        self._cleanup = contextlib.ExitStack()
        self.base_url = self.ca = self.process = None

    def __enter__(self):
        with contextlib.ExitStack() as cleanup:
            self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tgs-"))
            cleanup.callback(shutil.rmtree, self.folder, ignore_errors=True)
            key = self.folder / "key"
            key.write_text(self.api_key + "\n")
            key.chmod(0o600)
            argv = [BIN / "tidegate-sim", "--listen", "127.0.0.1:0", "--api-key-file", key]
            if self._tls:
                argv += ["--make-cert", self.folder / "tls"]
                self.ca = self.folder / "tls" / "ca.pem"
            else:
                argv.append("--plain")
            self.process = Process([*argv, *self._arguments], self.folder, "tidegate-sim")
            cleanup.callback(self.process.kill)
            self.base_url = wait_until(self._ready, "tidegate-sim says where it listens")
            self._cleanup = cleanup.pop_all()
        host = re.match(r"https?://([^/]+)", self.base_url).group(1)
        self.host, port = host.rsplit(":", 1)
        self.port = int(port)
        return self

    def _ready(self):
        found = re.search(r"listening on (https?://\S+)", self.process.out() + self.process.log())
        if not found and not self.process.running():
            raise AssertionError(f"tidegate-sim ended at once:\n{self.process.log()}")
        return found and found.group(1)

    def __exit__(self, *_):
        code = None
        with self._cleanup:
            if self.process.running():
                self.process.signal(signal.SIGTERM)
                code = self.process.wait()
            self.process.assert_clean(code, expected=None)

    def connection(self):
        """Straight to the simulator, past the gateway."""
        if not self._tls:
            return http.client.HTTPConnection(self.host, self.port, timeout=HANG)
        import ssl  # Here, as Python may come without it, and most tests do not need it.

        return http.client.HTTPSConnection(
            self.host, self.port, timeout=HANG, context=ssl.create_default_context(cafile=str(self.ca)))

    def request(self, method, path, body=None, headers=None):
        with contextlib.closing(self.connection()) as connection:
            return exchange(connection, method, path, body, {"Authorization": f"Bearer {self.api_key}", **(headers or {})})

    def stats(self):
        return self.request("GET", "/stats").json()

    def last(self):
        """What the simulator's latest request looked like."""
        return self.request("GET", "/last").json()


class Gateway:
    """tidegated on a port that the system chose, in a folder of its own.

    Sections of the configuration are dictionaries: Gateway(sim, upstream={"maxInFlight": 2}, llm={"timeout": 500}).
    They are laid over defaults that reach `sim` (or a FakeUpstream). `text` replaces the whole file instead.
    """

    def __init__(self, sim=None, *, name="test", text=None, env=None, arguments=(), llm=None, **sections):
        self.sim = sim
        self.name = name
        self.text = text
        self.llm = llm or {}
        self.sections = sections
        self._env = env or {}
        self._arguments = arguments
        self._cleanup = contextlib.ExitStack()
        self.process = None
        self.folder = None
        self._port = None

    # Its files

    def settings(self):
        """The text of the configuration file: YAML whose values are JSON."""
        if self.text is not None:
            return self.text
        llm = {"baseUrl": self.sim.base_url if self.sim else "https://127.0.0.1:1/v1",
               "apiKey": self.sim.api_key if self.sim else API_KEY, "model": MODEL, "timeout": 30000, **self.llm}
        defaults = {"gateway": {"name": self.name, "listen": ["127.0.0.1:0", "unix"]}}
        if self.sim and self.sim.ca:
            defaults["upstream"] = {"caFile": str(self.sim.ca)}
        lines = ["llm:", "  provider: openapi", "  openapi:"]
        lines += [f"    {key}: {json.dumps(value)}" for key, value in llm.items()]
        for section in {**defaults, **self.sections}:
            lines.append(f"{section}:")
            values = {**defaults.get(section, {}), **self.sections.get(section, {})}
            lines += [f"  {key}: {json.dumps(value)}" for key, value in values.items()]
        return "\n".join(lines) + "\n"

    def reconfigure(self, *, llm=None, **sections):
        """Lays more over the configuration and writes it; the daemon sees that by itself."""
        self.llm.update(llm or {})
        for section, values in sections.items():
            self.sections.setdefault(section, {}).update(values)
        self.write_config(self.settings())

    def write_config(self, text):
        """Puts `text` in the file's place at once, as careful editors do."""
        fresh = self.config_path.with_suffix(".new")
        fresh.write_text(text)
        fresh.chmod(0o600)
        fresh.rename(self.config_path)

    @property
    def config_path(self):
        return self.folder / "config.yaml"

    @property
    def runtime_dir(self):
        return self.folder / "run"

    @property
    def state_dir(self):
        return self.folder / "state"

    @property
    def control_socket(self):
        return self.runtime_dir / "control.sock"

    @property
    def api_socket(self):
        return self.runtime_dir / "api.sock"

    # Its life

    def __enter__(self):
        self.prepare()
        try:
            self.start()
            self.wait_ready()
        except BaseException:
            self._cleanup.close()
            raise
        return self

    def __exit__(self, kind, *_):
        with self._cleanup:
            if self.process is not None and self.process.running():
                if kind is None:
                    self.stop()
                else:
                    self.process.kill()
                    print(f"--- the log of {self.name} ---\n{self.log()[-6000:]}", flush=True)
            elif kind is None and self.process is not None:
                self.process.assert_clean(self.process.process.returncode, expected=None)

    def prepare(self):
        """Makes the folder and the configuration, and starts nothing. Folder names are short: sun_path has 104 bytes."""
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tg-"))
        self._cleanup.callback(shutil.rmtree, self.folder, ignore_errors=True)
        self.runtime_dir.mkdir(0o700)
        self.state_dir.mkdir(0o700)
        self.write_config(self.settings())
        return self

    def start(self):
        """Starts the daemon; returns before it is ready."""
        # Nothing of the caller's environment but what programs need to run; no key ever comes this way.
        kept = ("PATH", "LANG", "TMPDIR", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LSAN_OPTIONS")
        env = {name: os.environ[name] for name in kept if name in os.environ}
        env |= {"HOME": str(self.folder), **self._env}
        argv = [BIN / "tidegated", "--config", self.config_path, "--state-dir", self.state_dir, "--runtime-dir",
                self.runtime_dir, *self._arguments]
        self.process = Process(argv, self.folder, "tidegated", env)
        self._cleanup.callback(self.process.kill)
        self._port = None
        return self

    def wait_ready(self, states=("ready", "degraded")):
        """Waits until the control socket tells one of `states`."""

        def ready():
            if not self.process.running():
                code = self.process.process.returncode
                raise AssertionError(f"tidegated ended with {code} while starting:\n{self.log()[-4000:]}")
            with contextlib.suppress(OSError, http.client.HTTPException, ValueError):
                return self.status()["state"] in states
            return False

        wait_until(ready, f"tidegated is one of {states}")
        return self

    def stop(self, expected=0, number=signal.SIGTERM):
        """Ends the daemon as a service manager does; fails unless it drains, exits with `expected` and no sanitizer spoke."""
        self.process.signal(number)
        self.process.assert_clean(self.process.wait(), expected)

    def restart(self):
        """stop() and start() in the same folder; the port is a new one."""
        self.stop()
        self.start()
        return self.wait_ready()

    def log(self):
        """Everything it has written to standard error, over restarts too."""
        return self.process.log()

    def wait_log(self, pattern):
        return wait_until(lambda: re.search(pattern, self.log()), f"the log matches {pattern!r}")

    def memory_kib(self):
        """Resident memory (Linux)."""
        return int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{self.process.pid}/status").read_text()).group(1))

    def descriptors(self):
        """How many file descriptors it has open (Linux)."""
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    # Its control socket

    def control(self, method, path, body=None, headers=None):
        with contextlib.closing(UnixConnection(self.control_socket)) as connection:
            return exchange(connection, method, path, body, headers)

    def status(self):
        answer = self.control("GET", "/v1/status")
        if answer.status != 200:
            raise ValueError(f"/v1/status says {answer}")
        return answer.json()

    def wait_status(self, condition, what):
        """Waits until condition(status) holds; returns that status."""

        def look():
            status = self.status()
            return status if condition(status) else None

        return wait_until(look, what)

    def cli(self, *arguments, timeout=HANG, **more):
        """Runs `tidegate` against this gateway; a CompletedProcess with text."""
        env = {**os.environ, "HOME": str(self.folder)}
        return subprocess.run([str(BIN / "tidegate"), "--runtime-dir", str(self.runtime_dir), *arguments], text=True,
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=timeout, env=env, check=False, **more)

    # Its API

    @property
    def port(self):
        """The port that the system chose."""
        if self._port is None:
            listen = self.status()["gateway"]["listen"]
            ports = [match.group(1) for match in map(re.compile(r"127\.0\.0\.1:(\d+)").fullmatch, listen) if match]
            if not ports:
                raise AssertionError(f"the gateway listens on no port of 127.0.0.1: {listen}")
            self._port = int(ports[0])
        return self._port

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def connection(self, timeout=HANG):
        """An http.client connection to the API; kept alive by whoever uses it."""
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)

    def request(self, method, path, body=None, headers=None):
        """One request on a connection of its own."""
        with contextlib.closing(self.connection()) as connection:
            return exchange(connection, method, path, body, headers)

    def chat(self, text="hello", headers=None, **more):
        return self.request("POST", "/v1/chat/completions", chat_body(text, **more), headers)

    @contextlib.contextmanager
    def stream(self, path="/v1/chat/completions", body=None, headers=None):
        """A streamed request: gives http.client's response once its head is there; leaving hangs up."""
        body = json.dumps(body if body is not None else chat_body(stream=True)).encode()
        with contextlib.closing(self.connection()) as connection:
            connection.request("POST", path, body=body, headers={"Content-Type": "application/json", **(headers or {})})
            yield connection.getresponse()

    def raw_socket(self, receive_buffer=None):
        """A TCP connection to the API, for bytes that http.client would not send."""
        sock = socket.socket(socket.AF_INET)
        if receive_buffer:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        sock.settimeout(HANG)
        sock.connect(("127.0.0.1", self.port))
        return sock

    def raw(self, data, until_close=True, shut=False):
        """Sends bytes as they are; returns all that comes until the daemon closes (or the first piece)."""
        with contextlib.closing(self.raw_socket()) as sock:
            sock.sendall(data)
            if shut:
                sock.shutdown(socket.SHUT_WR)
            return read_until_close(sock) if until_close else sock.recv(65536)


def read_until_close(sock):
    """Everything up to the end of the connection; a reset ends it too."""
    out = bytearray()
    with contextlib.suppress(ConnectionResetError):
        while piece := sock.recv(65536):
            out += piece
    return bytes(out)


class FakeUpstream:
    """An upstream over plain TCP whose every byte the test decides: handler(sock, number) has each connection, in a thread.

    For what tidegate-sim cannot do because it speaks correct HTTP. `requests` holds nothing by itself; read_request helps.
    """

    def __init__(self, handler):
        self._handler = handler
        self.ca = None
        self.api_key = API_KEY
        self.connections = 0
        self.errors = []

    def __enter__(self):
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(HANG)
        self.base_url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/v1"
        self._closing = False
        self._threads = []
        self._sockets = []
        self._acceptor = threading.Thread(target=self._accept, daemon=True)
        self._acceptor.start()
        return self

    def _accept(self):
        while not self._closing:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                continue
            if self._closing:
                sock.close()
                break
            sock.settimeout(HANG)
            self.connections += 1
            self._sockets.append(sock)
            thread = threading.Thread(target=self._serve, args=(sock, self.connections), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, sock, number):
        with sock:
            try:
                self._handler(sock, number)
            except OSError:
                pass  # The gateway hung up: what the test then sees of the gateway decides.
            except Exception as error:  # pylint: disable=broad-except
                self.errors.append(error)

    def __exit__(self, kind, *_):
        self._closing = True
        with contextlib.suppress(OSError):
            socket.create_connection(self._listener.getsockname(), 1).close()
        self._acceptor.join(HANG)
        self._listener.close()
        for sock in self._sockets:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(HANG)
        if kind is None and self.errors:
            raise AssertionError(f"the fake upstream's handler failed: {self.errors[0]!r}") from self.errors[0]


def read_request(sock):
    """One request with a sized or chunked body: (head, body) as bytes; (b"", b"") at the end of the connection."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = sock.recv(65536)
        if not piece:
            return b"", b""
        data += piece
    head, body = data.split(b"\r\n\r\n", 1)
    length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    if length:
        while len(body) < int(length.group(1)):
            body += sock.recv(65536)
    elif re.search(rb"(?i)\r\ntransfer-encoding: *chunked", head):
        while not body.endswith(b"0\r\n\r\n"):
            body += sock.recv(65536)
    return head, body


def main():
    """unittest.main() with a clear word where the programs are missing."""
    for program in ("tidegated", "tidegate", "tidegate-sim"):
        if not (BIN / program).exists():
            raise SystemExit(f"{BIN / program} is not there: build first, or set TIDEGATE_BIN")
    unittest.main()
