#include "daemon/upstream/json_walk.h"

#include <algorithm>
#include <cstring>

#include "common/ascii.h"

namespace tidegate::upstream {
namespace {

constexpr bool is_blank(char c) noexcept { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
constexpr bool ends_literal(char c) noexcept { return is_blank(c) || c == ',' || c == ']' || c == '}'; }

// true, false, null, or what looks like a number.
bool is_literal(std::string_view token) noexcept {
  switch (token.front()) {
    case 'n': return token == "null";
    case 't': return token == "true";
    case 'f': return token == "false";
    case '-': token.remove_prefix(1);
  }
  return !token.empty() && is_digit(token.front()) && std::all_of(token.begin(), token.end(), [](char c) {
    return is_digit(c) || c == '.' || c == 'e' || c == 'E' || c == '+' || c == '-';
  });
}

// Where the string's text ends or a backslash stands. Most strings are short; a long one is passed over at the speed of
// memory.
std::size_t find_quote(std::string_view text) noexcept {
  constexpr std::size_t kShort = 24;
  std::size_t at = 0;
  for (const auto end = std::min(text.size(), kShort); at < end; ++at)
    if (text[at] == '"' || text[at] == '\\') return at;
  if (at == text.size()) return at;
  const auto quote = std::min(text.find('"', at), text.size());
  return std::min(text.substr(0, quote).find('\\', at), quote);
}

}  // namespace

void JsonWalk::reset() noexcept {
  expect_ = Expect::value;
  token_ = Token::none;
  escaped_ = begun_ = is_object_ = false;
  depth_ = length_ = 0;
}

void JsonWalk::feed(std::string_view piece, Listener& listener) {
  std::size_t at = 0;
  while (at < piece.size() && expect_ != Expect::broken) {
    if (token_ == Token::string) {
      at += string_piece(piece.substr(at), listener);
    } else if (token_ == Token::literal) {
      at += literal_piece(piece.substr(at), listener);
    } else {
      if (!is_blank(piece[at])) structure(piece[at], listener);
      // A literal's first byte is part of it.
      if (token_ != Token::literal) ++at;
    }
  }
}

void JsonWalk::structure(char c, Listener& listener) {
  if (!begun_) is_object_ = c == '{';
  begun_ = true;
  switch (c) {
    case '{':
    case '[': return open(c == '[', listener);
    case '}':
    case ']': return close(c == ']', listener);
    case ':': expect_ = expect_ == Expect::colon ? Expect::value : Expect::broken; return;
    case ',':
      if (expect_ != Expect::comma_or_end)
        expect_ = Expect::broken;
      else
        expect_ = arrays_[depth_ - 1] ? Expect::value : Expect::key;
      return;
    case '"':
      if (expects_value() || expect_ == Expect::key || expect_ == Expect::key_or_end)
        begin_token(Token::string);
      else
        expect_ = Expect::broken;
      return;
    default:
      if (expects_value())
        begin_token(Token::literal);
      else
        expect_ = Expect::broken;
  }
}

void JsonWalk::begin_token(Token token) noexcept {
  token_ = token;
  length_ = 0;
}

void JsonWalk::keep(std::string_view piece) noexcept {
  if (length_ < kMaxToken)
    std::memcpy(text_.data() + length_, piece.data(), std::min(piece.size(), kMaxToken - length_));
  length_ += piece.size();
}

std::size_t JsonWalk::string_piece(std::string_view piece, Listener& listener) {
  if (escaped_) {
    escaped_ = false;
    keep(piece.substr(0, 1));
    return 1;
  }
  const auto end = find_quote(piece);
  if (end < piece.size() && piece[end] == '"') {
    token_ = Token::none;
    string_ended(finished_token(piece.substr(0, end)), listener);
    return end + 1;
  }
  keep(piece.substr(0, end));
  if (end == piece.size()) return end;
  keep("\\");
  escaped_ = true;
  return end + 1;
}

std::size_t JsonWalk::literal_piece(std::string_view piece, Listener& listener) {
  std::size_t end = 0;
  while (end < piece.size() && !ends_literal(piece[end])) ++end;
  if (end == piece.size()) {
    keep(piece);
  } else {
    token_ = Token::none;
    literal_ended(finished_token(piece.substr(0, end)), listener);
  }
  return end;
}

// Nearly every token comes in one piece, and is looked at where it is.
std::string_view JsonWalk::finished_token(std::string_view last_piece) noexcept {
  if (length_ == 0) {
    length_ = last_piece.size();
    return last_piece.substr(0, kMaxToken);
  }
  keep(last_piece);
  return {text_.data(), std::min(length_, kMaxToken)};
}

void JsonWalk::string_ended(std::string_view token, Listener& listener) {
  if (expects_value()) {
    if (depth_ <= kLevels) listener.scalar(*this, token, true);
    return value_ended();
  }
  expect_ = Expect::colon;
  if (depth_ > kLevels) return;
  key_lengths_[depth_ - 1] = length_ <= kMaxKey ? length_ : 0;
  std::memcpy(keys_[depth_ - 1].data(), token.data(), key_lengths_[depth_ - 1]);
}

void JsonWalk::literal_ended(std::string_view token, Listener& listener) {
  if (!is_literal(token)) {
    expect_ = Expect::broken;
    return;
  }
  if (depth_ <= kLevels) listener.scalar(*this, token, false);
  value_ended();
}

void JsonWalk::open(bool array, Listener& listener) {
  if (!expects_value() || depth_ == kMaxDepth) {
    expect_ = Expect::broken;
    return;
  }
  arrays_[depth_++] = array;
  expect_ = array ? Expect::value_or_end : Expect::key_or_end;
  if (depth_ > kLevels) return;
  key_lengths_[depth_ - 1] = 0;
  listener.opened(*this);
}

void JsonWalk::close(bool array, Listener& listener) {
  const bool may_end =
      expect_ == Expect::comma_or_end || expect_ == Expect::value_or_end || expect_ == Expect::key_or_end;
  if (depth_ == 0 || !may_end || arrays_[depth_ - 1] != array) {
    expect_ = Expect::broken;
    return;
  }
  if (depth_ <= kLevels) listener.closed(*this);
  --depth_;
  value_ended();
}

}  // namespace tidegate::upstream
