#include "supervisor/system_lookup.h"

#include <fmt/format.h>

#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <string>
#include <utility>

namespace demo {
namespace {

using boost::asio::ip::resolver_base;
using boost::asio::ip::tcp;
using boost::system::error_code;
using Done = std::function<void(Result<NameResolver::Addresses>)>;

void resolve(std::shared_ptr<tcp::resolver> resolver, std::string host, std::uint16_t port,
             resolver_base::flags flags, Done done) {
  tcp::resolver& borrowed = *resolver;
  borrowed.async_resolve(
      host, std::to_string(port), flags | resolver_base::numeric_service,
      [resolver = std::move(resolver), host, port, flags, done = std::move(done)](
          error_code error, const tcp::resolver::results_type& results) mutable {
        if (!error) {
          NameResolver::Addresses found;
          for (const auto& entry : results) {
            const tcp::endpoint endpoint = entry.endpoint();
            found.push_back(Address::from_sockaddr(endpoint.data(), static_cast<socklen_t>(endpoint.size())));
          }
          done(std::move(found));
        } else if (flags == resolver_base::address_configured) {
          resolve(std::move(resolver), host, port, resolver_base::flags(), std::move(done));
        } else {
          done(Error{ErrorCode::kUnavailable, fmt::format("cannot resolve {}: {}", host, error.message()), "",
                     host});
        }
      });
}

}  // namespace

NameResolver::Lookup system_lookup(boost::asio::io_context& loop) {
  return [&loop](const std::string& host, std::uint16_t port, Done done) {
    resolve(std::make_shared<tcp::resolver>(loop), host, port, resolver_base::address_configured,
            std::move(done));
  };
}

}  // namespace demo
