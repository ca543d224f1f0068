#pragma once

#include <string_view>
#include <type_traits>

#include "config/config.h"
#include "config/field_form.h"

// Every value of the desired state by name; nested structs and lists are what these concepts tell apart.
namespace demo {

namespace detail {
struct AnyVisitor {
  template <typename T>
  void operator()(std::string_view, T&, const FieldForm& = {}) {}
};
}  // namespace detail

// A struct with named values of its own.
template <typename T>
concept Section = requires(T& object, detail::AnyVisitor& visit) {
  for_each_field(object, visit);
};

// A list whose elements have an identity: listeners, pools, backends.
template <typename T>
concept SectionList = requires(T& list) {
  requires Section<std::remove_reference_t<decltype(list.front())>>;
};

}  // namespace demo
