#include "channel/field_mark.h"

#include <gtest/gtest.h>

#include <set>

namespace demo {
namespace {

// Sections of other builds: each differs from the first in one thing.
template <typename T>
struct One {
  T value{};
};
template <typename S>
concept IsOne = requires(S& one) {
  requires std::same_as<std::remove_const_t<S>, One<decltype(one.value)>>;
};

template <IsOne S, typename Visit>
void for_each_field(S& one, Visit& visit) {
  visit("value", one.value);
}

struct Renamed {
  int other = 0;
};
template <Is<Renamed> S, typename Visit>
void for_each_field(S& renamed, Visit& visit) {
  visit("other", renamed.other);
}

struct Longer {
  int value = 0;
  bool more = false;
};
template <Is<Longer> S, typename Visit>
void for_each_field(S& longer, Visit& visit) {
  visit("value", longer.value);
  visit("more", longer.more);
}

struct Swapped {
  int value = 0;
  bool more = false;
};
template <Is<Swapped> S, typename Visit>
void for_each_field(S& swapped, Visit& visit) {
  visit("more", swapped.more);
  visit("value", swapped.value);
}

enum class Shade : std::uint8_t { kDark, kPale };
enum class LaterShade : std::uint8_t { kGrey, kDark, kPale };

}  // namespace

template <>
inline constexpr auto kWordsOf<Shade> = enum_words<Shade>({{Shade::kDark, "dark"}, {Shade::kPale, "pale"}});
template <>
inline constexpr auto kWordsOf<LaterShade> = enum_words<LaterShade>({{LaterShade::kGrey, "grey"},
                                                                     {LaterShade::kDark, "dark"},
                                                                     {LaterShade::kPale, "pale"}});

namespace {

TEST(FieldMark, IsAnotherForEachDifferenceOfTheFields) {
  const std::vector<std::uint64_t> marks = {
      FieldMark::of<One<int>>(),
      FieldMark::of<Renamed>(),
      FieldMark::of<Longer>(),
      FieldMark::of<Swapped>(),
      FieldMark::of<One<unsigned>>(),
      FieldMark::of<One<std::int64_t>>(),
      FieldMark::of<One<bool>>(),
      FieldMark::of<One<std::chrono::milliseconds>>(),
      FieldMark::of<One<std::string>>(),
      FieldMark::of<One<Address>>(),
      FieldMark::of<One<Endpoint>>(),
      FieldMark::of<One<std::optional<int>>>(),
      FieldMark::of<One<std::vector<int>>>(),
      FieldMark::of<One<std::pair<int, bool>>>(),
      FieldMark::of<One<std::pair<bool, int>>>(),
      FieldMark::of<One<Shade>>(),
      FieldMark::of<One<LaterShade>>(),
      FieldMark::of<One<Longer>>(),
      FieldMark::of<One<std::vector<Longer>>>(),
      FieldMark::of<One<std::vector<Swapped>>>(),
  };
  EXPECT_EQ(std::set<std::uint64_t>(marks.begin(), marks.end()).size(), marks.size());
}

TEST(FieldMark, IsTheSameForTheSameFields) {
  EXPECT_EQ(FieldMark::of<One<Longer>>(), FieldMark::of<One<Longer>>());
}

}  // namespace
}  // namespace demo
