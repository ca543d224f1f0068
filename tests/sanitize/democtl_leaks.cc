// Linked into democtl where sanitizers are: what LeakSanitizer says nothing of.
#include <sanitizer/lsan_interface.h>

// gRPC's threads may still take a TLS connection apart when democtl ends, and hold parts of it by nothing
// that is looked at. democtl itself uses no OpenSSL. https://clang.llvm.org/docs/LeakSanitizer.html,
// "Suppressions".
extern "C" const char* __lsan_default_suppressions() { return "leak:libcrypto.so\nleak:libssl.so\n"; }
