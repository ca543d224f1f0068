# Compiles through ccache where it is installed. Paths below the source tree count relative to it, so that
# another clone finds the same objects; only debug information would name the first one, so debug builds stay
# apart.
option(DEMO_CCACHE "Compile through ccache where it is installed" ON)
# Looked for once: a ccache that comes later would change every command, and all would be compiled again.
if(NOT DEFINED CACHE{DEMO_CCACHE_PROGRAM})
  find_program(DEMO_CCACHE_PROGRAM ccache)
  if(NOT DEMO_CCACHE_PROGRAM)
    set(DEMO_CCACHE_PROGRAM "" CACHE FILEPATH "ccache; empty where there was none" FORCE)
  endif()
endif()
if(DEMO_CCACHE AND DEMO_CCACHE_PROGRAM)
  set(launcher ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR})
  if(CMAKE_BUILD_TYPE STREQUAL "Release")
    list(APPEND launcher CCACHE_NOHASHDIR=1)
  endif()
  # For the precompiled headers of sanitizer trees, as ccache(1) asks.
  list(APPEND launcher CCACHE_SLOPPINESS=pch_defines,time_macros)
  set(CMAKE_C_COMPILER_LAUNCHER ${launcher} ${DEMO_CCACHE_PROGRAM})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher} ${DEMO_CCACHE_PROGRAM})
endif()

# demo_cache_apart(TARGET): what the linker optimises names the folder where it was compiled, whatever
# -ffile-prefix-map says. With debug information the programs would be others in each clone then, and the
# packages: these objects are for their own tree alone.
function(demo_cache_apart target)
  if(CMAKE_CXX_COMPILER_LAUNCHER AND CMAKE_CXX_FLAGS MATCHES "(^| )-g")
    set_target_properties(${target} PROPERTIES CXX_COMPILER_LAUNCHER
      "${CMAKE_COMMAND};-E;env;CCACHE_NAMESPACE=${PROJECT_BINARY_DIR};${CMAKE_CXX_COMPILER_LAUNCHER}")
  endif()
endfunction()
