#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tidegate::config {

/// The keys that this version reads directly under `section` (dotted; "" is the top), in the order of the manual.
std::vector<std::string_view> known_keys(std::string_view section);

/// Why `key` may not stand under `section`: `problem; expected …`. Empty where it may.
std::string refuse_key(std::string_view section, std::string_view key);

/// The entry of `candidates` that `text` was probably meant to be; empty where none is near.
std::string_view nearest(std::string_view text, const std::vector<std::string_view>& candidates);

}  // namespace tidegate::config
