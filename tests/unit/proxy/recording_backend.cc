#include "recording_backend.h"

#include <sys/socket.h>

#include <memory>
#include <utility>

#include "http/body_reader.h"
#include "http/request_parser.h"

namespace demo::test {
namespace {

// The size of the complete request at the front of bytes, 0 when there is none; its method.
std::size_t complete_request(std::string_view bytes, std::string& method) {
  RequestParser parser;
  if (parser.parse(bytes) != ParseOutcome::kComplete) return 0;
  const RequestHead& head = parser.head();
  method = head.method_text;
  BodyReader body(head.body, head.content_length);
  if (body.complete()) return head.size;
  const BodyReader::Step step = body.consume(bytes.substr(head.size));
  return step.outcome == ParseOutcome::kComplete ? head.size + step.consumed : 0;
}

}  // namespace

RecordingBackend::RecordingBackend(Answer answer, bool close_after)
    : answer_(std::move(answer)), close_after_(close_after), acceptor_([this] { accept_all(); }) {}

void RecordingBackend::accept_all() {
  for (;;) {
    TestPeer peer = listener_.accept();
    if (stopping_) return;
    const std::lock_guard lock(mutex_);
    std::string& record = *records_.emplace_back(std::make_unique<std::string>());
    servers_.emplace_back([this, &record, peer = std::make_shared<TestPeer>(std::move(peer))]() mutable {
      serve(std::move(*peer), record);
    });
  }
}

void RecordingBackend::serve(TestPeer peer, std::string& record) {
  std::size_t answered = 0;
  char bytes[16 * 1024];
  for (ssize_t got = 0; (got = ::recv(peer.fd(), bytes, sizeof bytes, 0)) > 0;) {
    record.append(bytes, static_cast<std::size_t>(got));
    std::string method;
    while (const std::size_t size = complete_request(std::string_view(record).substr(answered), method)) {
      answered += size;
      peer.send(answer_(method));
      if (close_after_) return;
    }
  }
}

std::vector<std::string> RecordingBackend::finish() {
  std::vector<std::string> records;
  if (!acceptor_.joinable()) return records;
  stopping_ = true;
  TestPeer::connect(listener_.address());
  acceptor_.join();
  for (std::thread& server : servers_) server.join();
  for (const auto& record : records_) records.push_back(*record);
  return records;
}

}  // namespace demo::test
