// Asio's implementation, compiled once for the whole daemon (ASIO_SEPARATE_COMPILATION).
#include <asio/impl/src.hpp>
