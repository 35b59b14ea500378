"""Many streams at once, one stream without end for a slow reader, and one connection for a thousand requests."""
# ctest: RUN_SERIAL TRUE

import asyncio
import contextlib
import json
import os
import re
import resource
import sys
import time
import unittest

import harness
import wire

STREAMS = 1000
# The sanitizer keeps freed memory back by default (256 MiB): what is measured is the daemon's, not its.
SMALL_QUARANTINE = {"ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=1:malloc_context_size=2"}


def raise_descriptor_limit():
    """How many streams the system lets one process have."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 4 * STREAMS if hard == resource.RLIM_INFINITY else min(4 * STREAMS, hard)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return min(STREAMS, (max(soft, wanted) - 200) // 3)


def chunk(data):
    return b"%x\r\n%s\r\n" % (len(data), data)


class Together:
    """An upstream that lets no stream go on before all have begun: they are open at once however slow the machine is."""

    api_key, ca = harness.API_KEY, None

    def __init__(self, count):
        self.count = count
        self.begun = 0
        self.all_begun = asyncio.Event()
        self.server = self.base_url = None

    async def start(self):
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", 0, backlog=2 * STREAMS)
        self.base_url = f"http://127.0.0.1:{self.server.sockets[0].getsockname()[1]}/v1"

    async def serve(self, reader, writer):
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                if head.startswith(b"GET "):
                    writer.write(wire.http_answer(b'{"data":[]}'))
                    continue
                size = int(re.search(rb"(?i)content-length: (\d+)", head).group(1))
                text = json.loads(await reader.readexactly(size))["messages"][0]["content"]
                events = [f"data: {word}\n\n".encode() for word in text.split(" ")]
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
                writer.write(chunk(events[0]))
                await self.all_begun.wait()
                for event in events[1:]:
                    writer.write(chunk(event))
                    await asyncio.sleep(0)  # the streams' pieces come mixed
                writer.write(chunk(b"data: [DONE]\n\n") + b"0\r\n\r\n")
        writer.close()

    async def client(self, port, number):
        """Reads one stream to its end; gives its data."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        text = " ".join(f"{number}-{i}" for i in range(12))
        writer.write(wire.chat_bytes(text, stream=True, headers=[("Connection", "close")]))
        raw = await reader.readuntil(b"\n\n\r\n")
        self.begun += 1
        if self.begun == self.count:
            self.all_begun.set()
        raw += await reader.read(-1)
        writer.close()
        head, _, body = raw.partition(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200 ") or not body.endswith(b"\r\n0\r\n\r\n"):
            raise AssertionError(f"stream {number} is not whole: {raw[-300:]!r}")
        return re.findall(rb"data: (\S+)", body)


class LoadTest(unittest.TestCase):
    def test_a_thousand_streams_at_once(self):
        asyncio.run(asyncio.wait_for(self.thousand_streams(raise_descriptor_limit()), 4 * harness.HANG))

    async def thousand_streams(self, count):
        upstream = Together(count)
        await upstream.start()
        gateway = harness.Gateway(upstream, upstream={"maxInFlight": 2 * STREAMS}, llm={"timeout": "60s"}, log={"level": "warn"})
        await asyncio.to_thread(gateway.__enter__)
        try:
            port = await asyncio.to_thread(lambda: wire.settled(gateway).port)
            seen = await asyncio.gather(*(upstream.client(port, number) for number in range(count)))
            for number, data in enumerate(seen):
                self.assertEqual(data, [b"%d-%d" % (number, i) for i in range(12)] + [b"[DONE]"])
            status = await asyncio.to_thread(wire.wait_idle, gateway)
            self.assertEqual((status["requests"]["succeeded"], status["requests"]["total"]), (count, count))
        finally:
            await asyncio.to_thread(gateway.__exit__, *sys.exc_info())
            upstream.server.close()

    def test_a_thousand_requests_on_one_connection(self):
        with harness.Sim() as sim, harness.Gateway(sim, log={"level": "warn"}) as gateway:
            wire.settled(gateway)
            with contextlib.closing(gateway.connection()) as connection:
                for _ in range(1000):
                    answer = harness.exchange(connection, "POST", wire.CHAT, harness.chat_body("hello"))
                    self.assertEqual(answer.status, 200)
            connections = sim.stats()["connections"]
            self.assertEqual((connections["opened"], connections["max_requests"]), (1, 1001))
            told = gateway.status()["upstreams"][0]["connections"]
            self.assertEqual((told["opened_total"], told["open"]), (1, 1))
            self.assertGreaterEqual(told["reused_total"], 1000)

    @unittest.skipUnless(sys.platform == "linux", "memory is read from /proc")
    def test_a_slow_reader_costs_no_memory(self):
        size, bound_kib = 100_000_000, 20_000
        with harness.Sim(tls=False) as sim, harness.Gateway(sim, env=SMALL_QUARANTINE) as gateway:
            wire.settled(gateway)
            for stream in (True, False):
                with self.subTest(stream=stream):
                    gateway.chat("warm")
                    before = gateway.memory_kib()
                    body = harness.chat_body(stream=True, model="m") if stream else None
                    data = wire.request_bytes("POST" if stream else "GET", wire.CHAT if stream else "/v1/files/x", body,
                                              [("X-Sim-Fault", f"size={size}")])
                    with contextlib.closing(gateway.raw_socket(receive_buffer=65536)) as sock:
                        sock.sendall(data)
                        reader = wire.Wire(sock)
                        self.assertEqual(reader.head()[0], 200)
                        peak, got = before, len(reader.taken())
                        for _ in range(40):  # two seconds in which nearly nothing is taken
                            got += len(sock.recv(2000))
                            time.sleep(0.05)
                            peak = max(peak, gateway.memory_kib())
                        while got < size:
                            piece = sock.recv(1 << 20)
                            self.assertTrue(piece, f"cut after {got} bytes")
                            got += len(piece)
                            if got % 64 == 0:
                                peak = max(peak, gateway.memory_kib())
                        peak = max(peak, gateway.memory_kib())
                    self.assertLess(peak - before, bound_kib)
                    wire.wait_idle(gateway)


if __name__ == "__main__":
    harness.main()
