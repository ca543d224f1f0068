#pragma once

#include <spawn.h>
#include <sys/types.h>

#include <initializer_list>
#include <string>
#include <vector>

namespace demo {

// What a child process begins with, posix_spawn(3): attributes and descriptors, freed together.
class SpawnPlan {
 public:
  SpawnPlan();
  ~SpawnPlan();
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;

  // These signals are blocked in it and no others, whatever this process does with its own.
  void block_signals(std::initializer_list<int> signals);
  // None is ignored in it.
  void heed_signals();
  // It leads a group of processes of its own.
  void lead_group();
  // Descriptors of it, in this order. One that is moved to its own number is open in it.
  void open_to_read(int fd, const char* path);
  void move(int from, int to);
  // Whatever else is open here, by whichever library or thread, is no business of it.
  void close_from(int first);

  // Starts it. environment: null for that of this process. Returns errno, 0 on success.
  int spawn(pid_t& pid, const std::string& program, const std::vector<std::string>& arguments,
            const std::vector<std::string>* environment = nullptr);

 private:
  void set(short flag);

  posix_spawnattr_t attributes_;
  posix_spawn_file_actions_t actions_;
};

// As execve(2) takes them: a null pointer at the end. Valid as long as the strings.
std::vector<char*> pointers_to(const std::vector<std::string>& strings);

// Whether a process could not be started for want of room, which may be there later.
bool is_no_room_to_spawn(int error_number);

// Kills a child of this process, and waits for its end.
void end_child(pid_t pid);

// "SIGSEGV"; "signal 77" for one without a name.
std::string signal_name(int signal);

}  // namespace demo
