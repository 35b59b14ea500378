// `gateway:`: who may call, where and how much.
#include <unistd.h>

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "common/ascii.h"
#include "daemon/config/listen_address.h"
#include "daemon/config/section.h"
#include "daemon/config/values.h"

namespace tidegate::config {
namespace {

constexpr char kTokenExpected[] = "expected 1 to 64 of the characters A-Z, a-z, 0-9, ., _ and -";

/// This machine's name up to the first dot, with every other character that a token cannot have as a hyphen.
std::string default_name() {
  std::array<char, kMaxHostBytes + 1> buffer{};
  if (::gethostname(buffer.data(), buffer.size() - 1) != 0) return "tidegate";
  std::string name(buffer.data());
  name.resize(std::min({name.find('.'), name.size(), kMaxNameBytes}));
  for (char& c : name)
    if (!is_token(std::string_view(&c, 1))) c = '-';
  return name.empty() ? "tidegate" : name;
}

std::string checked_token(const std::string& text) {
  if (!is_token(text)) throw ValueError(fmt::format("this is no plain name; {}", kTokenExpected));
  return text;
}

/// A value of Host without its port: a name, an IPv4 address or an IPv6 address in brackets.
std::string checked_host(const std::string& text) {
  const bool v6 = text.size() > 2 && text.front() == '[' && text.back() == ']';
  const auto inner = v6 ? std::string_view(text).substr(1, text.size() - 2) : std::string_view(text);
  const bool good =
      !inner.empty() && text.size() <= kMaxHostBytes && std::all_of(inner.begin(), inner.end(), [&](char c) {
        const char lower = ascii_lower(c);
        return is_digit(c) || (lower >= 'a' && lower <= 'z') || c == '.' || (v6 ? c == ':' : c == '-' || c == '_');
      });
  if (!good) throw ValueError("this is no host; expected a host name or IP address without a port");
  return to_lower(text);
}

void read_listen(const Section& section, Gateway& gateway) {
  const auto* entries = section.texts("listen", kMaxListenAddresses);
  if (entries == nullptr) return;
  gateway.listen.clear();
  for (const auto& entry : *entries) {
    auto address = section.read("listen", entry, [](const std::string& text) { return parse_listen_address(text); });
    const auto* tcp = std::get_if<TcpAddress>(&address);
    const bool any_port = tcp != nullptr && tcp->port == 0;
    if (!any_port && std::find(gateway.listen.begin(), gateway.listen.end(), address) != gateway.listen.end())
      section.refuse("listen", entry, "the address is here twice; expected each address once");
    if (!is_local(address) && gateway.clients.empty())
      section.refuse("listen", entry,
                     "others could call through this address without a key; expected a loopback address, or "
                     "gateway.clients with keys");
    gateway.listen.push_back(std::move(address));
  }
  if (gateway.listen.empty())
    section.refuse("listen", *section.find("listen"), "the list is empty; expected at least one address");
}

void read_hosts(const Section& section, Gateway& gateway) {
  const auto* entries = section.texts("hosts", kMaxHosts);
  if (entries == nullptr) return;
  for (const auto& entry : *entries) gateway.hosts.push_back(section.read("hosts", entry, checked_host));
}

void read_clients(const Section& section, Gateway& gateway) {
  for (const auto& entry : section.sections("clients", kMaxClients)) {
    Client client;
    const auto& name = entry.require("name", "the client's name");
    client.name = entry.read("name", name, checked_token);
    client.key = entry.secret("key");
    entry.choice<policy::Priority>(
        "priority", client.priority,
        {{"interactive", policy::Priority::interactive}, {"background", policy::Priority::background}});
    entry.count("weight", client.weight, kWeight);
    for (const auto& other : gateway.clients) {
      if (other.name == client.name)
        entry.refuse("name", name, "another client has this name; expected a name of its own");
      if (other.key == client.key)
        entry.refuse("key", *entry.find("key"), "another client has this key; expected a key of its own");
    }
    gateway.clients.push_back(std::move(client));
  }
}

}  // namespace

void read_gateway(const Section& top, Gateway& gateway) {
  const auto section = top.section("gateway");
  gateway.name = default_name();
  section.text("name", gateway.name, kMaxNameBytes);
  if (const auto* name = section.find("name")) section.read("name", *name, checked_token);
  read_clients(section, gateway);
  read_listen(section, gateway);
  read_hosts(section, gateway);
  section.count("maxConnections", gateway.max_connections, kMaxConnections);
  section.bytes("maxBody", gateway.max_body, kMaxBody);
  section.duration("headTimeout", gateway.head_timeout, kTimeout);
  section.duration("bodyTimeout", gateway.body_timeout, kTimeout);
  section.duration("idleTimeout", gateway.idle_timeout, kTimeout);
  section.duration("writeTimeout", gateway.write_timeout, kTimeout);
  section.duration("idempotencyGrace", gateway.idempotency_grace, kIdempotencyGrace);
}

}  // namespace tidegate::config
