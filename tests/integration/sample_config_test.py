"""packaging/config.sample.yaml: good as it stands, good with every key uncommented, and its defaults are the program's."""

import os
import pathlib
import re
import subprocess
import tempfile
import unittest

import harness

SAMPLE = (pathlib.Path(os.environ.get("TIDEGATE_SOURCE") or pathlib.Path(__file__).resolve().parents[2])
          / "packaging/config.sample.yaml").read_text()


def uncommented():
    """Every key of the sample in force: `#key` and `#  key` lose their first #, and prose keeps it."""
    text = "\n".join(re.sub(r"^#((?:  )*[a-zA-Z]+:.*)$", r"\1", line) for line in SAMPLE.splitlines())
    return text + "\n"


class SampleConfigTest(unittest.TestCase):
    def check(self, text):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "config.yaml"
            path.write_text(text)
            path.chmod(0o600)
            done = subprocess.run([str(harness.BIN / "tidegated"), "--config", str(path), "--check-config"], text=True,
                                  capture_output=True, timeout=harness.HANG, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_it_is_good_as_it_stands(self):
        self.check(SAMPLE)

    def test_it_is_good_with_every_key(self):
        self.assertIn("\n  maxInFlight: 32\n", uncommented())
        self.assertIn("\n    initial: 500ms\n", uncommented())
        self.check(uncommented())

    def test_the_defaults_that_it_names_are_the_programs(self):
        """The daemon shows the same effective configuration with the keys out and in."""
        shown = []
        for text in (SAMPLE, uncommented()):
            # The two that a default cannot be told for: the host's name and the runtime folder.
            text = re.sub(r"^  (name|listen): .*\n", "", text, flags=re.M)
            text = re.sub(r"^#?gateway:$", 'gateway:\n  name: sample\n  listen: ["127.0.0.1:0"]', text, flags=re.M)
            with harness.Gateway(text=text) as gateway:
                answer = gateway.control("GET", "/v1/config")
                self.assertEqual(answer.status, 200)
                self.assertNotIn("your-proxy-api-key", answer.text)
                found = answer.json()["config"]
                shown.append({key: found[key] for key in ("llm", "gateway", "upstream", "queue", "retry", "log") if key in found})
        self.assertIn("upstream", shown[0])
        self.assertEqual(shown[0], shown[1])


if __name__ == "__main__":
    harness.main()
