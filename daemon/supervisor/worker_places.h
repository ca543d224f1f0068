#pragma once

#include <vector>

#include "config/config.h"
#include "supervisor/listening/accept_duty.h"
#include "supervisor/start/cpu_plan.h"

namespace demo {

// The workers that a configuration asks for, as far as this host has the cores: indexes 0 to n-1.
inline std::vector<WorkerPlace> places_of(const Config& config, const AvailableCores& cores) {
  std::vector<WorkerPlace> places;
  for (const unsigned core : fit_workers(config.workers, cores).cores) {
    places.push_back({static_cast<unsigned>(places.size()), core});
  }
  return places;
}

}  // namespace demo
