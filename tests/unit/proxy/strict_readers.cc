#include "strict_readers.h"

#include <llhttp.h>

#include <algorithm>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cctype>

namespace demo::test {
namespace {

namespace beast = boost::beast::http;

std::string lower_case(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

template <bool kIsRequest>
ReadMessage converted(const beast::message<kIsRequest, beast::string_body>& message) {
  ReadMessage read;
  if constexpr (kIsRequest) {
    read.start = std::string(message.method_string()) + " " + std::string(message.target());
  } else {
    read.start = std::to_string(message.result_int());
  }
  read.body = message.body();
  for (const auto& field : message) {
    read.fields.emplace_back(lower_case(std::string(field.name_string())), field.value());
  }
  return read;
}

template <bool kIsRequest>
Reading read_all_with_beast(std::string_view bytes) {
  Reading reading;
  while (!bytes.empty()) {
    beast::parser<kIsRequest, beast::string_body> parser;
    parser.eager(true);
    parser.body_limit(64 * 1024 * 1024);
    parser.header_limit(64 * 1024);
    boost::system::error_code error;
    std::size_t used = 0;
    while (!parser.is_done() && used < bytes.size()) {
      const std::size_t step = parser.put(boost::asio::buffer(bytes.substr(used)), error);
      used += step;
      if (error || step == 0) break;
    }
    if (!error && !parser.is_done() && used == bytes.size() && parser.need_eof()) parser.put_eof(error);
    if (error == beast::error::need_more) error = {};
    if (error || !parser.is_done()) {
      reading.refused = static_cast<bool>(error);
      reading.partial = !reading.refused;
      return reading;
    }
    reading.messages.push_back(converted<kIsRequest>(parser.get()));
    bytes.remove_prefix(used);
  }
  return reading;
}

// Collects what llhttp calls back with.
struct Collector {
  ReadMessage message;
  Reading reading;
  std::string name;
  std::string value;

  static Collector& of(llhttp_t* parser) { return *static_cast<Collector*>(parser->data); }
  void end_field() {
    if (!name.empty()) message.fields.emplace_back(lower_case(name), value);
    name.clear();
    value.clear();
  }
};

llhttp_settings_t collecting() {
  llhttp_settings_t settings;
  llhttp_settings_init(&settings);
  settings.on_message_begin = [](llhttp_t* parser) {
    Collector::of(parser).message = {};
    return 0;
  };
  settings.on_url = [](llhttp_t* parser, const char* at, std::size_t size) {
    Collector::of(parser).message.start.append(at, size);
    return 0;
  };
  settings.on_header_field = [](llhttp_t* parser, const char* at, std::size_t size) {
    Collector& self = Collector::of(parser);
    if (!self.value.empty()) self.end_field();
    self.name.append(at, size);
    return 0;
  };
  settings.on_header_value = [](llhttp_t* parser, const char* at, std::size_t size) {
    Collector::of(parser).value.append(at, size);
    return 0;
  };
  settings.on_header_value_complete = [](llhttp_t* parser) {
    Collector::of(parser).end_field();
    return 0;
  };
  settings.on_headers_complete = [](llhttp_t* parser) {
    Collector& self = Collector::of(parser);
    const bool request = parser->type == HTTP_REQUEST;
    self.message.start = request ? llhttp_method_name(static_cast<llhttp_method_t>(parser->method)) +
                                       (" " + self.message.start)
                                 : std::to_string(parser->status_code);
    return !request && (parser->status_code == 204 || parser->status_code == 304) ? 1 : 0;
  };
  settings.on_body = [](llhttp_t* parser, const char* at, std::size_t size) {
    Collector::of(parser).message.body.append(at, size);
    return 0;
  };
  settings.on_message_complete = [](llhttp_t* parser) {
    Collector& self = Collector::of(parser);
    self.reading.messages.push_back(std::move(self.message));
    self.message = {};
    return 0;
  };
  return settings;
}

}  // namespace

bool ReadMessage::has(std::string_view name) const {
  return std::ranges::any_of(fields, [name](const auto& field) { return field.first == name; });
}

std::string ReadMessage::value(std::string_view name) const {
  const auto found = std::ranges::find_if(fields, [name](const auto& field) { return field.first == name; });
  return found == fields.end() ? std::string() : found->second;
}

Reading read_with_beast(MessageKind kind, std::string_view bytes) {
  return kind == MessageKind::kRequest ? read_all_with_beast<true>(bytes) : read_all_with_beast<false>(bytes);
}

Reading read_with_llhttp(MessageKind kind, std::string_view bytes) {
  const llhttp_settings_t settings = collecting();
  llhttp_t parser;
  llhttp_init(&parser, kind == MessageKind::kRequest ? HTTP_REQUEST : HTTP_RESPONSE, &settings);
  Collector collector;
  parser.data = &collector;
  llhttp_errno_t error = llhttp_execute(&parser, bytes.data(), bytes.size());
  // It stops behind a request that offers another protocol, until it is told that the next one is HTTP too.
  while (error == HPE_PAUSED_UPGRADE) {
    bytes.remove_prefix(static_cast<std::size_t>(llhttp_get_error_pos(&parser) - bytes.data()));
    llhttp_resume_after_upgrade(&parser);
    error = llhttp_execute(&parser, bytes.data(), bytes.size());
  }
  collector.reading.refused = error != HPE_OK;
  collector.reading.unknown_method = error == HPE_INVALID_METHOD;
  collector.reading.partial = error == HPE_OK && llhttp_finish(&parser) != HPE_OK;
  return collector.reading;
}

}  // namespace demo::test
