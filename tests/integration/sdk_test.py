"""The official SDKs, given only our base URL, see exactly what they see without the gateway.

Needs Node.js from 18 on and, the first time, npm's registry; without them the test is skipped (exit code 77).
"""

import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

import harness
import wire

HERE = pathlib.Path(__file__).resolve().parent / "sdk"
OLDEST_NODE = 18
INSTALL_TIME = 240  # seconds for a slow registry
# npm's codes for a lock file that is wrong: that is our fault, all else is the network's.
OUR_FAULT = re.compile(r"\b(EUSAGE|EINTEGRITY|EJSONPARSE|ENOLOCK|ERESOLVE)\b")


def skip(why):
    print(f"skipped: {why}", flush=True)
    sys.exit(77)


def node():
    found = shutil.which("node")
    if not found:
        skip("Node.js is not installed")
    version = subprocess.run([found, "--version"], capture_output=True, text=True, timeout=harness.HANG, check=False).stdout
    major = re.match(r"v(\d+)\.", version)
    if not major or int(major.group(1)) < OLDEST_NODE:
        skip(f"Node.js {version.strip() or '(unknown)'} is older than {OLDEST_NODE}")
    return found


def install():
    """The folder with the SDKs: installed once for each lock file, beside the programs that are tested."""
    digest = hashlib.sha256()
    for name in ("package.json", "package-lock.json"):
        digest.update((HERE / name).read_bytes())
    folder = harness.BIN.parent / "tests" / f"sdk-{digest.hexdigest()[:12]}"
    if (folder / "complete").exists():
        return folder
    npm = shutil.which("npm")
    if not npm:
        skip("npm is not installed")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, folder)
    try:
        done = subprocess.run([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder, capture_output=True,
                              text=True, timeout=INSTALL_TIME, stdin=subprocess.DEVNULL, check=False)
    except subprocess.TimeoutExpired:
        skip(f"npm ci did not end in {INSTALL_TIME} s: is the registry reachable?")
    if done.returncode != 0:
        if OUR_FAULT.search(done.stderr):
            raise SystemExit(f"npm ci refuses the lock file:\n{done.stderr[-3000:]}")
        last = [line for line in done.stderr.splitlines() if "error" in line.lower()]
        skip(f"npm ci failed, is the registry reachable? {' / '.join(last[:3])}")
    (folder / "complete").touch()
    return folder


class SdkTest(unittest.TestCase):
    node = folder = None
    maxDiff = 4000

    def start(self, script, base, key, more_env=None):
        """Modules are looked for beside the script, so it is run from a copy in their folder."""
        shutil.copy(HERE / script, self.folder / script)
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        return subprocess.Popen([self.node, self.folder / script, base, key], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                text=True, env={**kept, **(more_env or {})}, cwd=self.folder)

    def result(self, process):
        try:
            out, errors = process.communicate(timeout=2 * harness.HANG)
        finally:
            process.kill()
        self.assertEqual(process.returncode, 0, errors)
        return json.loads(out)

    def test_the_same_with_and_without_the_gateway(self):
        with harness.Sim() as sim, harness.Gateway(sim, retry={**wire.QUICK, "maxAttempts": 2, "budget": 1.0}) as gateway:
            base = sim.base_url.removesuffix("/v1")
            processes = [self.start("scenarios.mjs", base, sim.api_key, {"NODE_EXTRA_CA_CERTS": str(sim.ca)}),
                         self.start("scenarios.mjs", gateway.url, "dummy")]
            direct, through = (self.result(process) for process in processes)
            self.assertGreater(len(direct), 50)
            self.assertEqual(list(direct), list(through))
            # The one difference that is meant: an error behind a 200 is an error.
            inside = through.pop("chat, error inside a 200")["result"]
            self.assertIn("error", direct.pop("chat, error inside a 200")["result"]["unexpected"])
            self.assertEqual((inside["class"], inside["status"]), ("InternalServerError", 503))
            for name, want in direct.items():
                with self.subTest(name):
                    self.assertNotIn("threw", want)
                    self.assertEqual(through[name], want)
            self.check_samples(through)
            wire.wait_stats(sim, lambda s: s["in_flight"] == 0, "aborted calls are ended at the upstream")
            self.assertEqual(gateway.status()["queue"]["in_flight"], 0)
            self.assertGreaterEqual(gateway.status()["requests"]["cancelled"], 3)

    def check_samples(self, results):
        """That the scenarios do what their names say: two equal failures are no success."""
        def result(name):
            return results[name]["result"]

        self.assertIn("hello there", result("chat")["choices"][0]["message"]["content"])
        self.assertEqual(result("chat, stream")[-1]["choices"][0]["finish_reason"], "stop")
        self.assertEqual(result("chat, stream with usage")[-1]["choices"], [])
        self.assertEqual(result("chat, tool call")["choices"][0]["message"]["tool_calls"][0]["function"]["name"], "get_weather")
        self.assertEqual(len(result("chat, tool loop")["calls"]), 1)
        self.assertEqual(result("responses, stream")[-1]["type"], "response.completed")
        self.assertIn("function_call", [item["type"] for item in result("responses, tool call")["output"]])
        self.assertEqual(len(result("embeddings")["data"][1]["embedding"]), 8)
        self.assertGreater(len(result("models")), 0)
        self.assertEqual(result("messages, stream")[-1]["type"], "message_stop")
        self.assertIn("tool_use", [part["type"] for part in result("messages, tool call")["content"]])
        self.assertGreater(result("chat, long stream"), 2000)
        for name in ("chat", "responses", "messages"):
            self.assertEqual(len(result(f"{name}, abort")["seen"]), 3)
        for status, name in ((400, "BadRequestError"), (401, "AuthenticationError"), (403, "PermissionDeniedError"),
                             (404, "NotFoundError"), (422, "UnprocessableEntityError"), (429, "RateLimitError"),
                             (500, "InternalServerError")):
            for api in ("chat", "messages"):
                self.assertEqual((result(f"{api}, {status}")["class"], result(f"{api}, {status}")["status"]), (name, status))

    def test_retries_are_not_multiplied(self):
        script = "retries.mjs"
        with harness.Sim(tls=False) as sim, harness.Gateway(sim, retry={**wire.QUICK, "maxAttempts": 3}) as gateway:
            self.assertEqual(self.result(self.start(script, gateway.url, "dummy")), {"class": "InternalServerError", "status": 503})
            self.assertEqual(wire.calls(sim), 3, "an SDK with retries of its own is told that ours are spent")

    def test_a_cut_stream_raises(self):
        with harness.Sim(tls=False) as sim, harness.Gateway(sim, llm={"timeout": 500}) as gateway:
            # The pause lets the first events pass: what breaks before them is repeated.
            faults = [f"{fault}-after=6,token-delay=60ms" for fault in ("cut", "reset", "stall")]
            results = self.result(self.start("cut.mjs", gateway.url, " ".join(faults)))
            self.assertEqual(list(results), faults)
            for fault, apis in results.items():
                for api, seen in apis.items():
                    with self.subTest(fault=fault, api=api):
                        self.assertTrue(seen["raised"], seen)
            self.assertGreater(sum(seen["events"] for apis in results.values() for seen in apis.values()), 9)

    def waiting(self, sim, faults, **sections):
        with harness.Gateway(sim, retry={**wire.QUICK, "maxAttempts": 1}, **sections) as gateway:
            return self.result(self.start("waiting.mjs", gateway.url, " ".join(faults)))

    def test_signs_of_life_change_nothing(self):
        with harness.Sim(tls=False) as sim:
            quick, slow = self.waiting(sim, ("delay=1ms", "delay=1s"), queue={"heartbeat": 250}).values()
        for reader, seen in slow.items():
            with self.subTest(reader):
                self.assertIsNone(seen["raised"], seen)
                self.assertEqual((seen["events"], seen["final"]), (quick[reader]["events"], quick[reader]["final"]))
                # Anthropic's SDK keeps pings to itself; OpenAI's helper for responses gets comments.
                self.assertEqual(seen["signs"] > 1, reader in ("chat", "chat, helper", "responses"), seen["signs"])
                self.assertEqual(quick[reader]["signs"], 0)

    def test_what_goes_wrong_in_a_stream_raises(self):
        with harness.Sim(tls=False) as sim:
            late = ("delay=600ms,quote-key", "delay=600ms,status=529", "delay=600ms,reset")
            results = self.waiting(sim, (*late, "no-finish", "error-chunk", "no-finish,delay=600ms"), queue={"heartbeat": 250})
        for fault, readers in results.items():
            for reader, seen in readers.items():
                with self.subTest(fault=fault, reader=reader):
                    # A response's end that the upstream tells is an event like others, where nothing puts it together.
                    if (fault, reader) != ("error-chunk", "responses"):
                        self.assertTrue(seen["raised"], seen)
                    self.assertIsNone(seen["final"])
        for reader, seen in results["delay=600ms,quote-key"].items():
            self.assertIn("[redacted]", seen["message"], reader)


if __name__ == "__main__":
    SdkTest.node = node()
    SdkTest.folder = install()
    harness.main()
