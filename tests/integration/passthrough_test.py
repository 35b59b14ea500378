"""What goes through untouched, what never goes through, and what the gateway makes of answers that are no HTTP."""

import contextlib
import hashlib
import json
import pathlib
import unittest

import harness
import wire

ECHO = "/v1/some/thing"
SECRET = "tg-secret-key-4f7d1c9a2b8e"


def names(echo):
    return [name.lower() for name, _ in echo["headers"]]


def values(echo, name):
    return [value for key, value in echo["headers"] if key.lower() == name]


class WayOutTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.sim = wire.shared(cls, harness.Sim(tls=False))
        cls.gateway = wire.settled(wire.shared(cls, harness.Gateway(cls.sim, name="macbook", retry=wire.QUICK)))

    def echo(self, method="GET", target=ECHO, body=None, headers=()):
        with wire.open_request(self.gateway, wire.request_bytes(method, target, body, headers)) as sock:
            answer = wire.Wire(sock).answer(method)
        self.assertEqual(answer.status, 200, answer)
        return json.loads(answer.body)

    def test_method_target_and_body(self):
        self.assertEqual(self.echo("GET")["method"], "GET")
        for target in ("/v1/x?a=b&c=%2F%20%zz&&=&d", "/v1/a//b/...//c.d/%2e.x/", "/v1/x?", "/v1/~;,:@!$'()*+=", "/v1/x?q=a?b/c"):
            self.assertEqual(self.echo(target=target)["target"], target)
        for target in ("/v1/a/../../admin", "/v1/%2e%2e/admin"):  # would leave the folder that the key is for
            self.assertEqual(self.gateway.request("GET", target).status, 400)
        self.assertEqual(self.echo(target=f"http://localhost{ECHO}?x=1")["target"], f"{ECHO}?x=1")
        body = b'{ "a" : 1.000, "a":2, "big": 123456789012345678901234567890, "u": "\\ud800 \xc3\xa4", "model": "m",\t"x":[ ] }\n'
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            echo = self.echo(method, ECHO, body, [("Content-Type", "application/json; charset=utf-8")])
            self.assertEqual((echo["method"], echo["body_sha256"]), (method, hashlib.sha256(body).hexdigest()))
            self.assertEqual(values(echo, "content-type"), ["application/json; charset=utf-8"])
            self.assertEqual(values(echo, "content-length"), [str(len(body))])

    def test_a_post_without_a_body_says_so(self):
        for fields in ([], [("Content-Length", "0")]):
            echo = self.echo("POST", "/v1/batches/b1/cancel", None, fields)
            self.assertEqual((echo["method"], echo["body_size"]), ("POST", 0))
            self.assertEqual(values(echo, "content-length"), ["0"])  # RFC 9110 §8.6; some servers want it (411)

    def test_a_chunked_body_arrives_whole(self):
        data = (b"POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
                b"5;x=y\r\n{\"a\":\r\n2\r\n1}\r\n0\r\nTrailer: x\r\n\r\n" % ECHO.encode())
        with wire.open_request(self.gateway, data) as sock:
            echo = json.loads(wire.Wire(sock).answer().body)
        self.assertEqual(echo["body_size"], len(b'{"model":"gpt-test","a":1}'))

    def test_fields_survive(self):
        sent = [("anthropic-version", "2023-06-01"), ("anthropic-beta", "a,b"), ("traceparent", "00-abc-def-01"),
                ("tracestate", "x=1"), ("Idempotency-Key", "k1"), ("OpenAI-Organization", "org"), ("Accept", "text/x"),
                ("Accept-Encoding", "br;q=0.5"), ("X-Multi", "one"), ("x-multi", "two, three"), ("X-Empty", ""),
                ("X-Odd", "a:b;c=\"d\" \xc3\xa4"), ("X-Request-Id", "mine"), ("If-None-Match", "\"e\"")]
        echo = self.echo(headers=sent)
        for name in {name.lower() for name, _ in sent}:
            with self.subTest(field=name):
                self.assertEqual([v.encode() for v in values(echo, name)],
                                 [v.encode("latin-1") for n, v in sent if n.lower() == name])

    def test_fields_that_never_go_out(self):
        hidden = [("Authorization", "Bearer client-key"), ("x-api-key", "client-key"), ("api-key", "client-key"),
                  ("Cookie", "c=client-key"), ("Proxy-Authorization", "Basic client-key"), ("Proxy-Anything", "x"),
                  ("Connection", "keep-alive, X-Named"), ("X-Named", "only for you"), ("connection", "x-other"),
                  ("X-Other", "for you, too"), ("Keep-Alive", "timeout=9"), ("TE", "trailers"), ("Upgrade", "h2c"),
                  ("X-Tidegate-Gateway", "somebody else"), ("User-Agent", "curl/8")]
        echo = self.echo(headers=hidden)
        self.assertNotIn("client-key", json.dumps(echo))
        for name in ("x-api-key", "api-key", "cookie", "proxy-authorization", "proxy-anything", "x-named", "x-other",
                     "keep-alive", "te", "upgrade"):
            self.assertNotIn(name, names(echo))
        self.assertEqual(values(echo, "authorization"), [f"Bearer {harness.API_KEY}"])
        self.assertEqual(values(echo, "x-tidegate-gateway"), ["macbook"])
        self.assertRegex(values(echo, "user-agent")[0], r"^tidegate/\d+\.\d+\S* \(macbook\)$")
        self.assertEqual(values(echo, "host"), [f"{self.sim.host}:{self.sim.port}"])
        self.assertRegex(values(echo, "x-request-id")[0], r"^req_[0-9a-f]{24}$")
        for name in ("expect", "content-type", "accept", "accept-encoding", "content-length"):
            self.assertNotIn(name, names(echo), "the gateway asks for nothing by itself")

    def test_fields_of_an_answer(self):
        answer = self.gateway.request("GET", ECHO, headers=wire.fault("hop-headers"))
        for name in ("x-foo", "set-cookie", "proxy-authenticate", "access-control-allow-origin"):
            self.assertIsNone(answer.header(name), name)
        self.assertNotIn("x-foo", (answer.header("connection") or "").lower())
        self.assertRegex(answer.header("keep-alive"), r"^timeout=\d+$")
        for name in ("x-request-id", "x-tidegate-attempts", "x-tidegate-queue-ms", "date"):
            self.assertEqual(len([1 for key, _ in answer.headers if key.lower() == name]), 1, name)

    def test_doubled_fields_of_an_answer_survive(self):
        def handler(sock, _):
            while wire.next_request(sock):
                sock.sendall(wire.http_answer(b"{}", fields=b"X-Two: 1\r\nLink: <a>\r\nx-two: 2\r\nX-Empty:\r\nX-Space:   a  b \r\n"
                                                            b"Access-Control-Allow-Origin: *\r\nx-tidegate-attempts: 99\r\n"))

        with harness.FakeUpstream(handler) as upstream, harness.Gateway(upstream) as gateway:
            answer = gateway.request("GET", ECHO)
        self.assertEqual([v for k, v in answer.headers if k.lower() == "x-two"], ["1", "2"])
        self.assertEqual((answer.header("x-empty"), answer.header("x-space"), answer.header("link")), ("", "a  b", "<a>"))
        self.assertIsNone(answer.header("access-control-allow-origin"))
        self.assertEqual([v for k, v in answer.headers if k.lower() == "x-tidegate-attempts"], ["1"])

    def test_redirects_are_not_followed(self):
        before = wire.calls(self.sim)
        answer = self.gateway.chat("hello", headers=wire.fault("redirect=http://localhost:1/elsewhere"))
        self.assertEqual((answer.status, answer.header("location")), (302, "http://localhost:1/elsewhere"))
        self.assertEqual(wire.calls(self.sim), before + 1)

    def test_answers_that_are_no_http_are_502(self):
        for fault in ("http09", "bad-status", "bad-status=42", "bad-status=abc", "bad-status=600 No", "bad-status=-200",
                      "double-length", "negative-length", "endless-head", "big-head=70000"):
            with self.subTest(fault=fault):
                before = wire.calls(self.sim)
                answer = self.gateway.chat("hello", headers=wire.fault(fault))
                self.assertEqual((answer.status, answer.error_code), (502, "upstream_protocol_error"))
                self.assertEqual(answer.header("x-should-retry"), "false")
                self.assertEqual(wire.calls(self.sim), before + 1, "repeating does not mend it")
        self.assertEqual(self.gateway.chat("hello").status, 200)
        self.assertEqual(self.gateway.chat("hello", headers=wire.fault("big-head=40000")).status, 200)

    def test_the_default_model(self):
        for before, after in ((b"{}", b'{"model":"gpt-test"}'), (b' { "a":1}', b' {"model":"gpt-test", "a":1}'),
                              (b'{"model":"default","a":1}', b'{"model":"gpt-test","a":1}'),
                              (b'{"a": {"model":"x"} , "model" : null }', b'{"a": {"model":"x"} , "model" : "gpt-test" }'),
                              (b'{"model":""}', b'{"model":"gpt-test"}'), (b'{"model":"m"}', b'{"model":"m"}'),
                              (b'{"model":7}', b'{"model":7}'), (b'[1,2]', b'[1,2]'), (b'{"broken', b'{"broken')):
            with self.subTest(body=before):
                echo = self.echo("POST", ECHO, before, [("Content-Type", "application/json")])
                self.assertEqual((echo["body_size"], echo["body_sha256"]), (len(after), hashlib.sha256(after).hexdigest()))
        form = b'--b\r\nContent-Disposition: form-data; name="file"\r\n\r\n{"a":1}\r\n--b--\r\n'
        echo = self.echo("POST", "/v1/files", form, [("Content-Type", "multipart/form-data; boundary=b")])
        self.assertEqual(echo["body_sha256"], hashlib.sha256(form).hexdigest())


