#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "config/listener.h"
#include "supervisor/listening/accept_duty.h"
#include "supervisor/listening/accept_steering.h"
#include "supervisor/listening/address_occupant.h"
#include "supervisor/listening/listener_socket.h"
#include "supervisor/listening/member_path.h"
#include "supervisor/listening/open_handshakes.h"
#include "supervisor/listening/passed_members.h"
#include "supervisor/listening/socket_member.h"

namespace demo::internal::v1 {
class SocketGroup;
}

namespace demo {

// A socket that a worker is to accept on: the supervisor's descriptor, borrowed.
struct SocketLoan {
  std::uint64_t id = 0;
  std::uint32_t listener_slot = 0;
  SharedFd fd;

  // Of the same socket: no number is used again.
  bool operator==(const SocketLoan& other) const {
    return id == other.id && listener_slot == other.listener_slot;
  }
};

// What a group has to follow: who runs and what they have put in force.
struct GroupClock {
  const std::vector<WorkerStanding>& standings;
  std::uint64_t next_version = 0;  // what is changed now is in force where this version is acknowledged
  std::uint64_t now_ns = 0;
};

// The listening sockets of one address and the steering between them, through every change of accept mode,
// workers and options without a refused or reset connection. Owns the sockets; the order of members is the
// kernel's order of the reuseport group. Each member goes one way:
//
//   kJoining ----> kActive ----> kRetiring ----> kRevoked ----> closed
//      listens,      selected      not selected    granted to nobody
//      not selected                any more, its
//      before a worker             queue is served
//      accepts on it
//
// A member goes back from kRetiring to kActive when it is wanted again, and from kRevoked to kRetiring when a
// late connection reached its queue. Those of a listener that is gone begin at kRetiring.
class SocketGroup {
 public:
  // handshakes: shared by all groups, outlives them.
  SocketGroup(const Listener& listener, OpenHandshakes& handshakes)
      : listener_(listener), handshakes_(handshakes) {}
  SocketGroup(SocketGroup&&) = delete;

  // Of an earlier supervisor, whose sockets go on with their numbers, places and phases; then as of a
  // listener whose options may have changed. Takes its sockets out of the list. Those that are not there, or
  // listen no more, are as closed: the last one has moved into their place.
  SocketGroup(const internal::v1::SocketGroup& record, std::map<std::uint64_t, SharedFd>& sockets,
              OpenHandshakes& handshakes);
  // For the supervisor after this one: sockets that workers may have.
  void record(internal::v1::SocketGroup& record) const;
  // By their numbers; valid as long as the sockets are.
  void list_descriptors(std::vector<std::pair<std::uint64_t, int>>& descriptors) const;
  // The names of its committed unix sockets stay when this object goes: somebody else has them by then.
  void let_go();

  // From the next prepare() on these are the sockets of the listener, however many: none is opened. Where the
  // mode needs more of them it is another one (mode_of_passed()), and options are set again as far as the
  // kernel lets them. Precondition: the group has no other ones.
  void use_passed(std::vector<PassedSocket> sockets) { passed_ = std::move(sockets); }
  bool has_passed() const { return any_passed(members_); }

  // Opens what the listener needs in this mode for these workers and is not there; nothing is selected yet.
  // Followed by commit() or rollback(). On an error nothing is left open. Error: as open_listener_socket().
  Status prepare(const Listener& listener, AcceptMode mode, const std::vector<WorkerPlace>& workers);
  // Instead of prepare(): what is there stays, though it is not what is wanted, since that cannot be had now.
  // why: one sentence.
  void wait(const Listener& listener, AcceptMode mode, const std::vector<WorkerPlace>& workers,
            std::string why);
  void commit(const GroupClock& clock);
  void rollback();

  // The listener is gone: nobody reaches its sockets any more. They are lent until those who had reached them
  // are served, for limits::kDrainTimeout at most, and close.
  void remove(const GroupClock& clock);
  // Nobody reaches its sockets any more, which are about to be closed.
  void refuse();
  // Whether sockets that are opened at its address now would stand in one group with its own.
  bool is_in_the_way() const { return in_the_way_; }
  // Closes its sockets, also where workers hold them: who waits in their queues is reset.
  void end();

  // Moves every member on as far as it may go. True when the loans changed, so that workers are to be told.
  bool settle(const GroupClock& clock);
  // Whether settle() has something left to wait for.
  bool pending() const;
  std::uint64_t digest() const { return digest_of(members_); }
  bool empty() const { return members_.empty(); }
  std::size_t size() const { return members_.size(); }
  bool removed() const { return !wanted_; }
  // Why the listener is not reached as it is wanted, one sentence; empty: it is.
  const std::string& trouble() const { return trouble_; }
  void set_trouble(std::string why) { trouble_ = std::move(why); }
  // trouble(), or that the kernel does not select its sockets as it is wanted; empty: all is well.
  const std::string& problem() const { return trouble_.empty() ? steer_trouble_ : trouble_; }
  // Whether the unix path leads to one of this group's sockets.
  bool has_path() const { return member_with_path(members_) != nullptr; }

  // Adds this group's loans to the list of each acceptor, by worker index.
  void lend(const std::vector<WorkerStanding>& standings, std::uint32_t slot,
            std::vector<std::vector<SocketLoan>>& loans) const;

  // Adds its sockets.
  void list(OwnSockets& sockets) const;

  const Listener& listener() const { return listener_; }
  const Address& bound() const {
    return members_.empty() ? listener_.address : members_.front().socket.bound;
  }
  AcceptMode mode() const { return mode_; }  // in force
  const std::vector<SocketOptionReport>& options() const { return options_; }
  // What the group's program does now.
  const Steering& steering() const { return applied_; }

 private:
  using Phase = SocketPhase;
  using Member = SocketMember;
  struct Wanted {
    Listener listener;
    AcceptMode mode = AcceptMode::kExclusive;
    std::vector<WorkerPlace> workers;
    std::vector<unsigned> owners;
    SocketTraits traits;
    std::string trouble;
  };

  Wanted wanted_of(const Listener& listener, AcceptMode mode, const std::vector<WorkerPlace>& workers) const;
  bool is_wanted(const Member& member) const;
  bool can_be_kept(const Member& member, const Wanted& wanted) const;
  void settle_joining(const GroupClock& clock);
  void retire_unwanted(const GroupClock& clock);
  bool revoke_empty(const GroupClock& clock);
  bool is_over(const Member& member, const GroupClock& clock);
  bool close_revoked(const GroupClock& clock);
  // False: it stays, since the kernel cannot be told what its closing moves.
  bool close_member(std::size_t index);
  Steering wanted_steering(bool only_selected) const;
  // A failure is steer_trouble_, until a later one succeeds.
  void steer(const Steering& steering);
  bool is_steered() const { return steer_trouble_.empty(); }
  Status open_member(const Listener& listener, unsigned owner);
  void take_traits(Member& member);

  Listener listener_;
  HandshakeEnd handshakes_;
  std::optional<Wanted> wanted_;
  std::optional<Wanted> prepared_;
  std::vector<Member> members_;
  std::vector<PassedSocket> passed_;
  AcceptMode mode_ = AcceptMode::kExclusive;
  std::vector<SocketOptionReport> options_;
  Steering applied_;
  bool steering_known_ = true;  // what the kernel does is applied_
  bool in_the_way_ = false;
  bool strange_ = false;  // nobody knows as what its connections are to be served, until the first commit()
  std::string trouble_;
  std::string steer_trouble_;  // why applied_ is not what is wanted; empty: it is
};

// Whether connections wait to be accepted.
bool has_waiting(const SocketGroup& group);

}  // namespace demo
