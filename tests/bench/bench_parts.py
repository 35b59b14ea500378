"""What the benchmarks share: tidegate-sim, tidegated and nginx, pinned to their cores, and what they cost."""
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import time

PROXY_CORE, LOAD_CORE = 0, 1

NGINX = """
worker_processes 1; daemon off; pid {root}/nginx.pid; error_log {root}/error.log;
events {{ worker_connections 8192; }}
http {{
  access_log {root}/access.log;
  client_body_temp_path {root}/body; proxy_temp_path {root}/proxy; fastcgi_temp_path {root}/f;
  uwsgi_temp_path {root}/u; scgi_temp_path {root}/s;
  client_max_body_size 64m; client_body_buffer_size 1m; keepalive_requests 1000000;
  upstream sim {{ server 127.0.0.1:{port}; keepalive 1100; keepalive_requests 1000000; }}
  server {{
    listen 127.0.0.1:{listen};
    location / {{
      proxy_pass https://sim; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_set_header Authorization "Bearer sk-sim"; proxy_set_header Host 127.0.0.1;
      proxy_ssl_verify on; proxy_ssl_trusted_certificate {ca}; proxy_ssl_name localhost; proxy_ssl_session_reuse on;
      proxy_buffering {buffering};
    }}
  }}
}}
"""

CONFIG = """
llm:
  provider: openapi
  openapi: {{baseUrl: "https://127.0.0.1:{port}/v1", apiKey: sk-sim, model: gpt-4, timeout: 60000}}
gateway: {{name: bench, listen: ["127.0.0.1:0", unix], maxConnections: 8192}}
upstream: {{caFile: {ca}, maxInFlight: 2000}}
"""

WRK = """
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "Bearer sk-sim"
local file = io.open("{body}", "rb"); wrk.body = file:read("*a"); file:close()
done = function(summary, latency)
  local bad = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.status +
              summary.errors.timeout
  io.write(string.format("RESULT %d %d %d %d %d\\n", summary.requests, summary.bytes, bad,
                         latency:percentile(50), latency:percentile(99)))
end
"""


def cpu_ns(pid):
    return sum(int((task / "schedstat").read_text().split()[0]) for task in pathlib.Path(f"/proc/{pid}/task").iterdir())


def memory_kib(pid):
    text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
    field = lambda name: int(re.search(rf"^{name}:\s+(\d+)", text, re.M).group(1))
    return {"rss": field("Rss"), "private": field("Private_Clean") + field("Private_Dirty")}


def pinned(core, command, **options):
    return subprocess.Popen(["taskset", "-c", str(core), *map(str, command)], **options)


class Bench:
    def __init__(self, bin_dir, root, sim_options=()):
        self.root, self.bin, self.started = root, bin_dir, []
        port_file = root / "port"
        self.start(LOAD_CORE, [bin_dir / "tidegate-sim", "--listen", "127.0.0.1:0", "--make-cert", root / "cert",
                               "--port-file", port_file, *sim_options])
        self.wait(lambda: port_file.exists() and port_file.read_text().strip(), "tidegate-sim")
        self.sim_port, self.ca = int(port_file.read_text()), root / "cert/ca.pem"

    def start(self, core, command):
        process = pinned(core, command, stdout=subprocess.DEVNULL, stderr=open(self.root / "stderr", "ab"))
        self.started.append(process)
        return process

    @staticmethod
    def wait(ready, what):
        for _ in range(500):
            if ready():
                return
            time.sleep(0.02)
        sys.exit(f"{what} did not become ready")

    def gateway(self):
        folder = self.root / f"gateway{len(self.started)}"
        folder.mkdir()
        config = folder / "config.yaml"
        config.write_text(CONFIG.format(port=self.sim_port, ca=self.ca))
        config.chmod(0o600)
        process = self.start(PROXY_CORE, [self.bin / "tidegated", "--config", config, "--state-dir", folder / "s",
                                          "--runtime-dir", folder / "r"])
        def status():
            out = subprocess.run([self.bin / "tidegate", "--runtime-dir", folder / "r", "status", "--json"],
                                 capture_output=True, check=False)
            return json.loads(out.stdout) if out.returncode == 0 and out.stdout else None
        self.wait(status, "tidegated")
        listen = next(a for a in status()["gateway"]["listen"] if not a.startswith("unix:"))
        return process.pid, int(listen.rsplit(":", 1)[1])

    def nginx(self, buffering):
        folder = self.root / f"nginx{len(self.started)}"
        folder.mkdir(mode=0o755)
        os.chmod(self.root, 0o755)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        config = folder / "nginx.conf"
        config.write_text("user root;" + NGINX.format(root=folder, port=self.sim_port, listen=port, ca=self.ca,
                                                      buffering=buffering))
        master = self.start(PROXY_CORE, ["nginx", "-c", config, "-e", folder / "error.log"])
        children = pathlib.Path(f"/proc/{master.pid}/task/{master.pid}/children")
        self.wait(lambda: children.exists() and children.read_text().strip(), "nginx")
        return int(children.read_text().split()[0]), port

    def load(self, port, body, connections, seconds, path="/v1/chat/completions"):
        body_file, script = self.root / "body.json", self.root / "wrk.lua"
        body_file.write_bytes(body)
        script.write_text(WRK.format(body=body_file))
        out = subprocess.run(["taskset", "-c", str(LOAD_CORE), "wrk", "-t1", f"-c{connections}", f"-d{seconds}s",
                              "--timeout", "30s", "-s", str(script), f"http://127.0.0.1:{port}{path}"],
                             capture_output=True, text=True, check=True).stdout
        requests, count, bad, p50, p99 = map(int, re.search(r"RESULT (\d+) (\d+) (-?\d+) (\d+) (\d+)", out).groups())
        if bad:
            sys.exit(f"{bad} failed requests:\n{out}")
        return requests, count, p50, p99

    def stop(self):
        for process in reversed(self.started):
            process.send_signal(signal.SIGTERM)
        for process in self.started:
            process.wait(timeout=90)


def chat(size, stream=False):
    body = {"model": "gpt-4", "messages": [{"role": "user", "content": "x" * size}]}
    if stream:
        body["stream"] = True
    return json.dumps(body).encode()
