#!/usr/bin/env python3
"""CPU time per request and per streamed chunk, beside nginx as a reverse proxy for the same upstream.

Both stand before one tidegate-sim over TLS and take turns in interleaved rounds: the proxy under test has core 0, load
and upstream have core 1. What counts is the ratio of the medians; absolute times of a shared machine mean nothing.
"""
import argparse
import pathlib
import shutil
import ssl
import statistics
import sys
import tempfile
import urllib.request

import bench_parts


def compare(bench, name, body, connections, seconds, rounds, per_unit):
    """Rounds of each, one after the other; per_unit turns (requests, bytes) into the count of what is paid for."""
    proxies = {"gateway": bench.gateway(), "nginx": bench.nginx("off" if "chunk" in name else "on")}
    costs, latency = {k: [] for k in proxies}, {k: [] for k in proxies}
    for number in range(rounds + 1):
        for proxy, (pid, port) in proxies.items():
            before = bench_parts.cpu_ns(pid)
            requests, count, p50, _ = bench.load(port, body, connections, seconds if number else 1)
            if number:  # the first round warms up
                costs[proxy].append((bench_parts.cpu_ns(pid) - before) / per_unit(requests, count) / 1000)
                latency[proxy].append(p50)
    medians = {k: statistics.median(v) for k, v in costs.items()}
    ratio = medians["gateway"] / medians["nginx"]
    waits = {k: statistics.median(v) for k, v in latency.items()}
    print(f"| {name} | {medians['gateway']:.1f} | {medians['nginx']:.1f} | **{ratio:.2f}** | "
          f"{waits['gateway'] / 1000:.2f} / {waits['nginx'] / 1000:.2f} |", flush=True)
    return ratio


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", type=pathlib.Path, default=pathlib.Path(__file__).parents[2] / "build/release/bin")
    parser.add_argument("--seconds", type=int, default=4, help="of each round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="", help="part of a row's name")
    options = parser.parse_args()
    for program in ("nginx", "wrk", "taskset"):
        if shutil.which(program) is None:
            sys.exit(f"proxy_bench: {program} is not installed (packages nginx-light, wrk, util-linux)")
    print("| µs of CPU | tidegate | nginx | ratio | median latency, ms |\n|---|---|---|---|---|")
    tokens = 100
    for name, body, connections, sim_options in (
            ("small request", bench_parts.chat(1800), 16, ()),
            ("100 KB request", bench_parts.chat(100_000), 16, ()),
            ("streamed chunk", bench_parts.chat(200, stream=True), 64, ("--tokens", str(tokens), "--token-delay", "10ms"))):
        if options.only not in name:
            continue
        with tempfile.TemporaryDirectory(prefix="tidegate-bench-") as folder:
            bench = bench_parts.Bench(options.bin, pathlib.Path(folder), sim_options)
            try:
                per_unit = lambda requests, count: requests
                if "chunk" in name:
                    per_stream = bench_stream_size(bench, body)
                    per_unit = lambda requests, count: count / per_stream[0] * per_stream[1]
                compare(bench, name, body, connections, options.seconds, options.rounds, per_unit)
            finally:
                bench.stop()


def bench_stream_size(bench, body):
    """Bytes and events of one stream, as wrk counts them: head, framing and all are a per cent or two more."""
    request = urllib.request.Request(f"https://127.0.0.1:{bench.sim_port}/v1/chat/completions", data=body,
                                     headers={"Authorization": "Bearer sk-sim", "Content-Type": "application/json"})
    answer = urllib.request.urlopen(request, context=ssl.create_default_context(cafile=str(bench.ca))).read()
    return len(answer) + answer.count(b"\n\n") * 7, answer.count(b"\n\n")


if __name__ == "__main__":
    main()
