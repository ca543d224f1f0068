#include "server/answers.h"

#include <ctime>

#include "base/clock.h"
#include "base/log_limit.h"
#include "http/reason_phrase.h"
#include "server/response_head_text.h"

namespace demo {

Answers::Answers(const Response& settings)
    : date_(std::time(nullptr)), small_pattern_(body_pattern(CannedResponse::kInlineBodyBytes)) {
  set_response(settings);
}

void Answers::set_response(const Response& settings) {
  if (canned_ && settings == settings_) return;
  settings_ = settings;
  canned_.emplace(settings_, date_.text());
  BodyFile* replaced = configured_;
  configured_ = nullptr;
  if (replaced != nullptr && replaced->users == 0) release(*replaced);
  if (settings_.body_size == 0 && !canned_->body_inline()) {
    configured_ = add_file(BodyFile::with_bytes(settings_.body));
  }
}

void Answers::set_date(std::uint64_t now_ns) {
  // The wall clock may be stepped; the monotonic one only says when to look again.
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  next_date_ns_ = now_ns + 1'000'000'000U - static_cast<std::uint64_t>(now.tv_nsec);
  date_ = HttpDate(now.tv_sec);
  canned_->set_date(date_.text());
}

ResponseFacts Answers::shape(const ResponsePlan& plan) const {
  ResponseFacts facts;
  facts.status = plan.status != 0 ? plan.status : canned_->status();
  facts.has_body = !status_has_no_body(facts.status);
  if (!facts.has_body) return facts;
  facts.body_size = plan.sized ? plan.body_size : canned_->body_size();
  facts.chunked = plan.chunked;
  return facts;
}

std::string_view Answers::shaped_head(const ResponsePlan& plan, const ResponseFacts& facts) {
  ResponseHeadText head;
  head.status = facts.status;
  head.persistence = plan.persistence;
  head.date = date_.text();
  head.content_type = settings_.content_type;
  head.headers = &settings_.headers;
  head.chunked = facts.chunked;
  if (!facts.chunked && facts.has_body) head.content_length = facts.body_size;
  head_.clear();
  append_response_head(head_, head);
  return head_;
}

BodyFile* Answers::add_file(Result<BodyFile> made) {
  if (!made) {
    // Each request would tell it; of this process, which has one thread.
    static LogLimit limit;
    limit.log(monotonic_ns(), LogLevel::kError, "{}", made.error().message);
    return nullptr;
  }
  files_.push_back(std::move(*made));
  return &files_.back();
}

std::string_view Answers::small_body(const ResponsePlan& plan) const {
  if (!plan.sized) return canned_->body_inline() ? std::string_view(settings_.body) : std::string_view();
  if (plan.body_size > small_pattern_.size()) return {};
  return std::string_view(small_pattern_).substr(0, static_cast<std::size_t>(plan.body_size));
}

BodyFile* Answers::body_file(const ResponsePlan& plan) {
  const bool configured = !plan.shaped || !plan.sized;
  if (configured && settings_.body_size == 0) {
    if (configured_ == nullptr) configured_ = add_file(BodyFile::with_bytes(settings_.body));
    return configured_;
  }
  if (pattern_ == nullptr) pattern_ = add_file(BodyFile::with_bytes(body_pattern(BodyFile::kPatternBytes)));
  return pattern_;
}

void Answers::release(BodyFile& file) {
  if (file.users > 0) --file.users;
  if (file.users > 0 || &file == pattern_ || &file == configured_) return;
  files_.remove_if([&file](const BodyFile& each) { return &each == &file; });
}

}  // namespace demo
