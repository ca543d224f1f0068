// How the file's mistakes are told: every key is given a wrong type, a value out of its bounds, an unknown
// word and an empty one, and says where, what was typed and what is allowed.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "config/config_file.h"
#include "config/fields.h"
#include "config/toml_value.h"
#include "unit/bare_type.h"

namespace demo {
namespace {

using testing::HasSubstr;

// A key of the file, the table that it is in, and what it takes.
struct Key {
  std::string table;  // the header's lines: "[[pool]]\nname = \"p\"\n"
  std::string path;   // "pool.name"
  std::string name;
  std::string allowed;                 // what a value of a wrong type is told
  std::vector<std::string> wrong;      // literals beyond its bounds, or words that it does not know
  std::optional<std::string> empty{};  // what "" is told; unset: it is a value
};

// Collects the keys of a table and of those below it. A visitor of for_each_field().
class KeyList {
 public:
  KeyList(std::string header, std::string path, std::vector<Key>& keys)
      : header_(std::move(header)), path_(std::move(path)), keys_(keys) {}

  template <typename T>
  void operator()(std::string_view name, T& value, const FieldForm& form = {}) {
    using Type = typename BareType<T>::Type;
    if constexpr (SectionList<T>) {
      const std::string key(name.substr(0, name.size() - 1));
      typename T::value_type element;
      KeyList inner(fmt::format("{}[[{}{}]]\n", header_, path_, key), fmt::format("{}{}.", path_, key),
                    keys_);
      for_each_field(element, inner);
    } else if constexpr (Section<T>) {
      KeyList inner(fmt::format("{}[{}{}]\n", header_, path_, name), fmt::format("{}{}.", path_, name),
                    keys_);
      for_each_field(value, inner);
    } else {
      Key key{header_, path_ + std::string(name), std::string(name), "", {}};
      describe(key, Type{}, form);
      keys_.push_back(std::move(key));
    }
  }

 private:
  static void describe(Key& key, bool, const FieldForm&) {
    key.allowed = "must be true or false";
    key.empty = key.allowed;
  }
  static void describe(Key& key, const std::string&, const FieldForm&) {
    key.allowed = "must be a text in quotes";
  }
  static void describe(Key& key, std::chrono::milliseconds, const FieldForm& form) {
    key.allowed = fmt::format("must be a time {}, such as", time_range_text(form));
    key.wrong = {"\"8d\""};
    if (form.least > 0) key.wrong.emplace_back("0");
    key.empty = key.allowed;
  }
  static void describe(Key& key, const Address&, const FieldForm&) {
    key.allowed = "must be a text such as \"10.0.0.3:80\"";
    key.empty = "no port; expected 1.2.3.4:80, ";
  }
  static void describe(Key& key, const Endpoint&, const FieldForm& form) { describe(key, Address(), form); }
  static void describe(Key& key, const std::vector<unsigned>&, const FieldForm&) {
    key.allowed = "must be a list of core numbers such as [0, 2, 4]";
    key.empty = key.allowed;
  }
  static void describe(Key& key, const std::vector<std::pair<std::string, std::string>>&, const FieldForm&) {
    key.allowed = "must be a list of fields such as [\"X-Served-By: demo\"]";
    key.empty = key.allowed;
  }
  template <typename Number>
  requires std::is_integral_v<Number>
  static void describe(Key& key, Number, const FieldForm& form) {
    const bool is_size = form.unit == FieldUnit::kBytes;
    key.allowed = fmt::format("must be a {} {}", is_size ? "size" : "whole number", range_text<Number>(form));
    if (!is_size) key.wrong = {"-1"};
    if (form.least > 0 && !form.or_zero && !is_size) key.wrong.emplace_back("0");
    if (!is_size && most_of<Number>(form) < 1'000'000'000'000) key.wrong.emplace_back("1_000_000_000_000");
    key.empty = key.allowed;
  }
  template <typename Enum>
  requires std::is_enum_v<Enum>
  static void describe(Key& key, Enum, const FieldForm&) {
    key.allowed = must_be_one_of<Enum>("");
    key.wrong = {"\"prxyish-unknown\""};
    key.empty = key.allowed;
  }

