#include "values/number_text.h"

#include <gtest/gtest.h>

#include "format/csv.h"
#include "values/duration_text.h"

namespace demo::ctl {
namespace {

TEST(NumberText, ReadsDigitsAlone) {
  EXPECT_EQ(parse_whole("42"), 42U);
  for (const char* text : {"", "-1", "+1", "4x", " 4", "18446744073709551616"}) {
    EXPECT_EQ(parse_whole(text), std::nullopt) << text;
  }
}

TEST(NumberText, ShortensNumbersToFiveCharacters) {
  EXPECT_EQ(short_number(0), "0");
  EXPECT_EQ(short_number(7.5), "7.5");
  EXPECT_EQ(short_number(812.4), "812");
  EXPECT_EQ(short_number(9999), "9999");
  EXPECT_EQ(short_number(10'000), "10.0k");
  EXPECT_EQ(short_number(123'456), "123k");
  EXPECT_EQ(short_number(4'500'000), "4.5M");
  for (double value = 1; value < 1e14; value *= 1.7) EXPECT_LE(short_number(value).size(), 5U) << value;
}

TEST(NumberText, ShortensBytesToSixCharacters) {
  EXPECT_EQ(short_bytes(0), "0");
  EXPECT_EQ(short_bytes(812), "812B");
  EXPECT_EQ(short_bytes(999.9), "1.0kB");
  EXPECT_EQ(short_bytes(1'234'567), "1.2MB");
  for (double value = 1; value < 1e17; value *= 1.7) EXPECT_LE(short_bytes(value).size(), 6U) << value;
}

TEST(NumberText, ShortensTimes) {
  EXPECT_EQ(short_time(std::nullopt), "-");
  EXPECT_EQ(short_time(850), "850ns");
  EXPECT_EQ(short_time(12'500), "12.5us");
  EXPECT_EQ(short_time(3'100'000), "3.1ms");
  EXPECT_EQ(short_time(2'000'000'000), "2.0s");
}

TEST(NumberText, ShowsAnIdleCoreAsZero) {
  EXPECT_EQ(short_percent(0.01), "0");
  EXPECT_EQ(short_percent(4.25), "4.2");
  EXPECT_EQ(short_percent(98.4), "98");
}

TEST(NumberText, WritesFiguresForProgramsInFull) {
  EXPECT_EQ(plain_number(123456789), "123456789");
  EXPECT_EQ(plain_number(0.25), "0.25");
  EXPECT_EQ(plain_number(0.0001), "0");
}

TEST(DurationText, ReadsUnitsFromLargeToSmall) {
  EXPECT_EQ(parse_duration("250ms"), 250'000'000);
  EXPECT_EQ(parse_duration("1m30s"), 90'000'000'000);
  EXPECT_EQ(parse_duration("50us"), 50'000);
  EXPECT_EQ(parse_duration("0"), 0);
}

TEST(DurationText, RefusesWhatIsNoDuration) {
  for (const char* text : {"", "5", "s", "-1s", "1s1m", "1.5s", "1s ", "300000d", "1sec"}) {
    EXPECT_EQ(parse_duration(text), std::nullopt) << text;
  }
}

TEST(DurationText, WritesTheLargestUnitThatLosesNothing) {
  EXPECT_EQ(format_duration(0), "0s");
  EXPECT_EQ(format_duration(90'000'000'000), "90s");
  EXPECT_EQ(format_duration(300'000'000'000), "5m");
  EXPECT_EQ(format_duration(1'500'000'000), "1500ms");
}

TEST(DurationText, WritesAgesWithTwoUnits) {
  EXPECT_EQ(format_age(8), "8s");
  EXPECT_EQ(format_age(725), "12m 5s");
  EXPECT_EQ(format_age(3600 * 5 + 60), "5h 1m");
  EXPECT_EQ(format_age(86'400 * 3 + 3600 * 4), "3d 4h");
}

}  // namespace
}  // namespace demo::ctl
