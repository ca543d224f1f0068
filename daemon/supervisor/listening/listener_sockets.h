#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "config/config.h"
#include "supervisor/listening/address_presence.h"
#include "supervisor/listening/socket_diagnosis.h"
#include "supervisor/listening/socket_group.h"

namespace demo::internal::v1 {
class Handover;
}

namespace demo {

// All listening sockets of the daemon: one SocketGroup a listener. Owns them over the lives of the workers,
// so that no death, restart or resize loses a queued connection; runs on the supervisor's loop.
class ListenerSockets {
 public:
  // What becomes of a listener that cannot have its sockets.
  enum class Patience : std::uint8_t {
    kNew,    // a new one is refused; one that was there waits for an address or an interface that is gone
    kStart,  // new ones wait for these too
    kAll,    // it waits, whatever stands in its way
  };
  // What the service manager passed to this process: listeners of their addresses use them. Before adopt().
  void take_passed(std::vector<std::pair<std::string, UniqueFd>> passed);
  // The sockets of a supervisor before this one, by their numbers; what is left in the list is known to
  // nobody. of_program: it executed this one, to which the manager passed nothing. Before the first
  // prepare(). The addresses, as text, of which some were not there.
  std::set<std::string> adopt(const internal::v1::Handover& handover,
                              std::map<std::uint64_t, SharedFd>& sockets, bool of_program);
  const PassedSockets& passed() const { return passed_; }
  // What the kernel is asked by for sockets of this host.
  SocketDiagnosis& diagnosis() { return diagnosis_; }
  // Changes with everything that record() or descriptors() tell.
  std::uint64_t version() const { return version_; }
  // For the supervisor after this one: what workers may have, without the descriptors and with them.
  void record(internal::v1::Handover& handover) const;
  std::vector<std::pair<std::uint64_t, int>> descriptors() const;
  // Somebody else has what is committed from now on: names of unix sockets stay when this object goes.
  void let_go();

  // Opens what the next configuration needs for these workers; followed by commit() or rollback(). Listeners
  // that vanish and sockets that are not needed any more stay until commit(). On an error nothing has
  // changed. Error: as open_listener_socket(), reject_foreign().
  Status prepare(const Config& next, const std::vector<WorkerPlace>& workers, Patience patience);
  void commit(const GroupClock& clock);
  void rollback();

  // Moves all groups on. True when loans changed, so that workers are to be told.
  bool settle(const GroupClock& clock);
  // Whether settle() is to be called again without an event: a grace period or a queue is waited for.
  bool pending() const;

  // Whether the kernel takes new connections, also for what is committed from now on. Those of listeners that
  // are gone take none. True when it was otherwise.
  bool take_new(bool taken);
  bool takes_new() const { return takes_new_.value_or(true); }

  // Looks what came and went without a change: addresses, interfaces, unix paths. True when the running
  // configuration is to be prepared and committed once more, with Patience::kAll.
  bool look_around();

  // By worker index: the sockets that the worker accepts on. slot_of gives the slot of a listener; without
  // one nothing is lent.
  std::vector<std::vector<SocketLoan>> loans(
      const std::vector<WorkerStanding>& standings,
      const std::function<std::optional<std::uint32_t>(const Listener&)>& slot_of) const;

  // The group of a listener of the committed configuration; null for others. Valid until the next commit().
  const SocketGroup* find(const Listener& listener) const;

  // Those whose listeners are gone and which still serve who had reached them. Valid until the next settle().
  std::vector<const SocketGroup*> leaving() const;

  // The addresses of ports, as text, that the last commit() gave up and nobody else can have yet.
  std::set<std::string> held_still() const;

  // Closes everything: whoever connects from now on is refused, or waits for the next daemon where the
  // service manager passed the socket; workers go on with what they hold.
  void close_all();

 private:
  // Address, interface with its index, and v6only as it is in force: sockets that differ there are different
  // groups for the kernel.
  using Key = std::string;
  // What each of many listeners is compared with while they are prepared, looked up once.
  struct Survey {
    std::multimap<std::uint64_t, Key> keys;  // of all groups, by place_digest() of where they are bound
    std::optional<OwnSockets> own;           // with those that were ended since: they may be among all
    std::optional<ListeningCensus> all;      // as of the first question
  };
  Key key_of(const Listener& listener) const;
  Status prepare_one(const Listener& listener, AcceptMode mode, const std::vector<WorkerPlace>& workers,
                     Patience patience);
  Status open_one(const Listener& listener, AcceptMode mode, const std::vector<WorkerPlace>& workers);
  static bool look_at(SocketGroup& group, PresenceLook& presence);
  Status reject_double(const Listener& listener) const;
  bool have_path(const Address& address) const;
  const OwnSockets& own_sockets();
  const ListeningCensus& all_sockets();
  SocketGroup& make_group(const Listener& listener);
  void adopt_passed(const internal::v1::Handover& handover, std::map<std::uint64_t, SharedFd>& sockets,
                    bool of_program);
  // Of sockets that listeners use, where any were passed.
  std::set<int> fds_in_use() const;
  // Those that no listener uses by now.
  void hold_off_unused();
  void note_place(const Key& key);

  PassedSockets passed_;
  SocketDiagnosis diagnosis_;
  OpenHandshakes handshakes_{[this] { return diagnosis_.ports_with_open_handshakes(); }};
  std::map<Key, std::unique_ptr<SocketGroup>> groups_;
  std::multimap<Key, std::unique_ptr<SocketGroup>> leaving_;
  // Index by name, as of the last look; 0: there is none. One that was made anew is another one.
  std::map<std::string, unsigned> interfaces_;
  std::set<std::string> given_up_;  // see held_still()
  std::uint64_t version_ = 0;
  std::optional<bool> takes_new_;  // unset: as an earlier supervisor left them
  std::set<Key> prepared_;         // of the configuration that is being prepared
  Survey survey_;
};

}  // namespace demo
