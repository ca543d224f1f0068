#include "server/canned_response.h"

#include <algorithm>

#include "http/reason_phrase.h"
#include "server/response_head_text.h"

namespace demo {
namespace {

// The head without content type and extra fields: status line, Date, Content-Length, Connection.
constexpr std::size_t kOwnFieldsBytesMax = 256;
static_assert(limits::kResponseHeaderBytes + kOwnFieldsBytesMax <= CannedResponse::kBytesMax);

bool fits_inline(const Response& settings) {
  if (status_has_no_body(settings.status)) return true;
  if (settings.body_size != 0 || settings.body.size() > CannedResponse::kInlineBodyBytes) return false;
  std::size_t head_bytes = kOwnFieldsBytesMax + settings.content_type.size();
  for (const auto& [name, value] : settings.headers) head_bytes += name.size() + value.size() + 4;
  return head_bytes + settings.body.size() <= CannedResponse::kBytesMax;
}

}  // namespace

CannedResponse::CannedResponse(const Response& settings, std::string_view date)
    : body_inline_(fits_inline(settings)),
      body_size_(status_has_no_body(settings.status) ? 0
                 : settings.body_size != 0           ? settings.body_size
                                                     : settings.body.size()),
      status_(settings.status),
      date_offset_(response_date_offset(settings.status)) {
  for (const Persistence persistence :
       {Persistence::kKeep, Persistence::kKeepExplicit, Persistence::kClose}) {
    ResponseHeadText head;
    head.status = settings.status;
    head.persistence = persistence;
    head.date = date;
    head.content_type = settings.content_type;
    head.headers = &settings.headers;
    if (!status_has_no_body(settings.status)) head.content_length = body_size_;
    Variant& variant = variants_[static_cast<std::size_t>(persistence)];
    append_response_head(variant.text, head);
    variant.head_size = variant.text.size();
    if (body_inline_ && body_size_ > 0) variant.text += settings.body;
  }
  const std::string& keep = variants_[static_cast<std::size_t>(Persistence::kKeep)].text;
  run_step_ = keep.size();
  run_max_ = static_cast<unsigned>(std::max<std::size_t>(kRunBytes / keep.size(), 1));
  for (unsigned i = 0; i < run_max_; ++i) run_ += keep;
}

std::string_view CannedResponse::run(unsigned count) const {
  return std::string_view(run_).substr(0, count * run_step_);
}

void CannedResponse::set_date(std::string_view date) {
  for (Variant& variant : variants_) date.copy(variant.text.data() + date_offset_, date.size());
  for (unsigned i = 0; i < run_max_; ++i) date.copy(run_.data() + i * run_step_ + date_offset_, date.size());
}

}  // namespace demo
