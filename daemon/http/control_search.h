#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace demo {

constexpr bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

#ifdef __SSE2__

// Bit i is set when byte i of the sixteen at p is a control character, DEL included.
inline unsigned control_bits(const char* p) {
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
  const __m128i below_space = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1f)), bytes);
  const __m128i del = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(0x7f));
  return static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(below_space, del)));
}

// The first control character at or after p, or end. A head is scanned once by this and once by llhttp; this
// is to be the cheap one, so it takes sixteen bytes a step where the processor can.
inline const char* find_control(const char* p, const char* end) {
  for (; end - p >= 16; p += 16) {
    const unsigned bits = control_bits(p);
    if (bits != 0) return p + std::countr_zero(bits);
  }
  while (p != end && !is_control(*p)) ++p;
  return p;
}

#else

inline const char* find_control(const char* p, const char* end) {
  constexpr std::uint64_t kOnes = 0x0101010101010101U;
  static_assert(std::endian::native == std::endian::little, "a hit is sought from the lowest byte");
  for (; end - p >= 8; p += 8) {
    std::uint64_t word;
    std::memcpy(&word, p, sizeof(word));
    const std::uint64_t below_space = (word - kOnes * 0x20) & ~word;
    const std::uint64_t without_del = word ^ (kOnes * 0x7f);
    const std::uint64_t del = (without_del - kOnes) & ~without_del;
    const std::uint64_t hits = (below_space | del) & (kOnes * 0x80);
    if (hits != 0) return p + std::countr_zero(hits) / 8;
  }
  while (p != end && !is_control(*p)) ++p;
  return p;
}

#endif

}  // namespace demo
