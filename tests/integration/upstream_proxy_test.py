"""upstream.proxy: an HTTP proxy between the gateway and the upstream."""

import contextlib
import socket
import threading
import unittest

import harness


class ConnectProxy:
    """Tunnels CONNECT and answers it with a head of its own; forwards requests in absolute form."""

    def __enter__(self):
        self.lines = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._sockets = []
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        for sock in [self._listener, *self._sockets]:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                sock, _ = self._listener.accept()
                self._sockets.append(sock)
                threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, client):
        with contextlib.suppress(OSError, ValueError):
            data = b""
            while b"\r\n\r\n" not in data:
                piece = client.recv(65536)
                if not piece:
                    return
                data += piece
            line = data.split(b"\r\n")[0].decode()
            self.lines.append(line)
            method, target, _ = line.split(" ")
            if method == "CONNECT":
                host, port = target.rsplit(":", 1)
                rest = b""
            elif target.startswith("http://"):
                host, port = target[7:].split("/", 1)[0].rsplit(":", 1)
                rest = data.replace(target.encode(), b"/" + target[7:].split("/", 1)[1].encode(), 1)
                # One request a connection: what follows would pass without its target made the server's.
                rest = rest.replace(b"\r\n", b"\r\nConnection: close\r\n", 1)
            else:
                client.sendall(b"HTTP/1.1 400 Not for a proxy\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                client.close()
                return
            server = socket.create_connection((host, int(port)), harness.HANG)
            self._sockets.append(server)
            if method == "CONNECT":
                client.sendall(b"HTTP/1.1 200 Connection established\r\nX-Of-The-Proxy: 1\r\n\r\n")
            server.sendall(rest)
            threading.Thread(target=self._pump, args=(server, client), daemon=True).start()
            self._pump(client, server)

    @staticmethod
    def _pump(source, target):
        with contextlib.suppress(OSError):
            while piece := source.recv(65536):
                target.sendall(piece)
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_WR)


class UpstreamProxyTest(unittest.TestCase):
    def test_an_https_upstream_is_tunnelled_and_only_its_own_head_counts(self):
        with harness.Sim() as sim, ConnectProxy() as proxy:
            with harness.Gateway(sim, upstream={"proxy": proxy.url}) as gateway:
                answer = gateway.chat("hello there")
                self.assertEqual(answer.status, 200)
                self.assertEqual(answer.header("content-type"), "application/json")
                self.assertIsNone(answer.header("x-of-the-proxy"))
                self.assertIn("hello there", answer.text)
                self.assertEqual(gateway.request("GET", "/v1/x", headers={"X-Sim-Fault": "status=404"}).status, 404)
                self.assertTrue(all(line.startswith("CONNECT 127.0.0.1:") for line in proxy.lines), proxy.lines)

    def test_a_plain_upstream_is_asked_for_in_absolute_form(self):
        with harness.Sim(tls=False) as sim, ConnectProxy() as proxy:
            with harness.Gateway(sim, upstream={"proxy": proxy.url}) as gateway:
                answer = gateway.chat("hello there")
                self.assertEqual(answer.status, 200)
                self.assertIn("hello there", answer.text)
                self.assertIn(f"POST {sim.base_url}/chat/completions HTTP/1.1", proxy.lines)


if __name__ == "__main__":
    harness.main()