class SecretTest(unittest.TestCase):
    def test_the_key_shows_nowhere(self):
        with harness.Sim(api_key=SECRET) as sim, harness.Gateway(
                sim, arguments=("--log-level", "trace"), gateway={"clients": [{"name": "a", "key": SECRET + "-client"}]}) as gateway:
            key = {"Authorization": f"Bearer {SECRET}-client"}
            texts = []
            for fault in ("quote-key", "quote-key,status=503", "status=401", "http09"):
                answer = gateway.chat("hello", headers={**key, **wire.fault(fault)})
                self.assertGreaterEqual(answer.status, 400)
                texts += [answer.text, repr(answer.headers)]
            texts += [gateway.chat("hello", headers={"Authorization": "Bearer " + SECRET + "-wrong"}).text]
            broken = gateway.settings().replace("openapi:\n", f"openapi:\n    {SECRET}: {SECRET}\n", 1)
            gateway.write_config(broken)
            gateway.wait_status(lambda s: s["config"]["last_error"], "the bad configuration is refused")
            for path in ("status", "config", "exchanges", "health"):
                texts.append(gateway.control("GET", f"/v1/{path}").text)
            proc = pathlib.Path(f"/proc/{gateway.process.pid}")
            if proc.exists():
                texts += [(proc / name).read_bytes().decode("utf-8", "replace") for name in ("cmdline", "environ", "comm")]
            texts += [gateway.log(), gateway.cli("status").stdout, gateway.cli("config", "show").stdout]
            for text in texts:
                self.assertNotIn(SECRET, text)
            self.assertIn("exchange", gateway.log())

    def test_a_rejected_key_is_not_quoted(self):
        with harness.Sim() as sim, harness.Gateway(sim, llm={"apiKey": SECRET}) as gateway:
            answer = gateway.chat("hello")
            self.assertEqual(answer.status, 401)
            self.assertNotIn(SECRET, answer.text)
            self.assertIn("[redacted]", answer.text.lower().replace("<", "[").replace(">", "]"))
            self.assertIn("upstream_key_rejected", [item["code"] for item in gateway.status()["health"]])
            self.assertNotIn(SECRET, gateway.log() + json.dumps(gateway.status()))


