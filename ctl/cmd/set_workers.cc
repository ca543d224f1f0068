#include "cmd/change_command.h"
#include "cmd/commands.h"
#include "demo/control/v1/settings.pb.h"
#include "format/output.h"
#include "values/field_value.h"

namespace demo::ctl {
namespace {

class SetWorkers : public ChangeCommand<api::SetWorkersRequest, api::SetWorkersResponse> {
 public:
  SetWorkers()
      : ChangeCommand(
            {.name = "set-workers",
             .chapter = Chapter::kWorkers,
             .summary = "choose how many workers run and on which cores",
             .details =
                 "A worker that leaves is given no new connection, empties its accept queue and finishes "
                 "what it has. No connection is refused or reset. A COUNT alone keeps the first core.",
             .examples = {{"set-workers 4", "four workers on consecutive cores"},
                          {"set-workers 4 --start-core 2", "on cores 2 to 5"},
                          {"set-workers --cores 0,2,4,6", "one on each of these"},
                          {"set-workers auto", "one for each core that the daemon may use"}}}) {
    const google::protobuf::Descriptor& plan = *api::WorkerPlan::descriptor();
    const std::string counts = setting_of(plan, "count").range();
    optional_positional(
        "COUNT", counts + ", or auto",
        [this, counts](const std::string& text) {
          if (text == "auto") {
            request_.set_automatic(true);
          } else {
            set_field(request_, "count", text, counts);
          }
        },
        "count");
    make_words({"auto"});
    setting_option(request_, "start_core", setting_of(plan, "start_core"));
    const api::Setting& cores = setting_of(plan, "cores");
    option(
        cores.option(), cores.value(), setting_help(cores, field_at(plan, "cores")),
        [this, &cores](const std::string& text) {
          for (const std::string& core : parse_list(text)) set_field(request_, "cores", core, cores.range());
        },
        "cores");
    change_options();
  }

 protected:
  std::chrono::milliseconds patience() const override { return std::chrono::seconds(60); }
  void check() override {
    const bool counted = request_.has_count() || request_.has_start_core();
    const int ways = int{counted} + int{request_.automatic()} + int{!request_.cores().empty()};
    if (ways == 0) throw usage_failure("set-workers needs a COUNT, auto, --start-core or --cores");
    if (ways > 1) throw usage_failure("set-workers takes either COUNT and --start-core, or auto, or --cores");
  }
};

}  // namespace

std::unique_ptr<Command> set_workers() { return std::make_unique<SetWorkers>(); }

}  // namespace demo::ctl
