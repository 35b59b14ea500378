# Finds what the system's packages provide and gives each library one target name, whatever its version calls it.
find_package(Threads REQUIRED)
find_package(CURL 7.80 REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(CLI11 REQUIRED)
find_package(simdjson REQUIRED)

# yaml-cpp's target is yaml-cpp up to 0.7 and yaml-cpp::yaml-cpp from 0.8.
if(TARGET yaml-cpp::yaml-cpp)
  set(TIDEGATE_YAML_CPP yaml-cpp::yaml-cpp)
else()
  set(TIDEGATE_YAML_CPP yaml-cpp)
endif()

# Standalone Asio: headers only; its implementation is compiled once, in daemon/platform/asio.cpp.
find_path(TIDEGATE_ASIO_INCLUDE asio.hpp REQUIRED)
add_library(tidegate_asio INTERFACE)
target_include_directories(tidegate_asio SYSTEM INTERFACE "${TIDEGATE_ASIO_INCLUDE}")
# Whether Asio 1.22 sees an aligned allocation depends on what was included before it: some files would allocate one way
# and others free another.
target_compile_definitions(tidegate_asio INTERFACE ASIO_STANDALONE ASIO_NO_DEPRECATED ASIO_SEPARATE_COMPILATION
                                                   ASIO_DISABLE_STD_ALIGNED_ALLOC)
target_link_libraries(tidegate_asio INTERFACE Threads::Threads)
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  # Asio before 1.24 does not know that newer clangs have C++20's coroutines.
  target_compile_definitions(tidegate_asio INTERFACE ASIO_HAS_CO_AWAIT ASIO_HAS_STD_COROUTINE)
endif()

# Boost.Beast's HTTP/1.1 parser: headers only, no Boost.Asio I/O.
find_path(TIDEGATE_BOOST_INCLUDE boost/beast/http/basic_parser.hpp REQUIRED)
add_library(tidegate_beast INTERFACE)
target_include_directories(tidegate_beast SYSTEM INTERFACE "${TIDEGATE_BOOST_INCLUDE}")
