#pragma once

#include <boost/intrusive/list.hpp>

namespace demo {

// A link by which an object is in a list without memory of the list's own: a base, or a member of it. It
// leaves its list when it is destroyed, and the list ends by letting go of those that are left.
template <typename Tag = void>
using ListLink = boost::intrusive::list_base_hook<boost::intrusive::tag<Tag>,
                                                  boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;
using MemberLink =
    boost::intrusive::list_member_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;

// Objects that derive from ListLink<Tag>, none of them owned. Its size is not known without a walk.
template <typename T, typename Tag = void>
using LinkedList = boost::intrusive::list<T, boost::intrusive::base_hook<ListLink<Tag>>,
                                          boost::intrusive::constant_time_size<false>>;
// The same of objects that have a member of the kind MemberLink.
template <typename T, MemberLink T::*Link>
using MemberList = boost::intrusive::list<T, boost::intrusive::member_hook<T, MemberLink, Link>,
                                          boost::intrusive::constant_time_size<false>>;

}  // namespace demo
