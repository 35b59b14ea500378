#include "daemon/config/schema.h"

#include <algorithm>
#include <array>
#include <limits>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "common/ascii.h"
#include "common/version.h"
#include "daemon/config/values.h"

namespace tidegate::config {
namespace {

/// Every key of the file. `[]` stands for any entry of a list.
constexpr auto kKnown = std::to_array<std::string_view>({"llm.provider",
                                                         "llm.openapi.baseUrl",
                                                         "llm.openapi.apiKey",
                                                         "llm.openapi.model",
                                                         "llm.openapi.timeout",
                                                         "gateway.name",
                                                         "gateway.listen",
                                                         "gateway.hosts",
                                                         "gateway.clients[].name",
                                                         "gateway.clients[].key",
                                                         "gateway.clients[].priority",
                                                         "gateway.clients[].weight",
                                                         "gateway.maxConnections",
                                                         "gateway.maxBody",
                                                         "gateway.headTimeout",
                                                         "gateway.bodyTimeout",
                                                         "gateway.idleTimeout",
                                                         "gateway.writeTimeout",
                                                         "gateway.idempotencyGrace",
                                                         "upstream.maxInFlight",
                                                         "upstream.connectTimeout",
                                                         "upstream.firstByteTimeout",
                                                         "upstream.caFile",
                                                         "upstream.clientCert",
                                                         "upstream.clientKey",
                                                         "upstream.httpVersion",
                                                         "upstream.proxy",
                                                         "upstream.keepWarm",
                                                         "queue.maxDepth",
                                                         "queue.maxPerClient",
                                                         "queue.maxBytes",
                                                         "queue.maxWait",
                                                         "queue.heartbeat",
                                                         "retry.maxAttempts",
                                                         "retry.backoff.initial",
                                                         "retry.backoff.max",
                                                         "retry.budget",
                                                         "log.level",
                                                         "log.format",
                                                         "log.file"});

/// Keys of the design that a later version reads. Ignoring one would promise a limit that nobody keeps.
constexpr auto kLater =
    std::to_array<std::string_view>({"rate_limits", "budgets", "routing", "prices", "jobs", "metrics"});

/// `gateway.clients[3]` as the table spells it.
std::string generic(std::string_view section) {
  std::string out;
  bool inside = false;
  for (const char c : section) {
    if (c == ']') inside = false;
    if (!inside) out += c;
    if (c == '[') inside = true;
  }
  return out;
}

std::string join(std::string_view section, std::string_view key) {
  return section.empty() ? std::string(key) : fmt::format("{}.{}", section, key);
}

/// Where else in the file a key of this name belongs: the usual mistake is a wrong indent.
std::string_view elsewhere(std::string_view key) {
  for (const auto known : kKnown) {
    const auto dot = known.rfind('.');
    if (known.substr(dot + 1) == key) return known;
  }
  return {};
}

}  // namespace

std::vector<std::string_view> known_keys(std::string_view section) {
  const auto prefix = section.empty() ? std::string() : generic(section) + ".";
  std::vector<std::string_view> keys;
  for (const auto known : kKnown) {
    if (!known.starts_with(prefix)) continue;
    const auto rest = known.substr(prefix.size());
    const auto key = rest.substr(0, rest.find_first_of(".["));
    if (!key.empty() && std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(key);
  }
  return keys;
}

std::string_view nearest(std::string_view text, const std::vector<std::string_view>& candidates) {
  constexpr std::size_t kLongest = 64;
  std::string_view best;
  if (text.size() > kLongest) return best;
  auto best_distance = std::numeric_limits<std::size_t>::max();
  for (const auto candidate : candidates) {
    // "warning" for warn: three edits, but plainly the same word.
    const bool longer = candidate.size() > 2 && istarts_with(text, candidate);
    const auto distance = longer ? 1 : edit_distance(text, candidate);
    const auto allowed = std::min(candidate.size() - 1, std::max<std::size_t>(1, candidate.size() / 3));
    if (distance <= allowed && distance < best_distance) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

std::string refuse_key(std::string_view section, std::string_view key) {
  const auto keys = known_keys(section);
  if (std::find(keys.begin(), keys.end(), key) != keys.end()) return {};
  const auto expected = fmt::format("expected one of {}", fmt::join(keys, ", "));
  if (std::find(kLater.begin(), kLater.end(), join(generic(section), key)) != kLater.end())
    return fmt::format("this key is not supported by version {} yet; {}", kVersion, expected);
  if (const auto meant = nearest(key, keys); !meant.empty())
    return fmt::format("unknown key, did you mean \"{}\"; {}", meant, expected);
  if (const auto home = elsewhere(key); !home.empty())
    return fmt::format("unknown key here, did you mean {}; {}", home, expected);
  return fmt::format("unknown key; {}", expected);
}

}  // namespace tidegate::config
