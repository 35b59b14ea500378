#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/view.h"

namespace tidegate::cli {

/// The beginning of a row's text that is to catch the eye.
struct Mark {
  std::string text;
  Tone tone = Tone::plain;
};

/// A screen of labelled rows: the label in a column of its own, long text wrapped beneath itself.
class Sheet {
 public:
  static constexpr std::size_t kLabelWidth = 13;

  explicit Sheet(const View& view) : view_(view) {}

  void row(std::string_view label, const Mark& mark, std::string_view rest = "");
  void row(std::string_view label, std::string_view text) { row(label, Mark{}, text); }

  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  const View& view_;
  std::string out_;
};

/// Whether a column gives way where a row is wider than the view: one that is searched for by eye or by copy goes last.
enum class Shrink { never, first, last };

/// Rows of cells below a heading; columns are as wide as their longest cell, and the ones that may shrink do so until
/// a row fits the view.
class Table {
 public:
  struct Column {
    std::string heading;
    bool right = false;             ///< numbers
    Shrink shrink = Shrink::never;  ///< down to kSmallest columns
  };
  static constexpr std::size_t kSmallest = 8;

  Table(const View& view, std::vector<Column> heading) : view_(view), heading_(std::move(heading)) {}

  /// `tone` is for the cell number `toned`; `note` goes on lines of its own beneath the row.
  void add(std::vector<std::string> cells, std::size_t toned, Tone tone, std::string note = "");
  [[nodiscard]] std::string render() const;

 private:
  struct Row {
    std::vector<std::string> cells;
    std::size_t toned;
    Tone tone;
    std::string note;
  };
  [[nodiscard]] std::vector<std::size_t> widths() const;
  void shrink(std::vector<std::size_t>& widths, std::size_t& total, Shrink which) const;
  [[nodiscard]] std::string line(const std::vector<std::string>& cells, const std::vector<std::size_t>& widths,
                                 const Row* row) const;

  const View& view_;
  std::vector<Column> heading_;
  std::vector<Row> rows_;
};

}  // namespace tidegate::cli
