#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace tidegate::dispatch {

/// What the gateway wants to know of a request's JSON body: only top-level fields, found without building a tree.
struct BodyFacts {
  bool is_object = false;  ///< a JSON object as far as it was looked at; the rest is the upstream's to judge
  std::string model;       ///< empty: none, or not a string
  bool has_model = false;
  bool stream = false;
  std::string user;            ///< OpenAI's `user`; empty: none, or not a string
  std::size_t model_at = 0;    ///< offset of the model's JSON token, quotes included
  std::size_t model_size = 0;  ///< its length in bytes
  std::size_t open_at = 0;     ///< offset of the object's opening brace
  bool empty_object = false;
};

/// Looks into bodies with simdjson's on-demand parser; keeps its buffers from one request to the next. Loop thread.
class BodyInspector {
 public:
  BodyInspector();
  ~BodyInspector();

  /// May grow `body`'s capacity (simdjson reads a little behind the end); its bytes stay.
  BodyFacts inspect(std::string& body);

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
};

/// Names `model` in `body` where it names none or "default"; every other byte stays as it came. False: nothing to do.
bool set_default_model(std::string& body, const BodyFacts& facts, std::string_view model);

}  // namespace tidegate::dispatch
