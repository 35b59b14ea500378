#include "daemon/upstream/event_facts.h"

#include <algorithm>
#include <charconv>

namespace tidegate::upstream {
namespace {

/// Whether the value tells a reason. Some upstreams send an empty text or "null" until there is one.
bool tells_reason(std::string_view token, bool is_string) noexcept {
  return is_string && !token.empty() && token != "null";
}

}  // namespace

EventType event_type(std::string_view name) noexcept {
  if (name == "error") return EventType::error;
  if (name == "message_stop") return EventType::message_stop;
  if (name == "message_start" || name == "message_delta" || name.starts_with("content_block_"))
    return EventType::message_part;
  if (!name.starts_with("response.")) return EventType::none;
  name.remove_prefix(std::string_view("response.").size());
  if (name == "completed" || name == "incomplete" || name == "cancelled") return EventType::response_ended;
  return name == "failed" ? EventType::response_failed : EventType::response_part;
}

Dialect dialect_of(EventType type) noexcept {
  switch (type) {
    case EventType::none:
    case EventType::error: return Dialect::unknown;
    case EventType::chat_chunk: return Dialect::chat;
    case EventType::message_part:
    case EventType::message_stop: return Dialect::messages;
    case EventType::response_part:
    case EventType::response_ended:
    case EventType::response_failed: return Dialect::responses;
  }
  return Dialect::unknown;
}

bool EventFacts::in_choice(const JsonWalk& at) noexcept {
  return at.depth() == 3 && at.key(1) == "choices" && at.in_array(2) && !at.in_array(3);
}

void EventFacts::scalar(const JsonWalk& at, std::string_view token, bool is_string) {
  const auto key = at.depth() == 0 ? std::string_view() : at.key(at.depth());
  if (at.depth() == 1) {
    if (key == "type" && is_string) {
      if (type_ == EventType::none) type_ = event_type(token);
    } else if (key == "object" && is_string) {
      if (token == "chat.completion.chunk" || token == "text_completion") type_ = EventType::chat_chunk;
      error_ = error_ || token == "error";
    } else if (key == "error") {
      // What the SDKs raise on: anything that JavaScript takes for true.
      error_ = error_ || (is_string ? !token.empty() : token != "null" && token != "false" && token != "0");
    }
  } else if (at.depth() == 2) {
    if (key == "stop_reason" && at.key(1) == "delta" && tells_reason(token, is_string)) stop_reason_ = true;
  } else if (in_choice(at)) {
    if (key == "finish_reason" && tells_reason(token, is_string)) {
      if (token == "error")
        error_ = true;
      else
        finish_ = true;
    } else if (key == "index" && !is_string) {
      index_ = 0;
      std::from_chars(token.data(), token.data() + token.size(), index_);
      index_ = std::min(index_, kMaxChoices - 1);
    }
  }
}

void EventFacts::opened(const JsonWalk& at) {
  if (at.depth() == 2) {
    if (at.key(1) == "choices" && at.in_array(2)) type_ = EventType::chat_chunk;
    if (at.key(1) == "error") error_ = true;
  } else if (in_choice(at)) {
    index_ = 0;
    finish_ = false;
  }
}

void EventFacts::closed(const JsonWalk& at) {
  if (!in_choice(at)) return;
  begun_.set(index_);
  if (finish_) finished_.set(index_);
}

}  // namespace tidegate::upstream
