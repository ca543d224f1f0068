#pragma once

#include <cstddef>
#include <random>
#include <string>
#include <vector>

namespace demo {

// Makes requests and responses for property tests: valid ones, and nearly valid ones whose flaws are those
// that parsers are known to disagree about. The same seed makes the same messages.
class MessageGenerator {
 public:
  explicit MessageGenerator(unsigned seed) : random_(seed) {}

  // A valid request; content: what its body holds.
  std::string valid_request(std::string& content);
  // Pieces of valid and invalid spellings put together, sometimes with single bytes changed.
  std::string odd_request();
  std::string odd_response();

  std::mt19937& random() { return random_; }

 private:
  std::size_t below(std::size_t bound) {
    return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random_);
  }
  bool one_in(std::size_t n) { return below(n) == 0; }
  const std::string& pick(const std::vector<std::string>& choices) { return choices[below(choices.size())]; }
  std::string chunked(const std::string& content, bool odd);
  std::string odd_fields();
  std::string odd_body();
  void mutate(std::string& bytes);

  std::mt19937 random_;
};

}  // namespace demo
