#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "text/api_sizes.h"

// Every limit and every default timeout, each with what happens beyond it.
namespace demo::limits {

using std::chrono::milliseconds;
using std::chrono::seconds;

// --- HTTP messages (RFC 9112) ---
// A longer head is answered 431 and the connection closes; a backend's longer head is a 502.
inline constexpr std::size_t kHeadSizeBytes = 16 * 1024;
// More fields are answered 431.
inline constexpr std::size_t kFieldCount = 100;
// A longer request target is answered 414.
inline constexpr std::size_t kTargetSizeBytes = 8 * 1024;
// A longer method is answered 501.
inline constexpr std::size_t kMethodSizeBytes = 64;
// Options that Connection names in one head; more is answered 400, from a backend 502. Each names a field to
// remove.
inline constexpr std::size_t kConnectionOptions = 32;
// Chunk extensions of one message in total; more is answered 400.
inline constexpr std::size_t kChunkExtensionBytes = 4 * 1024;
// A trailer section larger than this is answered 431.
inline constexpr std::size_t kTrailerSizeBytes = 8 * 1024;
// Empty lines before a request line (RFC 9112 section 2.2 asks for at least one); more is answered 400.
inline constexpr std::size_t kLeadingEmptyLines = 4;

// --- Buffers of a worker ---
// What one recv(2) may bring: the worker's scratch buffer.
inline constexpr std::size_t kReceiveBufferBytes = 64 * 1024;
// A pooled buffer: one partial head, or one direction of a relayed body. Two an active proxied exchange.
inline constexpr std::size_t kPooledBufferBytes = 16 * 1024;
static_assert(kPooledBufferBytes >= kHeadSizeBytes, "a partial head must fit the buffer it waits in");
static_assert(kReceiveBufferBytes >= 2 * kHeadSizeBytes);
// What one connection may receive and send in a turn of the loop; the rest follows in the next turn, after
// the others.
inline constexpr std::size_t kTurnBytes = 1024 * 1024;
// What is left of a body by length is spliced from this size on; less is copied through a buffer.
inline constexpr std::size_t kSpliceBytes = 64 * 1024;

// --- Time-outs of a client connection ---
inline constexpr seconds kClientHeadTimeout{10};      // head not complete: 408, close
inline constexpr seconds kClientBodyTimeout{30};      // no body byte: 408, close
inline constexpr seconds kClientRequestTimeout{300};  // whole request head and body; 408, close
inline constexpr seconds kClientWriteTimeout{30};     // the reader took nothing: close
inline constexpr seconds kClientIdleTimeout{60};      // between requests: close silently
// When connections are to close, one that was used within this time may have a request under way: it closes
// with the response to that, or after this time. One that was idle for longer closes at once.
inline constexpr milliseconds kIdleGrace{1000};
inline constexpr milliseconds kLingerTimeout{2000};     // after a half close, waiting for the peer's end
inline constexpr milliseconds kShapedDelayMax{60'000};  // a longer delay asked for by a query is ignored
inline constexpr std::size_t kLingerDrainBytes = 1024 * 1024;  // more unread bytes than this: close at once
static_assert(kClientHeadTimeout < kClientRequestTimeout);

// --- Time-outs towards a backend ---
inline constexpr seconds kBackendConnectTimeout{5};  // next backend, or 504 (502 when refused)
// A backend's other address family is tried beside one that has not answered for this long: RFC 8305
// section 5.
inline constexpr milliseconds kConnectionAttemptDelay{250};
// The family that answered alone gets the backend's requests for this long, or until it fails.
inline constexpr std::chrono::minutes kFamilyMemory{10};
inline constexpr seconds kBackendHeadTimeout{60};  // 504
inline constexpr seconds kBackendBodyTimeout{60};  // no byte of a body: the message is cut off
inline constexpr seconds kBackendIdleTimeout{
    4};  // pooled connection unused: closed; below common servers' 5 s
inline constexpr seconds kTunnelIdleTimeout{3600};  // no byte either way: both sides closed
static_assert(kConnectionAttemptDelay < kBackendConnectTimeout);
inline constexpr seconds kQueueTimeout{5};  // a request waiting for a backend under max-connections: 503

// --- Configuration ---
inline constexpr std::size_t kListeners = 2000;
inline constexpr std::size_t kPools = 256;
inline constexpr std::size_t kBackendMembers = 10'240;  // resolved addresses of all pools
inline constexpr unsigned kWorkers = 256;
// Read of a list of a request; no list may have so many elements.
inline constexpr int kListElements = 16 * 1024;
inline constexpr unsigned kBackendWeight = 1000;
inline constexpr std::size_t kNameBytes = 63;
// A body of a repeated pattern; a longer one is refused, in a request's query passed over.
inline constexpr std::uint64_t kPatternBodyBytes = 1ULL << 30;
// A body as it is, a whole state, a file: text/api_sizes.h says what happens beyond.
inline constexpr std::size_t kResponseBodyBytes = text::kResponseBodyBytes;
inline constexpr std::size_t kConfigBytes = text::kConfigBytes;
inline constexpr std::size_t kConfigFileBytes = text::kConfigFileBytes;
inline constexpr int kBacklog = 4096;
// A configured time-out or interval; a longer one is refused.
inline constexpr std::chrono::hours kConfiguredTimeMax{7 * 24};
// Extra response fields together; more is refused, so that a prebuilt head always fits one pooled buffer.
inline constexpr std::size_t kResponseHeaderBytes = 8 * 1024;

// --- Connections ---
// Pooled idle connections of one worker to one backend; a further one is closed after its exchange.
inline constexpr std::size_t kIdleConnectionsPerBackend = 1024;
// Descriptors a worker keeps free below RLIMIT_NOFILE, for its channel, log, pages; accepting stops there.
inline constexpr unsigned kReservedDescriptors = 64;
// Client connections of a worker for which its listening sockets leave descriptors; a listener more is
// refused.
inline constexpr unsigned kLeastConnections = 16;

// --- Supervision ---
inline constexpr seconds kWorkerHeartbeatTimeout{
    10};  // a worker's loop stood still this long: killed, respawned
inline constexpr std::size_t kWaitingChanges = 1000;  // further ones are refused
inline constexpr seconds kChangeAckTimeout{5};  // a mutation answers without the workers that did not ack
// So long the answer to a change waits for sockets that it closes, so that others can have their addresses.
inline constexpr milliseconds kGiveBackPatience{1000};
inline constexpr seconds kDrainTimeout{30};  // stop, resize, restart-worker: the rest is closed and counted
// A listening socket that is no longer selected stays open this long for handshakes that were under way;
// those that take longer are reset. Three SYN-ACKs of a lossy path fit in.
inline constexpr seconds kSocketRetireGrace{3};
inline constexpr seconds kEarlyDeath{5};                // a worker that lived shorter backs off
inline constexpr milliseconds kRespawnDelayFirst{100};  // doubled for each early death
inline constexpr milliseconds kRespawnDelayMax{30'000};
// So long no worker accepts before new connections are held off, so that they do not wait for nobody.
inline constexpr seconds kUnservedMax{2};
inline constexpr std::size_t kEventsKept = 1000;  // older events cannot be replayed
static_assert(kRespawnDelayFirst < kRespawnDelayMax);

// --- Control API ---
inline constexpr int kControlMessageBytes = text::kApiMessageBytes;
inline constexpr seconds kControlCallTimeout{60};            // a change still not answered: DEADLINE_EXCEEDED
inline constexpr seconds kUpgradeCallTimeout{30};            // a rehearsal, and what is before and behind it
inline constexpr std::chrono::hours kRestartCallTimeout{3};  // restarting all workers one after the other
inline constexpr std::size_t kControlConnections = 2048;     // of one socket; a further one is closed at once
inline constexpr std::size_t kControlReservedConnections = 64;  // of them, for root and the daemon's user
inline constexpr std::size_t kControlConnectionsOfOne = 32;     // of one user, where a quarter is less
inline constexpr std::uint64_t kControlToldPerSecond = 10;      // refused clients that are told why
inline constexpr milliseconds kControlToldTimeout{1000};        // then such a connection is closed
inline constexpr int kControlStreamsPerConnection = 1024;       // further calls of one client wait
inline constexpr std::size_t kControlHeaderBlockBytes =
    64 * 1024;                                             // of a call: a larger one ends its connection
inline constexpr std::uint64_t kControlIdleFrames = 2000;  // resets, pings and the like of a user, at once
inline constexpr std::uint64_t kControlIdleFramesPerSecond = 500;  // for good; one more ends its connection
// Of a TCP connection, whose frames no relay sees (control/connections/client_relay.h): they are within TLS.
inline constexpr milliseconds kControlTcpHandshake{
    10'000};                                    // then it is closed; gRPC's default is two minutes
inline constexpr int kControlTcpStreams = 128;  // each may have sent most of a message; further calls wait
inline constexpr int kControlTcpFieldBytes = 8 * 1024;  // of a call with a longer head nothing is kept
inline constexpr int kControlTcpPingStrikes = 2;        // pings too early; with one more the connection ends
inline constexpr std::size_t kControlWatchers = 4096;   // further streams are refused: RESOURCE_EXHAUSTED
inline constexpr std::size_t kEventBacklog = 2000;      // a watcher that is further behind is ended
inline constexpr milliseconds kStatsIntervalMin{100};   // shorter and longer intervals are refused
inline constexpr std::chrono::hours kStatsIntervalMax{1};
inline constexpr seconds kStatsInterval{1};
inline constexpr milliseconds kDrainPoll{100};  // how often a draining backend is looked at
static_assert(kControlCallTimeout > kChangeAckTimeout);
static_assert(kEventBacklog > kEventsKept, "a replay alone must not end a watcher");

}  // namespace demo::limits
