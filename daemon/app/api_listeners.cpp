#include "daemon/app/api_listeners.h"

#include <algorithm>
#include <system_error>

#include <fmt/format.h>

#include "daemon/observe/logging.h"

namespace tidegate::app {

std::string describe(const config::ListenAddress& address) {
  if (const auto* tcp = std::get_if<config::TcpAddress>(&address))
    return tcp->host.find(':') == std::string::npos ? fmt::format("{}:{}", tcp->host, tcp->port)
                                                    : fmt::format("[{}]:{}", tcp->host, tcp->port);
  return "unix:" + std::get<config::UnixAddress>(address).path.string();
}

ApiListeners::ApiListeners(http::Server& server, std::filesystem::path default_socket)
    : server_(server), default_socket_(std::move(default_socket)) {}

ApiListeners::Open ApiListeners::open(const config::ListenAddress& address) {
  if (const auto* tcp = std::get_if<config::TcpAddress>(&address)) {
    const int fd = http::listen_tcp(tcp->host, tcp->port);
    return {address, std::nullopt, std::make_unique<http::Listener>(server_, fd, false)};
  }
  const auto& path = std::get<config::UnixAddress>(address).path;
  auto file = platform::UnixListener::open(path.empty() ? default_socket_ : path);
  if (!file) throw std::runtime_error(file.error().message);
  const int fd = file->take_descriptor();
  return {address, std::move(*file), std::make_unique<http::Listener>(server_, fd, true)};
}

std::optional<std::string> ApiListeners::prepare(const config::Snapshot& next) {
  prepared_.clear();
  for (const auto& address : next.settings.gateway.listen) {
    const auto same =
        std::find_if(open_.begin(), open_.end(), [&](const auto& open) { return open->address == address; });
    if (same != open_.end()) {
      prepared_.push_back(*same);
      continue;
    }
    try {
      prepared_.push_back(std::make_shared<Open>(open(address)));
    } catch (const std::system_error& error) {
      prepared_.clear();
      return fmt::format("gateway.listen: cannot listen on {}: {}", describe(address), error.code().message());
    } catch (const std::exception& error) {
      prepared_.clear();
      return fmt::format("gateway.listen: {}", error.what());
    }
  }
  return std::nullopt;
}

void ApiListeners::commit(config::SnapshotPtr) noexcept {
  for (const auto& open : prepared_)
    if (std::find(open_.begin(), open_.end(), open) == open_.end()) {
      open->listener->start();
      observe::log_info("listening", {{"address", open->listener->address()}});
    }
  open_ = std::move(prepared_);
  prepared_.clear();
}

void ApiListeners::abandon() noexcept { prepared_.clear(); }

std::vector<std::string> ApiListeners::addresses() const {
  std::vector<std::string> all;
  for (const auto& open : open_) all.push_back(open->listener->address());
  return all;
}

}  // namespace tidegate::app
