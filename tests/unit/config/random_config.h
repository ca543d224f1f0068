#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/utf8.h"
#include "config/fields.h"
#include "config/validate.h"

namespace demo::test {

// Makes states that validate() has no objection to, with any values in any of their fields. The same seed
// makes the same states.
class RandomConfigs {
 public:
  explicit RandomConfigs(std::uint32_t seed) : random_(seed) {}

  Config next() {
    Config config;
    for (const char* name : {"default", "api", "b.c"}) {
      if (chance(2)) config.pools.emplace_back().name = name;
    }
    for (Pool& pool : config.pools) {
      for (const char* text : {"10.0.0.1:80", "[::1]:9000", "name.example:81", "unix:/b/\xC3\xA4 \"'\\"}) {
        if (chance(2)) pool.backends.emplace_back().endpoint = *Endpoint::parse(text);
      }
    }
    for (const char* text : {"127.0.0.1:80", "[::1]:0", "0.0.0.0:8080", "unix:/l/#a"}) {
      if (chance(2)) config.listeners.emplace_back().address = *Address::parse(text);
    }
    vary(config, 2);
    return config;
  }

  // Changes about one of so many values.
  void vary(Config& config, unsigned one_of) {
    whole_ = &config;
    one_of_ = one_of;
    vary_section(config);
  }

  // For for_each_field: a value stays as it is where validate() does not take another one.
  template <typename T>
  void operator()([[maybe_unused]] std::string_view name, T& value, const FieldForm& = {}) {
    if constexpr (Section<T>) {
      vary_section(value);
    } else if constexpr (SectionList<T>) {
      for (auto& element : value) vary_section(element);
    } else if constexpr (!std::is_same_v<T, Address> && !std::is_same_v<T, Endpoint>) {
      if (!chance(one_of_)) return;
      const T before = value;
      set(value);
      // Bytes that are no text come from nowhere but into a body.
      if constexpr (std::is_same_v<T, std::string>) {
        if (name != "body" && !is_utf8(value)) value = before;
      }
      if (!validate(*whole_).empty()) value = before;
    }
  }

  bool chance(unsigned one_of) { return number_below(one_of) == 0; }

 private:
  unsigned number_below(unsigned limit) { return static_cast<unsigned>(random_() % limit); }

  template <typename T>
  void vary_section(T& section) {
    // Identities stay.
    if constexpr (std::is_same_v<T, Pool>) {
      const std::string name = section.name;
      for_each_field(section, *this);
      section.name = name;
    } else {
      for_each_field(section, *this);
    }
  }

  void set(bool& value) { value = chance(2); }
  void set(std::string& value) {
    static const std::array<std::string, 12> kTexts = {"",
                                                       "/a?b=c#d",
                                                       "text/html",
                                                       "429,500-599",
                                                       "api",
                                                       "b.c",
                                                       "eth0",
                                                       "it's \"so\"\\\n\t",
                                                       std::string("\0\x01\x1b[2J\x7f", 7),
                                                       "\xE2\x82\xAC \xE2\x80\xAE \xC2\x9B",
                                                       "\xff\xfe\x89PNG",
                                                       std::string(3000, '.')};
    value = kTexts[random_() % kTexts.size()];
    if (chance(4)) value = std::string(random_() % 5, static_cast<char>(random_()));
  }
  void set(std::chrono::milliseconds& value) {
    constexpr std::array<std::int64_t, 7> kTimes = {0, 1, 999, 1000, 90'000, 604'800'000, 3'600'001};
    value = std::chrono::milliseconds(kTimes[random_() % kTimes.size()]);
  }
  void set(std::vector<unsigned>& value) { value = {number_below(8), 8 + number_below(8)}; }
  void set(std::vector<std::pair<std::string, std::string>>& value) {
    value = {{"X-A", "b: c"}, {"X-B", "\"\xC3\xA4\\"}, {"X-C", ""}};
    value.resize(random_() % 4);
  }
  template <std::integral Number>
  requires(!std::same_as<Number, bool>) void set(Number& value) {
    constexpr std::array<std::uint64_t, 8> kNumbers = {0, 1, 2, 80, 404, 1024, 1U << 20, ~std::uint64_t{0}};
    value = static_cast<Number>(kNumbers[random_() % kNumbers.size()]);
  }
  template <typename Enum>
  requires std::is_enum_v<Enum>
  void set(Enum& value) {
    const auto other = static_cast<Enum>(random_() % 6);
    if (to_string(other) != "unknown") value = other;
  }
  template <typename T>
  void set(std::optional<T>& value) {
    value.reset();
    if (chance(3)) return;
    T inner{};
    set(inner);
    value = inner;
  }

  std::mt19937 random_;
  Config* whole_ = nullptr;
  unsigned one_of_ = 1;
};

}  // namespace demo::test
