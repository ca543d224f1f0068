#include "control/config_json.h"

#include <google/protobuf/util/json_util.h>

#include <cstdlib>
#include <utility>

#include "control/auto_decisions.h"
#include "control/known_fields.h"
#include "control/translate.h"
#include "demo/control/v1/config.pb.h"

namespace demo {

std::string config_to_json(const Config& config) {
  control::v1::Config message;
  to_message(config, message);
  write_auto_decisions(config, message);
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  options.preserve_proto_field_names = true;
  std::string json;
  if (!google::protobuf::util::MessageToJsonString(message, &json, options).ok()) std::abort();
  return json;
}

Result<Config> config_from_json(std::string_view json) {
  control::v1::Config message;
  const auto parsed = google::protobuf::util::JsonStringToMessage(
      google::protobuf::StringPiece(json.data(), json.size()), &message);
  if (!parsed.ok()) return invalid("", "", "not a configuration in JSON: " + parsed.message().ToString());
  Config config;
  if (const Status applied = apply_message(message, "", config); !applied) return applied.error();
  read_auto_decisions(message, config);
  return config;
}

Result<DecodedState> state_from_json(std::string_view json) {
  auto config = config_from_json(json);
  if (config) return DecodedState{std::move(*config), {}};
  auto known = keep_known_fields(json, *control::v1::Config::descriptor());
  if (!known || known->unknown.empty()) return config.error();
  config = config_from_json(known->json);
  if (!config) return config.error();
  return DecodedState{std::move(*config), std::move(known->unknown)};
}

}  // namespace demo
