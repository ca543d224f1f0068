#pragma once

#include <boost/intrusive/list.hpp>

namespace demo {

class BackendConnection;

// A base of a connection by which it is in a list, which does not notice when it is destroyed.
using ConnectionLink =
    boost::intrusive::list_base_hook<boost::intrusive::tag<BackendConnection>,
                                     boost::intrusive::link_mode<boost::intrusive::normal_link>>;

// Connections of one member in one state, last added first. Owns nothing, and knows how many there are.
using ConnectionList = boost::intrusive::list<BackendConnection, boost::intrusive::base_hook<ConnectionLink>>;

}  // namespace demo
