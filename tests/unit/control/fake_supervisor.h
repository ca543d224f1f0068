#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "supervisor/api/supervisor_api.h"

namespace demo {
class BackendDrains;
}

namespace demo::test {

// A supervisor without workers: keeps a valid configuration, answers on a loop thread of its own as the real
// one does.
class FakeSupervisor final : public SupervisorApi {
 public:
  FakeSupervisor();
  ~FakeSupervisor() override;

  void change(ChangeRequest request, std::function<void(Result<ChangeOutcome>)> done) override;
  // The real thing, on a loop of its own.
  void drain(DrainOrder order, DrainAnswer begun, DrainAnswer ended) override;
  void restart_workers(RestartRequest request, std::function<void(Result<ChangeOutcome>)> done) override;
  // To version "2.0", unless nobody waits any more.
  void upgrade(UpgradeRequest request, UpgradeAnswer done) override;
  void save(SaveRequest request, std::function<void(Status)> done) override;
  void reset(ResetRequest request, std::function<void(Result<ChangeOutcome>)> done) override;
  // Merges with an empty base.
  void apply_file(FileRequest request, std::function<void(Result<FileOutcome>)> done) override;
  // Answers at once.
  void look_at_file(std::function<void(std::shared_ptr<const FileLook>)> done) override;
  void status(std::function<void(std::shared_ptr<const StatusReport>)> done) override;
  void control_trouble(const std::string& subject, std::string problem) override;
  void control_well(const std::string& subject, std::string news) override;
  bool is_worker(pid_t) const override { return false; }
  StatsSample sample() const override;
  EventLog& events() override { return events_; }

  // As at the end of the daemon: no drain is under way when it returns.
  void stop_drains();
  // The same of one that another process goes on for.
  void leave_drains();
  // What would be saved of what runs.
  Config lasting();
  // Changes begin from now on, and end only with end_begun().
  void begin_only();
  void end_begun();
  void wait_for_begun();
  // Who waits for the change that was asked for last.
  std::shared_ptr<Asker> last_asker() const;

  // From now on nothing is answered until resume().
  void stall();
  void resume();
  bool stalled_with_work() const;
  // Samples take until they are released.
  void hold_samples();
  void release_samples();

  Config config() const;
  // Drains have been told of it when it returns.
  void set_config(Config config);
  std::vector<ChangeRequest> changes() const;
  std::vector<RestartRequest> restarts() const;
  // Waits until so many were told, troubles of control and their ends together: "! " before a trouble.
  std::vector<std::string> told(std::size_t count) const;
  void set_sample(StatsSample sample);
  // Of a backend in the sample that was set.
  BackendStanding standing(const BackendKey& key) const;
  void set_report(StatusReport report);
  void set_file(FileLook look);
  unsigned samples_taken() const;
  // How many reports were asked for.
  unsigned reports_asked() const;

 private:
  struct Drains;
  void post(std::function<void()> task);
  void run();
  void on_drains(void (BackendDrains::*call)());
  Result<ChangeOutcome> apply(const ChangeRequest& request);

  EventLog events_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::deque<std::function<void()>> tasks_;
  bool stalled_ = false;
  bool stopping_ = false;
  Config config_;
  std::uint64_t generation_ = 1;
  std::vector<ChangeRequest> changes_;
  std::vector<RestartRequest> restarts_;
  std::vector<std::string> told_;
  StatsSample sample_;
  mutable unsigned samples_taken_ = 0;
  bool samples_held_ = false;
  StatusReport report_;
  FileLook file_;
  unsigned reports_asked_ = 0;
  bool begin_only_ = false;
  std::vector<std::function<void()>> begun_;
  std::shared_ptr<Asker> last_asker_;
  std::unique_ptr<Drains> drains_;
  std::thread thread_;
};

}  // namespace demo::test
