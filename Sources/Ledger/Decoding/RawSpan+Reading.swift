// Loads of plain integers and copies of text: any bit pattern is valid, and `RawSpan` checks the bounds.
extension RawSpan {
  @inline(__always)
  func byte(_ offset: Int) -> UInt8 {
    unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self)
  }

  /// Eight bytes, the first in the least significant place.
  @inline(__always)
  func word(_ offset: Int) -> UInt64 {
    unsafe UInt64(littleEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  /// A copy as text. Bytes that are not UTF-8 become U+FFFD: the callers have refused those before.
  func text() -> String {
    unsafe withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
  }

  /// A copy of the bytes.
  func copy() -> [UInt8] {
    unsafe withUnsafeBytes { unsafe [UInt8]($0) }
  }

  /// Whether the bytes are the same.
  func equals(_ other: RawSpan) -> Bool {
    guard byteCount == other.byteCount else { return false }
    var offset = 0
    while offset &+ 8 <= byteCount {
      guard word(offset) == other.word(offset) else { return false }
      offset &+= 8
    }
    while offset < byteCount {
      guard byte(offset) == other.byte(offset) else { return false }
      offset &+= 1
    }
    return true
  }
}
