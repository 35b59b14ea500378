// Any text as Retry-After: a wait within its bounds or none.
#include <algorithm>

#include "daemon/policy/retry_after.h"
#include "tests/fuzz/fuzz_target.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace std::chrono_literals;
  using namespace tidegate::policy;
  using tidegate::fuzz::require;
  const auto text = tidegate::fuzz::view(data, size);
  const auto line = std::min(text.find('\n'), text.size());
  const auto seconds = text.substr(std::min(line + 1, text.size()));
  for (const auto since_epoch : {0s, 1'700'000'000s, 9'000'000'000s}) {
    const std::chrono::system_clock::time_point now{since_epoch};
    const auto wait = parse_retry_after(text.substr(0, line), seconds, now);
    require(!wait || (*wait >= 0ms && *wait <= 24h), "a wait is between nothing and a day");
  }
  if (const auto date = parse_http_date(text))
    require(date->time_since_epoch() < 366 * 24h * 10'000, "a date is before the year 10000");
  return 0;
}
