#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/observe/truncation.h"
#include "daemon/platform/clock.h"

namespace tidegate::observe {

/// A running exchange as `/v1/exchanges` and `tidegate status` show it.
struct ExchangeRecord {
  enum class State { reading, queued, waiting, streaming, backing_off };

  std::string id;
  std::string client;  ///< name of the client, empty where no clients are configured
  std::string method;
  std::string path;   ///< without the query, which may hold secrets
  std::string model;  ///< as the client named it
  bool stream = false;
  State state = State::reading;
  TimePoint started;
  TimePoint state_since;
  TimePoint deadline = TimePoint::max();
  std::uint32_t attempts = 0;
  std::uint64_t bytes_sent = 0;      ///< of the answer's body, to the client
  std::string waiting_for;           ///< for people: "a free slot", "retry in 1.2 s"; empty: nothing
  std::uint64_t queue_position = 0;  ///< from 1; 0: not queued
  std::string shared_with;           ///< id of the exchange whose upstream call this one listens to; empty: its own
  bool client_left = false;          ///< the exchange is over, its upstream call goes on
};
std::string_view to_string(ExchangeRecord::State state) noexcept;

enum class Outcome { succeeded, failed, cancelled, truncated };
std::string_view to_string(Outcome outcome) noexcept;

/// How an exchange ended.
struct ExchangeEnd {
  int status = 0;  ///< HTTP status that the client got; 0: none
  Outcome outcome = Outcome::cancelled;
  Truncation truncation = Truncation::none;  ///< why it is truncated
  std::chrono::milliseconds queue_ms{0};
  std::optional<std::chrono::milliseconds>
      first_byte_ms;  ///< from the start to the answer's first byte; nothing: none came
  std::string error;  ///< empty: none; no secrets
};

struct FinishedExchange {
  ExchangeRecord record;  ///< as it was last
  ExchangeEnd end;
  std::chrono::milliseconds total_ms{0};
  std::chrono::system_clock::time_point finished_at;
};

/// The exchanges that run now and the last ones that ended. Entering one reuses the memory of an earlier one. Loop
/// thread only; must outlive its entries.
class ExchangeLog {
 public:
  static constexpr std::size_t kMaxFinished = 256;
  static constexpr std::size_t kMaxText = 256;  ///< bytes of any one text; the rest is cut off
  static constexpr std::size_t kMaxSpare = 64;  ///< records kept for reuse

  /// One running exchange. One that is dropped without finish() counts as cancelled.
  class Entry {
   public:
    Entry(Entry&& other) noexcept : log_(std::exchange(other.log_, nullptr)), at_(other.at_) {}
    Entry& operator=(Entry&& other) noexcept = delete;
    ~Entry();

    /// For the counters and times; texts go through the setters, which bound them.
    [[nodiscard]] ExchangeRecord& record() noexcept { return *at_; }
    [[nodiscard]] const ExchangeRecord& record() const noexcept { return *at_; }

    /// Also empties waiting_for and queue_position, which belong to a state.
    void enter(ExchangeRecord::State state, TimePoint now);
    void set_client(std::string_view client);
    void set_model(std::string_view model);
    void set_waiting_for(std::string_view what);
    void set_shared_with(std::string_view id);

    /// A second handle on the same record, which must be gone or replaced before this one ends.
    [[nodiscard]] Entry alias() noexcept { return Entry(nullptr, at_); }
    /// Goes on as another one.
    void replace(Entry&& other) noexcept;
    /// Ends without being told among the finished ones.
    void drop() noexcept;

    /// The entry is empty afterwards. May be called once.
    void finish(ExchangeEnd end, TimePoint now, std::chrono::system_clock::time_point wall_now);

   private:
    friend class ExchangeLog;
    Entry(ExchangeLog* log, std::list<ExchangeRecord>::iterator at) : log_(log), at_(at) {}
    ExchangeLog* log_;
    std::list<ExchangeRecord>::iterator at_;
  };

  [[nodiscard]] Entry begin(std::string_view id, std::string_view method, std::string_view path, TimePoint now);

  /// A further record with all that `of` says: for a call that goes on without its client.
  [[nodiscard]] Entry begin_again(const ExchangeRecord& of);

  /// In the order of their start.
  [[nodiscard]] const std::list<ExchangeRecord>& running() const noexcept { return running_; }

  /// The newest first; at most `limit`.
  [[nodiscard]] std::vector<const FinishedExchange*> finished(std::size_t limit = kMaxFinished) const;

 private:
  void end(std::list<ExchangeRecord>::iterator at, ExchangeEnd end, TimePoint now,
           std::chrono::system_clock::time_point wall_now);
  std::list<ExchangeRecord>::iterator take_record();
  void put_back(std::list<ExchangeRecord>::iterator at);

  std::list<ExchangeRecord> running_;
  std::list<ExchangeRecord> spare_;
  std::vector<FinishedExchange> finished_;  // a ring once it is full
  std::size_t oldest_ = 0;
};

}  // namespace tidegate::observe
