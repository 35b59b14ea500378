#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tidegate::sim {

/// Writes gzip (RFC 1952) with stored blocks only: a valid encoding that needs no compressor and can be streamed.
class GzipStored {
 public:
  void append(std::string_view plain, std::string& out);
  void finish(std::string& out);

 private:
  void begin(std::string& out);

  bool begun_ = false;
  std::uint32_t crc_ = 0;
  std::uint32_t size_ = 0;  ///< modulo 2^32, as the format wants it
};

}  // namespace tidegate::sim
