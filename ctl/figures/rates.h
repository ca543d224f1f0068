#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "demo/control/v1/stats.pb.h"
#include "figures/times.h"
#include "invocation/api.h"

// What happens a second, from two samples of counters.
namespace demo::ctl {

// Of a worker, or of all of them.
struct WorkerRates {
  double open = 0;     // connections now
  double accepts = 0;  // a second, as all that follow unless said otherwise
  double requests = 0;
  double bytes_in = 0;
  double bytes_out = 0;
  double errors = 0;       // failed accepts, reads, writes, refused requests, time-outs, 5xx answers
  double aborts = 0;       // clients that left, wherever they were: no errors
  double cpu_percent = 0;  // of one core; of a total more than 100 with several workers
  Percentiles service;     // of this interval
  Percentiles response;
};

struct WorkerRateRow {
  std::uint32_t worker = 0;
  std::uint32_t core = 0;
  bool alive = false;
  bool draining = false;
  WorkerRates rates;
};

struct ListenerRateRow {
  std::string address;
  double open = 0;
  double accepts = 0;
  double requests = 0;
  double bytes_in = 0;
  double bytes_out = 0;
};

struct BackendRateRow {
  std::string pool;
  std::string endpoint;
  std::string address;
  double open = 0;    // connections now
  double active = 0;  // requests in flight now
  double queued = 0;  // requests that wait now
  double requests = 0;
  double bytes_in = 0;  // from the backend
  double bytes_out = 0;
  double errors = 0;  // failed connects, broken responses, time-outs, 5xx answers
  double retries = 0;
  double ejected = 0;  // workers that hold it ejected
};

struct Rates {
  double seconds = 0;  // length of the interval
  std::uint64_t generation = 0;
  WorkerRates total;
  std::vector<WorkerRateRow> workers;
  std::vector<ListenerRateRow> listeners;
  std::vector<BackendRateRow> backends;
  MeasuredTimes measured;  // since the daemon started
};

// Rates between two complete samples of the same daemon. Rows that are new count from zero, rows that are
// gone are left out; a counter that went back counts from zero.
Rates rates_between(const api::StatsSample& before, const api::StatsSample& now);

// Errors of a worker as WorkerRates counts them, since the beginning.
std::uint64_t error_count(const api::WorkerFigures& figures);
std::uint64_t error_count(const api::BackendFigures& figures);
// Clients of a worker that left, since the beginning.
std::uint64_t abort_count(const api::WorkerFigures& figures);

}  // namespace demo::ctl
