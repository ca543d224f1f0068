#include "supervisor/listening/address_presence.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

namespace demo {
namespace {

using testing::HasSubstr;

Listener placed(const char* address, const char* interface = "") {
  Listener listener;
  listener.address = *Address::parse(address);
  listener.kernel.interface = interface;
  return listener;
}

// TEST-NET-1 of RFC 5737 is on no host.
TEST(AddressPresence, LookOnceIsTheLookAtEachListener) {
  const std::vector<Listener> listeners = {placed("127.0.0.1:80"),
                                           placed("192.0.2.7:80"),
                                           placed("192.0.2.7:81"),
                                           placed("127.0.0.1:81", "lo"),
                                           placed("127.0.0.1:81", "nosuch0"),
                                           placed("unix:/nowhere/at/all"),
                                           placed("127.0.0.1:82", "lo"),
                                           placed("[fe80::1%nosuch0]:80"),
                                           placed("[fe80::1%nosuch0]:81")};
  PresenceLook look;
  for (const Listener& listener : listeners) {
    const Status alone = check_presence(listener);
    const Status among = look.check(listener);
    EXPECT_EQ(among.has_value(), alone.has_value()) << listener.address.to_string();
    if (among || alone) continue;
    EXPECT_EQ(among.error().message, alone.error().message);
  }
  const Status absent = look.check(placed("192.0.2.7:82"));
  ASSERT_FALSE(absent);
  EXPECT_THAT(absent.error().message, HasSubstr("192.0.2.7:82: no network interface has this address"));
}

}  // namespace
}  // namespace demo
