#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tidegate::sim {

/// The text of an answer, in the pieces in which it is streamed. The same prompt and seed give the same text.
class SampleText {
 public:
  /// `count` words that begin with "You said:" and the prompt's own words; the rest is made up from the prompt's hash.
  static SampleText words(std::string_view prompt, std::uint64_t count, std::uint64_t seed);
  /// `text` in pieces of `bytes` bytes; for ASCII.
  static SampleText fragments(std::string text, std::size_t bytes);
  /// `size` bytes of a repeated alphabet in pieces of `chunk` bytes. Nothing of it is held in memory.
  static SampleText filler(std::uint64_t size, std::uint64_t chunk);

  [[nodiscard]] bool is_filler() const noexcept { return filler_chunk_ != 0; }
  [[nodiscard]] std::uint64_t pieces() const noexcept;
  [[nodiscard]] std::uint64_t bytes() const noexcept;
  void append_piece(std::uint64_t index, std::string& out) const;
  /// The beginning of the text: whole pieces, as many as do not pass `limit` bytes.
  [[nodiscard]] std::string head(std::size_t limit) const;

 private:
  std::string text_;
  std::vector<std::size_t> ends_;  ///< where each piece of text_ ends
  std::uint64_t filler_size_ = 0;
  std::uint64_t filler_chunk_ = 0;  ///< 0: the text is text_
};

}  // namespace tidegate::sim
