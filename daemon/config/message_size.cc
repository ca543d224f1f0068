#include "config/message_size.h"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "config/identity.h"
#include "config/value_text.h"

namespace demo {
namespace {

constexpr std::size_t kTagBytes = 2;      // of a field below 2048: protobuf's wire format
constexpr std::size_t kNumberBytes = 10;  // the longest varint
constexpr std::size_t kWordBytes = 1;     // of an enum or a bool
constexpr std::size_t kTimeBytes = 12;    // google.protobuf.Duration within a week: seconds, nanoseconds

// A value with its tag, and its length as a varint: seven bits a byte.
std::size_t framed(std::size_t bytes) {
  std::size_t length_bytes = 1;
  for (std::size_t rest = bytes >> 7; rest > 0; rest >>= 7) ++length_bytes;
  return kTagBytes + length_bytes + bytes;
}

template <typename T>
std::size_t section_size(const T& section);

// Sums up a section, as a visitor of for_each_field().
class SizeSum {
 public:
  template <typename T>
  void operator()(std::string_view, const T& value, const FieldForm& form = {}) {
    bytes_ += framed(size(value, form));
  }
  // What is not set is not there.
  template <typename T>
  void operator()(std::string_view name, const std::optional<T>& value, const FieldForm& form = {}) {
    if (value) (*this)(name, *value, form);
  }
  template <typename T>
  requires(std::is_enum_v<T> || std::is_same_v<T, bool>) void operator()(std::string_view, const T&,
                                                                         const FieldForm& = {}) {
    bytes_ += kTagBytes + kWordBytes;
  }

  std::size_t bytes() const { return bytes_; }

 private:
  template <typename T>
  static std::size_t size(const T& value, const FieldForm& form) {
    if constexpr (SectionList<const T>) {
      std::size_t sum = 0;
      for (const auto& element : value) sum += framed(section_size(element));
      return sum;
    } else if constexpr (Section<const T>) {
      return section_size(value);
    } else {
      return value_size(value, form.unit);
    }
  }

  static std::size_t value_size(const std::string& value, FieldUnit) { return value.size(); }
  template <typename Rep, typename Period>
  static std::size_t value_size(std::chrono::duration<Rep, Period>, FieldUnit) {
    return kTimeBytes;
  }
  static std::size_t value_size(const std::vector<unsigned>& value, FieldUnit) {
    return value.size() * kNumberBytes;
  }
  static std::size_t value_size(const std::vector<std::pair<std::string, std::string>>& fields, FieldUnit) {
    std::size_t sum = 0;
    for (const auto& [name, value] : fields) sum += framed(framed(name.size()) + framed(value.size()));
    return sum;
  }
  // A number has at least as many digits as bytes.
  template <typename T>
  static std::size_t value_size(const T& value, FieldUnit unit) {
    return value_text(value, unit).size();
  }

  std::size_t bytes_ = 0;
};

template <typename T>
std::size_t section_size(const T& section) {
  SizeSum sum;
  for_each_field(section, sum);
  return sum.bytes();
}

}  // namespace

std::size_t message_size(const Config& config) { return section_size(config); }

}  // namespace demo
