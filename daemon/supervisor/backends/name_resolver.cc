#include "supervisor/backends/name_resolver.h"

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <utility>

namespace demo {
namespace {

using boost::system::error_code;
using std::chrono::milliseconds;

// After a failure the next lookup comes after this, doubled for each further failure, at most after the
// interval.
constexpr milliseconds kFirstRetry{1000};

void sort_unique(NameResolver::Addresses& addresses) {
  const auto before = [](const Address& a, const Address& b) {
    return std::pair(a.family(), a.to_string()) < std::pair(b.family(), b.to_string());
  };
  std::sort(addresses.begin(), addresses.end(), before);
  addresses.erase(std::unique(addresses.begin(), addresses.end()), addresses.end());
}

}  // namespace

// One name that is kept current. The resolver owns it; a lookup under way does not keep it alive.
class NameResolver::Name : public std::enable_shared_from_this<Name> {
 public:
  Name(NameResolver& resolver, NameTarget target, Addresses remembered)
      : resolver_(resolver),
        target_(std::move(target)),
        timer_(resolver.loop_),
        addresses_(std::move(remembered)) {}

  const Addresses& addresses() const { return addresses_; }

  void set(const NameTarget& target) {
    const bool sooner = target.interval < target_.interval;
    target_ = target;
    if (sooner && !looking_up_) look_up();
  }

  // The answer may come before this returns.
  void look_up() {
    looking_up_ = true;
    resolver_.lookup_(target_.host, target_.port, [weak = weak_from_this()](Result<Addresses> found) {
      if (const auto self = weak.lock()) self->on_found(std::move(found));
    });
  }

 private:
  void on_found(Result<Addresses> found) {
    if (!looking_up_) return;
    looking_up_ = false;
    if (found && found->empty())
      found = Error{ErrorCode::kNotFound, "the name has no address", "", target_.host};
    // Copies: the callback may make the resolver forget this name.
    const NameTarget target = target_;
    if (!found) {
      const bool first = failures_++ == 0;
      schedule(retry_delay());
      if (first) resolver_.on_failure_(target, found.error().message);
      return;
    }
    failures_ = 0;
    schedule(target_.interval);
    sort_unique(*found);
    if (addresses_ == *found) return;
    addresses_ = *found;
    resolver_.on_change_(target, *found);
  }

  milliseconds retry_delay() const {
    milliseconds delay = kFirstRetry;
    for (unsigned i = 1; i < failures_ && delay < target_.interval; ++i) delay *= 2;
    return std::min(delay, target_.interval);
  }

  void schedule(milliseconds delay) {
    timer_.expires_after(delay);
    timer_.async_wait([weak = weak_from_this()](error_code error) {
      if (error) return;
      if (const auto self = weak.lock(); self && !self->looking_up_) self->look_up();
    });
  }

  NameResolver& resolver_;
  NameTarget target_;
  boost::asio::steady_timer timer_;
  Addresses addresses_;    // the last good set
  unsigned failures_ = 0;  // in a row
  bool looking_up_ = false;
};

NameResolver::NameResolver(boost::asio::io_context& loop, Lookup lookup, OnChange on_change,
                           OnFailure on_failure)
    : loop_(loop),
      lookup_(std::move(lookup)),
      on_change_(std::move(on_change)),
      on_failure_(std::move(on_failure)) {}

NameResolver::~NameResolver() = default;

void NameResolver::configure(std::vector<NameTarget> targets) {
  std::map<Key, std::shared_ptr<Name>> wanted;
  std::vector<std::shared_ptr<Name>> added;
  for (NameTarget& target : targets) {
    Key key(target.pool, target.endpoint);
    if (wanted.contains(key)) continue;
    if (const auto known = names_.find(key); known != names_.end()) {
      wanted.insert(names_.extract(known));
      wanted[key]->set(target);
    } else {
      auto name = std::make_shared<Name>(*this, std::move(target), std::move(remembered_[key]));
      added.push_back(wanted.emplace(std::move(key), std::move(name)).first->second);
    }
  }
  names_ = std::move(wanted);
  remembered_.clear();
  // Last, since an answer that comes at once may call configure() again.
  for (const auto& name : added) name->look_up();
}

NameResolver::Known NameResolver::known() const {
  Known known;
  for (const auto& [key, name] : names_) {
    if (!name->addresses().empty()) known.emplace(key, name->addresses());
  }
  return known;
}

NameResolver::Addresses NameResolver::addresses(const std::string& pool, const std::string& endpoint) const {
  const auto found = names_.find(Key(pool, endpoint));
  return found == names_.end() ? Addresses() : found->second->addresses();
}

}  // namespace demo
