#pragma once

#include <sys/types.h>

#include <string>

#include "base/address.h"
#include "base/result.h"
#include "base/unique_fd.h"

namespace demo {

// The name in the file system of one unix socket. The socket is bound under a name beside its path and takes
// the path with publish(), so that until then nobody loses it; what it still has of the two goes with the
// object, which therefore is destroyed before the socket is closed: an open socket keeps its inode's number.
class UnixName {
 public:
  UnixName() = default;
  // bind(2) and chmod(2) to 0666, since who may connect is decided by the folder. Error: errno.
  static boost::system::result<UnixName, int> bind(int socket, const Address& address);

  UnixName(UnixName&& other) noexcept;
  UnixName& operator=(UnixName&& other) noexcept;
  ~UnixName() { remove(); }

  // Gives the file the owner, group and mode that an operator may have given the other's. 0 or errno.
  int inherit(const UnixName& other);
  // rename(2): from now on whoever connects comes to this socket. EEXIST, unless replace: something has the
  // path. 0 or errno.
  int publish(bool replace);
  // Whether the path leads to this socket.
  bool has_path() const;
  // Nobody finds the socket any more. Idempotent; leaves alone what is another one's by now.
  void remove();

 private:
  bool is_ours(const std::string& name) const;

  std::string path_;       // as configured
  UniqueFd folder_;        // names are removed here, wherever the folder was moved to
  std::string path_name_;  // the last component of the path
  std::string first_name_;
  bool published_ = false;
  dev_t device_ = 0;
  ino_t inode_ = 0;
};

// Whether the two paths name the same place, through symbolic links and other spellings. False where one of
// the folders cannot be looked up.
bool is_same_place(const Address& one, const Address& other);

}  // namespace demo
