/// An account id as a dictionary key: equal only byte for byte, as `COLLATE "C"` has it. Swift's own equality takes
/// two spellings of an accented letter for one account.
struct AccountKey: Hashable {
  let name: String

  init(_ name: String) { self.name = name }

  static func == (one: Self, other: Self) -> Bool { one.name.utf8.elementsEqual(other.name.utf8) }

  func hash(into hasher: inout Hasher) {
    let isContiguous: Void? = name.utf8.withContiguousStorageIfAvailable {
      hasher.combine(bytes: UnsafeRawBufferPointer($0))
    }
    if isContiguous == nil { for byte in name.utf8 { hasher.combine(byte) } }
  }
}
