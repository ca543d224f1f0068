#include "format/column_meaning.h"

namespace demo::ctl {
namespace {

constexpr ColumnMeaning kMeanings[] = {
    {"abort-on-close", "whether a client that ends its side while it waits has left"},
    {"abort/s", "clients a second that left before their answer was complete"},
    {"aborts", "clients that left before their answer was complete, since the start; no errors"},
    {"acc/s", "connections accepted a second"},
    {"accept", "accept mode in force: shared, exclusive, reuseport or reuseport-cpu"},
    {"accepted", "connections accepted since the start"},
    {"active", "requests that a backend is serving now"},
    {"address", "of a listener as it was asked for; of a backend the address that its name stands for"},
    {"addresses", "all addresses that the name of a backend stands for now"},
    {"apply-file",
     "what config apply-file does: take what the file changed, keep what was changed at run time; collide: "
     "both changed it"},
    {"backend", "endpoint of a backend"},
    {"backends", "number of backends of a pool"},
    {"backup", "whether a backend is used only when no other is usable"},
    {"body", "time-out for the next byte of a backend's body"},
    {"bound", "the address that the kernel gave a listener: with the port that was chosen for port 0"},
    {"by", "who asked for a change"},
    {"command", "a democtl command of the running state"},
    {"connect", "time-out for connecting to a backend"},
    {"core", "the core that a worker is pinned to; dead: the process died; leaving: it drains"},
    {"cpu%", "share of one core that a worker's process used, user and system time"},
    {"cpu-s", "seconds of CPU time that a worker's process used since the start, user and system time"},
    {"difference", "a value that is not the same on both sides"},
    {"ejected",
     "workers that keep this backend out of their choice for a time, because requests there failed"},
    {"ejection",
     "after how many failures of requests in a row a worker ejects a backend of the pool, and for how long"},
    {"endpoint", "address or name and port of a backend, as it was added"},
    {"err/s",
     "errors a second: failed accepts, reads and writes, refused requests, time-outs and 5xx answers; "
     "of a backend failed connects, time-outs, resets and malformed responses"},
    {"errors", "the same, since the start"},
    {"fact", "what a line of status is about"},
    {"file", "a value in flags and file as they are now; -: it is not there"},
    {"gen", "generation of the desired state: that a worker acknowledged last, or that an event belongs to"},
    {"head", "time-out for the head of a backend's response"},
    {"health",
     "of a backend what checks and requests say: up, or why it is not; of a pool its active checks"},
    {"in", "bytes received since the start"},
    {"in/s", "bytes received a second"},
    {"kind", "of an event such as worker-died; of a row of stats total, worker, listener or backend"},
    {"last-exit", "how the process before the present one ended"},
    {"last-read",
     "a value in flags and file as the running state took them in last; -: not there, or not known"},
    {"listener", "address of a listener"},
    {"max-connections", "connections to a backend of all workers together; 0: no limit"},
    {"message", "what happened, in one sentence"},
    {"mode", "what is done with a connection: auto (and what it does now), server, proxy, tcp or raw"},
    {"name", "who the daemon takes you for"},
    {"open", "connections open now: of clients, or to a backend with the idle ones that are kept"},
    {"options", "socket options in force, and those that the kernel refused"},
    {"out", "bytes sent since the start"},
    {"out/s", "bytes sent a second"},
    {"path", "where a value is in the configuration"},
    {"pid", "process number of a worker"},
    {"policy", "how a pool chooses a backend"},
    {"pool", "name of a pool; of a listener where it forwards to"},
    {"problem", "why a worker does not do what its state says"},
    {"program", "which program: democtl or demo-server"},
    {"proxy-protocol",
     "of a listener whether a PROXY header starts every connection; of a pool the version that "
     "is sent"},
    {"queue", "time-out for the wait for a backend below its limit"},
    {"queue-limit", "requests that one worker lets wait for a backend of the pool"},
    {"queued", "requests that wait for a backend that is at its limit, now"},
    {"req/s", "requests answered a second; of a backend requests sent there"},
    {"requests",
     "requests answered since the start, of a backend requests sent there; in top a picture of "
     "req/s over the last samples"},
    {"resolve", "host names are looked up again after this"},
    {"resp-p50",
     "half of the requests that were forwarded had their whole response within this time, from the wake-up "
     "that "
     "brought a request; the backend's time is in it"},
    {"resp-p99", "the same for 99 of 100 of them"},
    {"respawns", "how often a worker was started again after a death"},
    {"retries",
     "requests that failed at this backend and were sent again since the start: to another one, or to it "
     "once "
     "more where there is no other"},
    {"retry/s", "the same a second"},
    {"role", "what you may do: admin, or viewer"},
    {"running", "a value that is in force; -: it is not there"},
    {"sequence", "number of an event: later ones have larger ones, over restarts too"},
    {"slow-start", "time to full weight for a backend that came up"},
    {"state",
     "of a listener good, or its problem; of a backend ready, drain or maintenance; of a worker what "
     "its process does"},
    {"subject", "whom an event is about"},
    {"svc-p50",
     "half of the requests that were answered here (modes server and raw) had their answer within this time, "
     "from "
     "the wake-up that brought a request"},
    {"svc-p99", "the same for 99 of 100 of them"},
    {"time", "when: of the day for people, in UTC (RFC 3339) for programs"},
    {"tunnel", "time-out for a tunnel or tcp relay without a byte"},
    {"value", "what status says about it"},
    {"version", "of the program"},
    {"weight", "share of the requests that a backend gets, 0 to 1000"},
    {"worker", "index of a worker; total: all of them together"},
};

}  // namespace

std::span<const ColumnMeaning> column_meanings() { return kMeanings; }

}  // namespace demo::ctl
