// Preloaded by the tests of names with addresses of both families: "two-families.test" is 127.0.0.1 and ::1.
#include <dlfcn.h>
#include <netdb.h>

#include <cstring>

extern "C" int getaddrinfo(const char* name, const char* service, const addrinfo* hints, addrinfo** found) {
  using Real = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
  static const auto real = reinterpret_cast<Real>(::dlsym(RTLD_NEXT, "getaddrinfo"));
  if (name == nullptr || std::strcmp(name, "two-families.test") != 0)
    return real(name, service, hints, found);
  addrinfo plain{};
  plain.ai_socktype = SOCK_STREAM;
  plain.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  // Two lists become one, which freeaddrinfo(3) frees whole.
  addrinfo* six = nullptr;
  const int error = real("127.0.0.1", service, &plain, found);
  if (error != 0) return error;
  if (real("::1", service, &plain, &six) == 0) (*found)->ai_next = six;
  return 0;
}
