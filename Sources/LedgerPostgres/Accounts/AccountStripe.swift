/// Names of accounts that do not exist yet, as lockable numbers. The same in every process and release: it is part of
/// the lock order.
enum AccountStripe {
  static let count: UInt32 = 1_024

  /// FNV-1a over the name's bytes, modulo 1,024.
  static func of(_ name: String) -> Int32 {
    var hash: UInt32 = 2_166_136_261
    for byte in name.utf8 { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
    return Int32(hash % count)
  }

  /// The stripes of a batch's missing names, ascending, each once; exclusive where any of its names is to be opened.
  static func locks(shared: some Sequence<String>, exclusive: some Sequence<String>) -> [(
    stripe: Int32, isExclusive: Bool
  )] {
    var stripes: [Int32: Bool] = [:]
    for name in shared { stripes[of(name), default: false] = stripes[of(name)] ?? false }
    for name in exclusive { stripes[of(name)] = true }
    return stripes.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }
}
