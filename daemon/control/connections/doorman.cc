#include "control/connections/doorman.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

#include "base/accept_error.h"
#include "base/address.h"
#include "base/clock.h"
#include "base/limits.h"
#include "control/connections/reserved_descriptors.h"

namespace demo {
namespace {

constexpr int kStarvedRetryMs = 100;
constexpr int kForEver = -1;
constexpr std::size_t kPartOfAnAddress = 2;  // of the connections over TCP: half
// To accept one and to refuse it takes microseconds, to give one to gRPC a hundred times as long: so many are
// accepted for each that a user is served, and no crowd fills the queue of the kernel faster than it is
// emptied.
constexpr int kAcceptedATurn = 256;

// Its client is gone, and no answer can reach it: nothing to serve.
bool has_left(int connection) {
  pollfd watched{connection, 0, 0};
  return ::poll(&watched, 1, 0) == 1 && (watched.revents & (POLLHUP | POLLERR)) != 0;
}

// So many connections that the supervisor keeps descriptors for its workers, whatever its limit is.
std::size_t most_connections(std::size_t descriptors_each) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return limits::kControlConnections;
  return std::min<std::size_t>(limits::kControlConnections, limit.rlim_cur / 4 / descriptors_each);
}

bool is_privileged(std::uint64_t user) { return user == 0 || user == ::geteuid(); }

Shares shares_of(const Doorman::Rules& rules) {
  const std::size_t most = most_connections(rules.descriptors_each);
  if (!rules.by_user) return {most, most / kPartOfAnAddress};
  const std::size_t reserved = std::min(limits::kControlReservedConnections, most / 8);
  const std::size_t of_one = std::max(most / 4, std::min(limits::kControlConnectionsOfOne, most - reserved));
  return {most, of_one, reserved, is_privileged, true};
}

// Whom a connection counts for, and what messages call that.
struct Client {
  ucred credentials{};
  std::uint64_t account = 0;
  std::string name;
};

std::optional<Client> unix_client(int connection) {
  Client client;
  socklen_t size = sizeof client.credentials;
  if (::getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &client.credentials, &size) != 0) return std::nullopt;
  client.account = client.credentials.uid;
  client.name = fmt::format("uid {}", client.credentials.uid);
  return client;
}

std::optional<Client> tcp_client(int connection) {
  sockaddr_storage peer{};
  socklen_t size = sizeof peer;
  if (::getpeername(connection, reinterpret_cast<sockaddr*>(&peer), &size) != 0) return std::nullopt;
  const Address address = Address::from_sockaddr(reinterpret_cast<const sockaddr*>(&peer), size);
  Client client;
  client.name = address.host();
  if (address.family() == AF_INET) {
    client.account = reinterpret_cast<const sockaddr_in*>(address.sockaddr_ptr())->sin_addr.s_addr;
  } else {
    const auto& ip = reinterpret_cast<const sockaddr_in6*>(address.sockaddr_ptr())->sin6_addr;
    std::memcpy(&client.account, &ip, sizeof client.account);
  }
  return client;
}

// Whether the pace lets one more be told of a refusal: that takes a hundred times as long as to close it.
bool take_told(std::uint64_t& paid_ns, std::uint64_t now_ns) {
  constexpr std::uint64_t kCostNs = 1'000'000'000 / limits::kControlToldPerSecond;
  const std::uint64_t paid = std::max(paid_ns, now_ns) + kCostNs;
  if (paid - now_ns > limits::kControlToldPerSecond * kCostNs) return false;
  paid_ns = paid;
  return true;
}

}  // namespace

Result<std::unique_ptr<Doorman>> Doorman::open(int socket, std::string name, Rules rules, Pass pass,
                                               RefusalTrouble::Reports reports) {
  UniqueFd stop(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!stop) return Error{ErrorCode::kResourceExhausted, "eventfd: " + errno_text(errno), "", ""};
  return std::unique_ptr<Doorman>(new Doorman(socket, std::move(name), std::move(rules), std::move(stop),
                                              std::move(pass), std::move(reports)));
}

Doorman::Doorman(int socket, std::string name, Rules rules, UniqueFd stop, Pass pass,
                 RefusalTrouble::Reports reports)
    : socket_(socket),
      name_(std::move(name)),
      rules_(std::move(rules)),
      pass_(std::move(pass)),
      stop_(std::move(stop)),
      census_(shares_of(rules_)),
      trouble_(std::move(reports)) {
  thread_ = std::thread([this] { run(); });
}

