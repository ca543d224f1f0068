#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "http/body_reader.h"
#include "http/request_parser.h"

namespace demo {

// What a server makes of the bytes of one connection: every request read whole, in order, until one is
// refused or asks for the connection to close.
class RequestStream {
 public:
  enum class End { kOpen, kClosed, kRejected };
  struct Request {
    std::string method;
    std::string target;
    std::string body;
    bool operator==(const Request&) const = default;
  };

  void feed(std::string_view bytes) {
    pending_ += bytes;
    while (end_ == End::kOpen && advance()) {
    }
  }

  End end() const { return end_; }
  const std::vector<Request>& requests() const { return requests_; }
  const Rejection& rejection() const { return rejection_; }
  // Bytes that belong to no finished request.
  bool mid_message() const { return in_body_ || !pending_.empty(); }
  // Whether a head was accepted whose body is not complete.
  bool in_body() const { return in_body_; }

 private:
  // One step; false when more bytes are needed.
  bool advance() { return in_body_ ? advance_body() : advance_head(); }

  bool advance_head() {
    if (pending_.empty()) return false;
    switch (parser_.parse(pending_, seen_)) {
      case ParseOutcome::kIncomplete:
        seen_ = pending_.size();
        return false;
      case ParseOutcome::kRejected:
        return reject(parser_.rejection());
      case ParseOutcome::kComplete:
        break;
    }
    const RequestHead& head = parser_.head();
    current_ = {std::string(head.method_text), std::string(head.target), {}};
    persistent_ = head.persistent;
    body_ = BodyReader(head.body, head.content_length);
    pending_.erase(0, head.size);
    seen_ = 0;
    in_body_ = true;
    return true;
  }

  bool advance_body() {
    const BodyReader::Step step = body_.step(pending_);
    current_.body += step.payload;
    pending_.erase(0, step.consumed);
    switch (step.outcome) {
      case ParseOutcome::kIncomplete:
        return !pending_.empty();
      case ParseOutcome::kRejected:
        return reject(body_.rejection());
      case ParseOutcome::kComplete:
        break;
    }
    requests_.push_back(current_);
    in_body_ = false;
    if (!persistent_) end_ = End::kClosed;
    return true;
  }

  bool reject(const Rejection& rejection) {
    rejection_ = rejection;
    end_ = End::kRejected;
    return false;
  }

  RequestParser parser_;
  BodyReader body_;
  std::string pending_;
  std::vector<Request> requests_;
  Request current_;
  Rejection rejection_;
  std::size_t seen_ = 0;
  End end_ = End::kOpen;
  bool persistent_ = true;
  bool in_body_ = false;
};

}  // namespace demo
