#pragma once

#include <array>
#include <bitset>
#include <cstddef>
#include <string_view>

namespace tidegate::upstream {

/// Follows one JSON text (RFC 8259) that comes in pieces, whatever its length, in constant memory: tells what stands in
/// its outermost levels, and whether it is one whole value. Of strings it does not check what stands in them, of
/// numbers only that they look like some.
class JsonWalk {
 public:
  /// Gets what is found at most kLevels deep. `at` tells where: depth() containers are open around it.
  class Listener {
   public:
    /// A string's text as it is written, without its quotes; or `true`, `null`, `-1.5`. Cut off at kMaxToken bytes.
    virtual void scalar(const JsonWalk& at, std::string_view token, bool is_string) = 0;
    /// A container that counts in depth() already; and one that still does.
    virtual void opened(const JsonWalk& at) = 0;
    virtual void closed(const JsonWalk& at) = 0;

   protected:
    ~Listener() = default;
  };

  static constexpr std::size_t kLevels = 3;
  static constexpr std::size_t kMaxKey = 16;    ///< a longer key is told as an empty one
  static constexpr std::size_t kMaxToken = 48;  ///< bytes of a scalar that are told
  static constexpr std::size_t kMaxDepth = 512;

  void feed(std::string_view piece, Listener& listener);
  /// Forgets everything: another text begins.
  void reset() noexcept;

  /// What has come so far is one whole value.
  [[nodiscard]] bool whole() const noexcept { return expect_ == Expect::nothing && token_ == Token::none; }
  /// Something other than blanks has come.
  [[nodiscard]] bool begun() const noexcept { return begun_; }
  /// The value is, or began like, an object.
  [[nodiscard]] bool is_object() const noexcept { return is_object_; }

  [[nodiscard]] std::size_t depth() const noexcept { return depth_; }
  /// The key in the `level`th container from outside, from 1; empty in an array.
  [[nodiscard]] std::string_view key(std::size_t level) const noexcept {
    return {keys_[level - 1].data(), key_lengths_[level - 1]};
  }
  [[nodiscard]] bool in_array(std::size_t level) const noexcept { return arrays_[level - 1]; }

 private:
  enum class Expect { value, value_or_end, key, key_or_end, colon, comma_or_end, nothing, broken };
  enum class Token { none, string, literal };

  std::size_t string_piece(std::string_view piece, Listener& listener);
  std::size_t literal_piece(std::string_view piece, Listener& listener);
  void structure(char c, Listener& listener);
  void begin_token(Token token) noexcept;
  void keep(std::string_view piece) noexcept;
  void open(bool array, Listener& listener);
  void close(bool array, Listener& listener);
  std::string_view finished_token(std::string_view last_piece) noexcept;
  void string_ended(std::string_view token, Listener& listener);
  void literal_ended(std::string_view token, Listener& listener);
  void value_ended() noexcept { expect_ = depth_ == 0 ? Expect::nothing : Expect::comma_or_end; }
  [[nodiscard]] bool expects_value() const noexcept {
    return expect_ == Expect::value || expect_ == Expect::value_or_end;
  }

  Expect expect_ = Expect::value;
  Token token_ = Token::none;
  bool escaped_ = false;  // the next byte of the string belongs to a backslash
  bool begun_ = false;
  bool is_object_ = false;
  std::size_t depth_ = 0;
  std::size_t length_ = 0;  // of the token; may be above kMaxToken
  std::array<char, kMaxToken> text_{};
  std::array<std::array<char, kMaxKey>, kLevels> keys_{};
  std::array<std::size_t, kLevels> key_lengths_{};
  std::bitset<kMaxDepth> arrays_;
};

}  // namespace tidegate::upstream
