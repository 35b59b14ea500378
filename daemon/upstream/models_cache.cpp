#include "daemon/upstream/models_cache.h"

#include <fmt/format.h>

#include "common/json_text.h"

namespace tidegate::upstream {

void ModelsCache::store(TimePoint now, List list) {
  if (list.body.size() > kMaxBytes) return;
  list_ = std::move(list);
  stored_ = now;
}

ModelsCache::List ModelsCache::fallback(const std::string& model) {
  return {"application/json",
          fmt::format(R"({{"object":"list","data":[{{"id":{},"object":"model","created":0,"owned_by":"tidegate"}}]}})",
                      json_quote(model))};
}

}  // namespace tidegate::upstream