class ModelsTest(unittest.TestCase):
    def test_the_list_comes_from_the_cache_also_without_the_upstream(self):
        with contextlib.ExitStack() as stack:
            sim = stack.enter_context(harness.Sim(tls=False))
            gateway = wire.settled(stack.enter_context(harness.Gateway(sim)))
            want = sim.request("GET", "/v1/models")
            before = wire.calls(sim, "/v1/models")
            for _ in range(5):
                answer = gateway.request("GET", "/v1/models")
                self.assertEqual((answer.status, answer.body, answer.header("content-type")),
                                 (200, want.body, want.header("content-type")))
            self.assertEqual(wire.calls(sim, "/v1/models"), before)
            anthropic = {"anthropic-version": "2023-06-01"}
            direct = sim.request("GET", "/v1/models", None, anthropic).body
            self.assertEqual(gateway.request("GET", "/v1/models", None, anthropic).body, direct)
            sim.process.kill()
            self.assertEqual(gateway.request("GET", "/v1/models").body, want.body)

    def test_at_least_the_configured_model(self):
        with harness.Gateway(llm={"model": "my/model \"x\""}) as gateway:
            answer = gateway.request("GET", "/v1/models")
            self.assertEqual((answer.status, answer.json()["object"]), (200, "list"))
            self.assertEqual([model["id"] for model in answer.json()["data"]], ["my/model \"x\""])


if __name__ == "__main__":
    harness.main()
