#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "config/fields.h"
#include "config/problems.h"
#include "config/validate_listener.h"
#include "config/validate_pool.h"
#include "config/validate_response.h"
#include "config/validate_traffic.h"
#include "config/value_range.h"

// What can be said of one part of the desired state without the others.
namespace demo {

// A part without rules but the bounds of its numbers.
template <typename T>
void check_own(const T&, Problems) {}

template <typename T>
void check_parts(const T& section, Problems problems);

// Holds each value against its bounds, and goes into the sections below. A visitor of for_each_field().
class PartRules {
 public:
  explicit PartRules(Problems problems) : problems_(problems) {}

  template <typename T>
  void operator()(std::string_view name, const T& value, const FieldForm& form = {}) {
    if constexpr (Section<const T>) {
      check_parts(value, problems_.under(name));
    } else if constexpr (SectionList<const T>) {
      for (std::size_t i = 0; i < value.size(); ++i) {
        check_parts(value[i], problems_.under_element(name, value[i], i));
      }
    } else if (const std::string why = range_fault(value, form); !why.empty()) {
      problems_.add(name, value_text(value, form.unit), why);
    }
  }

 private:
  Problems problems_;
};

// A section and all that is in it: bounds, and the rules of each by itself.
template <typename T>
void check_parts(const T& section, Problems problems) {
  PartRules rules(problems);
  for_each_field(section, rules);
  check_own(section, problems);
}

}  // namespace demo
