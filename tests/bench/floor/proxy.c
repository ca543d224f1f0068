/* The floor of proxy and tcp mode: bytes relayed over kept connections with backends, four system calls a
 * small request, and nothing else. It parses nothing, has no time-outs and no limits: a yardstick, not a
 * proxy. It is plain, not tuned, so that a proxy can come out below it.
 *
 *   proxy PORT BACKEND_PORT keep|close BACKENDS [random]
 *
 * keep     a client keeps its backend connection for as long as it stays
 * close    the client's connection ends with the first response, the backend's is kept
 * BACKENDS 1: 127.0.0.1. More: 127.1.0.1 and the addresses after it, and each request goes to the next one,
 *          or to any (random), so that the floor touches as many sockets, in the same manner, as a proxy
 *          must; a response is then what one receive brings.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "listening.h"

enum { kNobody = 0, kIsClient = -1, kIsClosed = -2, kBackendsMax = kDescriptors };

static const char kStatusLine[] = "HTTP/1.1 200 OK\r\n", kClosing[] = "Connection: close\r\n";
enum { kClosingBytes = sizeof kClosing - 1, kHeldBytes = kClosingBytes + kReceiveBytes };

/* One end of a relay, by its descriptor. */
struct end {
  int peer;      /* or kNobody: an idle backend, or a client between two requests */
  int backend;   /* its number, kIsClient or kIsClosed */
  int next_idle; /* the idle connection behind this one, or kNobody */
  char* held;    /* kHeldBytes: what the peer's socket did not take; allocated when first needed */
  size_t held_at, held_end;
};
static struct end ends[kDescriptors];
static int idle[kBackendsMax]; /* the first idle connection of each backend, or kNobody */
static int backends, in_turn, backend_port, closing, epoll;

static int connect_to(int backend) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(backend_port)};
  to.sin_addr.s_addr = htonl(backends == 1 ? INADDR_LOOPBACK : 0x7f010001u + backend);
  or_die(fd < 0, "socket");
  or_die(connect(fd, (struct sockaddr*)&to, sizeof to), "connect");
  or_die(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one), "TCP_NODELAY");
  ends[fd].backend = backend;
  ends[fd].held_at = ends[fd].held_end = 0;
  watch(epoll, fd, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET);
  return fd;
}

static int next_backend(void) {
  static unsigned long long state;
  ++state;
  if (in_turn) return state % backends;
  /* A Weyl sequence, mixed as by the finalizer of MurmurHash3. */
  unsigned long long bits = state * 0x9E3779B97F4A7C15U;
  bits = (bits ^ bits >> 33) * 0xFF51AFD7ED558CCDU;
  return (bits ^ bits >> 33) % backends;
}

static void pair_with_a_backend(int client) {
  const int backend = next_backend();
  int fd = idle[backend];
  if (fd != kNobody) {
    idle[backend] = ends[fd].next_idle;
  } else {
    fd = connect_to(backend);
  }
  ends[fd].peer = client;
  ends[client].peer = fd;
}

static void set_idle(int fd) {
  struct end* const one = &ends[fd];
  one->peer = kNobody;
  one->next_idle = idle[one->backend];
  idle[one->backend] = fd;
}

/* Gives bytes of from to its peer; what does not fit is held, and from is not read until it is gone. */
static void pass_on(int from, const char* bytes, size_t size, int flags) {
  struct end* const source = &ends[from];
  const ssize_t sent = send(source->peer, bytes, size, MSG_DONTWAIT | MSG_NOSIGNAL | flags);
  if (sent == (ssize_t)size || (sent < 0 && errno != EAGAIN)) return;
  if (source->held == NULL) or_die((source->held = malloc(kHeldBytes)) == NULL, "malloc");
  const size_t taken = sent > 0 ? sent : 0;
  memmove(source->held, bytes + taken, size - taken);
  source->held_at = 0;
  source->held_end = size - taken;
}

