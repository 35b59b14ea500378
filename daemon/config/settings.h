#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "common/secret.h"
#include "daemon/policy/priority.h"

namespace tidegate::config {

using std::chrono::milliseconds;

/// `llm:`, the OpenClaw guide's block. `provider` is always "openapi".
struct Llm {
  std::string provider = "openapi";
  std::string base_url;          ///< http(s) URL without query, fragment, user info and trailing slash
  Secret api_key;                ///< resolved: the key itself, wherever it came from
  std::string model;             ///< used when a client names none, or names "default"
  milliseconds timeout{30'000};  ///< without a byte either way before the attempt is given up
  bool operator==(const Llm&) const = default;
};

/// `127.0.0.1:8433`, `[::1]:8433`, `localhost:8433` or `unix:/path`.
struct TcpAddress {
  std::string host;
  std::uint16_t port = 0;  ///< 0: the system chooses
  bool operator==(const TcpAddress&) const = default;
};
struct UnixAddress {
  std::filesystem::path path;  ///< empty: <runtime>/api.sock
  bool operator==(const UnixAddress&) const = default;
};
using ListenAddress = std::variant<TcpAddress, UnixAddress>;

/// One of `gateway.clients`: who may call. Without any, every local user may.
struct Client {
  std::string name;
  Secret key;
  policy::Priority priority = policy::Priority::interactive;  ///< of requests that do not name their own
  std::uint32_t weight = 1;                                   ///< its share of the turns while others wait too
  bool operator==(const Client&) const = default;
};

/// `gateway:`
struct Gateway {
  std::string name;  ///< default: the host's name up to the first dot
  std::vector<ListenAddress> listen{TcpAddress{"127.0.0.1", 8433}, UnixAddress{}};
  std::vector<std::string> hosts;  ///< further values of Host that are ours, besides the loopback names
  std::vector<Client> clients;
  std::uint32_t max_connections = 4096;
  std::uint64_t max_body = 64ULL << 20;  ///< bytes
  milliseconds head_timeout{15'000};     ///< total time for a request's head
  milliseconds body_timeout{300'000};    ///< total time for a request's body
  milliseconds idle_timeout{75'000};     ///< kept-alive connection without a request; over 60 s
  milliseconds write_timeout{300'000};   ///< a client that takes no byte of its answer for so long is cut off
  /// How long an upstream call with an Idempotency-Key goes on without a client, and its answer is kept for one that
  /// comes back; 0: not at all. The official SDKs pause for 8 s at most before they try again, other common loops for
  /// 10 s; each further second may be paid for in vain.
  milliseconds idempotency_grace{15'000};
  bool operator==(const Gateway&) const = default;
};

enum class HttpVersion { automatic, http1_1, http2 };

/// `upstream:`
struct Upstream {
  std::uint32_t max_in_flight = 32;
  milliseconds connect_timeout{10'000};
  milliseconds first_byte_timeout{0};  ///< until the answer's body begins; 0: llm.openapi.timeout
  std::filesystem::path ca_file;       ///< empty: the system's
  std::filesystem::path client_cert;   ///< empty: none
  std::filesystem::path client_key;
  HttpVersion http_version = HttpVersion::automatic;  ///< automatic is HTTP/1.1: less CPU
  std::string proxy;  ///< URL of an HTTP or SOCKS proxy on the way; empty: none, the environment is not asked
  milliseconds keep_warm{50'000};  ///< pause between probes that keep one connection open; 0: off
  bool operator==(const Upstream&) const = default;
};

/// `queue:`
struct Queue {
  std::uint32_t max_depth = 1000;          ///< waiting requests
  std::uint64_t max_bytes = 256ULL << 20;  ///< request bodies held, waiting and running
  milliseconds max_wait{300'000};
  /// A streamed request that waits gets a sign of life after so long, and again and again; 0: never. Half of the
  /// shortest patience that clients commonly have, 30 s, and a quarter of that of OpenClaw's and proxies' watchdogs:
  /// one may be late. Not less, since behind the first one a failure has no HTTP status any more.
  milliseconds heartbeat{15'000};
  std::uint32_t max_per_client = 0;  ///< waiting requests of one client; 0: as many as max_depth
  bool operator==(const Queue&) const = default;
};

/// `retry:`
struct Retry {
  std::uint32_t max_attempts = 6;  ///< in all, the first included
  milliseconds backoff_initial{500};
  milliseconds backoff_max{8'000};
  double budget = 0.2;  ///< share of recent requests that may be retries
  bool operator==(const Retry&) const = default;
};

enum class LogFormat { automatic, text, json };

/// `log:`
struct Log {
  std::string level = "info";               ///< trace, debug, info, warn, error
  LogFormat format = LogFormat::automatic;  ///< automatic: text
  std::filesystem::path file;               ///< empty: standard error
  bool operator==(const Log&) const = default;
};

/// Everything the file says, with defaults filled in and secrets resolved.
struct Settings {
  Llm llm;
  Gateway gateway;
  Upstream upstream;
  Queue queue;
  Retry retry;
  Log log;
  bool operator==(const Settings&) const = default;
};

/// Something in an otherwise good configuration that its owner should know.
struct Warning {
  std::string code;     ///< stable, e.g. "config_readable_by_others"
  std::string message;  ///< one line for a person
  bool operator==(const Warning&) const = default;
};

/// The immutable configuration that an exchange starts with and keeps to its end.
struct Snapshot {
  Settings settings;
  std::filesystem::path path;  ///< the file it was read from
  std::string digest;          ///< 64 hex digits over the effective `llm:` block, secrets hashed
  std::vector<Warning> warnings;
  std::uint64_t generation = 0;  ///< counts accepted configurations, from 1; set by the store
  std::chrono::system_clock::time_point loaded_at;
};
using SnapshotPtr = std::shared_ptr<const Snapshot>;

}  // namespace tidegate::config
