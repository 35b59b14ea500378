#pragma once

#include <asio/awaitable.hpp>
#include <asio/io_context.hpp>
#include <asio/use_awaitable.hpp>

namespace tidegate {

/// The one loop's executor, by its own type: asio::any_io_executor costs an allocation and two virtual calls an
/// operation.
using Executor = asio::io_context::executor_type;

/// A coroutine of the loop thread.
template <class T = void>
using Task = asio::awaitable<T, Executor>;

inline constexpr asio::use_awaitable_t<Executor> use_task;

}  // namespace tidegate
