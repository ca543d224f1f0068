#pragma once
/* What both floors begin with: a listening socket, and an epoll that watches it. */

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>

enum {
  kDescriptors = 65536, /* tables are indexed by descriptors; more than the hard limit of any usual system */
  kReceiveBytes = 65536,
  kReadyMax = 512, /* events of one epoll_wait */
  kBacklog = 4096,
  kDeferSeconds = 5
};

/* A failure of the set-up ends the program: its message is all that the comparison needs. */
static inline void or_die(int failed, const char* what) {
  if (!failed) return;
  perror(what);
  exit(1);
}

/* On every address of the host, thus on all of 127.0.0.0/8. deferred: a connection is accepted with its first
 * bytes, which saves a wake-up where each brings one request. */
static inline int listen_on(int port, int deferred) {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const int one = 1, seconds = kDeferSeconds;
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port)};
  or_die(listener < 0, "socket");
  or_die(setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one), "SO_REUSEADDR");
  if (deferred) {
    or_die(setsockopt(listener, IPPROTO_TCP, TCP_DEFER_ACCEPT, &seconds, sizeof seconds), "TCP_DEFER_ACCEPT");
  }
  or_die(bind(listener, (struct sockaddr*)&at, sizeof at), "bind");
  or_die(listen(listener, kBacklog), "listen");
  return listener;
}

static inline void watch(int epoll, int fd, unsigned events) {
  struct epoll_event event = {.events = events, .data = {.fd = fd}};
  or_die(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event), "epoll_ctl");
}
