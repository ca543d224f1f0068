#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <cctype>
#include <cstdio>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "command_table.h"
#include "demo/control/v1/control.pb.h"
#include "demo/control/v1/monitor.pb.h"
#include "invocation/api.h"
#include "unit/ctl/democtl_test.h"

namespace demo::ctl {

// What can be seen of a run.
struct Behaviour {
  int code = 0;
  std::string out;
  std::string err;
  std::map<std::string, std::string> requests;
  bool operator==(const Behaviour&) const = default;
};

// A daemon with two of everything, in an order that no column sorts them by.
class EveryOption : public DemoctlOfFakeDaemon {
 protected:
  EveryOption() {
    std::ofstream(file_) << "{}";
    answer_changes();
    answer_lists();
    answer_streams();
  }
  ~EveryOption() override { std::remove(file_.c_str()); }

  Behaviour behaviour(const std::vector<std::string>& words) {
    daemon_.forget_requests();
    const int code = democtl(words);
    return {code, out_, err_, daemon_.requests()};
  }

  // The verb with what it needs, but not by this option.
  std::vector<std::string> line_of(const Verb& verb, const std::string& option = "") const {
    static const std::map<std::string, std::vector<std::string>> kNeeded{
        {"set-listener", {"--backlog", "9"}},
        {"config apply", {"--yes"}},
        {"set-backend", {"--weight", "9"}},
        {"set-pool", {"--queue-limit", "9"}},
        {"set-response", {"--shaping", "on"}},
        {"set-forwarding", {"--via", "on"}},
        {"set-client-limits", {"--max-connections", "9"}},
        {"set-workers", {"--start-core", "1"}},
        {"restart-worker", {"--all"}},
        {"stats", {"--count", "1"}},
        {"accept-mode", {"--listener", ":81"}}};
    std::vector<std::string> words;
    std::istringstream name(verb.name);
    for (std::string word; name >> word;) words.push_back(word);
    for (const Argument& argument : verb.arguments) {
      if (argument.positional && argument.required) words.push_back(value_of(argument));
    }
    const auto needed = kNeeded.find(verb.name);
    if (needed != kNeeded.end() && needed->second.front() != option) {
      words.insert(words.end(), needed->second.begin(), needed->second.end());
    }
    return words;
  }

  std::string value_of(const Argument& argument) const {
    static const std::map<std::string, std::string> kValues{{"DURATION", "7s"},
                                                            {"SIZE", "7k"},
                                                            {"N", "1"},
                                                            {"TEXT", "[1]"},
                                                            {"POOL", "api"},
                                                            {"LISTENER", ":81"},
                                                            {"WORKER", "1"},
                                                            {"BACKEND", "10.0.0.9:80"},
                                                            {"ADDRESS", ":81"},
                                                            {"ENDPOINT", "10.0.0.9:80"},
                                                            {"NAME", "n"},
                                                            {"TYPE", "text/x"},
                                                            {"PATH", "/x"},
                                                            {"STATUSES", "500"},
                                                            {"CORE,...", "0"},
                                                            {"SEQUENCE", "1"},
                                                            {"FIELD", "X-Name: a"},
                                                            {"COUNT", "2"}};
    if (argument.placeholder == "FILE") return file_;
    if (!argument.words.empty()) return argument.words.back();
    if (const auto found = kValues.find(argument.placeholder); found != kValues.end()) return found->second;
    EXPECT_TRUE(std::islower(static_cast<unsigned char>(argument.placeholder.front())))
        << argument.placeholder;
    return argument.placeholder.substr(argument.placeholder.rfind('|') + 1);
  }

  void expect_effect(const std::vector<std::string>& line, const std::vector<std::string>& option) {
    std::vector<std::string> with = line;
    with.insert(with.end(), option.begin(), option.end());
    const Behaviour changed = behaviour(with);
    if (changed.code == 2) {
      EXPECT_THAT(changed.err, testing::HasSubstr(option.front())) << fmt::format("{}", fmt::join(with, " "));
      return;
    }
    EXPECT_FALSE(changed == behaviour(line)) << fmt::format("{}", fmt::join(with, " ")) << ": no effect";
  }

  const std::string file_ = testing::TempDir() + "every_option.json";

 private:
  void answer_changes() {
    api::MutationResult result;
    result.set_generation(3);
    result.add_workers()->set_applied(true);
    result.add_workers()->set_error("late");
    const auto* service =
        google::protobuf::DescriptorPool::generated_pool()->FindServiceByName("demo.control.v1.Control");
    ASSERT_NE(service, nullptr);
    for (int i = 0; i < service->method_count(); ++i) {
      const auto* type = service->method(i)->output_type();
      const std::unique_ptr<google::protobuf::Message> answer(
          google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
      if (const auto* field = type->FindFieldByName("result"); field != nullptr) {
        answer->GetReflection()->MutableMessage(answer.get(), field)->CopyFrom(result);
      }
      daemon_.answer(service->method(i)->name(), *answer);
    }
  }

  void answer_lists() {
    api::ListWorkersResponse workers;
    api::ListListenersResponse listeners;
    api::ListBackendsResponse backends;
    api::ListPoolsResponse pools;
    for (const unsigned number : {2U, 1U}) {
      auto& worker = *workers.add_workers();
      worker.set_worker(number);
      worker.set_state(api::WORKER_STATE_READY);
      worker.set_generation(3);
      auto& listener = *listeners.add_listeners();
      listener.mutable_listener()->set_address(fmt::format(":8{}", number));
      listener.set_bound_address(fmt::format(":8{}", number));
      backends.add_backends()->set_pool(fmt::format("pool{}", number));
      pools.add_pools()->set_name(number == 1 ? "api" : "db");
    }
    daemon_.answer("ListWorkers", workers);
    daemon_.answer("ListListeners", listeners);
    daemon_.answer("ListBackends", backends);
    daemon_.answer("ListPools", pools);
    api::GetConfigResponse config;
    config.mutable_running()->mutable_workers()->set_count(2);
    for (const char* path : {"b", "a"}) {
      auto& value = *config.add_file_differences();
      value.set_path(path);
      value.set_change(api::FILE_CHANGE_KEEP);
    }
    daemon_.answer("GetConfig", config);
    daemon_.answer("GetStatus", api::GetStatusResponse());
    api::WhoAmIResponse who;
    who.set_name("ann");
    daemon_.answer("WhoAmI", who);
  }

  void answer_streams() {
    std::vector<api::WatchStatsResponse> samples(2);
    samples[1].mutable_sample()->set_monotonic_ns(1'000'000'000);
    daemon_.answer("WatchStats", {&samples[0], &samples[1]});
    api::GetStatsResponse stats;
    for (const unsigned number : {2U, 1U}) stats.mutable_sample()->add_workers()->set_worker(number);
    stats.mutable_sample()->add_listeners()->set_address(":81");
    daemon_.answer("GetStats", stats);
    std::vector<api::WatchEventsResponse> events(2);
    events[0].mutable_event()->set_sequence(1);
    events[1].mutable_event()->set_sequence(2);
    daemon_.answer("WatchEvents", {&events[0], &events[1]});
  }
};

}  // namespace demo::ctl