static int still_holds(int from) {
  struct end* const source = &ends[from];
  if (source->held_at == source->held_end) return 0;
  const ssize_t sent = send(source->peer, source->held + source->held_at, source->held_end - source->held_at,
                            MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent > 0) source->held_at += sent;
  return source->held_at != source->held_end;
}

static void close_end(int fd) {
  close(fd);
  ends[fd].backend = kIsClosed;
  ends[fd].peer = kNobody;
}

/* A response went to its client; with many backends, or a last response, the two part. */
static void part(int backend) {
  const int client = ends[backend].peer;
  if (closing) {
    close_end(client);
  } else if (backends > 1) {
    ends[client].peer = kNobody;
  } else {
    return;
  }
  set_idle(backend);
}

/* Nobody knows what of a response is still to come, so the other end has no further use. */
static void ended(int fd) {
  const int peer = ends[fd].peer;
  or_die(peer == kNobody && ends[fd].backend != kIsClient, "an idle backend ended");
  close_end(fd);
  if (peer != kNobody) close_end(peer);
}

/* Says that the connection ends, as the last response must; the memory before its status line is free. */
static size_t announce_end(char** response, size_t size) {
  memcpy(*response - kClosingBytes, kStatusLine, sizeof kStatusLine - 1);
  memcpy(*response - kClosingBytes + sizeof kStatusLine - 1, kClosing, kClosingBytes);
  *response -= kClosingBytes;
  return size + kClosingBytes;
}

/* Reads until the socket is empty, which a short receive says as well, or the peer's is full. */
static void relay(int fd, int peer_ended) {
  static char memory[kClosingBytes + kReceiveBytes];
  struct end* const source = &ends[fd];
  if (source->backend == kIsClosed || (source->peer != kNobody && still_holds(fd))) return;
  for (;;) {
    char* bytes = memory + kClosingBytes;
    ssize_t got = recv(fd, bytes, kReceiveBytes, MSG_DONTWAIT);
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) return ended(fd);
    const int from_backend = source->backend != kIsClient;
    if (source->peer == kNobody) {
      or_die(from_backend, "a backend spoke unasked");
      pair_with_a_backend(fd);
    }
    const int last = from_backend && closing;
    if (last) got = announce_end(&bytes, got);
    pass_on(fd, bytes, got, last ? MSG_MORE : 0);
    if (from_backend) part(fd);
    if (source->held_at != source->held_end || (got < kReceiveBytes && !peer_ended)) return;
  }
}

static void accept_all(int listener) {
  for (int client; (client = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0;) {
    ends[client].backend = kIsClient;
    ends[client].peer = kNobody;
    ends[client].held_at = ends[client].held_end = 0;
    if (closing) relay(client, 0); /* its request came with it: nothing else is to be waited for */
    if (!closing) watch(epoll, client, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET);
  }
}

int main(int argc, char** argv) {
  in_turn = argc == 5;
  if (argc < 5 || argc > 6 || (!in_turn && strcmp(argv[5], "random")) || atoi(argv[4]) < 1 ||
      atoi(argv[4]) >= kBackendsMax) {
    return fprintf(stderr, "usage: proxy PORT BACKEND_PORT keep|close BACKENDS [random]\n"), 2;
  }
  backend_port = atoi(argv[2]);
  closing = !strcmp(argv[3], "close");
  backends = atoi(argv[4]);
  epoll = epoll_create1(EPOLL_CLOEXEC);
  const int listener = listen_on(atoi(argv[1]), closing);
  watch(epoll, listener, EPOLLIN);
  struct epoll_event ready[kReadyMax];
  for (;;) {
    const int count = epoll_wait(epoll, ready, kReadyMax, -1);
    for (int i = 0; i < count; ++i) {
      const int fd = ready[i].data.fd;
      const unsigned events = ready[i].events;
      if (fd == listener) {
        accept_all(listener);
        continue;
      }
      const int peer = ends[fd].peer;
      if (events & EPOLLOUT && peer != kNobody && ends[peer].held_at != ends[peer].held_end) relay(peer, 1);
      if (events & ~EPOLLOUT) relay(fd, (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0);
    }
  }
}
