#pragma once

#include <string_view>

#include "tests/unit/config/bad_text.h"

// What is wrong below the guide's good block: line 8 is the first line here.

namespace tidegate::config {

using namespace std::string_view_literals;

inline const BadText kBadOthers[] = {
    {"later_rate_limits", "rate_limits: {per_minute: 100}\n"sv,
     "8:1: rate_limits: this key is not supported by version VERSION yet; expected one of llm, gateway, upstream, "
     "queue, retry, log"},
    {"later_budgets", "budgets: []\n"sv,
     "8:1: budgets: this key is not supported by version VERSION yet; expected one of llm, gateway, upstream, queue, "
     "retry, log"},
    {"later_routing", "routing: []\n"sv,
     "8:1: routing: this key is not supported by version VERSION yet; expected one of llm, gateway, upstream, queue, "
     "retry, log"},
    {"later_prices", "prices: {}\n"sv,
     "8:1: prices: this key is not supported by version VERSION yet; expected one of llm, gateway, upstream, queue, "
     "retry, log"},
    {"later_jobs", "jobs: {}\n"sv,
     "8:1: jobs: this key is not supported by version VERSION yet; expected one of llm, gateway, upstream, queue, "
     "retry, log"},
    {"later_metrics", "metrics: {listen: x}\n"sv,
     "8:1: metrics: this key is not supported by version VERSION yet; expected one of llm, gateway, upstream, queue, "
     "retry, log"},
    {"priority_number",
     "gateway:\n"
     "  clients:\n"
     "    - {name: a, key: KEY, priority: 1}\n"sv,
     "10:56: gateway.clients[0].priority: unknown value; expected one of interactive, background"},
    {"priority_almost",
     "gateway:\n"
     "  clients:\n"
     "    - {name: a, key: KEY, priority: backgrund}\n"sv,
     "10:56: gateway.clients[0].priority: unknown value, did you mean \"background\"; expected one of interactive, "
     "background"},
    {"weight_zero",
     "gateway:\n"
     "  clients:\n"
     "    - {name: a, key: KEY, weight: 0}\n"sv,
     "10:54: gateway.clients[0].weight: the number is out of range; expected a whole number from 1 to 1000"},
    {"weight_fraction",
     "gateway:\n"
     "  clients:\n"
     "    - {name: a, key: KEY, weight: 1.5}\n"sv,
     "10:54: gateway.clients[0].weight: this is no whole number; expected a whole number from 1 to 1000"},
    {"gateway_list", "gateway: []\n"sv,
     "8:10: gateway: a list stands here; expected a mapping with name, listen, hosts, clients, maxConnections, "
     "maxBody, headTimeout, bodyTimeout, idleTimeout, writeTimeout, idempotencyGrace"},
    {"name_empty", "gateway: {name: \"\"}\n"sv,
     "8:17: gateway.name: the text is empty; expected a text of 1 to 64 bytes"},
    {"name_blank", "gateway: {name: \"a b\"}\n"sv,
     "8:17: gateway.name: this is no plain name; expected 1 to 64 of the characters A-Z, a-z, 0-9, ., _ and -"},
    {"name_long", "gateway: {name: nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn}\n"sv,
     "8:17: gateway.name: the text is too long; expected a text of 1 to 64 bytes"},
    {"name_slash", "gateway: {name: a/b}\n"sv,
     "8:17: gateway.name: this is no plain name; expected 1 to 64 of the characters A-Z, a-z, 0-9, ., _ and -"},
    {"listen_text", "gateway: {listen: \"127.0.0.1:8433\"}\n"sv,
     "8:19: gateway.listen: a text in quotes stands here; expected a list"},
    {"listen_null",
     "gateway:\n"
     "  listen:\n"sv,
     "9:3: gateway.listen: nothing stands here; expected a list"},
    {"listen_empty", "gateway: {listen: []}\n"sv,
     "8:19: gateway.listen: the list is empty; expected at least one address"},
    {"listen_no_port", "gateway: {listen: [127.0.0.1]}\n"sv,
     "8:20: gateway.listen[0]: no port; expected 127.0.0.1:PORT, [::1]:PORT, localhost:PORT, unix:/PATH or unix"},
    {"listen_port", "gateway: {listen: [\"127.0.0.1:65536\"]}\n"sv,
     "8:20: gateway.listen[0]: the port is not valid; expected a number from 0 to 65535 after the last colon"},
    {"listen_port_text", "gateway: {listen: [\"127.0.0.1:http\"]}\n"sv,
     "8:20: gateway.listen[0]: the port is not valid; expected a number from 0 to 65535 after the last colon"},
    {"listen_name", "gateway: {listen: [\"gw.example:80\"]}\n"sv,
     "8:20: gateway.listen[0]: the host is neither an IP address nor localhost; expected 127.0.0.1:PORT, [::1]:PORT, "
     "localhost:PORT, unix:/PATH or unix"},
    {"listen_v6_bare", "gateway: {listen: [\"::1:80\"]}\n"sv,
     "8:20: gateway.listen[0]: the host is neither an IP address nor localhost; expected 127.0.0.1:PORT, [::1]:PORT, "
     "localhost:PORT, unix:/PATH or unix"},
    {"listen_open",
     "gateway:\n"
     "  listen:\n"
     "    - unix\n"
     "    - 0.0.0.0:8433\n"sv,
     "11:7: gateway.listen[1]: others could call through this address without a key; expected a loopback address, or "
     "gateway.clients with keys"},
    {"listen_open_v6", "gateway: {listen: [\"[::]:8433\"]}\n"sv,
     "8:20: gateway.listen[0]: others could call through this address without a key; expected a loopback address, or "
     "gateway.clients with keys"},
    {"listen_doubled", "gateway: {listen: [unix, unix]}\n"sv,
     "8:26: gateway.listen[1]: the address is here twice; expected each address once"},
    {"listen_relative_socket", "gateway: {listen: [\"unix:api.sock\"]}\n"sv,
     "8:20: gateway.listen[0]: the socket's path is not absolute; expected 127.0.0.1:PORT, [::1]:PORT, localhost:PORT, "
     "unix:/PATH or unix"},
    {"listen_long_socket",
     "gateway: {listen: [\"unix:/sssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssss\"]}\n"sv,
     "8:20: gateway.listen[0]: the socket's path is no file name or too long; expected at most 103 bytes"},
    {"listen_mapping", "gateway: {listen: [unix, {a: 1}]}\n"sv,
     "8:26: gateway.listen[1]: a mapping stands here; expected a text"},
    {"listen_many",
     "gateway: {listen: [\"127.0.0.1:1\", \"127.0.0.1:2\", \"127.0.0.1:3\", \"127.0.0.1:4\", \"127.0.0.1:5\", \"127.0.0.1:6\", \"127.0.0.1:7\", \"127.0.0.1:8\", \"127.0.0.1:9\", \"127.0.0.1:10\", \"127.0.0.1:11\", \"127.0.0.1:12\", \"127.0.0.1:13\", \"127.0.0.1:14\", \"127.0.0.1:15\", \"127.0.0.1:16\", \"127.0.0.1:17\"]}\n"sv,
     "8:19: gateway.listen: too many entries; expected at most 16"},
    {"hosts_port", "gateway: {hosts: [\"gw.example:80\"]}\n"sv,
     "8:19: gateway.hosts[0]: this is no host; expected a host name or IP address without a port"},
    {"hosts_null", "gateway: {hosts: [~]}\n"sv, "8:19: gateway.hosts[0]: nothing stands here; expected a text"},
    {"hosts_url", "gateway: {hosts: [\"http://gw\"]}\n"sv,
     "8:19: gateway.hosts[0]: this is no host; expected a host name or IP address without a port"},
    {"clients_mapping", "gateway: {clients: {name: a, key: KEY}}\n"sv,
     "8:20: gateway.clients: a mapping stands here; expected a list of mappings"},
    {"client_text", "gateway: {clients: [KEY]}\n"sv,
     "8:21: gateway.clients[0]: a single value stands here; expected a mapping with name, key, priority, weight"},
    {"client_no_key", "gateway: {clients: [{name: a}]}\n"sv,
     "8:21: gateway.clients[0].key: the key is missing; expected the key, ${NAME} or file:/PATH"},
    {"client_no_name", "gateway: {clients: [{key: KEY}]}\n"sv,
     "8:21: gateway.clients[0].name: the key is missing; expected the client's name"},
    {"client_bad_name", "gateway: {clients: [{name: \"a b\", key: KEY}]}\n"sv,
     "8:28: gateway.clients[0].name: this is no plain name; expected 1 to 64 of the characters A-Z, a-z, 0-9, ., _ and "
     "-"},
    {"client_null",
     "gateway:\n"
     "  clients:\n"
     "    -\n"sv,
     "11:1: gateway.clients[0].name: the key is missing; expected the client's name"},
    {"client_doubled_name",
     "gateway:\n"
     "  clients:\n"
     "    - {name: a, key: KEY}\n"
     "    - {name: a, key: other}\n"sv,
     "11:14: gateway.clients[1].name: another client has this name; expected a name of its own"},
    {"client_doubled_key",
     "gateway:\n"
     "  clients:\n"
     "    - {name: a, key: KEY}\n"
     "    - {name: b, key: KEY}\n"sv,
     "11:22: gateway.clients[1].key: another client has this key; expected a key of its own"},
    {"client_unset_key",
     "gateway:\n"
     "  clients:\n"
     "    - name: a\n"
     "      key: \"${TIDEGATE_TEST_UNSET}\"\n"sv,
     "11:12: gateway.clients[0].key: the environment variable TIDEGATE_TEST_UNSET is not set or empty; expected the "
     "key, ${NAME} or file:/PATH"},
    {"connections_zero", "gateway: {maxConnections: 0}\n"sv,
     "8:27: gateway.maxConnections: the number is out of range; expected a whole number from 1 to 65536"},
    {"connections_many", "gateway: {maxConnections: 65537}\n"sv,
     "8:27: gateway.maxConnections: the number is out of range; expected a whole number from 1 to 65536"},
    {"connections_quoted", "gateway: {maxConnections: \"10\"}\n"sv,
     "8:27: gateway.maxConnections: a text in quotes stands here; expected a whole number from 1 to 65536 without "
     "quotes"},
    {"connections_float", "gateway: {maxConnections: 1.0}\n"sv,
     "8:27: gateway.maxConnections: this is no whole number; expected a whole number from 1 to 65536"},
    {"connections_null", "gateway: {maxConnections: }\n"sv,
     "8:11: gateway.maxConnections: nothing stands here; expected a whole number from 1 to 65536"},
    {"connections_list",
     "gateway:\n"
     "  maxConnections: [1]\n"sv,
     "9:19: gateway.maxConnections: a list stands here; expected a whole number from 1 to 65536"},
    {"body_unit", "gateway: {maxBody: 64MB}\n"sv,
     "8:20: gateway.maxBody: this is no size; expected a size in bytes or with KiB, MiB or GiB, from 1KiB to 1GiB"},
    {"body_small", "gateway: {maxBody: 1023}\n"sv,
     "8:20: gateway.maxBody: the size is out of range; expected a size in bytes or with KiB, MiB or GiB, from 1KiB to "
     "1GiB"},
    {"body_large", "gateway: {maxBody: 1025MiB}\n"sv,
     "8:20: gateway.maxBody: the size is out of range; expected a size in bytes or with KiB, MiB or GiB, from 1KiB to "
     "1GiB"},
    {"body_quoted", "gateway: {maxBody: \"65536\"}\n"sv,
     "8:20: gateway.maxBody: a number in quotes stands here; expected a size in bytes or with KiB, MiB or GiB, from "
     "1KiB to 1GiB"},
    {"body_overflow", "gateway: {maxBody: 99999999999999GiB}\n"sv,
     "8:20: gateway.maxBody: this is no size; expected a size in bytes or with KiB, MiB or GiB, from 1KiB to 1GiB"},
    {"body_blank", "gateway: {maxBody: 64 MiB}\n"sv,
     "8:20: gateway.maxBody: this is no size; expected a size in bytes or with KiB, MiB or GiB, from 1KiB to 1GiB"},
    {"head_zero", "gateway: {headTimeout: 0s}\n"sv,
     "8:24: gateway.headTimeout: the duration is out of range; expected milliseconds or a duration such as 500ms, 30s, "
     "10m or 24h, from 1ms to 24h"},
    {"grace_long", "gateway: {idempotencyGrace: 61m}\n"sv,
     "8:29: gateway.idempotencyGrace: the duration is out of range; expected milliseconds or a duration such as 500ms, "
     "30s, 10m or 24h, from 0ms to 1h"},
    {"idle_text", "gateway: {idleTimeout: never}\n"sv,
     "8:24: gateway.idleTimeout: this is no duration; expected milliseconds or a duration such as 500ms, 30s, 10m or "
     "24h, from 1ms to 24h"},
    {"in_flight_zero", "upstream: {maxInFlight: 0}\n"sv,
     "8:25: upstream.maxInFlight: the number is out of range; expected a whole number from 1 to 10000"},
    {"connect_long", "upstream: {connectTimeout: 11m}\n"sv,
     "8:28: upstream.connectTimeout: the duration is out of range; expected milliseconds or a duration such as 500ms, "
     "30s, 10m or 24h, from 1ms to 10m"},
    {"first_byte_long", "upstream: {firstByteTimeout: 25h}\n"sv,
     "8:30: upstream.firstByteTimeout: the duration is out of range; expected milliseconds or a duration such as "
     "500ms, "
     "30s, 10m or 24h, from 0ms to 24h"},
    {"ca_relative", "upstream: {caFile: ca.pem}\n"sv,
     "8:20: upstream.caFile: the path is not absolute or no file's; expected the path of a file that begins with / or "
     "~/"},
    {"ca_missing", "upstream: {caFile: /nonexistent/ca.pem}\n"sv,
     "8:20: upstream.caFile: the file /nonexistent/ca.pem: it cannot be opened (No such file or directory); expected a "
     "file that this user can read"},
    {"ca_directory", "upstream: {caFile: /tmp}\n"sv,
     "8:20: upstream.caFile: the file /tmp: it is a directory; expected a regular file"},
    {"key_without_cert", "upstream: {clientKey: /etc/passwd}\n"sv,
     "8:23: upstream.clientKey: a key without a certificate; expected upstream.clientCert as well"},
    {"version_float", "upstream: {httpVersion: 2.0}\n"sv,
     "8:25: upstream.httpVersion: unknown value; expected one of auto, 1.1, 2"},
    {"version_three", "upstream: {httpVersion: 3}\n"sv,
     "8:25: upstream.httpVersion: unknown value; expected one of auto, 1.1, 2"},
    {"proxy_no_scheme", "upstream: {proxy: \"proxy:3128\"}\n"sv,
     "8:19: upstream.proxy: the URL's scheme is missing or unknown; expected a proxy's URL such as "
     "http://proxy.example.com:3128"},
    {"proxy_path", "upstream: {proxy: \"http://u:KEY@proxy:3128/x\"}\n"sv,
     "8:19: upstream.proxy: the proxy's URL has a path, query or fragment; expected a proxy's URL such as "
     "http://proxy.example.com:3128"},
    {"proxy_scheme", "upstream: {proxy: \"ftp://u:KEY@proxy\"}\n"sv,
     "8:19: upstream.proxy: the URL's scheme is missing or unknown; expected a proxy's URL such as "
     "http://proxy.example.com:3128"},
    {"proxy_null", "upstream: {proxy: ~}\n"sv,
     "8:12: upstream.proxy: nothing stands here; expected a proxy's URL such as http://proxy.example.com:3128"},
    {"keep_warm_negative", "upstream: {keepWarm: -1s}\n"sv,
     "8:22: upstream.keepWarm: this is no duration; expected milliseconds or a duration such as 500ms, 30s, 10m or "
     "24h, from 0ms to 24h"},
    {"depth_negative", "queue: {maxDepth: -1}\n"sv,
     "8:19: queue.maxDepth: this is no whole number; expected a whole number from 0 to 1000000"},
    {"per_client_many", "queue: {maxPerClient: 1000001}\n"sv,
     "8:23: queue.maxPerClient: the number is out of range; expected a whole number from 0 to 1000000"},
    {"wait_zero", "queue: {maxWait: 0}\n"sv,
     "8:18: queue.maxWait: the duration is out of range; expected milliseconds or a duration such as 500ms, 30s, 10m "
     "or 24h, from 1ms to 24h"},
    {"queue_bytes_text", "queue: {maxBytes: lots}\n"sv,
     "8:19: queue.maxBytes: this is no size; expected a size in bytes or with KiB, MiB or GiB, from 1KiB to 1024GiB"},
    {"attempts_zero", "retry: {maxAttempts: 0}\n"sv,
     "8:22: retry.maxAttempts: the number is out of range; expected a whole number from 1 to 20"},
    {"attempts_many", "retry: {maxAttempts: 21}\n"sv,
     "8:22: retry.maxAttempts: the number is out of range; expected a whole number from 1 to 20"},
    {"backoff_number", "retry: {backoff: 500}\n"sv,
     "8:18: retry.backoff: a single value stands here; expected a mapping with initial, max"},
    {"backoff_order", "retry: {backoff: {initial: 2s, max: 1s}}\n"sv,
     "8:37: retry.backoff.max: initial is above max; expected initial to be at most max"},
    {"backoff_over_default", "retry: {backoff: {initial: 9s}}\n"sv,
     "8:28: retry.backoff.initial: initial is above max; expected initial to be at most max"},
    {"budget_percent", "retry: {budget: 20%}\n"sv,
     "8:17: retry.budget: this is no share; expected a decimal number from 0 to 1, such as 0.2"},
    {"budget_over", "retry: {budget: 1.1}\n"sv,
     "8:17: retry.budget: this is no share; expected a decimal number from 0 to 1, such as 0.2"},
    {"budget_comma", "retry: {budget: \"0,2\"}\n"sv,
     "8:17: retry.budget: a text in quotes stands here; expected a decimal number from 0 to 1, such as 0.2 without "
     "quotes"},
    {"budget_bare_point", "retry: {budget: .5}\n"sv,
     "8:17: retry.budget: this is no share; expected a decimal number from 0 to 1, such as 0.2"},
    {"level_unknown", "log: {level: warning}\n"sv,
     "8:14: log.level: unknown value, did you mean \"warn\"; expected one of trace, debug, info, warn, error"},
    {"level_case", "log: {level: INFO}\n"sv,
     "8:14: log.level: unknown value, did you mean \"info\"; expected one of trace, debug, info, warn, error"},
    {"format_xml", "log: {format: xml}\n"sv, "8:15: log.format: unknown value; expected one of auto, text, json"},
    {"log_relative", "log: {file: tidegate.log}\n"sv,
     "8:13: log.file: the path is not absolute or no file's; expected the path of a file that begins with / or ~/"},
    {"log_directory", "log: {file: /var/log/}\n"sv,
     "8:13: log.file: the path is not absolute or no file's; expected the path of a file that begins with / or ~/"},
    {"unknown_in_backoff",
     "retry:\n"
     "  backoff:\n"
     "    initail: 1s\n"sv,
     "10:5: retry.backoff.initail: unknown key, did you mean \"initial\"; expected one of initial, max"},
};

}  // namespace tidegate::config
