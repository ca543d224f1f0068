#include "json/read_message.h"

#include <fmt/format.h>
#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <algorithm>
#include <utility>

#include "json/message_builder.h"

namespace demo::json {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

// Nothing recurses, no number is rounded, no byte that is not UTF-8 comes through.
constexpr unsigned kParseFlags = rapidjson::kParseIterativeFlag | rapidjson::kParseNumbersAsStringsFlag |
                                 rapidjson::kParseValidateEncodingFlag;

bool starts_character(char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }

// "Missing a comma or } after an object member." as a clause.
std::string clause(rapidjson::ParseErrorCode code) {
  std::string text = rapidjson::GetParseError_En(code);
  if (text.ends_with('.')) text.pop_back();
  return "no JSON: " + text;
}

}  // namespace

std::string Problem::text() const {
  return fmt::format("{}:{}: {}{}{}", line, column, path, path.empty() ? "" : ": ", reason);
}

Problem problem_at(std::string_view json, std::size_t offset, std::string path, std::string reason) {
  if (json.starts_with(kByteOrderMark)) json.remove_prefix(kByteOrderMark.size());
  const std::string_view before = json.substr(0, offset);
  const std::size_t line = before.rfind('\n') + 1;  // 0 without one
  Problem problem{.path = std::move(path), .reason = std::move(reason)};
  problem.line = 1 + static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
  problem.column =
      1 + static_cast<std::size_t>(std::count_if(before.begin() + static_cast<std::ptrdiff_t>(line),
                                                 before.end(), starts_character));
  return problem;
}

Reading read_message(std::string_view json, google::protobuf::Message& message, const ReadOptions& options) {
  if (json.starts_with(kByteOrderMark)) json.remove_prefix(kByteOrderMark.size());
  rapidjson::MemoryStream stream(json.data(), json.size());
  MessageBuilder builder(json, stream, message, options);
  rapidjson::Reader reader;
  reader.Parse<kParseFlags>(stream, builder);
  builder.finish();
  std::vector<Fault> faults = builder.faults();
  std::stable_sort(faults.begin(), faults.end(),
                   [](const Fault& a, const Fault& b) { return a.offset < b.offset; });
  Reading reading;
  reading.unknown = builder.unknown_paths();
  if (reader.HasParseError() && reader.GetParseErrorCode() != rapidjson::kParseErrorTermination) {
    reading.broken = true;
    faults.push_back({reader.GetErrorOffset(), builder.path(), clause(reader.GetParseErrorCode())});
  } else if (!reader.HasParseError() && stream.Tell() < json.size()) {  // behind a NUL
    reading.broken = true;
    faults.push_back({stream.Tell(), "", clause(rapidjson::kParseErrorDocumentRootNotSingular)});
  }
  for (Fault& fault : faults) {
    if (reading.problems.size() == kToldProblems) break;
    reading.problems.push_back(
        problem_at(json, fault.offset, std::move(fault.path), std::move(fault.reason)));
  }
  reading.more = builder.untold() + faults.size() - reading.problems.size();
  return reading;
}

std::optional<Problem> syntax_problem(std::string_view json) {
  rapidjson::MemoryStream stream(json.data(), json.size());
  rapidjson::BaseReaderHandler<> ignores_values;
  rapidjson::Reader reader;
  reader.Parse<kParseFlags>(stream, ignores_values);
  if (reader.HasParseError()) {
    return problem_at(json, reader.GetErrorOffset(), "", clause(reader.GetParseErrorCode()));
  }
  if (stream.Tell() == json.size()) return std::nullopt;
  return problem_at(json, stream.Tell(), "", clause(rapidjson::kParseErrorDocumentRootNotSingular));
}

}  // namespace demo::json
