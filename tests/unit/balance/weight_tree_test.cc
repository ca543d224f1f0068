#include "balance/weight_tree.h"

#include <gtest/gtest.h>

#include <numeric>
#include <vector>

#include "balance/hashing.h"

namespace demo::test {
namespace {

// Every point of the line belongs to the member in whose part it lies.
void expect_parts(const WeightTree& tree, const std::vector<std::uint32_t>& weights) {
  ASSERT_EQ(tree.total(), std::accumulate(weights.begin(), weights.end(), std::uint64_t{0}));
  std::uint64_t before = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    ASSERT_EQ(tree.weight(i), weights[i]);
    for (std::uint64_t point = before; point < before + weights[i]; ++point) {
      const WeightTree::Drawn drawn = tree.at(point);
      ASSERT_EQ(drawn.index, i) << point;
      ASSERT_EQ(drawn.before, before) << point;
    }
    before += weights[i];
  }
}

TEST(WeightTree, FindsWhosePartAPointLiesInAsWeightsChange) {
  for (const std::size_t count : {1, 2, 3, 7, 8}) {
    WeightTree tree;
    tree.reset(count);
    std::vector<std::uint32_t> weights(count, 0);
    // Few weights, so that they are all the same again and again.
    for (unsigned i = 0; i < 500; ++i) {
      const std::uint64_t bits = mix_bits(i * 31 + count);
      const std::size_t index = bits % count;
      const auto weight = static_cast<std::uint32_t>((bits >> 32) % (i % 100 < 50 ? 2 : 3));
      EXPECT_EQ(tree.set(index, weight), weights[index] != weight);
      weights[index] = weight;
      expect_parts(tree, weights);
    }
    for (std::size_t i = 0; i < count; ++i) {
      tree.set(i, 5);
      weights[i] = 5;
      expect_parts(tree, weights);
    }
    tree.reset(count);
    expect_parts(tree, std::vector<std::uint32_t>(count, 0));
  }
}

}  // namespace
}  // namespace demo::test
