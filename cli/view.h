#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "cli/moment.h"
#include "cli/painter.h"

namespace tidegate::cli {

/// How the render_* functions show things; all they know besides the JSON, so that they are pure.
struct View {
  Painter paint;
  Moment now;
  std::string home;        ///< the user's home folder, shown as ~; may be empty
  std::size_t width = 80;  ///< columns
};

/// A path with the user's home folder as `~`.
std::string short_path(std::string_view path, const View& view);

/// The first 12 digits of a digest: enough to compare by eye.
std::string short_digest(std::string_view digest);

/// A URL without user info, query and fragment, so that a screen is safe to paste.
std::string public_url(std::string_view url);

}  // namespace tidegate::cli
