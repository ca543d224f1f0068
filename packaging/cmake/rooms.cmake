# What every target is compiled with, and the one way to declare a room (a static library a folder).
add_library(demo_options INTERFACE)
target_compile_options(demo_options INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:-Wall -Wextra -Wconversion -Wshadow -Werror>)
# gcc 12 sees overlapping copies in std::string where there are none, once it optimises (gcc bug 105651).
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13
   AND NOT CMAKE_BUILD_TYPE STREQUAL "Debug")
  target_compile_options(demo_options INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-Wno-restrict>)
endif()
target_include_directories(demo_options INTERFACE ${PROJECT_SOURCE_DIR}/daemon)
set(DEMO_SANITIZE_OPTIONS "")
if(DEMO_SANITIZE)
  set(DEMO_SANITIZE_OPTIONS -fsanitize=${DEMO_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
endif()
if(DEMO_SANITIZE MATCHES "undefined")
  # The check of vtable pointers opens descriptors; some tests are about having none.
  list(APPEND DEMO_SANITIZE_OPTIONS -fno-sanitize=vptr)
endif()
if(DEMO_SANITIZE)
  target_compile_options(demo_options INTERFACE ${DEMO_SANITIZE_OPTIONS})
  target_link_options(demo_options INTERFACE -fsanitize=${DEMO_SANITIZE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # Its checks make gcc lose sight of what is set: std::regex alone would fail.
    target_compile_options(demo_options INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-Wno-maybe-uninitialized>)
  endif()
endif()
if(DEMO_SANITIZE STREQUAL "thread")
  # Asio uses atomic_thread_fence, which ThreadSanitizer does not follow; the compiler says so each time.
  target_compile_options(demo_options INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-Wno-tsan>)
endif()

# The data plane is optimised across its rooms when the worker is linked (release builds only), and so is a
# test of it. Its objects hold no code of their own: that would be made once more, and thrown away.
set(DEMO_LINK_TIME_OPTIMIZATION "")
if(CMAKE_BUILD_TYPE STREQUAL "Release" AND NOT DEMO_SANITIZE AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  set(DEMO_LINK_TIME_OPTIMIZATION -flto=auto)
  target_link_options(demo_options INTERFACE ${DEMO_LINK_TIME_OPTIMIZATION})
  set(CMAKE_AR ${CMAKE_CXX_COMPILER_AR})
  set(CMAKE_RANLIB ${CMAKE_CXX_COMPILER_RANLIB})
endif()

# demo_batches(TARGET N): N files of a target are compiled as one: the headers they share are read once. N is
# as large as it can be while a change of one file costs no more than that file alone did. The preset dev has
# no batches: there a file that forgot an include is found, and one file is compiled at a time. WHOLE makes a
# room one unit, for a tree that is built once and thrown away.
set(DEMO_BATCHES ON CACHE STRING "Compile several files of a target at once: ON, OFF or WHOLE")
function(demo_batches target size)
  if(DEMO_BATCHES STREQUAL "WHOLE")
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 0)
  elseif(DEMO_BATCHES)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE ${size})
  endif()
endfunction()

# demo_beside_the_traffic(TARGET): what no byte of the traffic passes through is compiled for a short build.
function(demo_beside_the_traffic target)
  if(CMAKE_BUILD_TYPE STREQUAL "Release")
    target_compile_options(${target} PRIVATE -O1)
  endif()
endfunction()

# Some libraries ask for it: precompiled headers are for files with the same flags.
add_compile_options(-pthread)

# demo_precompile(TARGET headers... | TARGET REUSE_FROM other): the large headers of a target, none of them
# ours, are read once. REUSE_FROM takes those of a target that is compiled with the same flags. The preset dev
# has none, as it has no batches, and whole rooms would gain nothing.
set(DEMO_COMMON_HEADERS <algorithm> <chrono> <functional> <map> <memory> <optional> <set> <string>
  <string_view> <vector> <boost/system/result.hpp> <fmt/format.h> <fmt/ranges.h>)
function(demo_precompile target)
  if(NOT DEMO_BATCHES OR DEMO_BATCHES STREQUAL "WHOLE")
    return()
  endif()
  if(ARGV1 STREQUAL "REUSE_FROM")
    target_precompile_headers(${target} REUSE_FROM ${ARGV2})
  else()
    target_precompile_headers(${target} PRIVATE ${ARGN})
  endif()
endfunction()

# demo_room(NAME [DATA_PLANE] [BATCH N] [PRECOMPILE headers... | PRECOMPILED target] [LINK lib...]): the
# static library demo_NAME of every .cc file in this folder and of the inner rooms below it. LINK names the
# rooms and packages that its headers may include: the linker enforces the arrows between rooms, tests/tidy
# those between inner rooms. What is beside the traffic has headers precompiled: the common ones and those of
# PRECOMPILE, or those that the target PRECOMPILED has, or base.
function(demo_room name)
  cmake_parse_arguments(ROOM "DATA_PLANE" "BATCH;PRECOMPILED" "PRECOMPILE;LINK" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS *.cc)
  add_library(demo_${name} STATIC ${sources})
  target_link_libraries(demo_${name} PUBLIC demo_options ${ROOM_LINK})
  if(NOT ROOM_DATA_PLANE)
    demo_beside_the_traffic(demo_${name})
  elseif(DEMO_LINK_TIME_OPTIMIZATION)
    target_compile_options(demo_${name} PRIVATE ${DEMO_LINK_TIME_OPTIMIZATION} -fno-fat-lto-objects)
    demo_cache_apart(demo_${name})
  endif()
  if(ROOM_PRECOMPILE)
    demo_precompile(demo_${name} ${DEMO_COMMON_HEADERS} ${ROOM_PRECOMPILE})
  elseif(ROOM_PRECOMPILED)
    demo_precompile(demo_${name} REUSE_FROM ${ROOM_PRECOMPILED})
  elseif(name STREQUAL "base")
    demo_precompile(demo_base ${DEMO_COMMON_HEADERS})
  elseif(NOT ROOM_DATA_PLANE OR NOT CMAKE_BUILD_TYPE STREQUAL "Release")
    demo_precompile(demo_${name} REUSE_FROM demo_base)
  endif()
  if(ROOM_BATCH OR DEMO_BATCHES STREQUAL "WHOLE")
    demo_batches(demo_${name} "${ROOM_BATCH}")
  endif()
endfunction()
