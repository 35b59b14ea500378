#pragma once

#include <functional>
#include <memory>

#include "common/error.h"
#include "daemon/http/response_writer.h"

namespace tidegate::http {

/// Answers the request whose head the connection holds. False: the connection must end.
using AnswerRequest = std::function<Task<bool>(Connection&)>;
/// Answers with an error in place of a request that could not be read.
using RefuseRequest = std::function<Task<bool>(ResponseWriter&, const Error&)>;

/// A connection's requests, one after the other, until either side ends it. Loop thread only.
Task<> serve_requests(std::shared_ptr<Connection> connection, AnswerRequest answer, RefuseRequest refuse);

}  // namespace tidegate::http
