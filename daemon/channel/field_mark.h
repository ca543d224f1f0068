#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/fnv_hash.h"
#include "config/fields.h"

namespace demo {

// Hashes the names and types of the values that FieldWriter would write, in their order, and the words of
// enums: what a build understands under the bytes. A visitor of for_each_field(), which looks at no value.
class FieldMark {
 public:
  // Of a section, with all that is in it.
  template <Section T>
  static std::uint64_t of() {
    FieldMark mark;
    mark.add_type<T>();
    return mark.hash_;
  }

  template <typename T>
  void operator()(std::string_view name, T&, const FieldForm& = {}) {
    add(name);
    add_type<T>();
  }

 private:
  template <typename T>
  struct Inner {};
  template <typename T>
  struct Inner<std::optional<T>> {
    static constexpr std::string_view kKind = "optional";
    static void add_to(FieldMark& mark) { mark.add_type<T>(); }
  };
  template <typename T>
  struct Inner<std::vector<T>> {
    static constexpr std::string_view kKind = "list";
    static void add_to(FieldMark& mark) { mark.add_type<T>(); }
  };
  template <typename A, typename B>
  struct Inner<std::pair<A, B>> {
    static constexpr std::string_view kKind = "pair";
    static void add_to(FieldMark& mark) {
      mark.add_type<A>();
      mark.add_type<B>();
    }
  };

  // With its end, so that two texts in a row are not taken for two others.
  void add(std::string_view text) { hash_ = fnv_hash(text, fnv_hash(text.size(), hash_)); }
  void add(std::uint64_t number) { hash_ = fnv_hash(number, hash_); }

  template <typename T>
  void add_type() {
    if constexpr (Section<T>) {
      add("section");
      T section{};
      for_each_field(section, *this);
      add("end");
    } else if constexpr (WordedEnum<T>) {
      add("enum");
      for (const auto& [value, word] : kWordsOf<T>) {
        add(static_cast<std::uint64_t>(value));
        add(word);
      }
    } else if constexpr (std::same_as<T, bool>) {
      add("bool");
    } else if constexpr (std::integral<T>) {
      add(std::is_signed_v<T> ? "signed" : "unsigned");
      add(sizeof(T));
    } else if constexpr (std::same_as<T, std::chrono::milliseconds>) {
      add("milliseconds");
    } else if constexpr (std::same_as<T, std::string>) {
      add("text");
    } else if constexpr (std::same_as<T, Address>) {
      add("address");
    } else if constexpr (std::same_as<T, Endpoint>) {
      add("endpoint");
    } else {
      add(Inner<T>::kKind);
      Inner<T>::add_to(*this);
    }
  }

  std::uint64_t hash_ = kFnvStart;
};

}  // namespace demo
