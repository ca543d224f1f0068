/* The floor of server mode: the system calls that any epoll server makes for a request, and nothing else. It
 * knows no HTTP beyond where a head ends, has no time-outs and no limits: a yardstick, not a server. It is
 * plain, not tuned, so that a server can come out below it.
 *
 *   server PORT keep BODY_BYTES [chunked]   a receive and a send a request
 *   server PORT close BODY_BYTES            accept, receive, send and close a connection
 *   server PORT pipeline BODY_BYTES         one send for all requests of a receive
 *
 * One process answers for 127.0.0.0/8, so it is also the backend, or ten thousand of them. It counts on what
 * loopback and a load generator give it: each receive brings whole requests.
 */
#define _GNU_SOURCE
#include <string.h>
#include <unistd.h>

#include "listening.h"

enum { kChunkBytes = 16384, kRunMax = 64 /* responses in one send */ };

static char* response; /* kRunMax times the same where requests are pipelined, else once */
static size_t response_size;
static size_t unsent[kDescriptors]; /* bytes of the response that the socket has not taken yet */

static size_t put_body(char* at, size_t size) {
  memset(at, 'x', size);
  if (size > 0) at[size - 1] = '\n';
  return size;
}

static size_t put_chunks(char* at, size_t size) {
  char* const begin = at;
  while (size > 0) {
    const size_t chunk = size < kChunkBytes ? size : kChunkBytes;
    at += sprintf(at, "%zx\r\n", chunk);
    at += put_body(at, chunk);
    at += sprintf(at, "\r\n");
    size -= chunk;
  }
  at += sprintf(at, "0\r\n\r\n");
  return at - begin;
}

static void prepare(size_t body, int chunked, int closing, int copies) {
  const size_t room = 512 + body + (body / kChunkBytes + 2) * 16;
  response = malloc(room * copies);
  or_die(response == NULL, "malloc");
  char* at = response;
  at += sprintf(at, "HTTP/1.1 200 OK\r\nDate: Sun, 22 Nov 2026 00:00:00 GMT\r\nContent-Type: text/plain\r\n");
  if (chunked) {
    at += sprintf(at, "Transfer-Encoding: chunked\r\n");
  } else {
    at += sprintf(at, "Content-Length: %zu\r\n", body);
  }
  at += sprintf(at, closing ? "Connection: close\r\n\r\n" : "\r\n");
  at += chunked ? put_chunks(at, body) : put_body(at, body);
  response_size = at - response;
  for (int i = 1; i < copies; ++i) memcpy(response + i * response_size, response, response_size);
}

/* Sends what is left of the response; an edge of EPOLLOUT goes on with it. */
static void send_rest(int fd) {
  while (unsent[fd] > 0) {
    const ssize_t sent = send(fd, response + response_size - unsent[fd], unsent[fd], MSG_NOSIGNAL);
    if (sent <= 0) return;
    unsent[fd] -= sent;
  }
}

/* MSG_MORE holds the response back until the end of the connection leaves with it, in one segment. */
static void answer_and_close(int fd) {
  send(fd, response, response_size, MSG_NOSIGNAL | MSG_MORE);
  close(fd);
}

static void answer_run(int fd, const char* requests, size_t size) {
  int count = 0;
  const char* const end = requests + size;
  while (count < kRunMax && (requests = memmem(requests, end - requests, "\r\n\r\n", 4)) != NULL) {
    requests += 4;
    ++count;
  }
  send(fd, response, count * response_size, MSG_NOSIGNAL);
}

int main(int argc, char** argv) {
  if (argc != 4 && argc != 5) {
    return fprintf(stderr, "usage: server PORT keep|close|pipeline BODY_BYTES [chunked]\n"), 2;
  }
  const int closing = !strcmp(argv[2], "close"), pipelined = !strcmp(argv[2], "pipeline");
  const int listener = listen_on(atoi(argv[1]), closing), epoll = epoll_create1(EPOLL_CLOEXEC);
  prepare(strtoul(argv[3], NULL, 10), argc == 5, closing, pipelined ? kRunMax : 1);
  watch(epoll, listener, EPOLLIN);
  static char received[kReceiveBytes];
  struct epoll_event ready[kReadyMax];
  for (;;) {
    const int count = epoll_wait(epoll, ready, kReadyMax, -1);
    for (int i = 0; i < count; ++i) {
      const int fd = ready[i].data.fd;
      if (fd == listener) {
        for (int client; (client = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0;) {
          if (closing && recv(client, received, sizeof received, 0) > 0) {
            answer_and_close(client);
          } else {
            unsent[client] = 0;
            watch(epoll, client, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET);
          }
        }
        continue;
      }
      if (unsent[fd] > 0) send_rest(fd);
      if (!(ready[i].events & ~EPOLLOUT)) continue;
      const ssize_t got = recv(fd, received, sizeof received, 0);
      if (got <= 0) {
        if (got == 0 || ready[i].events & (EPOLLHUP | EPOLLERR)) close(fd);
      } else if (closing) {
        answer_and_close(fd);
      } else if (pipelined) {
        answer_run(fd, received, got);
      } else {
        unsent[fd] = response_size;
        send_rest(fd);
      }
    }
  }
}
