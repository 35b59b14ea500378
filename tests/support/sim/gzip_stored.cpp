#include "tests/support/sim/gzip_stored.h"

#include "tests/support/sim/digest.h"

namespace tidegate::sim {
namespace {

void append_little_endian(std::string& out, std::uint32_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i) & 255U);
}

void append_block(std::string& out, std::string_view plain, bool final) {
  const auto size = static_cast<std::uint32_t>(plain.size());
  out += final ? '\1' : '\0';
  append_little_endian(out, size, 2);
  append_little_endian(out, ~size, 2);
  out += plain;
}

}  // namespace

void GzipStored::begin(std::string& out) {
  if (begun_) return;
  begun_ = true;
  out += "\x1f\x8b\x08";
  out.append(6, '\0');
  out += '\xff';  // unknown operating system
}

void GzipStored::append(std::string_view plain, std::string& out) {
  constexpr std::size_t kLargestBlock = 65'535;
  begin(out);
  crc_ = crc32(crc_, plain);
  size_ += static_cast<std::uint32_t>(plain.size());
  while (!plain.empty()) {
    const auto part = plain.substr(0, kLargestBlock);
    append_block(out, part, false);
    plain.remove_prefix(part.size());
  }
}

void GzipStored::finish(std::string& out) {
  begin(out);
  append_block(out, {}, true);
  append_little_endian(out, crc_, 4);
  append_little_endian(out, size_, 4);
}

}  // namespace tidegate::sim
