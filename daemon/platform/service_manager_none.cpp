// No service manager that listens: launchd watches the process itself.
#include "daemon/platform/service_manager.h"

namespace tidegate::platform {

struct ServiceManager::Impl {};

ServiceManager::ServiceManager() = default;
ServiceManager::~ServiceManager() = default;
bool ServiceManager::present() const noexcept { return false; }
void ServiceManager::ready(std::string_view) {}
void ServiceManager::reloading() {}
void ServiceManager::stopping(std::string_view) {}
void ServiceManager::status(std::string_view) {}
void ServiceManager::watchdog() {}
void ServiceManager::extend_timeout(std::chrono::microseconds) {}
std::optional<std::chrono::microseconds> ServiceManager::watchdog_interval() const noexcept { return std::nullopt; }

}  // namespace tidegate::platform
