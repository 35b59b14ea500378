// Runs a fuzzer's function without libFuzzer: over the seeds, then over a fixed number of mutations of them, always the
// same ones.
#include <algorithm>
#include <array>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "tests/fuzz/fuzz_target.h"

namespace {

constexpr int kMutations = 3'000;
constexpr std::size_t kMaxInput = 16'384;

std::string current;  // the input under way, for the report

extern "C" void report(int) {
  std::fprintf(stderr, "with this input (%zu bytes):\n", current.size());
  for (const char c : current) std::fprintf(stderr, "\\x%02x", static_cast<unsigned>(static_cast<unsigned char>(c)));
  std::fputc('\n', stderr);
}

void run(std::string input) {
  current = std::move(input);
  // A copy of its exact size, so that AddressSanitizer sees each byte read behind it.
  const std::vector<std::uint8_t> bytes(current.begin(), current.end());
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

class Mutator {
 public:
  explicit Mutator(const std::vector<std::string>& seeds) : seeds_(seeds) {}

  std::string next() {
    std::string text = seeds_[below(seeds_.size())];
    for (auto rounds = 1 + below(4); rounds > 0; --rounds) mutate(text);
    if (text.size() > kMaxInput) text.resize(kMaxInput);
    return text;
  }

 private:
  // The generator's numbers are the same everywhere; those of the standard's distributions are not.
  std::size_t below(std::size_t bound) { return bound == 0 ? 0 : random_() % bound; }

  void mutate(std::string& text) {
    static constexpr std::array<std::string_view, 16> kTokens{
        "\r\n", "\n", "\r", "\r\n\r\n", " ", "\t", ":", ",", "\"", "\\", "{", "}", "0", "-1", "18446744073709551616",
        "\xff"};
    const auto at = below(text.size() + 1);
    const auto length = below(std::min<std::size_t>(text.size() - at, 32) + 1);
    switch (below(7)) {
      case 0:
        if (at < text.size()) text[at] = static_cast<char>(text[at] ^ (1 << below(8)));
        break;
      case 1:
        if (at < text.size()) text[at] = static_cast<char>(below(256));
        break;
      case 2: text.erase(at, length); break;
      case 3: text.insert(at, text.substr(at, length)); break;
      case 4: text.insert(at, kTokens[below(kTokens.size())]); break;
      case 5: text.resize(at); break;
      default: {
        const auto& other = seeds_[below(seeds_.size())];
        text.insert(at, other, below(other.size() + 1), below(64));
      }
    }
  }

  const std::vector<std::string>& seeds_;
  std::mt19937 random_{20'260'101};
};

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGABRT, report);
  std::vector<std::filesystem::path> files;
  for (int i = 1; i < argc; ++i) {
    if (std::filesystem::is_directory(argv[i]))
      std::copy(std::filesystem::directory_iterator(argv[i]), {}, std::back_inserter(files));
    else
      files.emplace_back(argv[i]);
  }
  std::sort(files.begin(), files.end());
  std::vector<std::string> seeds;
  for (const auto& file : files) {
    std::ifstream in(file, std::ios::binary);
    seeds.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  if (seeds.empty()) {
    std::fprintf(stderr, "usage: %s SEEDS...\n", argv[0]);
    return 2;
  }
  run({});
  for (const auto& seed : seeds) run(seed);
  Mutator mutator(seeds);
  for (int i = 0; i < kMutations; ++i) run(mutator.next());
  std::printf("%zu seeds and %d mutations\n", seeds.size(), kMutations);
  return 0;
}
