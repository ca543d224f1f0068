// Properties: any text is read to an end; what is accepted keeps every rule, differs from itself in nothing
// and can be told as commands and as a file; what is refused is refused with a place and a reason.
#include "config/config_file.h"

#include "config/config_diff.h"
#include "config/config_toml.h"
#include "config/validate.h"
#include "fuzz_check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto read_file = [](const std::string& path) {
    return demo::Result<std::string>("content of " + path);
  };
  const demo::ParsedConfig parsed = demo::parse_config(demo::as_text(data, size), "f", read_file);
  if (parsed.problems.empty()) {
    demo::fuzz_check(demo::validate(parsed.config).empty(), "an accepted state keeps every rule");
    demo::fuzz_check(demo::diff_config(parsed.config, parsed.config).empty(), "a state equals itself");
    const demo::ParsedConfig again =
        demo::parse_config(demo::config_to_toml(parsed.config, ""), "f", read_file);
    demo::fuzz_check(again.problems.empty() && again.config == parsed.config, "a state is a file again");
  }
  for (const demo::Error& problem : parsed.problems) {
    demo::fuzz_check(problem.message.starts_with("f:") && problem.message.size() > 5,
                     "a problem has a place");
  }
  return 0;
}
