#pragma once

#include <vector>

#include "base/result.h"
#include "config/config.h"
#include "config/problems.h"

namespace demo {

// How many parts there may be: what else is asked of a state takes time by their number, and of some by their
// square, so this comes first. Takes next to no time itself. As validate().
std::vector<Error> validate_counts(const Config& config);

// Every rule a desired state must keep, checked without touching the system. Empty when all hold. Each
// problem is kInvalidArgument with field and value, one sentence each. Where there are too many parts, that
// is all that is told. unread: values that were given and could not be read, of which nothing is said; null
// without any. names: what the fields, and unread, call the elements of lists.
std::vector<Error> validate(const Config& config, const FieldPaths* unread = nullptr,
                            ElementNames names = ElementNames::kIdentities);

// The rules among these that are about several parts: how many there are, names that two bear or nobody.
// Parts without a name of their own are passed over.
std::vector<Error> validate_whole(const Config& config, const FieldPaths* unread = nullptr,
                                  ElementNames names = ElementNames::kIdentities);

// What a state that is written down or changed must not bring in, while one that has it already is in force
// all the same: backends that are listeners which forward to their own pool. They are left out then, so that
// a saved state is never lost for one. As validate().
std::vector<Error> validate_forwarding(const Config& config);

}  // namespace demo
