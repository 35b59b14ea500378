#include "tests/support/sim/reply_cache.h"

namespace tidegate::sim {

const Reply* ReplyCache::find(std::string_view path, const std::string& body) const {
  const auto bodies = by_path_.find(std::string(path));
  if (bodies == by_path_.end()) return nullptr;
  const auto reply = bodies->second.find(body);
  return reply == bodies->second.end() ? nullptr : &reply->second;
}

void ReplyCache::put(std::string_view path, const std::string& body, const Reply& reply) {
  if (body.size() > kMaxBody) return;
  if (replies_ == kMaxReplies || bytes_ + body.size() > kMaxBytes) {
    by_path_.clear();
    replies_ = bytes_ = 0;
  }
  by_path_[std::string(path)].insert_or_assign(body, reply);
  ++replies_;
  bytes_ += body.size();
}

}  // namespace tidegate::sim