Doorman::~Doorman() { close(); }

void Doorman::close() {
  if (!thread_.joinable()) return;
  ::eventfd_write(stop_.get(), 1);
  thread_.join();
  line_.clear();
}

void Doorman::run() {
  const auto patience_ms = [this] { return trouble_.patience_ms(monotonic_ns()).value_or(kForEver); };
  while (wait(line_.empty() ? patience_ms() : 0, true)) {
    for (int accepted = 0; accepted < kAcceptedATurn && accept_one(); ++accepted) {
    }
    trouble_.look(monotonic_ns());
    if (!pass_turn()) {
      if (!wait(kStarvedRetryMs, false)) return;
      continue;
    }
    if (starved_ && !wait(line_.empty() ? kStarvedRetryMs : 0, false)) return;
  }
}

bool Doorman::pass_turn() {
  for (std::size_t users = line_.users(); users > 0; --users) {
    Guest guest = line_.take();
    const bool unwanted = guest.visit->ended() || has_left(guest.connection.get());
    // Nobody is kept waiting only to be refused.
    if (unwanted || pass_(guest) || !guest.visit->refusal().empty()) continue;
    log_starved();
    line_.add(std::move(guest));
    return false;
  }
  return true;
}

void Doorman::log_starved() {
  starved_log_.log(monotonic_ns(), LogLevel::kWarning, "{}: cannot accept a connection: {}", name_,
                   errno_text(errno));
}

bool Doorman::wait(int timeout_ms, bool for_connections) {
  pollfd watched[] = {{stop_.get(), POLLIN, 0}, {socket_, POLLIN, 0}};
  ::poll(watched, for_connections ? 2 : 1, timeout_ms);
  return watched[0].revents == 0;
}

bool Doorman::accept_one() {
  UniqueFd connection = accept_with_reserve(socket_, rules_.kept_descriptors);
  if (!connection) {
    // Where they all are such, the socket stays readable: a firewall forbids every one.
    const bool spoilt = is_of_one_connection(errno) && ++spoilt_ < kSpoiltConnectionsMax;
    const bool again = spoilt || errno == EINTR;
    // Whatever else is wrong, the socket is readable all the same: only time helps.
    starved_ = !again && errno != EAGAIN;
    if (starved_) {
      spoilt_ = 0;
      log_starved();
    }
    return again;
  }
  starved_ = false;
  spoilt_ = 0;
  if (!has_left(connection.get())) receive(std::move(connection));
  return true;
}

void Doorman::receive(UniqueFd connection) {
  const auto client = rules_.by_user ? unix_client(connection.get()) : tcp_client(connection.get());
  if (!client) return;
  const std::uint64_t now_ns = monotonic_ns();
  if (rules_.by_user && rules_.is_worker(client->credentials.pid)) {
    trouble_.refused(fmt::format("the worker process {} is refused, which has no business there: somebody "
                                 "may have taken it over",
                                 client->credentials.pid),
                     true, now_ns);
    return;
  }
  Guest guest{std::move(connection),
              std::make_shared<Visit>(client->credentials, now_ns, "", client->account)};
  const ConnectionCensus::Answer answer = census_.admit(guest.connection.get(), guest.visit, now_ns);
  if (!answer.admitted && answer.open == 0) return;
  if (!answer.admitted) {
    const std::string whose = answer.own ? " of " + client->name : "";
    trouble_.refused(fmt::format("connections{} are refused, {} are open already", whose, answer.open), false,
                     now_ns);
    if (!rules_.by_user || !take_told(told_ns_, now_ns)) return;
    std::string refusal =
        fmt::format("too many connections{} to {}, {} are open already: close some, or try again later",
                    whose, name_, answer.open);
    guest.visit = std::make_shared<Visit>(client->credentials, now_ns, std::move(refusal));
  }
  if (answer.displaced) {
    displaced_log_.log(now_ns, LogLevel::kNotice,
                       "{}: all places are taken: an idle connection of uid {} gives way to one of {}", name_,
                       *answer.displaced, client->name);
  }
  line_.add(std::move(guest));
}

}  // namespace demo
