# Every dependency is a Debian 12 package; packaging/dependencies names them for apt.
find_package(Threads REQUIRED)
find_package(Boost 1.74 REQUIRED)
find_package(Protobuf REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(gRPC CONFIG REQUIRED)
find_package(CLI11 CONFIG REQUIRED)
find_package(tomlplusplus CONFIG REQUIRED)
find_package(fmt CONFIG REQUIRED)
find_package(PkgConfig REQUIRED)
find_path(RAPIDJSON_INCLUDE_DIR rapidjson/reader.h REQUIRED)
pkg_check_modules(SYSTEMD REQUIRED IMPORTED_TARGET libsystemd)
pkg_check_modules(SECCOMP REQUIRED IMPORTED_TARGET libseccomp)

# llhttp comes as C sources (package node-llhttp); strict mode is what makes it refuse smuggling shapes.
set(LLHTTP_SOURCES /usr/share/llhttp)
add_library(llhttp STATIC ${LLHTTP_SOURCES}/llhttp.c ${LLHTTP_SOURCES}/api.c ${LLHTTP_SOURCES}/http.c)
target_include_directories(llhttp SYSTEM PUBLIC /usr/share/include/llhttp)
target_compile_definitions(llhttp PUBLIC LLHTTP_STRICT_MODE=1)
if(DEMO_SANITIZE)
  target_compile_options(llhttp PRIVATE -fsanitize=${DEMO_SANITIZE})
endif()

# A program whose target has DEMO_STATIC_LIBRARIES set is linked with its C++ libraries statically: a worker
# is started often and kept small, and each shared library costs it pages of its own.
add_library(static_fmt STATIC EXCLUDE_FROM_ALL ${CMAKE_CURRENT_LIST_DIR}/static_fmt.cc)
demo_beside_the_traffic(static_fmt)
set(static "$<BOOL:$<TARGET_PROPERTY:DEMO_STATIC_LIBRARIES>>")
add_library(demo_fmt INTERFACE)
target_link_libraries(demo_fmt INTERFACE $<IF:${static},static_fmt,fmt::fmt>)
add_library(demo_protobuf_lite INTERFACE)
target_link_libraries(demo_protobuf_lite INTERFACE
  $<IF:${static},libprotobuf-lite.a,protobuf::libprotobuf-lite>)
add_library(demo_seccomp INTERFACE)
target_link_libraries(demo_seccomp INTERFACE $<IF:${static},libseccomp.a,PkgConfig::SECCOMP>)
