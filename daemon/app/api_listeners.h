#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/config/reload.h"
#include "daemon/http/listener.h"
#include "daemon/platform/unix_socket.h"

namespace tidegate::app {

/// The API's listening sockets, as `gateway.listen` names them. On a reload those that stay are not touched; new ones
/// are opened before anything changes, so that a taken port keeps the old configuration in force. Loop thread only.
class ApiListeners final : public config::Subscriber {
 public:
  ApiListeners(http::Server& server, std::filesystem::path default_socket);

  std::optional<std::string> prepare(const config::Snapshot& next) override;
  void commit(config::SnapshotPtr next) noexcept override;
  void abandon() noexcept override;

  /// No new connections from here on.
  void close() noexcept { open_.clear(); }

  [[nodiscard]] std::vector<std::string> addresses() const;

 private:
  struct Open {
    config::ListenAddress address;
    std::optional<platform::UnixListener> file;  // removes the socket's file when it goes
    std::unique_ptr<http::Listener> listener;
  };
  Open open(const config::ListenAddress& address);

  http::Server& server_;
  std::filesystem::path default_socket_;
  std::vector<std::shared_ptr<Open>> open_;
  std::vector<std::shared_ptr<Open>> prepared_;
};

/// A configured address as a person writes it.
std::string describe(const config::ListenAddress& address);

}  // namespace tidegate::app
