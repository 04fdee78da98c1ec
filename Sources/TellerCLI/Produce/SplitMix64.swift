/// Steele, Lea and Flood's SplitMix64: small, fast, and the same on every machine, unlike the system's
/// generator.
struct SplitMix64: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return Self.mixed(state)
  }

  /// The next number from 0 up to, and without, `bound`: a multiplication instead of a division, with a bias
  /// under 2^-32 for bounds of this program.
  mutating func below(_ bound: UInt64) -> UInt64 { next().multipliedFullWidth(by: bound).high }

  /// The next number from 0 up to, and without, 1.
  mutating func fraction() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// The generator's output function: a bijection that scatters neighbours.
  static func mixed(_ value: UInt64) -> UInt64 {
    var bits = value
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return bits ^ (bits >> 31)
  }
}
