#!/usr/bin/env python3
"""Memory of 1,000 streams at once, idle memory, and the time from start to ready, beside nginx for the same upstream."""
import argparse
import pathlib
import resource
import socket
import statistics
import subprocess
import tempfile
import time

import bench_parts


def open_streams(port, count):
    body = bench_parts.chat(200, stream=True)
    request = (b"POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
               b"Authorization: Bearer sk-sim\r\nContent-Length: %d\r\n\r\n" % len(body)) + body
    streams = []
    for number in range(count):
        stream = socket.create_connection(("127.0.0.1", port), timeout=60)
        stream.sendall(request)
        streams.append(stream)
        if number % 50 == 49:
            time.sleep(0.05)
    begun = sum(b" 200 " in stream.recv(65536)[:20] for stream in streams)
    if begun != count:
        raise SystemExit(f"only {begun} of {count} streams began")
    return streams


def start_times(bench, rounds):
    """Milliseconds from exec to the first answer of /readyz, in quick succession of attempts."""
    times = []
    for number in range(rounds):
        folder = bench.root / f"start{number}"
        folder.mkdir()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        config = folder / "config.yaml"
        text = bench_parts.CONFIG.format(port=bench.sim_port, ca=bench.ca).replace("127.0.0.1:0", f"127.0.0.1:{port}")
        config.write_text(text)
        config.chmod(0o600)
        began = time.monotonic()
        process = subprocess.Popen([bench.bin / "tidegated", "--config", config, "--state-dir", folder / "s",
                                    "--runtime-dir", folder / "r"], stderr=subprocess.DEVNULL)
        bench.started.append(process)
        while True:
            try:
                with socket.create_connection(("127.0.0.1", port), timeout=5) as client:
                    client.sendall(b"GET /readyz HTTP/1.0\r\n\r\n")
                    if b" 200 " in client.recv(100):
                        break
            except ConnectionRefusedError:
                time.sleep(0.0005)
        times.append((time.monotonic() - began) * 1000)
        process.terminate()
        process.wait()
        bench.started.remove(process)
    return times


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", type=pathlib.Path, default=pathlib.Path(__file__).parents[2] / "build/release/bin")
    parser.add_argument("--streams", type=int, default=1000)
    options = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_NOFILE, (20000, 20000))
    with tempfile.TemporaryDirectory(prefix="tidegate-bench-") as folder:
        bench = bench_parts.Bench(options.bin, pathlib.Path(folder), ("--tokens", "40", "--token-delay", "1s"))
        try:
            grown = {}
            for name in ("tidegate", "nginx"):
                pid, port = bench.gateway() if name == "tidegate" else bench.nginx("off")
                time.sleep(1.5)
                idle = bench_parts.memory_kib(pid)
                streams = open_streams(port, options.streams)
                time.sleep(2)
                busy = bench_parts.memory_kib(pid)
                grown[name] = (busy["rss"] - idle["rss"]) / options.streams
                print(f"{name}: idle {idle['rss'] / 1024:.1f} MiB resident ({idle['private'] / 1024:.1f} MiB of its own), "
                      f"{options.streams} streams: {grown[name]:.1f} KiB each", flush=True)
                for stream in streams:
                    stream.close()
            print(f"memory of a stream against nginx: {grown['tidegate'] / grown['nginx']:.2f}")
            times = start_times(bench, 9)
            print(f"from exec to ready: median {statistics.median(times):.0f} ms, worst {max(times):.0f} ms")
        finally:
            bench.stop()


if __name__ == "__main__":
    main()
