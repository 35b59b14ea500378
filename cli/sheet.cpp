#include "cli/sheet.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "cli/text.h"

namespace tidegate::cli {
namespace {

constexpr std::size_t kGap = 2;

std::string without_trailing_blanks(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

}  // namespace

void Sheet::row(std::string_view label, const Mark& mark, std::string_view rest) {
  auto lines = wrap(mark.text + std::string(rest), view_.width - kLabelWidth);
  // Wrapped as a whole and painted afterwards: colours take no columns. A mark that was broken stays plain after it.
  const auto marked = std::min(mark.text.size(), lines.front().size());
  lines.front() = view_.paint(mark.tone, lines.front().substr(0, marked)) + lines.front().substr(marked);
  for (std::size_t i = 0; i < lines.size(); ++i)
    out_ += view_.paint(Tone::dim, pad(i == 0 ? label : "", kLabelWidth)) + lines[i] + "\n";
}

void Table::add(std::vector<std::string> cells, std::size_t toned, Tone tone, std::string note) {
  cells.resize(heading_.size());
  rows_.push_back({std::move(cells), toned, tone, std::move(note)});
}

std::vector<std::size_t> Table::widths() const {
  std::vector<std::size_t> widths(heading_.size());
  for (std::size_t i = 0; i < heading_.size(); ++i) {
    widths[i] = columns(heading_[i].heading);
    for (const auto& row : rows_) widths[i] = std::max(widths[i], columns(row.cells[i]));
  }
  auto total = std::accumulate(widths.begin(), widths.end(), kGap * (widths.size() - 1));
  shrink(widths, total, Shrink::first);
  shrink(widths, total, Shrink::last);
  return widths;
}

// The widest of them gives way, one terminal column at a time.
void Table::shrink(std::vector<std::size_t>& widths, std::size_t& total, Shrink which) const {
  while (total > view_.width) {
    std::size_t widest = widths.size();
    for (std::size_t i = 0; i < widths.size(); ++i)
      if (heading_[i].shrink == which && widths[i] > kSmallest &&
          (widest == widths.size() || widths[i] > widths[widest]))
        widest = i;
    if (widest == widths.size()) return;
    --widths[widest];
    --total;
  }
}

std::string Table::line(const std::vector<std::string>& cells, const std::vector<std::size_t>& widths,
                        const Row* row) const {
  std::string out;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const auto cell = fit(cells[i], widths[i]);
    const bool last = i + 1 == cells.size();
    auto padded = heading_[i].right ? pad_left(cell, widths[i]) : last ? cell : pad(cell, widths[i]);
    out += row != nullptr && row->toned == i ? view_.paint(row->tone, padded) : padded;
    if (!last) out += std::string(kGap, ' ');
  }
  return without_trailing_blanks(std::move(out));
}

std::string Table::render() const {
  const auto all = widths();
  std::vector<std::string> heading;
  for (const auto& column : heading_) heading.push_back(column.heading);
  auto out = view_.paint(Tone::dim, line(heading, all, nullptr)) + "\n";
  for (const auto& row : rows_) {
    out += line(row.cells, all, &row) + "\n";
    if (row.note.empty()) continue;
    for (const auto& note : wrap(row.note, view_.width - kGap))
      out += view_.paint(Tone::dim, std::string(kGap, ' ') + note) + "\n";
  }
  return out;
}

}  // namespace tidegate::cli
