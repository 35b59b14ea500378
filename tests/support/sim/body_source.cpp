#include "tests/support/sim/body_source.h"

#include <algorithm>
#include <utility>

#include "tests/support/sim/gzip_stored.h"

namespace tidegate::sim {
namespace {

class StringSource final : public BodySource {
 public:
  explicit StringSource(std::shared_ptr<const std::string> body) : body_(std::move(body)) {}

  Step next(std::string& out) override {
    out += *body_;
    return {.last = true};
  }

 private:
  std::shared_ptr<const std::string> body_;
};

class SplitSource final : public BodySource {
 public:
  SplitSource(std::unique_ptr<BodySource> inner, std::size_t bytes) : inner_(std::move(inner)), bytes_(bytes) {}

  [[nodiscard]] bool next_is_paced() const override {
    return !ended_ && held_.size() - begin_ < bytes_ && inner_->next_is_paced();
  }

  Step next(std::string& out) override {
    // One byte more than needed is asked for, so that the last piece is known to be the last.
    while (!ended_ && held_.size() - begin_ <= bytes_) {
      held_.erase(0, begin_);
      begin_ = 0;
      ended_ = inner_->next(held_).last;
    }
    const auto take = std::min(bytes_, held_.size() - begin_);
    out.append(held_, begin_, take);
    begin_ += take;
    return {.last = ended_ && begin_ == held_.size()};
  }

 private:
  std::unique_ptr<BodySource> inner_;
  std::size_t bytes_;
  std::string held_;
  std::size_t begin_ = 0;  ///< what of held_ has been given
  bool ended_ = false;
};

class GzipSource final : public BodySource {
 public:
  explicit GzipSource(std::unique_ptr<BodySource> inner) : inner_(std::move(inner)) {}

  [[nodiscard]] bool next_is_paced() const override { return inner_->next_is_paced(); }

  Step next(std::string& out) override {
    std::string plain;
    const auto step = inner_->next(plain);
    gzip_.append(plain, out);
    if (step.last) gzip_.finish(out);
    return step;
  }

 private:
  std::unique_ptr<BodySource> inner_;
  GzipStored gzip_;
};

}  // namespace

std::unique_ptr<BodySource> string_source(std::shared_ptr<const std::string> body) {
  return std::make_unique<StringSource>(std::move(body));
}

std::unique_ptr<BodySource> split_source(std::unique_ptr<BodySource> inner, std::size_t bytes) {
  return std::make_unique<SplitSource>(std::move(inner), bytes);
}

std::unique_ptr<BodySource> gzip_source(std::unique_ptr<BodySource> inner) {
  return std::make_unique<GzipSource>(std::move(inner));
}

}  // namespace tidegate::sim