  const std::string header_;
  const std::string path_;
  std::vector<Key>& keys_;
};

std::vector<Key> all_keys() {
  std::vector<Key> keys;
  Config config;
  KeyList list("", "", keys);
  for_each_field(config, list);
  return keys;
}

// The problem of the key alone: its place is the value's.
std::string problem(const Key& key, const std::string& literal) {
  const std::string text = fmt::format("{}{} = {}\n", key.table, key.name, literal);
  const auto nothing = [](const std::string&) -> Result<std::string> { return std::string(); };
  const auto line = std::count(text.begin(), text.end(), '\n');
  const std::string place = fmt::format("f:{}:{}: ", line, key.name.size() + 4);
  for (const Error& error : parse_config(text, "f", nothing).problems) {
    if (!error.message.starts_with(place)) continue;
    EXPECT_EQ(error.field, key.path);
    return error.message.substr(place.size());
  }
  return "nothing at " + place + " of " + text;
}

// "pool.name is "5": " or "pool.name: " and a reason that names the value.
void expect_voice(const Key& key, const std::string& typed, const std::string& told, const std::string& why) {
  SCOPED_TRACE(key.path + " = " + typed);
  EXPECT_TRUE(told.starts_with(key.path + " is ") || told.starts_with(key.path + ": ")) << told;
  EXPECT_THAT(told, HasSubstr(fmt::format("\"{}\"", typed)));
  EXPECT_THAT(told, HasSubstr(why));
}

TEST(FileVoice, TellsAWrongTypeWithWhatIsAllowed) {
  const auto keys = all_keys();
  ASSERT_GT(keys.size(), 70U);
  for (const Key& key : keys) {
    for (const std::string literal : {"1e3", "1979-05-27", "{a = 1}"}) {
      expect_voice(key, literal, problem(key, literal), key.allowed);
    }
  }
}

TEST(FileVoice, TellsWhatIsOutOfBoundsOrUnknown) {
  for (const Key& key : all_keys()) {
    for (const std::string& literal : key.wrong) {
      std::string typed = literal;
      std::erase(typed, '"');
      std::string why = key.allowed.substr(0, key.allowed.find(','));
      for (const std::string_view type : {"a whole number ", "a time "}) {
        if (const auto at = why.find(type); at != std::string::npos) why.erase(at, type.size());
      }
      expect_voice(key, typed, problem(key, literal), why);
    }
  }
}

TEST(FileVoice, TellsAnEmptyValueThatIsNone) {
  for (const Key& key : all_keys()) {
    if (key.empty) expect_voice(key, "", problem(key, "\"\""), *key.empty);
  }
}

TEST(FileVoice, TellsAllProblemsOfATableAtOnce) {
  const auto nothing = [](const std::string&) -> Result<std::string> { return std::string(); };
  const std::string text = R"([[pool]]
name = "p"
[pool.health]
kind = "htp"
path = "x"
rise = 0
[pool.ejection]
statuses = "5xx"
base_time = "x"
max_time = "1ms"
[[pool.backend]]
address = "10.0.0.3:80"
weight = 1001
state = "upp"
[[listener]]
address = "nowhere"
mode = "tcp"
pool = "q"
)";
  std::vector<std::string> starts;
  for (const Error& error : parse_config(text, "f", nothing).problems) {
    starts.push_back(error.message.substr(0, error.message.find('"')));
  }
  EXPECT_THAT(starts,
              testing::ElementsAre(
                  "f:4:8: pool.health.kind is ", "f:5:8: pool.health.path is ", "f:6:8: pool.health.rise is ",
                  "f:8:12: pool.ejection.statuses is ", "f:9:13: pool.ejection.base_time is ",
                  "f:13:10: pool.backend.weight is ", "f:14:9: pool.backend.state is ",
                  "f:16:11: listener.address: invalid address ", "f:18:8: listener.pool is "));
}

TEST(FileVoice, SaysNothingOfWhatDependsOnAnUnreadValue) {
  const auto nothing = [](const std::string&) -> Result<std::string> { return std::string(); };
  const auto count = [&](std::string_view text) { return parse_config(text, "f", nothing).problems.size(); };
  EXPECT_EQ(count("[client_timeouts]\nhead = \"x\"\nrequest = \"1ms\"\n"), 1U);
  EXPECT_EQ(count("[[pool]]\nname = 5\n[[pool]]\nname = 6\n"), 2U);
  EXPECT_EQ(count("[[pool]]\nname = 5\n[[listener]]\naddress = \":80\"\nmode = \"tcp\"\npool = \"a\"\n"), 1U);
  EXPECT_EQ(count("[[listener]]\naddress = 1\n[[listener]]\naddress = 2\n"), 2U);
  EXPECT_EQ(count("[[listener]]\naddress = \"[fe80::1]:80\"\n[listener.kernel]\ninterface = 1\n"), 1U);
}

TEST(FileVoice, NamesTheElementOfAListThatIsWrong) {
  const auto nothing = [](const std::string&) -> Result<std::string> { return std::string(); };
  const auto told = [&](std::string_view text) {
    const auto problems = parse_config(text, "f", nothing).problems;
    return problems.size() == 1 ? problems.front().message : fmt::format("{} problems", problems.size());
  };
  EXPECT_EQ(told("[workers]\ncores = [1, \"0\"]\n"),
            "f:2:13: workers.cores is \"0\": must be a whole number from 0 to 1048575, without quotes");
  EXPECT_EQ(told("[workers]\ncores = [1_0, 1e1]\n"),
            "f:2:15: workers.cores is \"1e1\": must be a whole number from 0 to 1048575");
  EXPECT_EQ(told("[response]\nheaders = [\"A: b\", \"no colon\"]\n"),
            "f:2:20: response.headers is \"no colon\": must be a field such as \"X-Served-By: demo\"");
}

TEST(FileVoice, ShowsWhatARuleIsAboutAsItWasTyped) {
  const auto nothing = [](const std::string&) -> Result<std::string> { return std::string(); };
  const std::string text = "[[listener]]\naddress = \":80\"\n[listener.kernel]\nv6only = true\n";
  const auto problems = parse_config(text, "f", nothing).problems;
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(problems.front().message,
            "f:4:10: listener.kernel.v6only is \"true\": applies to IPv6 addresses only");
}

}  // namespace
}  // namespace demo
