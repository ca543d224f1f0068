#include <gmock/gmock.h>

#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>

#include "config/config_diff.h"
#include "config/config_file.h"
#include "config/fields.h"

namespace demo {
namespace {

using testing::ElementsAre;

std::string default_file() {
  std::ifstream file(DEMO_DEFAULT_FILE);
  EXPECT_TRUE(file) << DEMO_DEFAULT_FILE;
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// The file with every commented key and section switched on; prose has a blank after its '#'.
std::string with_all_keys() {
  // But the list of cores, which excludes other keys.
  const std::string rest = std::regex_replace(default_file(), std::regex("\n#cores = [^\n]*"), "");
  return std::regex_replace(rest, std::regex("(^|\n)#([a-z\\[])"), "$1$2");
}

Config parse_good(const std::string& text) {
  const auto no_files = [](const std::string& path) { return Result<std::string>("the content of " + path); };
  ParsedConfig parsed = parse_config(text, "demo-server.toml", no_files);
  for (const Error& problem : parsed.problems) ADD_FAILURE() << problem.message;
  return parsed.config;
}

// The names of all keys, those of lists' elements included.
class KeyLister {
 public:
  template <typename T>
  void operator()(std::string_view name, T& value, const FieldForm& = {}) {
    if constexpr (SectionList<T>) {
      for_each_field(value.emplace_back(), *this);
    } else if constexpr (Section<T>) {
      for_each_field(value, *this);
    } else {
      keys.insert(std::string(name));
    }
  }
  std::set<std::string> keys;
};

TEST(DefaultFile, SetsOnlyTheListenerOfAFreshInstallation) {
  EXPECT_THAT(diff_config(Config{}, parse_good(default_file())),
              ElementsAre("listeners: + 0.0.0.0:80 (auto)"));
}

TEST(DefaultFile, ShowsEveryKey) {
  Config config;
  KeyLister lister;
  for_each_field(config, lister);
  const std::string text = default_file();
  for (const std::string& key : lister.keys) {
    EXPECT_TRUE(std::regex_search(text, std::regex("\n#?" + key + " = ")))
        << key << " is not in the default file";
  }
  EXPECT_GT(lister.keys.size(), 60U);
}

TEST(DefaultFile, ShowsTheDefaultsOfAllKeysThatHaveOne) {
  // Keys that are unset by default show an example in place of a default, and say so.
  EXPECT_THAT(
      diff_config(Config{}, parse_good(with_all_keys())),
      ElementsAre(
          "workers.count: unset -> 4", "response.headers: none -> \"X-Served-By: demo-server\"",
          "listeners: + 0.0.0.0:80 (auto, accept_mode reuseport, kernel.defer_accept_s 5, "
          "kernel.fastopen_queue 256, kernel.busy_poll_us 50, kernel.prefer_busy_poll true, "
          "kernel.quickack true, kernel.keepalive_idle_s 60, kernel.keepalive_interval_s 10, "
          "kernel.keepalive_count 3, kernel.send_buffer_bytes 256k, kernel.receive_buffer_bytes 256k, "
          "kernel.incoming_cpu 0, kernel.v6only false, kernel.transparent true)",
          "pools: + default", "pools.default.backends: + 10.0.0.3:80"));
}

}  // namespace
}  // namespace demo
