// `llm:`, the block of the OpenClaw guide.
#include "daemon/config/section.h"
#include "daemon/config/url.h"

namespace tidegate::config {

void read_llm(const Section& top, Llm& llm) {
  const auto block = top.section("llm");
  block.choice<std::string>("provider", llm.provider, {{"openapi", "openapi"}});
  const auto openapi = block.section("openapi");
  const auto& url = openapi.require("baseUrl", "an http:// or https:// URL such as https://proxy.example.com/v1");
  llm.base_url = openapi.read("baseUrl", url, [](const std::string& text) { return canonical_base_url(text); });
  llm.api_key = openapi.secret("apiKey");
  openapi.require("model", "the name of a model, such as gpt-4");
  openapi.text("model", llm.model, kMaxModelBytes);
  openapi.duration("timeout", llm.timeout, kTimeout);
}

}  // namespace tidegate::config
