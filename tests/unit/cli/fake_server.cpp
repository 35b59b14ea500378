#include "tests/unit/cli/fake_server.h"

#include <array>
#include <cstring>
#include <stdexcept>

#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <fmt/format.h>

namespace tidegate::cli {
namespace {

// Head and body of one request; short where the client went away.
std::string read_request(int socket) {
  std::string request;
  std::array<char, 4096> buffer{};
  for (std::size_t wanted = std::string::npos; request.size() < wanted;) {
    const auto got = ::read(socket, buffer.data(), buffer.size());
    if (got <= 0) break;
    request.append(buffer.data(), static_cast<std::size_t>(got));
    const auto head = request.find("\r\n\r\n");
    if (head == std::string::npos) continue;
    const auto length = request.find("Content-Length: ");
    wanted = head + 4 + (length < head ? std::stoul(request.substr(length + 16)) : 0);
  }
  return request;
}

}  // namespace

FakeServer::FakeServer(Answers answers) : answers_(std::move(answers)) {
  std::string folder = (std::filesystem::temp_directory_path() / "tidegate-cli-XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr) throw std::runtime_error("no temporary folder");
  folder_ = folder;
  listen_at(kControlSocketName);
  listen_at(kApiSocketName);
}

FakeServer::~FakeServer() {
  // A connection of our own wakes accept() on every system; shutdown() of a listening socket does so on Linux only.
  for (const char* name : {kControlSocketName, kApiSocketName}) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, (folder_ / name).c_str(), sizeof(address.sun_path) - 1);
    const int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
    if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0)
      (void)!::write(socket, "quit", 4);
    ::close(socket);
  }
  for (auto& thread : threads_) thread.join();
  for (const int listener : listeners_) ::close(listener);
  std::filesystem::remove_all(folder_);
}

void FakeServer::listen_at(const char* name) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, (folder_ / name).c_str(), sizeof(address.sun_path) - 1);
  const int listener = ::socket(AF_UNIX, SOCK_STREAM, 0);
  if (::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0 || ::listen(listener, 8) != 0)
    throw std::runtime_error("cannot listen");
  listeners_.push_back(listener);
  threads_.emplace_back([this, listener] { serve(listener); });
}

void FakeServer::serve(int listener) {
  for (;;) {
    const int socket = ::accept(listener, nullptr, nullptr);
    const auto request = read_request(socket);
    const bool quit = request == "quit";
    if (!quit) {
      const auto answer = answers_.find(request.substr(0, request.find(" HTTP/")));
      if (answer != answers_.end() && !answer->second.empty())
        (void)!::write(socket, answer->second.data(), answer->second.size());
      else if (answer != answers_.end())
        read_request(socket);  // ends when the client does
    }
    ::close(socket);
    if (quit) return;
  }
}

Context FakeServer::context() const {
  Context context;
  context.program = "tidegate";
  context.environment = [](const char*) { return std::nullopt; };
  context.runtime_dirs = {folder_};
  return context;
}

std::string FakeServer::json(const std::string& body, int status) {
  return fmt::format(
      "HTTP/1.1 {} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\nx-request-id: r1\r\n\r\n{}", status,
      body.size(), body);
}

std::string FakeServer::stream(const std::string& events) {
  return fmt::format(
      "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{}\r\n0\r\n\r\n",
      events.size(), events);
}

}  // namespace tidegate::cli
