#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tidegate::cli {

/// One line of text from outside for a terminal: printable(), and beyond it whatever is no valid UTF-8, C1 controls
/// and the marks that turn or hide text are spelled out too. Cut with `…` after `limit` characters.
std::string clean(std::string_view text, std::size_t limit = 1'000);

/// The same for text of several lines: line feeds and tabs stay, and nothing is cut. CR LF becomes LF.
std::string clean_block(std::string_view text);

/// How many terminal columns the text takes (wide characters two, combining marks none).
std::size_t columns(std::string_view text);

/// `text` cut to `width` columns, the last of them `…` where something was cut.
std::string fit(std::string_view text, std::size_t width);

/// `text` filled up with blanks to `width` columns; longer text stays as it is.
std::string pad(std::string_view text, std::size_t width);
std::string pad_left(std::string_view text, std::size_t width);

/// Breaks at blanks so that lines have at most `width` columns. A longer word keeps a line of its own, whole: a path
/// or URL that is copied must stay one. At least one line.
std::vector<std::string> wrap(std::string_view text, std::size_t width);

/// `1204` as `1,204`.
std::string grouped(std::uint64_t value);

/// `812 B`, `1.2 kB`, `34 MB`: decimal units.
std::string human_bytes(std::uint64_t bytes);

}  // namespace tidegate::cli
