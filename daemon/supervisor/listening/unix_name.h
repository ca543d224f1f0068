#pragma once

#include <optional>
#include <string>

#include "base/address.h"
#include "base/file_identity.h"
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

  // Of a socket that has its path since an earlier supervisor. Empty where its folder cannot be opened.
  static UnixName adopt(const Address& address, const FileIdentity& file);

  UnixName(UnixName&& other) noexcept;
  UnixName& operator=(UnixName&& other) noexcept;
  ~UnixName() { remove(); }

  // Gives the file the owner, group and mode that an operator may have given the other's. 0 or errno.
  int inherit(const UnixName& other);
  // From now on whoever connects to the path comes to this socket. in_place_of: the file that has the path
  // and goes. EEXIST: another one has it by now, and keeps it. 0 or errno.
  int publish(const std::optional<FileIdentity>& in_place_of);
  // Whether the path leads to this socket.
  bool has_path() const;
  // The socket's file.
  const std::optional<FileIdentity>& file() const { return file_; }
  // What it has stays when the object goes.
  void let_go() { folder_.reset(); }
  // Nobody finds the socket any more. Idempotent; leaves alone what is another one's by now.
  void remove();

 private:
  int rename_to_path(unsigned flags);
  int replace(const FileIdentity& other);

  std::string path_;       // as configured
  UniqueFd folder_;        // names are removed here, wherever the folder was moved to
  std::string path_name_;  // the last component of the path
  std::string first_name_;
  bool published_ = false;
  std::optional<FileIdentity> file_;
};

// What has the path now.
std::optional<FileIdentity> file_at(const Address& address);

// The last part of a unix address's path.
std::string file_name_of(const Address& address);

// Whether the two paths name the same place, through symbolic links and other spellings of their folders.
// False where one of these cannot be looked up.
bool is_same_place(const Address& one, const Address& other);

}  // namespace demo
