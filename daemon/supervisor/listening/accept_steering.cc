#include "supervisor/listening/accept_steering.h"

#include <sys/socket.h>

#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <functional>
#include <span>

namespace demo {
namespace {

using Instructions = std::vector<sock_filter>;

sock_filter statement(unsigned code, std::uint32_t k) { return {static_cast<std::uint16_t>(code), 0, 0, k}; }

// Loads what the kernel knows beside the packet (linux/filter.h, SKF_AD_*).
sock_filter load_extra(int offset) {
  return statement(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(SKF_AD_OFF + offset));
}

void append(Instructions& to, const Instructions& from) { to.insert(to.end(), from.begin(), from.end()); }

// One value that the accumulator may have, and what the program returns then.
struct Case {
  std::uint32_t value;
  std::uint32_t result;
};

// Finds the accumulator in the cases, ascending by value, by halving; falls off the end when it is none of
// them. Conditional jumps reach 255 instructions only, so the long one is unconditional.
Instructions search(std::span<const Case> cases) {
  constexpr std::size_t kLinear = 4;
  Instructions program;
  if (cases.size() <= kLinear) {
    for (const Case& one : cases) {
      program.push_back({BPF_JMP | BPF_JEQ | BPF_K, 0, 1, one.value});
      program.push_back(statement(BPF_RET | BPF_K, one.result));
    }
    return program;
  }
  const std::size_t half = cases.size() / 2;
  Instructions lower = search(cases.first(half));
  const Instructions upper = search(cases.subspan(half));
  // A value that the lower half does not have must not run into the upper one; it cannot match there.
  lower.push_back(statement(BPF_JMP | BPF_JA, static_cast<std::uint32_t>(upper.size())));
  program.push_back({BPF_JMP | BPF_JGE | BPF_K, 0, 1, cases[half].value});
  program.push_back(statement(BPF_JMP | BPF_JA, static_cast<std::uint32_t>(lower.size())));
  append(program, lower);
  append(program, upper);
  return program;
}

Instructions choose_at_random(const std::vector<unsigned>& selected) {
  Instructions program;
  if (selected.size() > 1) {
    program.push_back(load_extra(SKF_AD_RANDOM));
    program.push_back(statement(BPF_ALU | BPF_MOD | BPF_K, static_cast<std::uint32_t>(selected.size())));
    std::vector<Case> cases;
    for (std::size_t i = 0; i + 1 < selected.size(); ++i)
      cases.push_back({static_cast<std::uint32_t>(i), selected[i]});
    append(program, search(cases));
  }
  program.push_back(statement(BPF_RET | BPF_K, selected.back()));
  return program;
}

}  // namespace

std::vector<sock_filter> steering_program(const Steering& steering) {
  if (steering.selected.empty()) std::abort();
  Instructions program;
  if (!steering.by_core.empty()) {
    std::vector<Case> cases;
    for (const CoreIndex& entry : steering.by_core) cases.push_back({entry.core, entry.index});
    program.push_back(load_extra(SKF_AD_CPU));
    append(program, search(cases));
  }
  append(program, choose_at_random(steering.selected));
  return program;
}

Status apply_steering(int socket, const Steering& steering) {
  if (steering.selected.empty()) {
    const int unused = 0;
    // ENOENT: there was no program.
    if (::setsockopt(socket, SOL_SOCKET, SO_DETACH_REUSEPORT_BPF, &unused, sizeof unused) != 0 &&
        errno != ENOENT) {
      return Error{ErrorCode::kFailedPrecondition, "accept steering: detach: " + errno_text(errno), "", ""};
    }
    return {};
  }
  Instructions program = steering_program(steering);
  const sock_fprog code{static_cast<unsigned short>(program.size()), program.data()};
  if (::setsockopt(socket, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &code, sizeof code) != 0) {
    return Error{ErrorCode::kFailedPrecondition, "accept steering: attach: " + errno_text(errno), "", ""};
  }
  return {};
}

}  // namespace demo
