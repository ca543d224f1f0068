# What every target of this project is compiled with, and the one way to declare a room (a static library a folder).
add_library(demo_options INTERFACE)
target_compile_options(demo_options INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:-Wall -Wextra -Wconversion -Wshadow -Werror>)
target_include_directories(demo_options INTERFACE ${PROJECT_SOURCE_DIR}/daemon)
if(DEMO_SANITIZE)
  target_compile_options(demo_options INTERFACE -fsanitize=${DEMO_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(demo_options INTERFACE -fsanitize=${DEMO_SANITIZE})
endif()

# demo_room(NAME [LINK lib...]): the static library demo_NAME of every .cc file in this folder.
# LINK names the rooms and packages that its headers may include; the linker enforces the arrows of ARCHITECTURE.md.
function(demo_room name)
  cmake_parse_arguments(ROOM "" "" "LINK" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS *.cc)
  if(NOT sources)
    add_library(demo_${name} INTERFACE)
    target_link_libraries(demo_${name} INTERFACE demo_options ${ROOM_LINK})
    return()
  endif()
  add_library(demo_${name} STATIC ${sources})
  target_link_libraries(demo_${name} PUBLIC demo_options ${ROOM_LINK})
endfunction()
