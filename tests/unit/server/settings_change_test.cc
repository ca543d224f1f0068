#include <gmock/gmock.h>

#include <array>

#include "http/reason_phrase.h"
#include "server/body_file.h"
#include "server_rig.h"

// The configured response changes while a request is under way: what a head promises is what follows it.

namespace demo {
namespace {

Response text(std::string body, unsigned status = 200) {
  Response response;
  response.body = std::move(body);
  response.status = status;
  return response;
}

Response sized(std::uint64_t bytes) {
  Response response = text("");
  response.body_size = bytes;
  return response;
}

std::vector<Response> all_settings() {
  std::vector<Response> all{
      text("0123456789"), text(""),       text("a longer text than the others\n"), text("gone", 204),
      sized(5),           sized(300'000), text(std::string(20'000, 'x')),          text("an error\n", 500)};
  all[2].headers.emplace_back("X-Extra", std::string(3000, 'h'));
  return all;
}

struct Query {
  const char* text;
  std::optional<unsigned> status;
  std::optional<std::size_t> size;
};
constexpr std::array kQueries{Query{"", {}, {}},
                              Query{"?chunked=1", {}, {}},
                              Query{"?r=404", 404, {}},
                              Query{"?s=7", {}, 7},
                              Query{"?s=100k&chunked=1", {}, 100U << 10},
                              Query{"?r=204", 204, {}}};

// Whether response is what query asks for under these settings.
void expect_answer(const TestResponse& response, const Response& settings, const Query& query) {
  const unsigned status = query.status.value_or(settings.status);
  std::string body = settings.body_size > 0 ? body_pattern(settings.body_size) : settings.body;
  if (status_has_no_body(settings.status)) body.clear();
  if (query.size) body = body_pattern(*query.size);
  if (status_has_no_body(status)) body.clear();
  EXPECT_EQ(response.status, static_cast<int>(status));
  EXPECT_TRUE(response.body == body) << response.body.size() << " bytes instead of " << body.size();
}

class SettingsChange : public ServerRig {
 protected:
  void use(const Response& response) {
    snapshot.response = response;
    apply();
  }
  // For each change of the settings and each query: starts a request, changes, ends it, and asks once more.
  template <typename Begin, typename End>
  void change_during(Begin begin, End end) {
    const std::vector<Response> settings = all_settings();
    for (std::size_t from = 0; from < settings.size(); ++from) {
      for (std::size_t to = 0; to < settings.size(); ++to) {
        for (const Query& query : kQueries) {
          SCOPED_TRACE(testing::Message() << "from " << from << " to " << to << " by /" << query.text);
          use(settings[from]);
          Client client = connect();
          begin(client, query);
          turns.settle();
          use(settings[to]);
          end(client);
          expect_answer(answer(client), settings[to], query);
          expect_answer(ask(client, kGet), settings[to], kQueries[0]);
          EXPECT_TRUE(quiet(client));
          if (HasFailure()) return;
        }
      }
    }
    EXPECT_EQ(buffers.lent(), 0U);
  }
};

TEST_F(SettingsChange, WhileARequestBodyComes) {
  change_during(
      [](Client& client, const Query& query) {
        client.send("POST /" + std::string(query.text) + " HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n");
      },
      [](Client& client) { client.send("abc"); });
}

TEST_F(SettingsChange, WhileADelayRuns) {
  const std::vector<Response> settings = all_settings();
  for (const Response& from : settings) {
    use(from);
    std::vector<Client> clients;
    for (const Response& to : settings) {
      Client client = connect();
      const std::string requests = get_of("/?t=1") + std::string(kGet);
      const std::uint64_t read = page->worker.bytes_in.get() + requests.size();
      client.send(requests);
      // The delay counts from the turn that reads of it, and is over in a later one.
      ASSERT_TRUE(turns.until([&] { return page->worker.bytes_in.get() == read; }));
      use(to);
      expect_answer(answer(client), to, kQueries[0]);
      expect_answer(answer(client), to, kQueries[0]);
      EXPECT_TRUE(quiet(client));
      ASSERT_FALSE(HasFailure());
    }
  }
}

TEST_F(SettingsChange, WhileTheResponseBeforeIsBeingSent) {
  const std::vector<Response> settings = all_settings();
  for (const Response& from : settings) {
    if (status_has_no_body(from.status)) continue;
    for (const Response& to : settings) {
      use(from);
      Client client = connect({.send = 4096, .client_receive = 4096});
      client.send(get_of("/?s=1m") + get_of("/?chunked=1") + std::string(kGet));
      turns.settle();
      use(to);
      EXPECT_EQ(answer(client).body.size(), 1U << 20);
      expect_answer(answer(client), to, kQueries[0]);
      expect_answer(answer(client), to, kQueries[0]);
      ASSERT_FALSE(HasFailure());
    }
  }
}

TEST_F(SettingsChange, WhileTheConfiguredBodyIsBeingSent) {
  for (ConnectionTaker* taker : {static_cast<ConnectionTaker*>(&http), static_cast<ConnectionTaker*>(&raw)}) {
    listener.taker = taker;
    use(text(std::string(1'000'000, 'o')));
    Client client = connect({.send = 4096, .client_receive = 4096});
    client.send(kGet);
    turns.settle();
    use(text("new"));
    EXPECT_TRUE(answer(client).body == std::string(1'000'000, 'o'));
    EXPECT_EQ(ask(client, kGet).body, "new");
  }
}

TEST_F(SettingsChange, AnnouncedCloseOfARawConnectionHoldsWhenItsListenerMoves) {
  listener.taker = &raw;
  snapshot.client_keepalive.enabled = false;
  use(sized(400'000));
  Client client = connect({.send = 4096, .client_receive = 4096});
  client.send("x");
  turns.settle();
  snapshot.client_keepalive.enabled = true;
  apply();
  listener.taker = &http;
  raw.leave({&listener});
  EXPECT_TRUE(answer(client).closes());
  EXPECT_TRUE(closed(client));
}

}  // namespace
}  // namespace demo
