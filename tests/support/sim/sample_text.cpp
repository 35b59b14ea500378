#include "tests/support/sim/sample_text.h"

#include <algorithm>
#include <array>

#include "tests/support/sim/digest.h"

namespace tidegate::sim {
namespace {

constexpr std::size_t kLongestWord = 48;  ///< of the prompt's words; longer ones are cut
constexpr std::array<std::string_view, 16> kMadeUp{"the",     "tide", "turns", "and",  "water", "goes",
                                                   "through", "gate", "slow",  "then", "once",  "again",
                                                   "with",    "it",   "every", "boat"};
constexpr std::string_view kAlphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";

/// The next word of `prompt`, which it is taken from; cut before a character that would be torn apart.
std::string_view next_word(std::string_view& prompt) {
  constexpr std::string_view kBlanks = " \t\r\n";
  prompt.remove_prefix(std::min(prompt.find_first_not_of(kBlanks), prompt.size()));
  auto word = prompt.substr(0, prompt.find_first_of(kBlanks));
  prompt.remove_prefix(word.size());
  if (word.size() <= kLongestWord) return word;
  std::size_t cut = kLongestWord;
  while (cut > 0 && (static_cast<unsigned char>(word[cut]) & 0xC0U) == 0x80U) --cut;
  return word.substr(0, cut);
}

}  // namespace

SampleText SampleText::words(std::string_view prompt, std::uint64_t count, std::uint64_t seed) {
  SampleText out;
  auto random = stable_hash(prompt, seed);
  for (std::uint64_t i = 0; i < count; ++i) {
    if (i > 0) out.text_ += ' ';
    if (i < 2) {
      out.text_ += i == 0 ? "You" : "said:";
    } else if (const auto word = next_word(prompt); !word.empty()) {
      out.text_ += word;
    } else {
      random = mix(random);
      out.text_ += kMadeUp[random % kMadeUp.size()];
    }
    out.ends_.push_back(out.text_.size());
  }
  return out;
}

SampleText SampleText::fragments(std::string text, std::size_t bytes) {
  SampleText out;
  out.text_ = std::move(text);
  for (std::size_t end = 0; end < out.text_.size();) {
    end = std::min(end + bytes, out.text_.size());
    out.ends_.push_back(end);
  }
  return out;
}

SampleText SampleText::filler(std::uint64_t size, std::uint64_t chunk) {
  SampleText out;
  out.filler_size_ = size;
  out.filler_chunk_ = std::max<std::uint64_t>(chunk, 1);
  return out;
}

std::uint64_t SampleText::pieces() const noexcept {
  return filler_chunk_ == 0 ? ends_.size() : (filler_size_ + filler_chunk_ - 1) / filler_chunk_;
}

std::uint64_t SampleText::bytes() const noexcept { return filler_chunk_ == 0 ? text_.size() : filler_size_; }

void SampleText::append_piece(std::uint64_t index, std::string& out) const {
  if (filler_chunk_ == 0) {
    const auto begin = index == 0 ? 0 : ends_[index - 1];
    out.append(text_, begin, ends_[index] - begin);
    return;
  }
  auto at = index * filler_chunk_;
  const auto end = std::min(at + filler_chunk_, filler_size_);
  while (at < end) {
    const auto part = kAlphabet.substr(at % kAlphabet.size(), end - at);
    out += part;
    at += part.size();
  }
}

std::string SampleText::head(std::size_t limit) const {
  if (filler_chunk_ == 0 && text_.size() <= limit) return text_;
  std::string out;
  for (std::uint64_t i = 0; i < pieces(); ++i) {
    const auto before = out.size();
    append_piece(i, out);
    if (out.size() <= limit) continue;
    out.resize(before);
    break;
  }
  return out;
}

}  // namespace tidegate::sim
