#include "scripted_server.h"

#include <array>

#include <asio/post.hpp>
#include <asio/redirect_error.hpp>
#include <asio/write.hpp>

#include "common/ascii.h"

namespace tidegate::upstream {
namespace {

using asio::ip::tcp;

std::size_t length_told(const std::string& head) {
  const auto lower = to_lower(head);
  static constexpr std::string_view kName = "\r\ncontent-length: ";
  const auto at = lower.find(kName);
  if (at == std::string::npos) return 0;
  return std::stoul(lower.substr(at + kName.size()));
}

}  // namespace

Task<std::string> ScriptedServer::Peer::head() {
  while (true) {
    const auto end = unread_.find("\r\n\r\n");
    if (end != std::string::npos) {
      std::string head = unread_.substr(0, end + 4);
      unread_.erase(0, end + 4);
      ++server_.requests;
      server_.last_head = head;
      co_return head;
    }
    const std::string more = co_await some(65536);
    if (more.empty()) co_return std::string();
    unread_ += more;
  }
}

Task<std::string> ScriptedServer::Peer::body(std::string head) {
  const std::size_t length = length_told(head);
  std::string body = std::exchange(unread_, {});
  while (body.size() < length) {
    const std::string more = co_await some(262144);
    if (more.empty()) break;
    body += more;
  }
  if (body.size() > length) {
    unread_ = body.substr(length);
    body.resize(length);
  }
  server_.last_body = body;
  co_return body;
}

Task<std::string> ScriptedServer::Peer::some(std::size_t most) {
  if (!open_) co_return std::string();
  std::string bytes(most, '\0');
  asio::error_code error;
  const std::size_t count =
      co_await socket_.async_read_some(asio::buffer(bytes), asio::redirect_error(use_task, error));
  if (error) close();
  bytes.resize(count);
  server_.received += count;
  co_return bytes;
}

Task<> ScriptedServer::Peer::send(std::string bytes) {
  std::size_t done = 0;
  while (open_ && done < bytes.size()) {
    asio::error_code error;
    const auto rest = asio::buffer(bytes.data() + done, bytes.size() - done);
    const std::size_t count = co_await socket_.async_write_some(rest, asio::redirect_error(use_task, error));
    done += count;
    server_.sent += count;
    if (error) close();
  }
}

Task<> ScriptedServer::Peer::trickle(std::string bytes) {
  for (const char byte : bytes) {
    co_await send(std::string(1, byte));
    co_await asio::post(server_.loop_.get_executor(), use_task);
  }
}

Task<> ScriptedServer::Peer::until_closed() {
  while (open_) co_await some(65536);
}

Task<> ScriptedServer::Peer::hold() {
  // Turning the loop costs a test some CPU, but leaves no wakeup behind to forget.
  while (!server_.released_ && open_) co_await asio::post(server_.loop_.get_executor(), use_task);
}

void ScriptedServer::Peer::close() {
  if (!std::exchange(open_, false)) return;
  --server_.open;
  asio::error_code ignored;
  socket_.close(ignored);
}

void ScriptedServer::Peer::reset() {
  asio::error_code ignored;
  socket_.set_option(asio::socket_base::linger(true, 0), ignored);
  close();
}

ScriptedServer::ScriptedServer(asio::io_context& loop)
    : loop_(loop),
      acceptor_(loop.get_executor(), tcp::endpoint(asio::ip::address_v4::loopback(), 0)),
      tasks_(loop.get_executor()),
      port_(acceptor_.local_endpoint().port()) {
  answer(ok_answer("hello"));
  tasks_.spawn(accept());
}

void ScriptedServer::answer(std::string answer) {
  play([answer = std::move(answer)](Peer& peer) -> Task<> {
    while (true) {
      const std::string head = co_await peer.head();
      if (head.empty()) co_return;
      co_await peer.body(head);
      co_await peer.send(answer);
    }
  });
}

void ScriptedServer::release() { released_ = true; }

void ScriptedServer::stop() {
  asio::error_code ignored;
  acceptor_.close(ignored);
  const auto peers = peers_;
  for (auto* peer : peers) peer->close();
}

std::string ScriptedServer::url(std::string_view path) const {
  return "http://127.0.0.1:" + std::to_string(port_) + std::string(path);
}

Task<> ScriptedServer::accept() {
  while (acceptor_.is_open()) {
    asio::basic_stream_socket<tcp, Executor> socket(loop_.get_executor());
    asio::error_code error;
    co_await acceptor_.async_accept(socket, asio::redirect_error(use_task, error));
    if (error) continue;
    socket.set_option(tcp::no_delay(true), error);
    ++accepted;
    ++open;
    tasks_.spawn(serve(std::make_shared<Peer>(*this, std::move(socket))));
  }
}

Task<> ScriptedServer::serve(std::shared_ptr<Peer> peer) {
  const auto script = script_;  // the coroutine lives in the function's captures
  peers_.insert(peer.get());
  co_await (*script)(*peer);
  co_await peer->until_closed();
  peers_.erase(peer.get());
}

std::string ok_answer(std::string_view body, std::string_view more_headers) {
  std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
  return answer.append(more_headers).append("\r\n").append(body);
}

}  // namespace tidegate::upstream
