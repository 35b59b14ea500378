#pragma once

#include <chrono>
#include <string_view>

#include <asio/awaitable.hpp>

#include "tests/support/sim/answer.h"

namespace tidegate::sim {

/// What the writer needs of a connection; a seam for tests.
class Link {
 public:
  Link() = default;
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;
  virtual ~Link() = default;

  /// Both say whether the client is still there. The bytes must live until it is done.
  virtual asio::awaitable<bool> send(std::string_view bytes) = 0;
  virtual asio::awaitable<bool> pause(std::chrono::milliseconds duration) = 0;
  virtual asio::awaitable<void> until_gone() = 0;
};

/// What is to become of the connection when the answer has been written.
enum class Ending {
  keep_alive,
  close,    ///< in good order (also where the answer itself was cut)
  reset,    ///< with a TCP reset
  aborted,  ///< the client hung up before the end
};

struct HeadFacts {
  std::string_view date;
  std::string_view id;
  bool keep_alive = true;
};

/// Writes one answer with the faults it carries, no faster than the link takes it.
asio::awaitable<Ending> write_answer(Link& link, const Request& request, Answer& answer, HeadFacts facts);

}  // namespace tidegate::sim
