# Compiler settings shared by every target: C++20, warnings as errors, sanitizers, ccache.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

# -O3 makes the build longer and nothing here faster: the time goes into the kernel and TLS.
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG -ffunction-sections -fdata-sections")
# Code that nobody calls is not mapped: an idle daemon is measured by its pages.
if(APPLE)
  set(CMAKE_EXE_LINKER_FLAGS_RELEASE "-Wl,-dead_strip")
else()
  set(CMAKE_EXE_LINKER_FLAGS_RELEASE "-Wl,--gc-sections -Wl,--as-needed")
endif()

set(TIDEGATE_SANITIZE "" CACHE STRING "Sanitizers, as for -fsanitize= (address,undefined or thread)")
option(TIDEGATE_WERROR "Treat warnings as errors" ON)

find_program(TIDEGATE_CCACHE ccache)
if(TIDEGATE_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_COMMAND};-E;env;CCACHE_SLOPPINESS=pch_defines,time_macros;${TIDEGATE_CCACHE}")
endif()

add_library(tidegate_flags INTERFACE)
target_include_directories(tidegate_flags INTERFACE "${PROJECT_SOURCE_DIR}")
target_compile_options(tidegate_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Wimplicit-fallthrough)
if(TIDEGATE_WERROR)
  target_compile_options(tidegate_flags INTERFACE -Werror)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # ccache needs it to cache compilations that use a precompiled header.
  target_compile_options(tidegate_flags INTERFACE -fpch-preprocess)
  # GCC 12 sees overflows in std::string's own code that are not there (its bugs 105329 and 105651).
  target_compile_options(tidegate_flags INTERFACE -Wno-stringop-overflow -Wno-restrict -Wno-array-bounds
                         $<$<CONFIG:Release>:-Wno-stringop-overread>)
endif()
if(TIDEGATE_SANITIZE)
  add_compile_options(-fsanitize=${TIDEGATE_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${TIDEGATE_SANITIZE})
  if(TIDEGATE_SANITIZE MATCHES "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_compile_options(-Wno-tsan)  # Asio's fences: GCC's sanitizer does not model them and says so at each use
  endif()
  if(TIDEGATE_SANITIZE MATCHES "undefined")
    add_compile_options(-fno-sanitize-recover=undefined)
  endif()
else()
  add_compile_options($<$<NOT:$<CONFIG:Debug>>:-fstack-protector-strong>)
endif()

# libFuzzer steers by the branches that an input takes, in the libraries too.
if(TIDEGATE_BUILD_FUZZERS)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

# tidegate_library(NAME SOURCES...): a static library for one folder, with the common flags.
function(tidegate_library name)
  add_library(${name} STATIC ${ARGN})
  target_link_libraries(${name} PUBLIC tidegate_flags)
endfunction()
