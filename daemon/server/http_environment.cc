#include "server/http_environment.h"

namespace demo {

void HttpEnvironment::apply(const Snapshot& snapshot) {
  SessionEnvironment::apply(snapshot);
  // What a head asks for depends on the settings only through shaping.
  if (snapshot.response.shaping != shaping_) heads.forget();
  shaping_ = snapshot.response.shaping;
}

std::string_view HttpEnvironment::error_response(Rejection rejection) {
  answers.refresh_date(loop.now_ns());
  return write_error_response(error_text_, rejection, answers.date());
}

}  // namespace demo
