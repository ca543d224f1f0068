#include "http/field_section.h"

#include <algorithm>
#include <cstdlib>

#include "http/character_class.h"

namespace demo {
namespace {

constexpr std::string_view kAnyRequestLine = "GET / HTTP/1.1\r\n";

// Where llhttp's callbacks put what they are given.
struct Sink {
  std::span<Field> fields;
  std::size_t count = 0;
  const char* fed;    // what llhttp reads
  const char* lines;  // what the views are to point into, of the same length
  bool too_many = false;

  std::string_view rebased(const char* at, std::size_t size) const { return {lines + (at - fed), size}; }
};

int on_name(llhttp_t* parser, const char* at, std::size_t size) {
  Sink& sink = *static_cast<Sink*>(parser->data);
  if (sink.count == sink.fields.size()) {
    sink.too_many = true;
    return -1;
  }
  sink.fields[sink.count++] = {sink.rebased(at, size), {}};
  return 0;
}

int on_value(llhttp_t* parser, const char* at, std::size_t size) {
  Sink& sink = *static_cast<Sink*>(parser->data);
  sink.fields[sink.count - 1].value = trim_blanks(sink.rebased(at, size));
  return 0;
}

// Stops llhttp at the end of the head: bodies are not its business, nor is what it would conclude about them.
int on_end(llhttp_t*) { return HPE_PAUSED; }

constexpr llhttp_settings_t make_settings() {
  llhttp_settings_t settings{};
  settings.on_header_field = on_name;
  settings.on_header_value = on_value;
  settings.on_headers_complete = on_end;
  return settings;
}

constexpr llhttp_settings_t kSettings = make_settings();

Rejection rejection_of(llhttp_errno_t error) {
  switch (error) {
    case HPE_INVALID_HEADER_TOKEN:
    case HPE_UNEXPECTED_SPACE:
      return {400, "invalid field line"};
    case HPE_INVALID_CONTENT_LENGTH:
      return {400, "invalid Content-Length"};
    case HPE_UNEXPECTED_CONTENT_LENGTH:
      return {400, "more than one length"};
    case HPE_INVALID_TRANSFER_ENCODING:
      return {400, "invalid Transfer-Encoding"};
    default:
      return {400, "invalid field section"};
  }
}

bool depends_on_blanks(const std::optional<Rejection>& rejection, std::string_view lines) {
  return rejection && rejection->status == 400 && lines.find('\t') != std::string_view::npos;
}

}  // namespace

FieldSection::FieldSection() {
  llhttp_init(&start_, HTTP_REQUEST, &kSettings);
  if (llhttp_execute(&start_, kAnyRequestLine.data(), kAnyRequestLine.size()) != HPE_OK) std::abort();
}

std::optional<Rejection> FieldSection::read(std::string_view lines, std::span<Field> fields,
                                            std::size_t& count) {
  std::optional<Rejection> rejection = run(lines, lines, fields, count);
  if (!depends_on_blanks(rejection, lines) || lines.size() > blanked_.size()) return rejection;
  // HTAB and SP mean the same wherever HTAB may stand, and neither may stand in a name.
  std::replace_copy(lines.begin(), lines.end(), blanked_.begin(), '\t', ' ');
  return run({blanked_.data(), lines.size()}, lines, fields, count);
}

std::optional<Rejection> FieldSection::run(std::string_view fed, std::string_view lines,
                                           std::span<Field> fields, std::size_t& count) {
  Sink sink{.fields = fields, .fed = fed.data(), .lines = lines.data()};
  llhttp_t parser = start_;
  parser.data = &sink;
  const llhttp_errno_t error = llhttp_execute(&parser, fed.data(), fed.size());
  count = sink.count;
  if (sink.too_many) return Rejection{431, "too many fields"};
  if (error != HPE_PAUSED) return rejection_of(error);
  // The scan and llhttp have to agree about where the head ends.
  if (llhttp_get_error_pos(&parser) != fed.data() + fed.size())
    return Rejection{400, "invalid field section"};
  return std::nullopt;
}

}  // namespace demo
