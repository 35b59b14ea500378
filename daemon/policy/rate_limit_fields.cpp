#include "daemon/policy/rate_limit_fields.h"

#include <algorithm>
#include <limits>
#include <vector>

#include "common/ascii.h"
#include "daemon/policy/reset_time.h"

namespace tidegate::policy {
namespace {

using std::chrono::milliseconds;
using std::chrono::system_clock;

// One member of a list or dictionary (RFC 8941): what stands before the first `;`, and the parameters that count here.
struct Item {
  std::string_view name;  // without quotes
  std::string_view q, w, qu, r, t;
};

std::string_view unquoted(std::string_view text) noexcept {
  text = trim(text);
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
  return text;
}

// Up to the next `separator` that is in no quotes; `text` goes on behind it.
std::string_view take_until(std::string_view& text, char separator) noexcept {
  bool quoted = false;
  std::size_t at = 0;
  for (; at < text.size() && (quoted || text[at] != separator); ++at)
    if (text[at] == '"') quoted = !quoted;
  const auto part = text.substr(0, at);
  text.remove_prefix(std::min(at + 1, text.size()));
  return part;
}

std::vector<Item> items_of(std::string_view field) {
  std::vector<Item> items;
  while (!field.empty() && items.size() < kMaxRateLimitItems) {
    auto member = take_until(field, ',');
    Item item;
    item.name = unquoted(take_until(member, ';'));
    while (!member.empty()) {
      auto value = take_until(member, ';');
      const auto key = trim(take_until(value, '='));
      if (key == "q") item.q = trim(value);
      if (key == "w") item.w = trim(value);
      if (key == "qu") item.qu = unquoted(value);
      if (key == "r") item.r = trim(value);
      if (key == "t") item.t = trim(value);
    }
    items.push_back(item);
  }
  return items;
}

void add(RateHints& hints, std::string_view unit, const RateHint& hint) noexcept {
  if (unit.empty() || iequals(unit, "requests")) keep_nearest(hints.requests, hint);
  if (iequals(unit, "tokens")) keep_nearest(hints.tokens, hint);
}

// -07: `limit=100, remaining=50, reset=5`; true when it was of that form.
bool read_dictionary(const std::vector<Item>& items, system_clock::time_point now, RateHint& hint) {
  for (const auto& item : items) {
    auto value = item.name;
    const auto key = trim(take_until(value, '='));
    if (key == "limit") hint.limit = parse_u64(trim(value));
    if (key == "remaining") hint.remaining = parse_u64(trim(value));
    if (key == "reset") hint.reset_after = parse_reset(value, now);
  }
  return !hint.empty();
}

// What a policy says: -08 and later `"name";q=100;w=60`, before `100;w=60`.
RateHint of_policy(const Item& policy) {
  RateHint hint;
  hint.limit = policy.q.empty() ? parse_u64(policy.name) : parse_u64(policy.q);
  hint.window = parse_span(policy.w);
  return hint;
}

}  // namespace

void keep_nearest(RateHint& kept, const RateHint& other) noexcept {
  constexpr auto kUnknown = std::numeric_limits<std::uint64_t>::max();
  if (other.empty()) return;
  if (kept.empty() || other.remaining.value_or(kUnknown) < kept.remaining.value_or(kUnknown)) kept = other;
}

void read_rate_limit_fields(const RateLimitFields& fields, system_clock::time_point now, RateHints& hints) {
  const auto policies = items_of(fields.policy);
  const auto limits = items_of(fields.rate_limit);

  RateHint plain;  // the forms that know only one limit, which is the first policy's
  if (!read_dictionary(limits, now, plain)) {
    auto limit = fields.limit;
    auto first = take_until(limit, ',');
    plain.limit = parse_u64(trim(take_until(first, ';')));
    plain.remaining = parse_u64(trim(fields.remaining));
    plain.reset_after = parse_reset(fields.reset, now);
    for (const auto& item : items_of(fields.limit))
      if (!item.w.empty() && parse_u64(item.name) == plain.limit) plain.window = parse_span(item.w);
  }
  if (!plain.empty()) {
    if (!plain.window && !policies.empty()) plain.window = of_policy(policies.front()).window;
    keep_nearest(hints.requests, plain);
    return;
  }
  for (const auto& policy : policies) {
    auto hint = of_policy(policy);
    for (const auto& limit : limits)
      if (limit.name == policy.name) {
        hint.remaining = parse_u64(limit.r);
        hint.reset_after = parse_span(limit.t);
      }
    add(hints, policy.qu, hint);
  }
  for (const auto& limit : limits) {
    const auto same = [&](const Item& policy) { return policy.name == limit.name; };
    if (std::any_of(policies.begin(), policies.end(), same)) continue;
    RateHint hint;
    hint.remaining = parse_u64(limit.r);
    hint.reset_after = parse_span(limit.t);
    add(hints, {}, hint);
  }
}

}  // namespace tidegate::policy
