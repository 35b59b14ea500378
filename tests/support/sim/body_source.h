#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace tidegate::sim {

/// Gives a body piece by piece, each no sooner than the piece before has been sent.
class BodySource {
 public:
  /// What the piece just given was.
  struct Step {
    bool last = false;   ///< nothing comes behind it
    bool paced = false;  ///< it is a token: the token delay belongs before it
  };

  BodySource() = default;
  BodySource(const BodySource&) = delete;
  BodySource& operator=(const BodySource&) = delete;
  virtual ~BodySource() = default;

  /// Whether the piece that next() would give is a token.
  [[nodiscard]] virtual bool next_is_paced() const { return false; }
  /// Appends the next piece to `out`. Not to be called again after the last one.
  virtual Step next(std::string& out) = 0;
};

/// A body that is there as a whole, in one piece.
std::unique_ptr<BodySource> string_source(std::shared_ptr<const std::string> body);

/// `inner` in pieces of exactly `bytes` bytes (the last may be shorter), wherever that cuts.
std::unique_ptr<BodySource> split_source(std::unique_ptr<BodySource> inner, std::size_t bytes);

/// `inner` as gzip, piece by piece.
std::unique_ptr<BodySource> gzip_source(std::unique_ptr<BodySource> inner);

}  // namespace tidegate::sim
