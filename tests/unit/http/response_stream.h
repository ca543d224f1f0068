#pragma once

#include <string>
#include <string_view>

#include "http/body_reader.h"
#include "http/response_parser.h"

namespace demo {

// What a proxy makes of the bytes a backend sends in answer to one request: interim responses passed over,
// the final one read to its end, which may be the end of the connection.
class ResponseStream {
 public:
  enum class End { kOpen, kComplete, kRejected };

  explicit ResponseStream(ResponseExpectation expectation = {}) : expectation_(expectation) {}

  void feed(std::string_view bytes) {
    pending_ += bytes;
    while (end_ == End::kOpen && advance()) {
    }
  }

  // The backend closed its connection.
  void close() {
    if (end_ != End::kOpen) return;
    end_ = in_body_ && reader_.kind() == BodyKind::kUntilClose ? End::kComplete : End::kRejected;
  }

  End end() const { return end_; }
  unsigned status() const { return status_; }
  unsigned interim_responses() const { return interim_responses_; }
  const std::string& body() const { return body_; }
  const std::string& rest() const { return pending_; }
  const ResponseHead& head() const { return parser_.head(); }

 private:
  bool advance() { return in_body_ ? advance_body() : advance_head(); }

  bool advance_head() {
    switch (parser_.parse(pending_, expectation_, seen_)) {
      case ParseOutcome::kIncomplete:
        seen_ = pending_.size();
        return false;
      case ParseOutcome::kRejected:
        end_ = End::kRejected;
        return false;
      case ParseOutcome::kComplete:
        break;
    }
    const ResponseHead& head = parser_.head();
    status_ = head.status;
    in_body_ = !head.interim();
    if (head.interim()) ++interim_responses_;
    reader_ = BodyReader(head.body, head.content_length);
    pending_.erase(0, head.size);
    seen_ = 0;
    return true;
  }

  bool advance_body() {
    const BodyReader::Step step = reader_.step(pending_);
    body_ += step.payload;
    pending_.erase(0, step.consumed);
    if (step.outcome == ParseOutcome::kRejected) end_ = End::kRejected;
    if (step.outcome == ParseOutcome::kComplete) end_ = End::kComplete;
    return !pending_.empty();
  }

  ResponseParser parser_;
  BodyReader reader_;
  ResponseExpectation expectation_;
  std::string pending_;
  std::string body_;
  std::size_t seen_ = 0;
  unsigned status_ = 0;
  unsigned interim_responses_ = 0;
  End end_ = End::kOpen;
  bool in_body_ = false;
};

}  // namespace demo
